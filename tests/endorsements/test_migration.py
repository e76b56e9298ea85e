"""What people said comes through the migration of check-ins, and communities with cases are folded again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import flask_migrate
import pytest
from sqlalchemy import text

from cop.platform.database import db
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
        flask_migrate.downgrade(revision="0011")
        with db.engine.begin() as connection:
            for row in ROWS:
                connection.execute(text(row))

        flask_migrate.upgrade()
        with db.engine.connect() as connection:
            verdict = connection.execute(text("SELECT kind, voice, answer FROM verdict")).one()
            waiting = connection.execute(text("SELECT job, payload FROM outbox ORDER BY id")).all()
        flask_migrate.downgrade(revision="0011")
        with db.engine.connect() as connection:
            kept = connection.execute(text("SELECT kind FROM verdict")).scalar_one()
        db.session.remove()
        db.engine.dispose()

    assert tuple(verdict) == ("held", 1.0, None)
    assert [tuple(row) for row in waiting] == [
        ("ranking.rebase", '{"community_id": 3, "after": 0}'),
        ("ranking.needs", '{"after": 0}'),
    ]
    assert kept == "held"
