"""Migration 0003 on a database that people have used: what was there reads as before, and there is a way back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from cop.platform import migrating
from cop.platform.database import close_connections, db
from tests.conftest import make_app

AT = "2026-01-02 03:04:05+00:00"
PEOPLE = ((1, "joanne"), (2, "maren"))


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application whose database stands before migration 0003."""
    url = request.getfixturevalue("postgresql")() if request.param == "postgresql" else ""
    app = make_app(tmp_path, url)
    with app.app_context():
        migrating.downgrade("0002")
        db.session.remove()
        yield app
        db.session.remove()
        close_connections()


def fill() -> None:
    with db.engine.begin() as connection:
        for person_id, name in PEOPLE:
            connection.execute(
                text(
                    "INSERT INTO person (id, handle, name, email, password_hash, practice, setting, signed_up_at) "
                    "VALUES (:id, :name, :name, :email, 'x', '', '', :at)"
                ),
                {"id": person_id, "name": name, "email": f"{name}@example.org", "at": AT},
            )
        connection.execute(
            text(
                "INSERT INTO community (id, slug, name, practice, welcome, visibility, ink, half_life_days, "
                "verdict_half_life_days, quality_weight, shelf_life, founded_at) VALUES "
                "(7, 'bedside', 'Bedside', 'Nights.', :welcome, 'public', 'iron', 30, 365, 4, 'months', :at)"
            ),
            {"welcome": "Slowly & <gently>.\n\nThen tell.", "at": AT},
        )
        for person_id, role in ((1, "moderator"), (2, "practitioner")):
            connection.execute(
                text(
                    "INSERT INTO membership (person_id, community_id, role, voice, joined_at) "
                    "VALUES (:id, 7, :role, 1, :at)"
                ),
                {"id": person_id, "role": role, "at": AT},
            )
        connection.execute(
            text("INSERT INTO vouch (id, community_id, by_id, for_id, line, at) VALUES (1, 7, 1, 2, 'Seen.', :at)"),
            {"at": AT},
        )


def test_what_was_there_reads_as_before_and_there_is_a_way_back(old: Flask) -> None:
    fill()

    migrating.upgrade()
    with db.engine.connect() as connection:
        welcome = connection.execute(text("SELECT welcome_html FROM community")).scalar_one()
        appointed = connection.execute(
            text("SELECT person_id FROM membership WHERE appointed_at IS NOT NULL")
        ).scalars().all()  # fmt: skip
        role = connection.execute(text("SELECT role FROM vouch WHERE withdrawn_at IS NULL")).scalar_one()
    migrating.downgrade("0002")

    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT line FROM vouch")).scalar_one() == "Seen."
    assert welcome == "<p>Slowly &amp; &lt;gently&gt;.</p><p>Then tell.</p>"
    assert (list(appointed), role) == ([1], "moderator")
