"""A connection that was lost while it rested is replaced before anybody notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from cop.platform import postgresql as ours
from cop.platform.database import close_connections
from tests.conftest import make_app


def _lose_connections(url: str) -> None:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT")
    with engine.connect() as other:
        other.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    engine.dispose()


@pytest.fixture
def served(tmp_path: Path, postgresql: Callable[[], str]) -> Iterator[tuple[FlaskClient, str]]:
    """A visitor of a site on a PostgreSQL, and its address."""
    url = postgresql()
    app = make_app(tmp_path, url)
    yield app.test_client(), url
    with app.app_context():
        close_connections()


def test_a_page_after_the_server_was_away_is_answered(
    served: tuple[FlaskClient, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ours, "ASKED_AFTER", 0.0)
    visitor, url = served
    assert visitor.get("/c/").status_code == 200
    _lose_connections(url)

    assert visitor.get("/c/").status_code == 200


def test_what_worked_a_moment_ago_is_not_asked_and_is_replaced_once_it_failed(
    served: tuple[FlaskClient, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ours, "ASKED_AFTER", 60.0)
    visitor, url = served
    assert visitor.get("/c/").status_code == 200
    _lose_connections(url)

    answers = [visitor.get("/c/").status_code for _ in range(3)]
    assert answers[0] != 200
    assert answers[-1] == 200
