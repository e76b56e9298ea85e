"""What operators meet after months, each made to happen: `cop check` names it and says what to do."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import make_url

from cop.cli import checking, folders, reaching, storage
from cop.cli.database_servers import DatabaseServer, judge_server
from cop.cli.findings import Finding
from cop.cli.reaching import Arrival, installed_at, judge_age, judge_certificate, judge_settings
from cop.cli.storage import find_kind
from cop.platform.asking import print_settings
from cop.platform.choices import Choices, choose, forget_choices
from cop.platform.database import db, is_sqlite, transaction
from cop.settings import Settings
from tests.cast import Cast
from tests.cli.conftest import Run, Site, wait_until

SOUND = DatabaseServer(16, "UTF8", folds=True, is_copy=False, is_stale=False, off=(), free_connections=90)


@pytest.fixture(autouse=True)
def _with_programs(postgresql_programs: None) -> None:
    """As on a machine that is set up for PostgreSQL."""


@pytest.fixture
def chosen(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Other settings for the running commands."""

    def choose_others(**settings: Any) -> None:
        changed = dataclasses.replace(app.extensions["cop-settings"], **settings)
        monkeypatch.setitem(app.extensions, "cop-settings", changed)

    return choose_others


def test_a_note_is_no_trouble() -> None:
    lines = [one.line for one in (Finding("a."), Finding("b.", "Mend it."), Finding("c.", "Or not.", is_note=True))]

    assert lines == ["ok       a.", "trouble  b. Mend it.", "note     c. Or not."]
    assert [one.is_trouble for one in (Finding("a."), Finding("b.", "c"), Finding("b.", "c", is_note=True))] == [
        False,
        True,
        False,
    ]


# The database server


@pytest.mark.parametrize(
    ("change", "trouble", "advice"),
    [
        ({"version": 13}, "it is PostgreSQL 13", "14 or later"),
        ({"encoding": "SQL_ASCII"}, "its encoding is SQL_ASCII", "createdb --encoding UTF8"),
        ({"folds": False}, "no letters but those of English", "C.UTF-8"),
        ({"is_copy": True}, "a copy that only follows another", "COP_DATABASE_URL"),
        ({"is_stale": True}, "another version of the system's sorting", "REINDEX DATABASE"),
        ({"off": ("fsync",)}, "fsync is off", "ALTER SYSTEM RESET fsync"),
        ({"free_connections": 2}, "only 2 more connections fit", "max_connections"),
        ({}, "", ""),
    ],
)
def test_what_a_postgresql_lacks_is_told_with_what_to_do(change: dict[str, Any], trouble: str, advice: str) -> None:
    found = list(judge_server(dataclasses.replace(SOUND, **change)))

    assert [trouble in one.what and advice in one.advice for one in found] == [True] * bool(change)
    assert all(one.is_trouble for one in found) == ("folds" not in change)


def test_no_site_is_made_where_letters_would_be_lost(site: Site, postgresql: Callable[[], str]) -> None:
    url = postgresql()
    bare = make_url(url).set(database="cop_ascii").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE cop_ascii ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")

    made = site.cop("init", COP_DATABASE_URL=bare)

    assert made.returncode == 1
    assert (
        "No site can be made in this database: its encoding is SQL_ASCII, which cannot hold what people write."
        in made.stderr
    )


def test_a_postgresql_is_asked_for_all_of_it(run: Run, app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    told = run("check").output
    monkeypatch.setattr("cop.cli.database_servers._UNSAFE", ("fsync",))
    unsafe = run("check").output

    assert ("is as it should be." in told) != is_sqlite()
    assert ("trouble  database: fsync is off" in unsafe) != is_sqlite()


def test_two_data_folders_on_one_database_are_told_by_both(site: Site, postgresql: Callable[[], str]) -> None:
    """Each indexes half of what is said, and neither fails."""
    url = postgresql()
    other = Site(site.data.parent / "other")
    site.cop("init", COP_DATABASE_URL=url)
    other.data.mkdir(mode=0o700)

    alone = site.start("work", COP_DATABASE_URL=url)
    wait_until(lambda: "The worker is at work" in site.log.read_text(), "the first worker")
    before = site.cop("check", COP_DATABASE_URL=url).stdout
    second = other.start("work", COP_DATABASE_URL=url)
    wait_until(lambda: site.log.read_text().count("The worker is at work") == 2, "the second worker")
    after = [one.cop("check", COP_DATABASE_URL=url).stdout for one in (site, other)]
    for worker in (alone, second):
        worker.terminate()
        worker.wait(30)
    ended = site.cop("check", COP_DATABASE_URL=url).stdout
    other.end_all()

    names = [(one.data / "worker.lock").read_text() for one in (site, other)]
    assert "workers of other data folders" not in before + ended
    for told, own, strange in zip(after, names, reversed(names), strict=True):
        assert f"trouble  database: workers of other data folders ({strange}, by their worker.lock; this" in told
        assert f"this one is {own}) are at work on this database. Each has an index, a secret" in told
    assert f"workers of other data folders ({names[0]}" in site.log.read_text()


# Where the data lies


@pytest.mark.parametrize(
    ("mounts", "kind"),
    [
        ("/dev/sda1 / ext4 rw 0 0\nbox:/srv /srv nfs4 rw 0 0\n", "nfs4"),
        ("/dev/sda1 / ext4 rw 0 0\nbox:/srv /srv/cop2 nfs4 rw 0 0\n", "ext4"),
        ("overlay / overlay rw 0 0\n/dev/sda1 /srv/cop ext4 rw 0 0\n", "ext4"),
        ("/dev/sda1 / ext4 rw 0 0\nx /srv ext4 rw 0 0\ny /srv tmpfs rw 0 0\n", "tmpfs"),
        ("//nas/c /srv/cop/a\\040place cifs rw 0 0\n", ""),
        ("", ""),
    ],
)
def test_the_file_system_is_that_of_the_nearest_mount(mounts: str, kind: str) -> None:
    assert find_kind(Path("/srv/cop/cop.sqlite3"), mounts) == kind


def test_a_place_with_a_blank_is_found_in_the_list_of_mounts() -> None:
    assert find_kind(Path("/srv/a place/data"), "//nas/c /srv/a\\040place cifs rw 0 0\n") == "cifs"


def test_data_that_another_machine_keeps_is_trouble_and_what_passes_is_noted(
    run: Run, cast: Cast, deliver: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver()
    monkeypatch.setattr(storage, "_read_mounts", lambda: "box:/srv / nfs4 rw 0 0\n")
    afar = run("check")
    monkeypatch.setattr(storage, "_read_mounts", lambda: "overlay / overlay rw 0 0\n")
    passing = run("check")

    assert ("which another machine keeps; SQLite loses and damages" in afar.output) == is_sqlite()
    assert afar.exit_code == is_sqlite()
    assert "is gone with it (overlay). Put COP_DATA on a disk; for a container that is a volume." in passing.output
    assert passing.exit_code == 0


def test_a_journal_that_somebody_holds_open_is_trouble(
    run: Run, app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "_LARGEST_JOURNAL", -1)
    with db.engine.connect() as connection:  # so that there is a journal
        connection.execute(text("SELECT count(*) FROM person"))
        checked = run("check").output

    assert ("trouble  database file: its journal " in checked) == is_sqlite()


# The site as it runs


def test_a_site_that_was_not_started_again_after_an_upgrade_is_told() -> None:
    installed = datetime(2026, 6, 14, 21, 0, tzinfo=UTC)
    since = [str(int((installed + timedelta(seconds=late)).timestamp())) for late in (-60, 60)]

    old, new, older = (list(judge_age(Arrival("", "", "", at), installed)) for at in (*since, ""))

    assert old[0].what.startswith("version: something was installed at 2026-06-14 21:00 UTC")
    assert old[0].advice == older[0].advice == "Start it again: systemctl restart cop."
    assert not new


def test_a_site_that_runs_with_other_settings_is_told_which() -> None:
    now, before = Settings(proxies=1, smtp_url="smtp://a"), Settings(proxies=0, smtp_url="smtp://a")
    running = Arrival("", "", "", settings=print_settings(before, "s" * 40))

    (told,) = judge_settings(running, print_settings(now, "s" * 40))

    assert told.what == "settings: the site runs with another COP_PROXIES than this command was given."
    assert not list(judge_settings(running, print_settings(before, "s" * 40)))


def test_a_disk_that_cannot_be_written_is_no_matter_of_owners(
    run: Run, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "is_read_only", lambda _data: True)

    checked = run("check").output

    assert "is mounted so that nothing can be written. A disk is, after errors: see what the system logs" in checked
    assert "chown" not in checked


def test_what_is_installed_last_is_the_youngest_of_the_programs_files() -> None:
    assert installed_at() >= datetime.fromtimestamp(int(Path(reaching.__file__).stat().st_mtime), UTC)


def test_a_certificate_that_should_have_been_renewed_is_told() -> None:
    begins = datetime(2026, 6, 1, tzinfo=UTC)
    ends = begins + timedelta(days=90)

    told = [list(judge_certificate(begins, ends, now=ends - timedelta(days=left))) for left in (80, 30, 16, 14)]

    assert [len(found) for found in told] == [0, 0, 0, 1]
    assert "ends on 2026-08-30" in told[3][0].what


# What was arranged


def test_a_site_out_of_which_no_letter_leaves_and_that_is_not_encrypted_is_told(
    run: Run, cast: Cast, chosen: Callable[..., None]
) -> None:
    chosen(base_url="http://forum.example.org")
    open_to_all = run("check").output
    chosen(base_url="http://127.0.0.1:8000")
    at_home = run("check").output

    assert "trouble  mail: none leaves http://forum.example.org: nobody can sign up" in open_to_all
    assert "trouble  address: http://forum.example.org is not encrypted" in open_to_all
    assert "nobody can sign up" not in at_home
    assert "is not encrypted" not in at_home


def test_letters_from_before_there_was_a_server_are_noted(
    run: Run, cast: Cast, chosen: Callable[..., None], tmp_path: Path
) -> None:
    (tmp_path / "mail").mkdir()
    for number in range(3):
        (tmp_path / "mail" / f"{number}.eml").touch()
    chosen(data=tmp_path, smtp_url="smtp://127.0.0.1:9")

    assert f"note     mail: 3 letters lie in {tmp_path / 'mail'} from before" in run("check").output


def test_an_environment_that_an_administrator_has_overruled_is_noted(
    run: Run, app: Flask, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction():
        choose(Choices("CoP", "invited", "admins"), by_id=1, now=now)
    forget_choices()
    monkeypatch.setenv("COP_SIGNUP", "open")
    monkeypatch.setenv("COP_FOUND", "admins")

    checked = run("check").output
    forget_choices()

    assert "note     settings: COP_SIGNUP is “open”, and an administrator has chosen “invited”, which holds." in checked
    assert "COP_FOUND is" not in checked


def test_more_texts_than_search_is_promised_for_are_noted(
    run: Run, cast: Cast, deliver: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver()
    monkeypatch.setattr(checking, "_PROMISED", 1)

    checked = run("check")

    assert "texts are more than the 1 up to which search is promised to be quick. It goes on" in checked.output
    assert checked.exit_code == 0


def test_whoever_forgot_the_settings_is_told_where_was_looked(tmp_path: Path) -> None:
    bare = Site(tmp_path / "data")
    unset = {name: value for name, value in bare.environment.items() if name != "COP_DATA"}
    from_nowhere = _Unset(bare.data, unset).cop("check")
    meant = bare.cop("check")

    assert f"There is no site in {tmp_path / 'data'} yet, and COP_DATA is not set." in from_nowhere.stdout
    assert f"There is no site in {tmp_path / 'data'} yet. Make one with cop init." in meant.stdout
    assert not (tmp_path / "data" / "cop.sqlite3").exists()


class _Unset(Site):
    def __init__(self, data: Path, environment: dict[str, str]) -> None:
        super().__init__(data)
        self._environment = environment

    @property
    def environment(self) -> dict[str, str]:
        return self._environment
