"""Whose turn it is to write to SQLite, which lets one write at a time.

SQLite itself lets whoever asks oftenest go first: a process whose threads go on asking keeps another waiting for
seconds, and meanwhile all of its own work (reading the form, making the answer) waits for one processor. So writers
queue: those of one process for a lock, and the first of each process in a file beside the database, where one place
is for whoever writes and one for whoever is next. Who has written stands behind whoever is next, so that processes
take turns and one prepares while the other writes. The system takes both places back from a process that dies.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cop.platform.errors import Busy

LONGEST_WAIT = 5.0  # seconds
BUSY = "The server is busy. Send it again in a moment."
_ASK_AGAIN = 0.0003  # seconds; one thread of each process asks, and a reply holds the place for a few milliseconds
_WRITES, _IS_NEXT = 0, 1  # bytes of the file; POSIX locks belong to a process, and one thread of it stands here
_ours = threading.Lock()
_opened: tuple[Path, int] | None = None  # a process has one database


@contextmanager
def turn_to_write(database: Path | None) -> Iterator[None]:
    """Wait for the turn and hold it.

    Args:
        database: its file; None for one in memory, which no other process sees.

    Raises:
        Busy: it did not come within LONGEST_WAIT.
    """
    gives_up = time.monotonic() + LONGEST_WAIT
    if not _ours.acquire(timeout=LONGEST_WAIT):
        raise Busy(BUSY)
    try:
        places = _places_beside(database) if database else None
        if places is None:
            yield
            return
        _take(places, _IS_NEXT, gives_up)
        try:
            _take(places, _WRITES, gives_up)
        finally:
            _leave(places, _IS_NEXT)
        try:
            yield
        finally:
            _leave(places, _WRITES)
    finally:
        _ours.release()


def _places_beside(database: Path) -> int | None:
    """The file in which processes queue. Without it, where nothing can be made there, SQLite alone decides."""
    global _opened
    if _opened is None or _opened[0] != database:
        if _opened:
            os.close(_opened[1])
            _opened = None
        with suppress(OSError):
            beside = database.with_name(f"{database.name}-turns")
            _opened = database, os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    return _opened[1] if _opened else None


def _take(places: int, place: int, gives_up: float) -> None:
    while True:
        try:
            fcntl.lockf(places, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except (BlockingIOError, PermissionError):
            if time.monotonic() > gives_up:
                raise Busy(BUSY) from None
            time.sleep(_ASK_AGAIN)
        else:
            return


def _leave(places: int, place: int) -> None:
    fcntl.lockf(places, fcntl.LOCK_UN, 1, place)
