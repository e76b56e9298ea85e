"""Whatever goes wrong with a command is one sentence on standard error, and never a traceback."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Run, Site


@pytest.mark.parametrize(
    ("args", "settings", "expected"),
    [
        (["nonsense"], {}, "No such command"),
        (["serve", "--port", "high"], {}, "--port"),
        (["check"], {"COP_PROXIES": "many"}, "COP_PROXIES"),
        (["check"], {"COP_DATA": "/proc/nowhere"}, "/proc/nowhere"),
        (["community", "list"], {}, "cop init"),
        (["work"], {}, "cop init"),
        (["reindex"], {}, "cop init"),
        (["serve", "--no-upgrade", "--port", "0"], {}, "cop init"),
        (["serve", "--host", "203.0.113.7"], {}, "203.0.113.7"),
        (["import", "stories", "/nowhere.jsonl", "--community", "x"], {}, "/nowhere.jsonl"),
        (["init"], {"COP_DATABASE_URL": "postgresql://127.0.0.1:9/nothing"}, "The database refused"),
    ],
)
def test_a_failure_is_one_sentence(site: Site, args: list[str], settings: dict[str, str], expected: str) -> None:
    failed = site.cop(*args, **settings)

    assert failed.returncode != 0
    assert expected in failed.stderr
    assert failed.stderr.startswith("cop: ")
    assert failed.stderr.count("\n") == 1
    assert failed.stdout == ""


def test_the_commands_are_listed_without_a_site(site: Site) -> None:
    listed = site.cop("--help")

    assert listed.returncode == 0
    assert "serve" in listed.stdout
    assert not site.data.exists()


def test_a_fault_of_our_own_is_one_sentence_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise LookupError("a drawer that is not there\nand more")

    monkeypatch.setattr("cop.cli.communities.list_every_community", fail)

    failed = run("community", "list")

    assert failed.exit_code == 1
    assert failed.stderr == "cop: This is a fault in cop itself, LookupError: a drawer that is not there.\n"
