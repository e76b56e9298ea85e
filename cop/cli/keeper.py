"""The server's hold on its worker: a process of its own, started when no other worker lives, and again when it dies."""

from __future__ import annotations

import logging
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from cop.cli.locks import is_held

log = logging.getLogger(__name__)


class Process(Protocol):
    """What is kept, as `subprocess.Popen` has it."""

    def poll(self) -> int | None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...
    def wait(self, timeout: float | None = None) -> int: ...


_FIRST_PAUSE = 1.0  # seconds before a worker that died is replaced; doubled up to the longest
_LONGEST_PAUSE = 60.0
_LIVED_WELL = 60.0  # seconds after which a death no longer counts with the ones before
_ASKS_AGAIN = 5.0  # seconds between two looks whether another's worker has ended
_PATIENCE = 60.0  # seconds for the batch in hand when the site ends


class WorkerKeeper:
    """Keeps exactly one worker for a data folder, unless somebody else's has the lock.

    Args:
        lock: what a living worker holds.
        start: starts a worker.
        clock: seconds that only grow.
    """

    def __init__(self, lock: Path, start: Callable[[], Process], clock: Callable[[], float] = time.monotonic) -> None:
        self._lock, self._start, self._clock = lock, start, clock
        self._process: Process | None = None
        self._started_at = 0.0
        self._next_at = 0.0
        self._deaths = 0
        self._has_said_so = False

    def look_after(self) -> None:
        """See that a worker runs. Called again and again; never waits."""
        now = self._clock()
        if self._process and self._process.poll() is None:
            return
        if self._process:
            self._mourn(now)
        if now < self._next_at:
            return
        if is_held(self._lock):
            self._leave_to_other(now)
            return
        self._process = self._start()
        self._started_at, self._has_said_so = now, False

    def ask_to_end(self) -> None:
        """Tell the worker to end after the batch in hand."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def wait_for_end(self) -> None:
        """Wait until the worker has ended; one that does not is killed, and what it had claimed is done again later."""
        if not self._process:
            return
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            log.error("The worker did not end within %d seconds and is killed.", _PATIENCE)
            self._process.kill()
            self._process.wait()
        self._process = None

    def _mourn(self, now: float) -> None:
        self._process = None
        self._deaths = 1 if now - self._started_at >= _LIVED_WELL else self._deaths + 1
        pause = min(_FIRST_PAUSE * 2 ** (self._deaths - 1), _LONGEST_PAUSE)
        self._next_at = now + pause
        log.error("The worker has ended; another starts in %g seconds.", pause)

    def _leave_to_other(self, now: float) -> None:
        self._next_at = now + _ASKS_AGAIN
        if not self._has_said_so:
            log.warning("Another process is this data folder's worker; this server starts one when that has ended.")
            self._has_said_so = True
