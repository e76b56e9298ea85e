"""SQLite: how its connections run, how a transaction begins, and when what was committed is on the disk.

It runs in WAL with foreign keys on. A writing transaction begins IMMEDIATE, because one that began by reading stays
deferred and mostly fails under concurrent writers. Those of a process go through one connection, which commits with
synchronous=NORMAL; whoever committed waits for the disk afterwards, while the next one writes already, and is told that
it is done only then. So nothing that was acknowledged is lost, as with FULL, which every other connection has.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from cop.platform.errors import Busy
from cop.platform.turns import BUSY, LONGEST_WAIT

_ASK_AGAIN = 0.003  # seconds
_ITS_PRAGMAS = ("busy_timeout=0", "synchronous=NORMAL", "cache_size=-4000")  # KB
_PRAGMAS = (
    f"busy_timeout={int(LONGEST_WAIT * 1000)}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-500",  # KB of each of eight connections; the rest is kept by the system, once for all processes
    "temp_store=MEMORY",
    "journal_size_limit=67108864",
)
_sync = getattr(os, "fdatasync", os.fsync)
_waits = True


class WritingConnection(sqlite3.Connection):
    """The one of a process that writes; who commits waits for the disk by `wait_for_disk`."""


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # the driver must not begin transactions: _begin does
    for pragma in _PRAGMAS + (_ITS_PRAGMAS if isinstance(connection, WritingConnection) else ()):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("fold_case", 1, str.lower, deterministic=True)  # its own lower() knows ASCII alone


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """To the driver itself: it is asked several times a page, and SQLAlchemy's own way takes ten times as long."""
    driver = connection.connection.driver_connection
    if isinstance(driver, WritingConnection):
        _begin_to_write(driver)
    elif isinstance(driver, sqlite3.Connection):
        driver.execute("BEGIN")


def _begin_to_write(driver: WritingConnection) -> None:
    """Ask for the lock every few milliseconds.

    SQLite's own waiting grows to a tenth of a second between two tries. Only who does not queue is met here: a backup,
    a tool of the operator's.
    """
    gives_up = time.monotonic() + LONGEST_WAIT
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


def wait_for_disk(file: Path) -> None:
    """Until what was committed to a database is on the disk: it has been written to the log beside it.

    A log that is not there any more, or has begun anew, was brought to the disk when it was taken into the file.

    Raises:
        OSError: the disk could not be written to; nobody may be told that it was done.
    """
    if not _waits:
        return
    with suppress(FileNotFoundError):
        log = os.open(f"{file}-wal", os.O_RDONLY | os.O_CLOEXEC)
        try:
            _sync(log)
        finally:
            os.close(log)


@contextmanager
def without_waiting() -> Iterator[None]:
    """No new connection waits for the disk, nor does whoever commits; `empty_log` brings all of it there."""
    global _waits
    event.listen(Engine, "connect", _let_it_run)
    _waits = False
    try:
        yield
    finally:
        _waits = True
        event.remove(Engine, "connect", _let_it_run)


def empty_log(driver: sqlite3.Connection) -> None:
    """Take everything into the file, and have it on the disk."""
    driver.execute("PRAGMA synchronous=FULL")
    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _let_it_run(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
