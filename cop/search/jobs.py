"""Keeping the index in step with the database, and building it anew when it is lost.

Only the worker and `cop reindex` write; the pages ask. Nothing here writes to the database.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sequence
from datetime import datetime
from math import inf
from pathlib import Path
from threading import Lock

from cop.platform.clock import seconds
from cop.platform.database import reading
from cop.platform.outbox import Payload
from cop.search.port import IndexState, IndexUnavailable, SearchIndex
from cop.search.queries import TEXTS_AT_ONCE, every_text, texts_of
from cop.search.verification import Difference, Verified, compare, note_verified
from cop.search.whoosh_index import WhooshIndex

log = logging.getLogger(__name__)


class Indexing:
    """The index of one site: opened when it is first needed, once in each process.

    Args:
        folder: where the index is kept; it may be thrown away at any time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._opened: tuple[int, SearchIndex] | None = None
        self._opening = Lock()
        self.written_at = -inf  # by the monotonic clock, when this process last brought texts up to date

    @property
    def index(self) -> SearchIndex:
        """The index, to be asked."""
        with self._opening:
            if self._opened is None or self._opened[0] != os.getpid():  # open files do not survive a fork
                self._opened = os.getpid(), WhooshIndex(self.folder)
            return self._opened[1]

    def state(self) -> IndexState:
        """How the index is."""
        return self.index.state()

    def index_texts(self, payloads: Sequence[Payload], now: datetime) -> None:
        """Bring a batch of threads and replies up to date, as the job `search.index`; what is gone is removed.

        Raises:
            IndexBusy: another process writes; the outbox tries again.
        """
        threads = {payload["thread"] for payload in payloads if "thread" in payload}
        replies = {payload["reply"] for payload in payloads if "reply" in payload}
        whole = {payload["thread"] for payload in payloads if payload.get("whole")}
        with reading():
            texts = texts_of(threads, replies, whole)
        found = {text.id for text in texts}
        try:
            self.index.put(texts)
            self.index.remove_threads(threads - found)
            self.index.remove(replies - found)
        except IndexUnavailable:
            self._say_why()
            self.rebuild()  # which reads these texts too
        self.written_at = time.monotonic()

    def rebuild(self) -> int:
        """Build the index anew from the database; how many texts it holds.

        Raises:
            IndexBusy: another process is rebuilding it already.
        """
        count = self.index.rebuild(every_text())
        log.info("The search index is built: %d texts can be found.", count)
        return count

    def verify(self, _payloads: Sequence[Payload], now: datetime) -> None:
        """Compare the index with the database, as the job `search.verify` of each night, and mend what differs.

        Raises:
            IndexBusy: another process writes; the outbox tries again.
        """
        if self.state() is not IndexState.SOUND:
            return  # it is being built anew, or will be by `heal`
        difference = compare(self.index)
        self._put_missing(difference)
        self.index.remove(difference.surplus)
        missing, surplus = len(difference.threads + difference.replies), len(difference.surplus)
        if difference:
            log.warning("The search index lacked %d texts and held %d too many; it is mended.", missing, surplus)
        note_verified(self.folder, Verified(seconds(now), missing, surplus))

    def _put_missing(self, difference: Difference) -> None:
        for start in range(0, len(difference.threads), TEXTS_AT_ONCE):
            self._put(difference.threads[start : start + TEXTS_AT_ONCE], ())
        for start in range(0, len(difference.replies), TEXTS_AT_ONCE):
            self._put((), difference.replies[start : start + TEXTS_AT_ONCE])

    def _put(self, threads: Sequence[int], replies: Sequence[int]) -> None:
        with reading():
            texts = texts_of(threads, replies)
        self.index.put(texts)

    def heal(self) -> None:
        """Rebuild the index if it is missing or damaged; the worker asks for this when it has nothing else to do."""
        if self.state() is IndexState.BROKEN:
            self._say_why()
            self.rebuild()

    def _say_why(self) -> None:
        if (self.folder / "current").exists():
            log.warning("The search index is damaged or incomplete; it is built anew from the database.")
        else:
            log.info("There is no search index; it is built from the database.")
