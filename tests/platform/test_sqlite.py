"""Who is told that something was written may rely on it, though the next one writes before the disk has it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from cop.platform import sqlite
from cop.platform.database import db, is_sqlite, transaction
from cop.platform.repeats import SentForm
from cop.platform.sqlite import WritingConnection


@pytest.fixture(autouse=True)
def _only_sqlite(app: Flask) -> None:
    if not is_sqlite():
        pytest.skip("PostgreSQL waits for its disk by itself")


def _write(now: datetime) -> None:
    with transaction() as s:
        s.add(SentForm(person_id=1, key="told", led_to="/", sent_at=now))


def test_whoever_wrote_waits_for_the_log_while_the_next_may_write(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    seen: list[tuple[str, int]] = []

    def sync(log: int) -> None:
        with closing(sqlite3.connect(str(db.engine.url.database), isolation_level=None, timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")
            rows = other.execute("SELECT count(*) FROM sent_form").fetchone()[0]
            seen.append((Path(os.readlink(f"/proc/self/fd/{log}")).name, rows))

    monkeypatch.setattr(sqlite, "_sync", sync)
    _write(now)

    assert seen == [(f"{Path(str(db.engine.url.database)).name}-wal", 1)]


def test_nobody_is_told_that_it_was_written_when_the_disk_fails(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    def fail(_log: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(sqlite, "_sync", fail)
    with pytest.raises(OSError, match="Input/output"):
        _write(now)


def test_the_connection_that_writes_leaves_the_waiting_to_who_commits(
    tmp_path: Path,
) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/of-its-own", connect_args={"factory": WritingConnection})
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA synchronous")) == 1
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
    engine.dispose()
