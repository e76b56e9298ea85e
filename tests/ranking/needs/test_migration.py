"""A site that was there before needs and callbacks keeps what it had, and the worker writes what is needed in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from cop.platform import migrating
from cop.platform.database import close_connections, db
from cop.platform.outbox import deliver_due
from cop.ranking.needs.verification import check_needs
from tests.cast import add_community, add_member, add_person, add_story, add_verdict, ask_a_question
from tests.conftest import make_app

NOW = datetime(2026, 6, 14, 21, 8, tzinfo=UTC)


def furnish() -> tuple[int, int]:
    """Somebody has told a story; two have read it, of whom one practises, has used it and said so."""
    teller, user, reader = (add_person(name, NOW) for name in ("Ann Tells", "Ben Uses", "Cleo Reads"))
    place = add_community("A place", "a-place", teller, NOW)
    add_member(user, place, NOW, vouched_by=teller)
    add_member(reader, place, NOW)
    story, question = add_story(teller, place, NOW), ask_a_question(reader, place, NOW)
    add_verdict(user, story, "held", NOW)
    with db.engine.begin() as connection:
        for person in (teller, user, reader):
            mark = "INSERT INTO read_mark (person_id, thread_id, at) VALUES (:who, :what, '2026-06-14 21:00:00')"
            connection.execute(text(mark), {"who": person, "what": story})
    return story, question


def ask(app: Flask, query: str) -> list[tuple[object, ...]]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_readers_reports_and_needs_of_before_are_there(
    tmp_path: Path, postgresql: Callable[[], str], kind: str
) -> None:
    app = make_app(tmp_path, postgresql() if kind == "postgresql" else "")
    with app.app_context():
        story, question = furnish()
        migrating.downgrade("0011")
        migrating.upgrade()
        readers = ask(app, f"SELECT readers FROM thread WHERE id = {story}")
        told = ask(app, "SELECT kind, thread_id, seen_at IS NOT NULL FROM callback")
        before = ask(app, "SELECT count(*) FROM need")
        while deliver_due(app.extensions["cop-jobs"], claim="test", now=datetime.now(UTC)):
            pass
        needs = ask(app, "SELECT kind, thread_id FROM need ORDER BY kind")
        faults = list(check_needs())
        db.session.remove()
        close_connections()

    assert readers == [(1,)]
    assert [(row[0], row[1], bool(row[2])) for row in told] == [("report", story, True)]
    assert (before, faults) == ([(0,)], [])
    assert needs == [("checkin", story), ("question", question)]
