"""Processes that die in the middle: a child of this process does some work and is killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from cop.platform.database import close_connections, db


def kill_at_work(work: Callable[[], object], *, after: float) -> bool:
    """Do the work in a child process and kill that after so many seconds; whether it had ended before."""
    db.session.remove()
    close_connections()
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(after)
    has_ended = os.waitpid(child, os.WNOHANG)[0] == child
    if not has_ended:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return has_ended
