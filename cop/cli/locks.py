"""Locks that are files in the data folder. The system takes a lock back from a process that dies."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PAUSE = 0.05  # seconds between two tries


def worker_lock(data: Path) -> Path:
    """What the one worker of a data folder holds for as long as it lives."""
    return data / "worker.lock"


def upgrade_lock(data: Path) -> Path:
    """What is held while the schema is brought up, so that two servers started at once do not both try."""
    return data / "upgrade.lock"


@contextmanager
def holding(path: Path, *, patience: float) -> Iterator[bool]:
    """Hold a lock for the block; gives False when somebody else held it for all of `patience` seconds."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield _take(handle, patience)
    finally:
        os.close(handle)


def name_of(path: Path) -> str:
    """A random name that stays with a lock's file. Whoever holds the lock asks, so two never make one at once."""
    name = path.read_text(encoding="ascii").strip()
    if not name:
        name = secrets.token_hex(6)
        path.write_text(name, encoding="ascii")
    return name


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock. Looking takes it for an instant, which `patience` gets over."""
    if not path.exists():
        return False
    with holding(path, patience=0) as taken:
        return not taken


def _take(handle: int, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_PAUSE)
        else:
            return True
