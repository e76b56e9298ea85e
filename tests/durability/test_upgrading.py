"""R7: an upgrade that is killed, again and again, ends well when it is let be."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import text

from cop.cli.archives import read_label
from cop.platform import migrating
from cop.platform.database import Base, close_connections, db
from tests.conftest import make_app
from tests.durability.dying import kill_at_work

PEOPLE = 3_000
ROW = (
    "INSERT INTO person (id, handle, name, email, password_hash, practice, setting, signed_up_at)"
    " VALUES (:n, 'person-' || :n, 'Person ' || :n, 'p' || :n || '@example.org', '!', '', '', '2026-01-02 03:04:05')"
)


@pytest.mark.usefixtures("postgresql_programs")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_upgrade_that_is_killed_goes_on_where_it_was(
    tmp_path: Path, postgresql: Callable[[], str], kind: str
) -> None:
    app = make_app(tmp_path, postgresql() if kind == "postgresql" else "")
    with app.app_context():
        takes = _time_of_upgrade(app)
        _go_back()
        killed = 0
        for number in range(12):
            if kill_at_work(lambda: _upgrade(app), after=takes * (number % 6 + 1) / 6):
                _go_back()  # it was quicker than the one that was timed
            else:
                killed += 1
        done = _upgrade(app)

        assert done.exit_code == 0, done.output
        assert killed > 2
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM person")) == PEOPLE
            assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        backups = sorted((tmp_path / "backups").iterdir())
        assert all(read_label(path).counts.people == PEOPLE for path in backups)
        db.session.remove()
        close_connections()


def _time_of_upgrade(app: Flask) -> float:
    _go_back()
    begun = time.monotonic()
    done = _upgrade(app)
    assert done.exit_code == 0, done.output
    return time.monotonic() - begun


def _go_back() -> None:
    """To the first schema there was, with people in it."""
    migrating.downgrade("0001")
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM person"))
        connection.execute(text(ROW), [{"n": number} for number in range(1, PEOPLE + 1)])
    db.session.remove()


def _upgrade(app: Flask):  # type: ignore[no-untyped-def]
    return app.test_cli_runner().invoke(args=["upgrade"])
