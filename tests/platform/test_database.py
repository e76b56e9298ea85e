"""One way to commit, and what it promises."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, text

from cop.platform.database import db, is_sqlite, reading, session, transaction, without_waiting
from cop.platform.repeats import SentForm


def _count() -> int:
    with reading() as s:
        return s.scalar(select(func.count()).select_from(SentForm)) or 0


def test_a_transaction_refuses_a_session_that_has_already_read(app: Flask) -> None:
    session().execute(select(SentForm.key).limit(1))

    with pytest.raises(RuntimeError, match="has not read yet"), transaction():
        pass


def test_what_was_committed_is_there_and_what_failed_is_not(app: Flask, now: datetime) -> None:
    with transaction() as s:
        s.add(SentForm(person_id=1, key="kept", led_to="/", sent_at=now))
    with pytest.raises(ZeroDivisionError), transaction() as s:
        s.add(SentForm(person_id=1, key="lost", led_to="/", sent_at=now))
        s.flush()
        _ = 1 / 0

    assert _count() == 1


def test_eight_people_who_read_and_then_write_all_get_through(app: Flask, now: datetime) -> None:
    """With deferred transactions most of these would fail with “database is locked” (security.md 2.6)."""
    failures: list[BaseException] = []

    def write(person: int) -> None:
        with app.app_context():
            for n in range(10):
                try:
                    with transaction() as s:
                        s.scalar(select(func.count()).select_from(SentForm))
                        s.add(SentForm(person_id=person, key=str(n), led_to="/", sent_at=now))
                except BaseException as failure:
                    failures.append(failure)

    writers = [threading.Thread(target=write, args=(person,)) for person in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert failures == []
    assert _count() == 80


def test_postgresql_keeps_what_it_has_acknowledged_through_a_power_cut(app: Flask) -> None:
    if not is_sqlite():
        with reading() as s:
            assert s.scalar(text("SHOW synchronous_commit")) == "on"


def test_sqlite_keeps_what_it_has_acknowledged_through_a_power_cut(tmp_path: Path) -> None:
    with create_engine(f"sqlite:///{tmp_path / 'own.sqlite3'}").connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }

    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_time_without_a_zone_is_refused(app: Flask) -> None:
    with pytest.raises(Exception, match="without a zone"), transaction() as s:
        s.add(SentForm(person_id=1, key="k", led_to="/", sent_at=datetime(2026, 1, 1)))  # noqa: DTZ001  # the point
        s.flush()


def test_a_stored_time_comes_back_in_utc(app: Flask, now: datetime) -> None:
    with transaction() as s:
        s.add(SentForm(person_id=1, key="k", led_to="/", sent_at=now))

    with reading() as s:
        stored = s.scalar(select(SentForm.sent_at))
    assert stored == now
    assert stored is not None
    assert stored.utcoffset() is not None


def test_what_was_filled_in_without_waiting_is_in_the_file_afterwards_and_everybody_waits_again(
    app: Flask, now: datetime
) -> None:
    with without_waiting(), transaction() as s:
        s.add(SentForm(person_id=1, key="filled", led_to="/", sent_at=now))
        waits = s.scalar(text("PRAGMA synchronous")) if is_sqlite() else None

    assert _count() == 1
    if is_sqlite():
        log = Path(f"{db.engine.url.database}-wal")
        assert waits == 0
        assert not log.exists() or log.stat().st_size == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_connection_outside_of_that_waits_for_the_disk(tmp_path: Path, app: Flask) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/of-its-own.sqlite3")
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA synchronous")) == 2
    engine.dispose()
