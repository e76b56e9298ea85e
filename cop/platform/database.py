"""The database: one base class, one way to read, one way to commit.

SQLite runs in WAL with synchronous=FULL and foreign keys on; a writing transaction begins IMMEDIATE, because one that
began by reading stays deferred and mostly fails under concurrent writers. PostgreSQL runs READ COMMITTED and the
operations lock the thread's row.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CursorResult,
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

from cop.platform.errors import Busy
from cop.platform.turns import BUSY, LONGEST_WAIT, turn_to_write

_WRITES = "cop_writes"
_ASK_AGAIN = 0.003  # seconds


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


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "autoflush": False})


def session() -> Session:
    """The session of this request, command or job."""
    return cast("scoped_session[Session]", db.session)()


def ask(statement: Executable, asked: Mapping[str, Any]) -> CursorResult[*tuple[Any, ...]]:
    """The rows of a statement that was written once, of columns and not of objects: this session's shortest way."""
    return session().connection().execute(statement, asked)


def add_at_once(row: Base) -> None:
    """Insert a new object by one statement and go on with it as one that was read: `add` and `flush` of the session
    do the same, and think of everything else that might be waiting, which takes four times as long."""
    columns, of_row = inspect(type(row)).columns, row.__dict__
    ask(_insertion_of(type(row)), {column.key: of_row.get(column.key) for column in columns})
    make_transient_to_detached(row)
    session().add(row)


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
    current = session()
    if current.in_transaction():
        raise RuntimeError("a transaction must start on a session that has not read yet")
    try:
        with _turn_to_write():
            current.connection(execution_options={_WRITES: True})
            yield current
            current.commit()
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
    db.engine.dispose()
    event.listen(db.engine, "connect", _let_it_run)
    try:
        yield
    finally:
        event.remove(db.engine, "connect", _let_it_run)
        _bring_to_disk()
        db.engine.dispose()


def _let_it_run(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _bring_to_disk() -> None:
    with closing(db.engine.raw_connection()) as connection:
        driver = cast("sqlite3.Connection", connection.driver_connection)
        driver.execute("PRAGMA synchronous=FULL")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _turn_to_write() -> AbstractContextManager[None]:
    """PostgreSQL lets many write at once."""
    file = db.engine.url.database
    return turn_to_write(Path(file) if file and file != ":memory:" else None) if is_sqlite() else nullcontext()


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


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # the driver must not begin transactions: _begin does
    for pragma in (
        f"busy_timeout={int(LONGEST_WAIT * 1000)}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-500",  # KB of each of eight connections; the rest is kept by the system, once for all processes
        "temp_store=MEMORY",
        "journal_size_limit=67108864",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("fold_case", 1, str.lower, deterministic=True)  # its own lower() knows ASCII alone


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    if connection.get_execution_options().get(_WRITES, False):
        _begin_to_write(connection)
    else:  # to the driver itself: it is asked several times a page, and SQLAlchemy's own way takes ten times as long
        cast("sqlite3.Connection", connection.connection.driver_connection).execute("BEGIN")


def _begin_to_write(connection: Connection) -> None:
    """Ask for the lock every few milliseconds.

    SQLite's own waiting grows to a tenth of a second between two tries. Only who does not queue is met here: a backup,
    a tool of the operator's.
    """
    driver = cast("sqlite3.Connection", connection.connection.driver_connection)
    gives_up = time.monotonic() + LONGEST_WAIT
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as problem:
                if "locked" not in str(problem) and "busy" not in str(problem):
                    raise
                if time.monotonic() > gives_up:
                    raise Busy(BUSY) from problem
                time.sleep(_ASK_AGAIN)
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout={int(LONGEST_WAIT * 1000)}")


def table_of(model: type[Base]) -> Table:
    """A class's table, for statements that write rows and not objects."""
    return cast("Table", model.__table__)


def is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def folded(text: Any) -> ColumnElement[str]:
    """A text without regard to capitals, as the database of this process folds it; compare with `str.lower`."""
    return func.fold_case(text) if is_sqlite() else func.lower(text)
