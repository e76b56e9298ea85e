"""The child processes that render, as their parent sees them.

Each process of ours keeps up to two, in two lanes. A long text, or one with code, waits for the slow lane; a short
one takes whichever is free, and of those that wait the shortest goes first. So a text that was made to be slow holds
up its like, and a reply goes past it. Children are started when first needed, by exec and never by a bare fork (the
parent has threads). They end when the parent's end of the socket is closed, which its death does too.
"""

from __future__ import annotations

import atexit
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from cop.platform.markup.wire import RENDERED, receive_frame, send_frame

_PROGRAM = "cop.platform.markup.child"
_SHORT_TEXT = 8 * 1024  # characters; measured: the slowest known text of this length takes 0.15 s
_WALL_SECONDS = 3.0  # the child stops itself after 1 s of CPU; a loaded machine may give it little of that
_START_SECONDS = 10.0
_PATIENCE_SECONDS = 3.0  # for a lane to be free


class ChildFailed(Exception):
    """No answer came. `deserved` when the text itself used up its time, so that asking again is no use."""

    def __init__(self, reason: str, *, deserved: bool = False) -> None:
        super().__init__(reason)
        self.deserved = deserved


def ask_child(text: str) -> str | None:
    """The HTML of a tidy text; None when the renderer refuses it; ChildFailed when there is no answer."""
    with _turns.lane_for(text) as lane:
        answer = lane.ask(text)
    return answer.removeprefix(RENDERED).decode() if answer.startswith(RENDERED) else None


class Child:
    """One process, and our end of the socket to it."""

    def __init__(self) -> None:
        self.has_answered = False
        self._end, theirs = socket.socketpair()
        try:
            with theirs:
                self._process = _start_process(theirs)
        except OSError as error:
            self._end.close()
            raise ChildFailed(f"no child could be started ({error})") from error
        self._exchange(None, _START_SECONDS)  # its first word is that it is ready

    def ask(self, text: str) -> bytes:
        answer = self._exchange(text.encode(), _WALL_SECONDS)
        self.has_answered = True
        return answer

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def _exchange(self, payload: bytes | None, seconds: float) -> bytes:
        """Send, if there is something to send, and receive.

        Whatever goes wrong ends the child: an answer left unread would be given to the next text.
        """
        self._end.settimeout(seconds)
        try:
            if payload is not None:
                send_frame(self._end, payload)
            return receive_frame(self._end)
        except TimeoutError as error:
            self.end()
            raise ChildFailed(f"a child took more than {seconds:g} seconds", deserved=True) from error
        except (OSError, EOFError) as error:
            self.end()
            raise self._failure_after_death() from error
        except BaseException:  # Ctrl-C, or a worker told to stop
            self.end()
            raise

    def _failure_after_death(self) -> ChildFailed:
        used_up = self._process.returncode == -signal.SIGPROF
        return ChildFailed(f"a child ended with {self._process.returncode}", deserved=used_up)

    def end(self) -> None:
        """Kill it and wait, so that neither a zombie nor a descriptor stays."""
        self._end.close()
        self._process.kill()
        self._process.wait()

    def disown(self) -> None:
        """After a fork the child belongs to the other process: close our copy of the socket and no more."""
        self._end.close()
        self._process.returncode = 0  # so that nobody here waits for it


class Lane:
    """A place for one child, which whoever has the turn may ask. A child that died is replaced."""

    def __init__(self) -> None:
        self._child: Child | None = None

    def ask(self, text: str) -> bytes:
        """The child's answer.

        A child that had answered before may have died of something else: a fresh one is asked once.
        """
        child = self._living_child()
        try:
            return child.ask(text)
        except ChildFailed as failure:
            self._child = None
            if failure.deserved or not child.has_answered:
                raise
        return self.ask(text)

    def _living_child(self) -> Child:
        if self._child and not self._child.is_alive():
            self.end()
        if not self._child:
            self._child = Child()
        return self._child

    def end(self) -> None:
        if self._child:
            self._child.end()
            self._child = None

    def disown(self) -> None:
        if self._child:
            self._child.disown()


def _start_process(theirs: socket.socket) -> subprocess.Popen[bytes]:
    """Start the program with the modules in reach that we have, and with nothing else of our environment."""
    modules = os.pathsep.join(os.path.abspath(place) for place in sys.path)
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "PYTHONHOME") if name in os.environ}
    return subprocess.Popen(  # noqa: S603 - the words of the command are ours
        [sys.executable, "-P", "-m", _PROGRAM],
        stdin=theirs.fileno(),
        stdout=subprocess.DEVNULL,
        env={"PYTHONPATH": modules, "PYTHONUTF8": "1", **kept},
    )


class Turns:
    """Who may ask which child, in a process with many threads."""

    def __init__(self) -> None:
        self.quick, self.slow = Lane(), Lane()
        self._changed = threading.Condition()
        self._free = {self.quick, self.slow}
        self._tickets = count()
        self._waiting: dict[tuple[int, int], tuple[Lane, ...]] = {}

    @contextmanager
    def lane_for(self, text: str) -> Iterator[Lane]:
        lane = self._take(len(text), (self.quick, self.slow) if _is_surely_quick(text) else (self.slow,))
        try:
            yield lane
        finally:
            with self._changed:
                self._free.add(lane)
                self._changed.notify_all()

    def _take(self, length: int, wanted: tuple[Lane, ...]) -> Lane:
        with self._changed:
            place = (length, next(self._tickets))
            self._waiting[place] = wanted
            try:
                lane = self._changed.wait_for(lambda: self._lane_whose_turn_it_is(place), _PATIENCE_SECONDS)
                if not lane:
                    raise ChildFailed("no child was free")
                self._free.remove(lane)
                return lane
            finally:
                del self._waiting[place]
                self._changed.notify_all()

    def _lane_whose_turn_it_is(self, place: tuple[int, int]) -> Lane | None:
        """A free lane for which nobody waits before this place."""
        for lane in self._waiting[place]:
            first = min(other for other, wanted in self._waiting.items() if lane in wanted)
            if lane in self._free and first == place:
                return lane
        return None

    def end(self) -> None:
        self.quick.end()
        self.slow.end()

    def disown(self) -> None:
        self.quick.disown()
        self.slow.disown()


def _is_surely_quick(text: str) -> bool:
    """Short and without code to colour: some of pygments' languages take seconds over 8 kB of empty lines."""
    return len(text) <= _SHORT_TEXT and "```" not in text and "~~~" not in text


def _begin_anew() -> None:
    """In a process that has just been forked: its locks may be held by threads it does not have."""
    global _turns
    _turns.disown()
    _turns = Turns()


def _end_children() -> None:
    _turns.end()


_turns = Turns()
os.register_at_fork(after_in_child=_begin_anew)
atexit.register(_end_children)
