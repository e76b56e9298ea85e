"""Is the installation healthy, and what to do if not."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import delete, update

from cop.cli import folders, postgresql, surroundings
from cop.cli.locks import holding, worker_lock
from cop.cli.reaching import SOMEBODY, Arrival
from cop.discussions.models import Thread
from cop.discussions.probes.models import Probe
from cop.platform.database import is_sqlite, transaction
from cop.platform.ids import spell
from cop.platform.outbox import MOST_ATTEMPTS, OutboxRow, enqueue
from cop.ranking.models import ThreadOrder
from cop.ranking.needs.models import Need
from tests.cast import Cast, add_story, ask_a_question
from tests.cli.conftest import Run, Site
from tests.probing import add_probe

Deliver = Callable[[], int]


@pytest.fixture
def data(app: Flask) -> Iterator[Path]:
    """The data folder; a test may leave it open to others."""
    folder: Path = app.extensions["cop-settings"].data
    yield folder
    folder.chmod(0o700)


@pytest.fixture(autouse=True)
def _with_programs(postgresql_programs: None) -> None:
    """As on a machine that is set up for PostgreSQL."""


@pytest.fixture
def healthy(cast: Cast, deliver: Deliver) -> Cast:
    """A site on which all has been delivered."""
    deliver()
    return cast


def test_a_healthy_site_is_told_so_line_by_line(run: Run, healthy: Cast) -> None:
    checked = run("check")

    assert checked.exit_code == 0
    assert checked.output.splitlines() == [line for line in checked.output.splitlines() if line.startswith("ok ")]
    for what in (
        "settings",
        "data folder",
        "database",
        "dead letters",
        "outbox",
        "search index",
        "replies",
        "order",
        "standing",
    ):
        assert f" {what}: " in checked.output
    assert (" database file: " in checked.output) == is_sqlite()


def test_a_folder_that_others_may_read_is_trouble(run: Run, healthy: Cast, data: Path) -> None:
    data.chmod(0o755)

    checked = run("check")

    assert checked.exit_code == 1
    assert f"trouble  data folder: other accounts of this machine can look into {data}." in checked.output
    assert f"chmod 700 {data}" in checked.output


def test_a_secret_that_others_may_read_is_trouble(run: Run, healthy: Cast, data: Path) -> None:
    secret = data / "secret"
    secret.write_text("s" * 64)
    secret.chmod(0o644)

    checked = run("check")

    secret.unlink()
    assert f"chmod 600 {secret}" in checked.output
    assert checked.exit_code == 1


def test_rows_that_nobody_delivers_ask_for_a_worker(run: Run, cast: Cast) -> None:
    checked = run("check")

    assert checked.exit_code == 1
    assert "have waited for more than a minute. Start a worker" in checked.output


def test_rows_that_a_worker_does_not_get_through_are_its_trouble(
    run: Run, cast: Cast, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cop.cli.checking._PAUSE", 0.0)

    with holding(worker_lock(data), patience=0) as taken:
        checked = run("check")

    assert taken
    assert "The worker is stuck" in checked.output


def test_a_worker_that_gets_on_with_an_import_is_no_trouble(
    run: Run, cast: Cast, data: Path, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cop.cli.checking.time.sleep", lambda _seconds: deliver())

    monkeypatch.setattr(
        "cop.cli.reaching.ask_site", lambda _address: Arrival("", "http://localhost", SOMEBODY, "9999999999")
    )
    with holding(worker_lock(data), patience=0):
        checked = run("check")

    assert checked.exit_code == 0
    assert "the worker is busy" in checked.output


def test_a_dead_letter_is_named_with_its_fault(run: Run, healthy: Cast, now: datetime, deliver: Deliver) -> None:
    _write_dead_letter(now)

    checked = run("check")

    assert checked.exit_code == 1
    assert "search.index failed 10 times, at last with “ConnectionError: the shelf is gone”." in checked.output
    assert "cop check --revive" in checked.output


def test_a_revived_letter_is_delivered(run: Run, healthy: Cast, now: datetime, deliver: Deliver) -> None:
    _write_dead_letter(now)

    revived = run("check", "--revive")

    assert "Revived 1 dead letters" in revived.output
    assert "dead letters: none." in revived.output
    assert deliver() == 1
    assert run("check").exit_code == 0


def test_a_lost_index_is_trouble(run: Run, cast: Cast) -> None:
    assert (
        "trouble  search index: missing, damaged or of an older version. Rebuild it with cop reindex"
        in run("check").output
    )


def test_an_index_that_holds_less_than_the_database_is_trouble(run: Run, app: Flask, healthy: Cast) -> None:
    app.extensions["cop-indexing"].index.remove([healthy.noise_thread])

    checked = run("check")

    assert checked.exit_code == 1
    assert "holds 4 texts, the database 5; 1 are missing and 0 too many." in checked.output


def test_a_wrong_number_of_replies_names_its_thread(run: Run, healthy: Cast) -> None:
    with transaction() as s:
        s.execute(update(Thread).where(Thread.id == healthy.night_thread).values(replies=7))

    checked = run("check")

    assert checked.exit_code == 1
    assert f"thread {spell(healthy.night_thread)} says 7 and has 1." in checked.output
    assert spell(healthy.noise_thread) not in checked.output


def test_a_wrong_key_is_named_with_what_it_should_be(run: Run, healthy: Cast) -> None:
    with transaction() as s:
        s.execute(update(ThreadOrder).where(ThreadOrder.thread_id == healthy.noise_thread).values(k=12.5))

    checked = run("check")

    assert checked.exit_code == 1
    assert (
        f"trouble  order: k of thread {spell(healthy.noise_thread)} is stored as 12.5; its acts say " in checked.output
    )
    assert spell(healthy.night_thread) not in checked.output


def test_a_thread_without_its_row_of_order_is_named(run: Run, healthy: Cast) -> None:
    with transaction() as s:
        s.execute(delete(ThreadOrder).where(ThreadOrder.thread_id == healthy.secret_thread))

    checked = run("check")

    assert f"thread_order of thread {spell(healthy.secret_thread)}" in checked.output


def test_wrong_needs_and_readers_are_named_and_mended_on_request(run: Run, healthy: Cast, now: datetime) -> None:
    asked = ask_a_question(healthy.piet, healthy.night_shift, now)
    with transaction() as s:
        s.execute(update(Need).where(Need.thread_id == asked).values(due_at=now))
        s.execute(update(Thread).where(Thread.id == healthy.noise_thread).values(readers=3))

    checked = run("check")
    mended = run("check", "--mend")

    assert f"needs: need question of thread {spell(asked)} is stored as due {now}" in checked.output
    assert f"readers: thread {spell(healthy.noise_thread)} says 3 practitioners and has 0." in checked.output
    assert mended.output.startswith("Mended 2 threads.")
    assert "needs: every thread asks for what it needs." in mended.output


def test_a_probe_that_is_not_what_became_of_it_is_named_and_mended(run: Run, healthy: Cast, now: datetime) -> None:
    story = add_story(healthy.maren, healthy.bedside, now)
    asked = add_probe(healthy.tomasz, story, now)
    with transaction() as s:
        s.execute(update(Probe).where(Probe.reply_id == asked).values(state="answered"))
        s.execute(update(Thread).where(Thread.id == healthy.noise_thread).values(was_cut=True))

    checked = run("check")
    mended = run("check", "--mend")

    assert f"“was cut” of thread {spell(healthy.noise_thread)} is stored as True; should be False." in checked.output
    assert f"a probe of thread {spell(story)} is stored as answered; should be open." in checked.output
    assert mended.output.startswith("Mended 2 threads.")
    assert "needs: every thread asks for what it needs." in mended.output
    assert "probes: each is what became of it" in mended.output


def test_what_is_wrong_with_order_and_counts_is_mended_on_request(run: Run, healthy: Cast) -> None:
    with transaction() as s:
        s.execute(update(ThreadOrder).where(ThreadOrder.thread_id == healthy.noise_thread).values(k=12.5, r=3.0))
        s.execute(delete(ThreadOrder).where(ThreadOrder.thread_id == healthy.secret_thread))
        s.execute(update(Thread).where(Thread.id == healthy.night_thread).values(replies=7))

    mended = run("check", "--mend")

    assert mended.exit_code == 0, mended.output
    assert mended.output.startswith("Mended 3 threads.")


def test_each_usual_trouble_of_what_a_site_stands_on_is_named_with_what_to_do(
    run: Run, app: Flask, healthy: Cast, data: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All at once: none hides another."""
    chosen = app.extensions["cop-settings"]
    awry = dataclasses.replace(
        chosen, base_url="https://forum.example.org", secret_key="", smtp_url="smtp://127.0.0.1:9"
    )
    monkeypatch.setitem(app.extensions, "cop-settings", awry)
    monkeypatch.setattr(surroundings.shutil, "disk_usage", lambda _data: SimpleNamespace(free=1_000_000))
    monkeypatch.setattr(folders.os, "access", lambda path, _mode: Path(path).name != "mail")
    (data / "mail").mkdir(exist_ok=True)
    (data / "secret").write_text("short")
    (data / "secret").chmod(0o600)
    with transaction() as s:
        s.execute(update(Thread).where(Thread.id == healthy.noise_thread).values(told_at=now + timedelta(hours=3)))
        enqueue("notifications.welcome", {"person_id": 1}, now=now)
        s.execute(update(OutboxRow).values(fault="The mail server cannot be used: timed out", due_at=now))

    checked = run("check")
    (data / "secret").unlink()

    for trouble, advice in (
        ("proxy: people come over https://forum.example.org, and COP_PROXIES is 0", "Set COP_PROXIES"),
        ("is shorter than 32 characters", "Delete the file and start the site again"),
        ("disk: 1 MB are free", "Make room"),
        (f"{data / 'mail'} cannot be written to", "chown -R"),
    ):
        (line,) = (line for line in checked.output.splitlines() if trouble in line)
        assert line.startswith("trouble  ")
        assert advice in line
    assert checked.exit_code == 1

    monkeypatch.setattr(folders.os, "access", lambda _path, _mode: True)
    checked = run("check")

    for trouble, advice in (
        ("clock: something was written at 2026-06-15 00:08 UTC", "NTP"),
        ("mail: comes from CoP <noreply@localhost>", "Set COP_MAIL_FROM"),
        ("wait since 2026-06-14 21:08 UTC: “The mail server cannot be used: timed out”", "COP_SMTP_URL"),
    ):
        (line,) = (line for line in checked.output.splitlines() if trouble in line)
        assert line.startswith("trouble  ")
        assert advice in line


def test_backups_that_cannot_be_made_are_trouble(
    run: Run, healthy: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite needs nobody's programs."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgresql, "_DEBIAN", tmp_path)

    checked = run("check")

    assert ("trouble  backups: This needs pg_dump of PostgreSQL" in checked.output) != is_sqlite()


def test_a_row_that_points_nowhere_is_found(site: Site) -> None:
    site.cop("init")
    with closing(sqlite3.connect(site.data / "cop.sqlite3")) as database:  # which leaves foreign keys unwatched
        database.execute(
            "INSERT INTO membership (person_id, community_id, role, voice, joined_at) VALUES (1, 2, 'newcomer', 0, 0)"
        )
        database.commit()

    checked = site.cop("check")

    assert checked.returncode == 1
    assert "of membership points to a missing row of" in checked.stdout


def test_a_site_that_is_not_there_is_told_how_it_comes_to_be(site: Site) -> None:
    checked = site.cop("check")

    assert checked.returncode == 1
    assert "trouble  database: " in checked.stdout
    assert "cop init" in checked.stdout
    assert not (site.data / "cop.sqlite3").exists()


def _write_dead_letter(now: datetime) -> None:
    with transaction() as s:
        enqueue("search.index", {"thread": 1}, now=now)
        s.execute(
            update(OutboxRow).values(
                attempts=MOST_ATTEMPTS, dead_at=now - timedelta(hours=1), fault="ConnectionError: the shelf is gone"
            )
        )
