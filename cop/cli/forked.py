"""A process that goes on from the memory of this one, for what is to run beside it.

What has been loaded is there once for both: starting the program anew took a second of processor time and a hundred
megabytes.
"""

from __future__ import annotations

import logging
import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

log = logging.getLogger(__name__)

_LOOKS_AGAIN = 0.02  # seconds
_MOST_FILES = 1024


class Forked:
    """A child of this process; its methods are those of `subprocess.Popen`.

    Args:
        work: what the child does; it ends when that returns.
        name: as which the system lists it.
    """

    def __init__(self, work: Callable[[], object], name: str) -> None:
        sys.stdout.flush()
        self._status: int | None = None
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        self.pid = os.fork()
        if not self.pid:
            _go_on(work, name, mask)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def poll(self) -> int | None:
        """None while it lives. Somebody else in this process may have asked before, who keeps what it ended with."""
        if self._status is None:
            try:
                ended, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                self._status = 0
            else:
                self._status = os.waitstatus_to_exitcode(status) if ended else None
        return self._status

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""
        ends = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if ends is not None and time.monotonic() > ends:
                raise subprocess.TimeoutExpired([str(self.pid)], timeout or 0.0)
            time.sleep(_LOOKS_AGAIN)
        return status

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


def _go_on(work: Callable[[], object], name: str, mask: set[int | signal.Signals]) -> NoReturn:
    status = 1
    try:
        _leave_the_parent_alone(name)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)  # one that came meanwhile ends it, as any from now on
        work()
        status = 0
    except Exception as problem:
        log.error("%s", problem)
        log.debug("The process ends.", exc_info=True)
    finally:
        sys.stdout.flush()
        os._exit(status)


def _leave_the_parent_alone(name: str) -> None:
    """Ctrl-C and who visits reach the parent alone, which ends its children in good order."""
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    for file in range(3, _MOST_FILES):
        with suppress(OSError):
            if stat.S_ISSOCK(os.fstat(file).st_mode):
                os.close(file)
    random.seed()
    with suppress(OSError):  # Linux alone
        Path("/proc/self/comm").write_text(name)
