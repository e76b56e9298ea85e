"""The index as one process reads it: always as of the last commit, and never a damaged one.

What goes wrong while the index is read or written is only called damage when the files differ from what was written;
anything else is a fault of ours and is raised as such. Otherwise whoever finds a query that Whoosh stumbles over could
have the index rebuilt without end.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar
from weakref import WeakSet

from cop.search._home import Home
from cop.search._segments import Damage, Snapshot, check_sums, latest_number, open_snapshot
from cop.search.port import IndexBusy, IndexUnavailable

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")


class Reading:
    """The latest snapshot, kept open between questions and shared by the threads of a process."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._turn = threading.Lock()
        self._snapshot: Snapshot | None = None
        _ALL.add(self)

    def ask(self, question: Callable[[Snapshot], Answer]) -> Answer:
        """Put a question to the index as it is now.

        Raises:
            IndexUnavailable: there is none, it is damaged, or the disk does not answer.
        """
        try:
            with self._turn:
                snapshot = self._refresh()
                with self.noticing_damage(snapshot.folder):
                    return question(snapshot)
        except (OSError, Damage) as error:  # what has passed by now is no damage
            log.exception("the search index could not be read")
            raise IndexUnavailable from error

    @contextmanager
    def noticing_damage(self, generation: Path) -> Iterator[None]:
        """When something fails, look whether the generation is damaged; if so, set it aside for every process."""
        try:
            yield
        except (IndexBusy, IndexUnavailable):
            raise
        except Exception as error:
            try:
                check_sums(generation)
            except Damage as damage:
                self._set_aside(generation, damage)
                raise IndexUnavailable from error
            raise

    def close(self) -> None:
        """Close the files; the next question opens them again."""
        with self._turn:
            self._use(None)

    def forget(self) -> None:
        """After a fork: the files' positions are shared with the other process, so open our own."""
        self._turn = threading.Lock()
        with suppress(Exception):
            self._use(None)

    def __del__(self) -> None:
        with suppress(Exception):  # at the end of the process parts of it may be gone
            self._use(None)

    def _refresh(self) -> Snapshot:
        generation = self._home.generation()
        if generation is None:
            self._use(None)
            raise IndexUnavailable
        try:
            return self._open(generation)
        except Damage as damage:
            if self._home.generation() not in (generation, None):  # it was just replaced by a new one
                return self._refresh()
            self._set_aside(generation, damage)
            raise IndexUnavailable from damage

    def _open(self, generation: Path) -> Snapshot:
        now = self._snapshot
        if now is None or now.folder != generation or now.number != latest_number(generation):
            now = open_snapshot(generation, before=self._snapshot)
            self._use(now)
        return now

    def _use(self, snapshot: Snapshot | None) -> None:
        before, self._snapshot = self._snapshot, snapshot
        if before:
            before.close(keep=snapshot)

    def _set_aside(self, generation: Path, damage: Exception) -> None:
        log.error("the search index %s is set aside: %s", generation.name, damage)
        self._use(None)
        self._home.mark_broken(generation)


_ALL: WeakSet[Reading] = WeakSet()


def _forget_all() -> None:
    for reading in _ALL:
        reading.forget()


os.register_at_fork(after_in_child=_forget_all)
