"""Statements that are given to the driver as they are find and write what SQLAlchemy's own way finds and writes."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Column, Integer, MetaData, Select, String, Table, bindparam, insert, select
from sqlalchemy.exc import IntegrityError, MultipleResultsFound, NoResultFound

from cop.communities.queries import load_person_as_viewer
from cop.discussions.queries import get_thread
from cop.platform.database import ask, db, reading, session, table_of, transaction
from cop.platform.outbox import OutboxRow, enqueue
from cop.platform.prepared import Prepared
from cop.platform.repeats import SentForm
from tests.conftest import Cast

NOW = datetime(2026, 11, 23, 12, 30, 0, 5, tzinfo=UTC)
_INTO = insert(table_of(SentForm))


def _write(*keys: str) -> None:
    with transaction():
        for key in keys:
            ask(_INTO, {"person_id": 1, "key": key, "led_to": "/", "sent_at": NOW})


def _select_sent() -> Select[Any, Any, Any, Any]:
    return (
        select(SentForm.person_id, SentForm.key, SentForm.sent_at, (SentForm.person_id + bindparam("n")).label("sum"))
        .where(SentForm.key.in_(bindparam("keys", expanding=True)))
        .order_by(SentForm.key)
    )


@pytest.mark.parametrize("keys", [[], ["b"], ["a", "c"], ["a", "b", "c", "none such"]])
def test_rows_are_those_that_sqlalchemy_reads(app: Flask, keys: list[str]) -> None:
    _write("a", "b", "c")
    asked = {"keys": keys, "n": 4}

    with reading() as s:
        rows, known = ask(_select_sent(), asked), s.execute(_select_sent(), asked).all()

        assert [tuple(row) for row in rows] == [tuple(row) for row in known]
        assert len(rows) == len(set(keys) - {"none such"})
        assert all((row.key, row.sent_at, row.sum) == (row[1], NOW, 5) for row in rows)


def test_one_statement_is_asked_with_lists_of_any_length(app: Flask) -> None:
    _write("a", "b", "c")
    statement = _select_sent()
    with reading():
        found = [[row.key for row in ask(statement, {"keys": keys, "n": 0})] for keys in (["c"], ["a", "b"], ["b"])]

    assert found == [["c"], ["a", "b"], ["b"]]


def test_what_the_columns_hold_by_themselves_is_written_too(app: Flask) -> None:
    with transaction() as s:
        enqueue("a job", {"of": 1}, now=NOW)
        row = s.scalars(select(OutboxRow)).one()

    assert (row.attempts, row.crashes, row.fault, row.claimed_at) == (0, 0, "", None)
    assert (row.written_at, row.due_at) == (NOW, NOW)


def test_a_default_that_a_function_makes_is_not_left_out(app: Flask) -> None:
    table = Table("made", MetaData(), Column("id", Integer, primary_key=True), Column("x", String, default=uuid.uuid4))
    with pytest.raises(TypeError, match="made"):
        Prepared(insert(table), db.engine.dialect, {"id": None})


def test_what_the_database_refuses_is_refused_as_sqlalchemy_says_it(app: Flask) -> None:
    _write("a")
    with pytest.raises(IntegrityError, match="sent_form"):
        _write("b", "a")

    with reading():
        assert ask(_select_sent(), {"keys": ["a", "b"], "n": 0}).all() == ask(_select_sent(), {"keys": ["a"], "n": 0})


def test_one_means_one(app: Flask) -> None:
    _write("a", "b")
    with reading():
        with pytest.raises(NoResultFound):
            ask(_select_sent(), {"keys": ["c"], "n": 0}).one()
        with pytest.raises(MultipleResultsFound):
            ask(_select_sent(), {"keys": ["a", "b"], "n": 0}).one()
        assert ask(_select_sent(), {"keys": ["c"], "n": 0}).first() is None


class _Interrupted:
    """A cursor in whose first look at the columns another thread asks the same."""

    def __init__(self, prepared: Prepared, cursor: Any) -> None:
        self._prepared, self._cursor = prepared, cursor

    @property
    def description(self) -> Any:
        self._prepared.rows(_Plain(self._cursor.description))
        return self._cursor.description

    def fetchall(self) -> Any:
        return self._cursor.fetchall()


class _Plain:
    def __init__(self, description: Any) -> None:
        self.description = description

    def fetchall(self) -> list[Any]:
        return []


def test_two_threads_may_ask_a_new_statement_at_once(app: Flask) -> None:
    _write("a")
    with reading() as s:
        connection = s.connection()
        prepared = Prepared(_select_sent(), connection.dialect, {"keys": 1, "n": None})
        driver: Any = connection.connection.driver_connection
        cursor = driver.execute(prepared.text, prepared.values({"keys": ["a"], "n": 0}))

        assert prepared.rows(_Interrupted(prepared, cursor)).one().sent_at == NOW


def test_a_thread_is_one_object_in_a_session_and_what_is_changed_of_it_is_written(cast: Cast) -> None:
    with transaction():
        viewer = load_person_as_viewer(cast.bea)
        first, again = get_thread(viewer, cast.noise_thread, locked=True), get_thread(viewer, cast.noise_thread)
        assert first is again
        assert not session().dirty
        first.title = "Another title"
        session().flush()

    with reading():
        assert get_thread(viewer, cast.noise_thread).title == "Another title"
