"""Marks that are not written yet: reading a page writes nothing, every few seconds all of them are written at once.

What a process holds when it is killed is lost, and somebody reads a few replies twice (settled matter 8).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from cop.discussions.marks.queries import Mark

MOST_WAITING: Final = 10_000  # while the database is away; what comes on top is lost


@dataclass(slots=True)
class MarkBuffer:
    """The marks of one process, the latest of each person and thread."""

    _waiting: dict[tuple[int, int], Mark] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def put(self, mark: Mark) -> None:
        with self._lock:
            if len(self._waiting) < MOST_WAITING:
                self._waiting[mark.person_id, mark.thread_id] = mark

    def find(self, person_id: int, thread_id: int) -> Mark | None:
        with self._lock:
            return self._waiting.get((person_id, thread_id))

    def threads_of(self, person_id: int) -> list[int]:
        """What somebody has read a moment ago."""
        with self._lock:
            return [thread_id for reader_id, thread_id in self._waiting if reader_id == person_id]

    def take_all(self) -> list[Mark]:
        with self._lock:
            taken, self._waiting = list(self._waiting.values()), {}
            return taken
