"""A site with people in it keeps them through the migration of accounts, and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from cop.accounts.names import skeleton
from cop.platform import migrating
from cop.platform.database import close_connections, db
from tests.conftest import make_app

ROWS = (
    "INSERT INTO person (id, handle, name, email, password_hash, practice, setting, signed_up_at)"
    " VALUES (7, 'maren-oduya', 'Marén Oduya', 'maren@example.org', '!', '', '', '2026-01-02 03:04:05')",
    "INSERT INTO session (id, token_hash, person_id, started_at, expires_at)"
    " VALUES (1, 'x', 7, '2026-01-02 03:04:05', '2026-02-02 03:04:05')",
)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_people_and_sessions_of_before_come_through(tmp_path: Path, postgresql: Callable[[], str], kind: str) -> None:
    app = make_app(tmp_path, postgresql() if kind == "postgresql" else "")
    with app.app_context():
        migrating.downgrade("0001")
        with db.engine.begin() as connection:
            for row in ROWS:
                connection.execute(text(row))

        migrating.upgrade()
        with db.engine.connect() as connection:
            person = connection.execute(text("SELECT name_skeleton, verified_at, bio, theme FROM person")).one()
            session = connection.execute(text("SELECT device, last_seen_at FROM session")).one()
        migrating.downgrade("0001")
        with db.engine.connect() as connection:
            kept = connection.execute(
                text("SELECT name FROM person JOIN session ON person_id = person.id")
            ).scalar_one()
        db.session.remove()
        close_connections()

    assert tuple(person) == (skeleton("Marén Oduya"), None, "", "")
    assert tuple(session) == ("", None)
    assert kept == "Marén Oduya"
