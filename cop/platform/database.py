"""The database: one base class, one way to read, one way to commit.

How SQLite runs is told in `platform.sqlite`. PostgreSQL runs READ COMMITTED and the operations lock the thread's row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy import session as session_of_flask
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Engine,
    Executable,
    Integer,
    MetaData,
    Table,
    event,
    func,
    insert,
    inspect,
)
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, make_transient_to_detached, registry, scoped_session
from sqlalchemy.types import TypeDecorator

from cop.platform import sqlite
from cop.platform.errors import Busy
from cop.platform.prepared import Rows, ask_on
from cop.platform.turns import BUSY, turn_to_write

WRITING = "writing"  # the bind of SQLite's writing connection


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; refuses one without a zone, and gives it back with one on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every table's class stands on."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: UtcDateTime,
            int: BigInteger().with_variant(Integer(), "sqlite"),  # SQLite's INTEGER holds 64 bits and is the row's key
        },
    )


Model = TypeVar("Model", bound=Base)


class _Session(session_of_flask.Session):
    """A session of one database. `writes` sends all of it to the connection that writes, where there is one.

    `at_hand` is the connection of its transaction: finding it takes SQLAlchemy as long as a short statement.
    """

    writes = False
    at_hand: Connection | None = None

    def get_bind(self, *_about: Any, bind: Engine | Connection | None = None, **_more: Any) -> Engine | Connection:
        engines = self._db.engines
        return bind or (engines.get(WRITING) if self.writes else None) or engines[None]


@event.listens_for(_Session, "after_begin")
def _keep_at_hand(current: _Session, _transaction: object, connection: Connection) -> None:
    current.at_hand = connection


@event.listens_for(_Session, "after_transaction_end")
def _let_go(current: _Session, _transaction: object) -> None:
    current.at_hand = None


db = SQLAlchemy(
    model_class=Base, session_options={"class_": _Session, "expire_on_commit": False, "autoflush": False}
)  # fmt: skip


def binds_of(url: str) -> dict[str, dict[str, Any]]:
    """What Flask-SQLAlchemy is to connect to beside the database itself: SQLite's file once more, to write.

    Args:
        url: of the database; one in memory would be another one.
    """
    if not url.startswith("sqlite") or url.endswith(("://", ":memory:")):
        return {}
    return {
        WRITING: {"url": url, "pool_size": 1, "max_overflow": 0, "connect_args": {"factory": sqlite.WritingConnection}}
    }


def close_connections() -> None:
    """Give back every connection of this process: another may not share them, and a file is to be replaced."""
    for engine in db.engines.values():
        engine.dispose()


def session() -> Session:
    """The session of this request, command or job."""
    return cast("scoped_session[Session]", db.session)()


def ask(statement: Executable, asked: Mapping[str, Any]) -> Rows:
    """The rows of a statement that was written once, of columns and not of objects: this session's shortest way."""
    current = cast("_Session", session())
    return ask_on(current.at_hand or current.connection(), statement, asked)


def find_at_once(model: type[Model], statement: Executable, asked: Mapping[str, Any]) -> Model | None:
    """One object by a statement of all its columns, read as `ask` reads: what `scalar` of the session does. One that
    the session holds already stays as it is."""
    row = ask(statement, asked).first()
    if row is None:
        return None
    known: Model | None = session().identity_map.get(session().identity_key(model, row.id))
    return known or _held(model(**row._asdict()))


def add_at_once(row: Base) -> None:
    """Insert a new object by one statement and go on with it as one that was read: `add` and `flush` of the session
    do the same, and think of everything else that might be waiting, which takes four times as long."""
    columns, of_row = inspect(type(row)).columns, row.__dict__
    ask(_insertion_of(type(row)), {column.key: of_row.get(column.key) for column in columns})
    _held(row)


def _held(row: Model) -> Model:
    """The same, as the session holds what it has read."""
    make_transient_to_detached(row)
    session().add(row)
    return row


@cache
def _insertion_of(model: type[Base]) -> Executable:
    return insert(table_of(model))


@contextmanager
def reading() -> Iterator[Session]:
    """A short read of its own: leaves no transaction open behind it."""
    try:
        yield session()
    finally:
        db.session.remove()


@contextmanager
def glance() -> Iterator[Connection]:
    """A read of one statement on a connection of its own, without a session: for what every page asks before anything.

    It may happen in the middle of anything, and neither begins nor ends somebody else's transaction.
    """
    with db.engine.connect() as connection:
        yield connection


@contextmanager
def transaction() -> Iterator[Session]:
    """The only place that commits. Starts on a fresh session; nothing slow may happen inside it.

    Raises:
        RuntimeError: the session has already read, so the transaction could not begin IMMEDIATE.
        Busy: the database said busy or conflict; whoever opened the transaction may try once more.
    """
    current = cast("_Session", session())
    if current.in_transaction():
        raise RuntimeError("a transaction must start on a session that has not read yet")
    current.writes = True
    try:
        with _turn_to_write():
            current.connection()
            yield current
            current.commit()
        _bring_to_disk()
    except OperationalError as problem:
        current.rollback()
        if _is_contention(problem):
            raise Busy(BUSY) from problem
        raise
    except BaseException:
        current.rollback()
        raise
    finally:
        db.session.remove()


@contextmanager
def without_waiting() -> Iterator[None]:
    """While a database is filled that would be made anew after a crash, nobody waits until the disk has each commit.

    What was written is on the disk when this ends. Only for a process that has the database to itself.
    """
    if not is_sqlite():
        yield
        return
    close_connections()
    try:
        with sqlite.without_waiting():
            yield
    finally:
        with closing(db.engine.raw_connection()) as connection:
            sqlite.empty_log(cast("sqlite3.Connection", connection.driver_connection))
        close_connections()


def _turn_to_write() -> AbstractContextManager[None]:
    """PostgreSQL lets many write at once."""
    return turn_to_write(_file()) if is_sqlite() else nullcontext()


def _bring_to_disk() -> None:
    """PostgreSQL has waited for the disk when it commits."""
    file = _file() if is_sqlite() else None
    if file:
        sqlite.wait_for_disk(file)


def _file() -> Path | None:
    """SQLite's file; None when the database is in memory."""
    file = db.engine.url.database
    return Path(file) if file and file != ":memory:" else None


def _is_contention(problem: OperationalError) -> bool:
    """Whether somebody else held the lock (SQLite busy; PostgreSQL deadlock, serialisation, lock not available)."""
    if isinstance(problem.orig, sqlite3.OperationalError):
        return "locked" in str(problem.orig) or "busy" in str(problem.orig)
    return getattr(problem.orig, "sqlstate", None) in ("40001", "40P01", "55P03")


def is_full(problem: OperationalError) -> bool:
    """Whether nothing could be written because there is no room for it (SQLite full; PostgreSQL disk full)."""
    if isinstance(problem.orig, sqlite3.OperationalError):
        return "is full" in str(problem.orig)
    return getattr(problem.orig, "sqlstate", None) == "53100"


def table_of(model: type[Base]) -> Table:
    """A class's table, for statements that write rows and not objects."""
    return cast("Table", model.__table__)


def is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def folded(text: Any) -> ColumnElement[str]:
    """A text without regard to capitals, as the database of this process folds it; compare with `str.lower`."""
    return func.fold_case(text) if is_sqlite() else func.lower(text)
