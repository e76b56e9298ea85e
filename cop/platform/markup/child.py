"""The program of a child process: texts come in, HTML goes out, and it ends when its parent does.

It is run with `python -m cop.platform.markup.child` and a socket as its standard input. It knows no Flask, no
settings and no database, and gets no environment to speak of.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import sys

from cop.platform.markup.rendering import render_html
from cop.platform.markup.wire import READY, REFUSED, RENDERED, receive_frame, send_frame

_CPU_SECONDS = 1.0  # for one text
_MEMORY_BYTES = 256 * 1024 * 1024


def main() -> None:
    _limit_process()
    with socket.socket(fileno=sys.stdin.fileno()) as parent, contextlib.suppress(EOFError, ConnectionError):
        send_frame(parent, READY)
        while True:
            send_frame(parent, _answer(receive_frame(parent).decode()))


def _limit_process() -> None:
    """Outlive Ctrl-C and a polite stop (the parent may be finishing a request), write no file, stay small."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPROF})  # a thread of the parent may have blocked it
    sys.dont_write_bytecode = True
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_AS, _MEMORY_BYTES),
    ):
        with contextlib.suppress(OSError, ValueError):  # macOS refuses some of them
            resource.setrlimit(limit, (most, most))


def _answer(text: str) -> bytes:
    """The HTML, or the name of what went wrong. When time is up SIGPROF ends the process."""
    signal.setitimer(signal.ITIMER_PROF, _CPU_SECONDS)
    try:
        return RENDERED + render_html(text).encode()
    except MemoryError:
        os._exit(os.EX_OSERR)  # earlier texts may have used it up: the parent asks a fresh child
    except Exception as error:
        return REFUSED + type(error).__name__.encode()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


if __name__ == "__main__":
    main()
