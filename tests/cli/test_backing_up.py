"""A backup is the whole site as it was at one moment, and becomes a site again."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import stat
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import create_engine, insert, text
from sqlalchemy.pool import NullPool

from cop.cli import backing_up
from cop.cli.archives import Counts, read_label, unpack
from cop.cli.backing_up import count_all, write_backup
from cop.cli.commands import Failure
from cop.cli.restoring import restore_backup
from cop.platform.database import close_connections, db, transaction
from cop.platform.limits import LimitCount
from tests.cast import add_person
from tests.conftest import make_app

NewSite = Callable[[], Flask]


@pytest.fixture(params=["sqlite", "postgresql"])
def new_site(
    request: pytest.FixtureRequest, tmp_path: Path, postgresql: Callable[[], str], postgresql_programs: None
) -> Iterator[NewSite]:
    """Makes sites with the tables of this version and nobody in them."""
    numbers, made = count(), []

    def make() -> Flask:
        data = tmp_path / f"site-{next(numbers)}"
        data.mkdir(mode=0o700)
        made.append(make_app(data, postgresql() if request.param == "postgresql" else ""))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            close_connections()


def data_of(app: Flask) -> Path:
    folder: Path = app.extensions["cop-settings"].data
    return folder


def test_a_backup_made_while_others_write_is_of_one_moment(new_site: NewSite, now: datetime, tmp_path: Path) -> None:
    """Every person has a mail waiting, written in the same transaction: a copy of the files could tear them apart."""
    live, other = new_site(), new_site()
    with writing(live, now) as written, live.app_context():
        backups = []
        for number in range(3):
            before = written()
            label = write_backup(tmp_path / f"{number}.tar.gz", now=now)
            backups.append((before, label.counts, tmp_path / f"{number}.tar.gz"))

    for before, counted, path in backups:
        with other.app_context():
            restore_backup(path, overwrites=True, now=now)
            with db.engine.connect() as connection:
                mails = connection.scalar(text("SELECT count(*) FROM outbox"))
                assert count_all(connection) == counted
            assert counted.people == mails >= before > 0
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@contextmanager
def writing(app: Flask, now: datetime) -> Iterator[Callable[[], int]]:
    """Somebody signs people up for as long as the block runs; asks how many have been acknowledged."""
    stop, acknowledged = threading.Event(), []

    def sign_people_up() -> None:
        with app.app_context():
            for number in count():
                if stop.is_set():
                    return
                add_person(f"Nr{number} Somebody", now)
                acknowledged.append(number)

    writer = threading.Thread(target=sign_people_up)
    writer.start()
    while not acknowledged:
        time.sleep(0.01)
    try:
        yield lambda: len(acknowledged)
    finally:
        stop.set()
        writer.join()


def test_a_site_is_not_replaced_unless_that_is_said_and_is_kept_then(
    new_site: NewSite, now: datetime, tmp_path: Path
) -> None:
    first, second = new_site(), new_site()
    with first.app_context():
        add_person("Maren Oduya", now)
        first.test_cli_runner().invoke(args=["backup", str(tmp_path / "maren.tar.gz")])
    (data_of(second) / "index").mkdir()
    (data_of(second) / "secret").write_text("another")
    with second.app_context():
        add_person("Otto Lindgren", now)
        runner = second.test_cli_runner()

        refused = runner.invoke(args=["restore", str(tmp_path / "maren.tar.gz")])
        still = _names()
        restored = runner.invoke(args=["restore", str(tmp_path / "maren.tar.gz"), "--yes"])

        assert refused.exit_code == 1
        assert "With --yes it is backed up and replaced." in refused.stderr
        assert still == ["Otto Lindgren"]
        assert restored.exit_code == 0, restored.output
        assert "Restored 1 people, 0 discussions and 0 replies" in restored.output
        assert _names() == ["Maren Oduya"]
        assert not (data_of(second) / "index").exists()
        (kept,) = (data_of(second) / "backups").iterdir()
        runner.invoke(args=["restore", str(kept), "--yes"])
        assert _names() == ["Otto Lindgren"]


def _names() -> list[str]:
    with db.engine.connect() as connection:
        return list(connection.scalars(text("SELECT name FROM person ORDER BY name")))


def test_a_site_somebody_is_connected_to_is_left_alone(new_site: NewSite, now: datetime, tmp_path: Path) -> None:
    app = new_site()
    with app.app_context():
        write_backup(tmp_path / "a.tar.gz", now=now)
        elsewhere = create_engine(app.config["SQLALCHEMY_DATABASE_URI"], poolclass=NullPool)
        with elsewhere.connect() as other:
            other.execute(text("SELECT count(*) FROM person"))

            refused = app.test_cli_runner().invoke(args=["restore", str(tmp_path / "a.tar.gz"), "--yes"])

    assert refused.exit_code == 1
    assert "Stop the site first" in refused.stderr


@pytest.fixture
def lone(tmp_path: Path, now: datetime) -> Iterator[Flask]:
    """A SQLite site with Maren in it, and a backup of it beside it: a.tar.gz."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    app = make_app(data, "")
    with app.app_context():
        add_person("Maren Oduya", now)
        secret = data / "secret"
        secret.write_text("the secret of Maren's site")
        write_backup(tmp_path / "a.tar.gz", now=now)
        yield app
        db.session.remove()
        close_connections()


def test_an_empty_folder_becomes_the_site_with_its_secret(lone: Flask, tmp_path: Path) -> None:
    close_connections()
    shutil.rmtree(data_of(lone))

    restored = lone.test_cli_runner().invoke(args=["restore", str(tmp_path / "a.tar.gz")])

    assert restored.exit_code == 0, restored.output
    assert _names() == ["Maren Oduya"]
    assert (data_of(lone) / "secret").read_text() == "the secret of Maren's site"
    assert stat.S_IMODE((data_of(lone) / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE((data_of(lone) / "cop.sqlite3").stat().st_mode) == 0o600


def test_a_damaged_database_is_replaced_and_its_files_are_kept(lone: Flask, tmp_path: Path) -> None:
    close_connections()
    (data_of(lone) / "cop.sqlite3").write_bytes(b"nonsense" * 4096)
    (data_of(lone) / "cop.sqlite3-wal").write_bytes(b"old" * 4096)

    restored = lone.test_cli_runner().invoke(args=["restore", str(tmp_path / "a.tar.gz"), "--yes"])

    assert restored.exit_code == 0, restored.output
    assert _names() == ["Maren Oduya"]
    (kept,) = (data_of(lone) / "backups").iterdir()
    assert (kept / "cop.sqlite3").read_bytes().startswith(b"nonsense")
    assert (kept / "cop.sqlite3-wal").read_bytes().startswith(b"old")


def test_what_is_no_backup_or_a_damaged_one_changes_nothing(lone: Flask, tmp_path: Path, now: datetime) -> None:
    good, half, other = (tmp_path / f"{name}.tar.gz" for name in ("a", "half", "other"))
    half.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    with tarfile.open(other, "w:gz") as archive:
        archive.add(good, "something")
    add_person("Otto Lindgren", now)
    runner = lone.test_cli_runner()

    for path, says in ((half, "only a piece"), (other, "no backup of cop"), (tmp_path / "none", "No such file")):
        refused = runner.invoke(args=["restore", str(path), "--yes"])
        assert refused.exit_code == 1
        assert says in refused.stderr
    again = runner.invoke(args=["backup", str(good)])

    assert "no backup is written over" in again.stderr
    assert _names() == ["Maren Oduya", "Otto Lindgren"]


def test_a_folder_that_is_not_there_is_not_taken_for_a_file(lone: Flask, tmp_path: Path) -> None:
    asked = lone.test_cli_runner().invoke(args=["backup", str(tmp_path / "mistyped"), "--keep", "2"])

    assert asked.exit_code == 1
    assert "--keep is for a folder, and" in asked.output
    assert not (tmp_path / "mistyped").exists()


def test_a_folder_keeps_as_many_backups_as_was_asked_for(lone: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in ("cop-20200101T000000Z.tar.gz", "cop-20200102T000000Z.tar.gz", "mine.tar.gz"):
        (folder / name).touch()

    made = lone.test_cli_runner().invoke(args=["backup", str(folder), "--keep", "2"])

    assert made.exit_code == 0, made.output
    assert "It holds the site's secret" in made.output
    assert sorted(path.name for path in folder.iterdir()) == [
        "cop-20200102T000000Z.tar.gz", "cop-20260614T210800Z.tar.gz", "mine.tar.gz",
    ]  # fmt: skip


def test_no_backup_is_begun_for_which_there_is_no_room(
    tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backing_up, "database_file", lambda: Path(sys.executable))
    monkeypatch.setattr(backing_up.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=0))

    with pytest.raises(Failure, match="has 0 MB free"):
        write_backup(tmp_path / "a.tar.gz", now=now)

    assert list(tmp_path.iterdir()) == []


def test_a_backup_killed_at_any_moment_leaves_all_of_it_or_nothing(lone: Flask, tmp_path: Path) -> None:
    _write_keys(10_000)
    takes = _time_of(lone, "backup", str(tmp_path / "whole.tar.gz"))

    for number in range(6):
        target = tmp_path / f"{number}.tar.gz"
        _kill(lone, takes * (number + 1) / 6, "backup", str(target))
        if target.exists():
            assert read_label(target).counts.people == 1
            unpack(target, tmp_path / "copy")

    assert _time_of(lone, "backup", str(tmp_path / "0.tar.gz"))
    assert not (tmp_path / "0.tar.gz.unfinished").exists()


def test_a_restore_killed_at_any_moment_leaves_the_old_site_or_the_new(
    lone: Flask, tmp_path: Path, now: datetime
) -> None:
    """The old one has two people and the new one has one; again and again, until the restore is let be."""
    add_person("Otto Lindgren", now)
    _write_keys(10_000)
    old = tmp_path / "old.tar.gz"
    takes = _time_of(lone, "backup", str(old)) + _time_of(lone, "restore", str(tmp_path / "a.tar.gz"), "--yes")

    for number in range(6):
        assert _time_of(lone, "restore", str(old), "--yes")
        _kill(lone, takes * (number + 1) / 6, "restore", str(tmp_path / "a.tar.gz"), "--yes")
        with closing(sqlite3.connect(data_of(lone) / "cop.sqlite3")) as there:
            assert there.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert there.execute("SELECT count(*) FROM person").fetchone()[0] in (1, 2)

    assert _time_of(lone, "restore", str(tmp_path / "a.tar.gz"), "--yes")
    assert _names() == ["Maren Oduya"]
    left = [path for path in data_of(lone).rglob("*.unfinished") if path.parent.name != "backups"]
    assert left == []  # a backup that was killed is swept from its folder by a later one, a day after


def _time_of(app: Flask, *command: str) -> float:
    begun = time.monotonic()
    done = app.test_cli_runner().invoke(args=list(command))
    assert done.exit_code == 0, done.output
    return time.monotonic() - begun


def _kill(app: Flask, after: float, *command: str) -> None:
    """Run a command in a process of its own, and kill that after so many seconds."""
    db.session.remove()
    close_connections()
    child = os.fork()
    if child == 0:
        app.test_cli_runner().invoke(args=list(command))
        os._exit(0)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _write_keys(rows: int) -> None:
    """So that copying takes a while."""
    with transaction() as s:
        s.execute(
            insert(LimitCount), [{"key": f"{number:0200d}", "hits": 1, "expires_at": 1} for number in range(rows)]
        )


def test_counts_are_told_in_words() -> None:
    assert str(Counts(3, 2, 1)) == "3 people, 2 discussions and 1 replies"
