"""What people said comes through the migrations of check-ins and insights, and cases are folded again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from cop.platform import migrating
from cop.platform.database import close_connections, db
from tests.conftest import make_app

WHEN = "'2026-01-02 03:04:05+00:00'"
ROWS = (
    "INSERT INTO person (id, handle, name, email, password_hash, practice, setting, signed_up_at, name_skeleton)"
    f" VALUES (7, 'maren', 'Maren', 'maren@example.org', '!', '', '', {WHEN}, 'maren')",
    "INSERT INTO community (id, slug, name, practice, ink, visibility, welcome,"
    " half_life_days, verdict_half_life_days, quality_weight, shelf_life, founded_at)"
    f" VALUES (3, 'ward', 'Ward', 'Work', 'iron', 'public', '', 30, 365, 4, 'months', {WHEN})",
    "INSERT INTO thread (id, community_id, kind, teller_id, title, hook, told_at, happened, shelf_life, words, replies,"
    " revision, attribution, source_url)"
    f" VALUES (5, 3, 'case', 7, 'A case', '', {WHEN}, '', 'months', 60, 0, 0, '', '')",
    f"INSERT INTO verdict (thread_id, person_id, kind, voice, given_at) VALUES (5, 7, 'held', 1.0, {WHEN})",
)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_verdicts_of_before_come_through_and_cases_are_folded_again(
    tmp_path: Path, postgresql: Callable[[], str], kind: str
) -> None:
    app = make_app(tmp_path, postgresql() if kind == "postgresql" else "")
    with app.app_context():
        migrating.downgrade("0011")
        with db.engine.begin() as connection:
            for row in ROWS:
                connection.execute(text(row))

        migrating.upgrade()
        with db.engine.connect() as connection:
            verdict = connection.execute(text("SELECT kind, voice, answer FROM verdict")).one()
            waiting = connection.execute(text("SELECT job, payload FROM outbox ORDER BY id")).all()
        migrating.downgrade("0011")
        with db.engine.connect() as connection:
            kept = connection.execute(text("SELECT kind FROM verdict")).scalar_one()
        db.session.remove()
        close_connections()

    assert tuple(verdict) == ("held", 1.0, None)
    assert [tuple(row) for row in waiting] == [
        ("ranking.rebase", '{"community_id": 3, "after": 0}'),
        ("ranking.needs", '{"after": 0}'),
    ]
    assert kept == "held"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_tellers_were_told_comes_through_when_there_is_more_to_tell(
    tmp_path: Path, postgresql: Callable[[], str], kind: str
) -> None:
    app = make_app(tmp_path, postgresql() if kind == "postgresql" else "")
    told = "INSERT INTO callback (id, person_id, kind, thread_id, ref_id, at) VALUES"
    with app.app_context():
        migrating.downgrade("0014")
        with db.engine.begin() as connection:
            for row in (*ROWS, f"{told} (1, 7, 'year', 5, 1, {WHEN})"):
                connection.execute(text(row))

        migrating.upgrade()
        indexes = {one["name"] for one in inspect(db.engine).get_indexes("callback")}
        with db.engine.begin() as connection:
            connection.execute(text(f"{told} (2, 7, 'helped', 5, 9, {WHEN})"))
        with pytest.raises(IntegrityError), db.engine.begin() as connection:
            connection.execute(text(f"{told} (3, 7, 'thanked', 5, 9, {WHEN})"))
        migrating.downgrade("0014")
        with db.engine.connect() as connection:
            kept = connection.execute(text("SELECT id, person_id, kind, ref_id FROM callback")).all()
        with pytest.raises(IntegrityError), db.engine.begin() as connection:
            connection.execute(text(f"{told} (2, 7, 'helped', 5, 9, {WHEN})"))
        db.session.remove()
        close_connections()

    assert {"ix_callback_person_id_at_id", "ix_callback_thread_id_kind"} <= indexes
    assert [tuple(row) for row in kept] == [(1, 7, "year", 1)]
