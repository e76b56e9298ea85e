"""The index in Whoosh: one folder, any number of readers, one writer at a time.

A search looks whether the index has changed since the last one and opens what is new, so that a text can be found as
soon as it is committed. An index that is missing, damaged, or of another schema or version is noticed when it is
opened, read or written. It is then set aside for every process, and searches say that it is being rebuilt, until
somebody calls `rebuild`. The new one is built beside the old, which goes on answering if it can; what is put and
removed in the meantime is done to both.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Collection, Iterable, Sequence
from contextlib import nullcontext, suppress
from itertools import islice
from pathlib import Path

from cop.search._home import Home
from cop.search._matching import answer_query, score_texts
from cop.search._reading import Reading
from cop.search._segments import Snapshot, check_sizes, open_snapshot
from cop.search._writing import Change, apply_change, create_generation, fill_generation, tidy_generation
from cop.search.port import MOST_HITS, Found, IndexedText, IndexState, IndexUnavailable, SearchQuery

log = logging.getLogger(__name__)

PATIENCE = 10.0  # seconds that a writer waits for another
_LAST_PATIENCE = 60.0  # seconds that a finished generation waits to take over: much work would be lost
_BATCH = 1_000  # texts in one commit


class WhooshIndex:
    """The `SearchIndex` in a folder. Nothing is read or made before it is asked.

    Args:
        folder: where it lives; made when first written to, for our eyes only.
        patience: seconds to wait for another writer before IndexBusy.
    """

    def __init__(self, folder: Path, *, patience: float = PATIENCE) -> None:
        self._home = Home(folder)
        self._reading = Reading(self._home)
        self._patience = patience

    def find(self, query: SearchQuery, limit: int = MOST_HITS) -> Found:
        return self._reading.ask(lambda snapshot: answer_query(query, snapshot, limit))

    def count(self) -> int:
        return self._reading.ask(len)

    def ids(self) -> Sequence[int]:
        return self._reading.ask(Snapshot.ids)

    def score(self, query: SearchQuery, texts: Collection[int]) -> dict[int, float]:
        """How well some texts fit a query, whether or not a search would show them; for `bench.relevance`."""
        return self._reading.ask(lambda snapshot: score_texts(query, snapshot, texts))

    def state(self) -> IndexState:
        if self._home.is_rebuilding():
            return IndexState.REBUILDING
        try:
            self._reading.ask(lambda snapshot: check_sizes(snapshot.folder))
        except IndexUnavailable:
            return IndexState.BROKEN
        return IndexState.SOUND

    def put(self, texts: Iterable[IndexedText]) -> None:
        remaining = iter(texts)
        while batch := tuple(islice(remaining, _BATCH)):
            self._change(Change(put=batch))

    def remove(self, ids: Iterable[int]) -> None:
        self._change(Change(removed=frozenset(ids)))

    def remove_threads(self, thread_ids: Iterable[int]) -> None:
        self._change(Change(removed_threads=frozenset(thread_ids)))

    def rebuild(self, texts: Iterable[IndexedText]) -> int:
        with self._home.lock("rebuild", patience=1.0):
            with self._home.lock("write", patience=self._patience):
                generation = self._home.begin_generation()
                self._home.changes.write_bytes(b"")
            try:
                create_generation(generation)
                fill_generation(generation, texts)
                return self._take_over(generation)
            finally:
                self._home.changes.unlink(missing_ok=True)
                if self._home.generation() != generation:
                    shutil.rmtree(generation, ignore_errors=True)

    def close(self) -> None:
        """Close the files; the next call opens them again."""
        self._reading.close()

    def _change(self, change: Change) -> None:
        if not change:
            return
        with self._home.lock("write", patience=self._patience):
            is_rebuilding = self._home.is_rebuilding()
            if is_rebuilding:
                self._note(change)
            with suppress(IndexUnavailable) if is_rebuilding else nullcontext():
                self._commit(change)

    def _commit(self, change: Change) -> None:
        snapshot = self._reading.ask(lambda snapshot: snapshot)  # stays the latest: we hold the lock
        with self._reading.noticing_damage(snapshot.folder):
            apply_change(change, snapshot, patience=self._patience)
            tidy_generation(snapshot.folder, patience=self._patience)

    def _note(self, change: Change) -> None:
        """Write a change down for the generation being built. A line cut short by a crash stays a line of its own."""
        with self._home.changes.open("a", encoding="utf-8") as noted:
            noted.write(f"\n{change.as_line()}\n")

    def _take_over(self, generation: Path) -> int:
        """Do to a new generation what happened while it was built, and let it answer; how many texts it holds."""
        with self._home.lock("write", patience=_LAST_PATIENCE):
            missed = Change.from_lines(self._home.changes.read_text(encoding="utf-8").splitlines())
            snapshot = open_snapshot(generation)
            snapshot.close()
            if missed:
                apply_change(missed, snapshot, patience=0)
            self._home.enter(generation)
        log.info("the search index has been rebuilt")
        return self.count()
