"""The web server: gunicorn in this process, two web workers of four threads, and one worker process beside them.

Ctrl-C and SIGTERM drain: what has been asked is answered, then everything ends.
"""

from __future__ import annotations

import ctypes
import gc
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import gunicorn.http.message
import gunicorn.http.wsgi
import gunicorn.util
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.gthread import ThreadWorker

from cop.cli.keeper import WorkerKeeper
from cop.platform.words import gettext as _

LONGEST_REQUEST_LINE = 32_768  # bytes: a search of 2,000 characters in any script, or of 10 kB, percent-encoded
_OTHERS_FIRST = 0.001  # seconds; a process that is busy takes a thousand new connections a second at most
_NEW_OBJECTS = 20_000  # between two looks for cycles
_STEPS_ASIDE_AFTER = 0.001  # seconds
_TRIMS_AFTER = 30.0  # seconds; it takes some milliseconds
_DRAINED_WITHIN = 30  # seconds for what has been asked before the end


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Serves an application on a socket that listens already, and takes the socket over.

    Args:
        keeper: looks after the worker process.
        workers: web processes.
        threads: in each of them.
        when_ready: called when it answers.
    """

    def __init__(
        self,
        app: Flask,
        listener: socket.socket,
        *,
        keeper: WorkerKeeper,
        workers: int,
        threads: int,
        when_ready: Callable[[], None],
    ) -> None:
        self.keeper = keeper
        self._app = app
        self._chosen = {
            "bind": f"fd://{listener.detach()}",  # gunicorn makes its own of it and closes this one
            "worker_class": FairWorker,
            "workers": workers,
            "threads": threads,
            "limit_request_line": LONGEST_REQUEST_LINE,
            "graceful_timeout": _DRAINED_WITHIN,
            "loglevel": "warning",
            "preload_app": True,
            "control_socket_disable": True,
            "forwarded_allow_ips": "",  # COP_PROXIES says whom to believe, and the application reads the headers
            "secure_scheme_headers": {},
            "when_ready": lambda _arbiter: when_ready(),
            "post_worker_init": lambda _worker: _leave_ctrl_c_to_the_arbiter(),
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._chosen.items():
            if name in self.cfg.settings:  # the control socket came with gunicorn 25
                self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app

    def run(self) -> None:
        """Serve until a signal ends it; leaves by SystemExit."""
        _say_nothing_of_the_server()
        _read_long_addresses()
        _refuse_longer_ones_in_a_sentence()
        _share_what_is_loaded()
        _let_writers_go_on()
        _KeepingArbiter(self).run()


class FairWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A web process that leaves a new connection to the others while it is busy with some already.

    Whoever wakes first would take them all: sixteen visitors were answered by one process and the other slept.
    """

    _trimmed_at = 0.0

    def notify(self) -> None:
        """Called every second; the library of the system keeps what was freed until it is told to give it back."""
        super().notify()
        if time.monotonic() - self._trimmed_at > _TRIMS_AFTER:
            self._trimmed_at = time.monotonic()
            _give_back_memory()

    def accept(self, listener: Any) -> None:
        if self.nr_conns >= self.cfg.threads:
            time.sleep(_OTHERS_FIRST)
        super().accept(listener)


class _KeepingArbiter(Arbiter):  # type: ignore[misc]  # gunicorn has no types
    """The parent of the web processes. It has one more child, and no signal makes it drop what is being answered."""

    def manage_workers(self) -> None:
        super().manage_workers()
        self.app.keeper.look_after()

    def handle_int(self) -> None:
        self.handle_term()

    def handle_hup(self) -> None:
        self.handle_term()  # the terminal has been closed; there is nothing to read again

    def stop(self, graceful: bool = True) -> None:
        self.app.keeper.ask_to_end()
        super().stop(graceful)
        self.app.keeper.wait_for_end()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)


def _give_back_memory() -> None:
    with suppress(AttributeError, OSError):  # glibc alone has it
        ctypes.CDLL(None).malloc_trim(0)


def _leave_ctrl_c_to_the_arbiter() -> None:
    """In a web process: Ctrl-C reaches the whole process group, and the arbiter sends SIGTERM to drain."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _share_what_is_loaded() -> None:
    """A web process shares the memory it is forked with until it writes there, and a collection writes to every
    object: what is loaded by now stays for good and is collected no more. What could be collected is kept, too: in its
    place each web process would put something of its own.

    Python looks for cycles whenever 700 more objects live than died, several times a page, and hardly a page leaves
    any: looking took a fifth of a page's time.
    """
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)


def _let_writers_go_on() -> None:
    """A thread that asks the database lets go of the interpreter and waits for another to let go of it, 5 ms as Python
    has it: as long as a reply takes in all, and while it is being written all other writers wait."""
    sys.setswitchinterval(_STEPS_ASIDE_AFTER)


def _read_long_addresses() -> None:
    """Gunicorn lowers every limit to a constant of its own, 8,190 bytes: that is a situation told in 1,300 letters of
    Cyrillic."""
    gunicorn.http.message.MAX_REQUEST_LINE = LONGEST_REQUEST_LINE


def _refuse_longer_ones_in_a_sentence() -> None:
    """What is too long for gunicorn never reaches the application, so that its answer is put into words here."""
    plain = gunicorn.util.write_error

    def in_words(sock: socket.socket, status: int, reason: str, says: str) -> None:
        if status == 414:
            reason = _("That address is too long")
            says = _("Shorten what you are looking for and try again. Go back: your browser still has it.")
        plain(sock, status, reason, says)

    gunicorn.util.write_error = in_words


def _say_nothing_of_the_server() -> None:
    """Leave the header `Server` out of answers. Should gunicorn write them otherwise one day, it is there again."""
    response = gunicorn.http.wsgi.Response
    plain = response.default_headers

    def without_server(self: Any) -> list[str]:
        return [line for line in plain(self) if not line.startswith("Server:")]

    response.default_headers = without_server
