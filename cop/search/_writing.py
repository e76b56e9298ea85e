"""Writing a generation: one commit for a batch of changes, and the merging of small segments.

A commit writes one new segment, then a table of contents that names it; until then everybody reads the old one, and a
writer that is killed leaves only files that the next commit sweeps away. Every segment costs every search a little,
and merging costs time in proportion to what is merged. So eight of about one size become one, but never more than
LARGEST_MERGED texts at once: simulated for 50,000 texts, a text is copied four times at most, 66 segments stand side
by side at most, and no write waits for more than a second or two, however large the index is.
"""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from cop.search._home import read_json, settle, write_json
from cop.search._segments import (
    INDEX_NAME,
    SCHEMA,
    SUMS,
    Snapshot,
    read_contents,
    segment_file,
    storage_of,
    sum_of,
)
from cop.search._whoosh import FileIndex, LockError, SegmentReader, W3Codec
from cop.search.analysis import parts_in, stems_in
from cop.search.port import KINDS, PARTS, IndexBusy, IndexedText

MERGED_AT_ONCE = 8
LARGEST_MERGED = 2_000  # texts; copying that many takes a good second
_MEMORY_MB = 64  # for the words of a batch; what is more goes to temporary files
_BLOCK = 1_024  # texts in a block of postings; each is read whole, and Whoosh's 128 would mean eight times the reads
_BREAK = "\n"  # stands between title, body and author, where no phrase may reach across


@dataclass(frozen=True, slots=True)
class Change:
    """What a commit does: first it removes, then it adds. A text that is added replaces one with its id."""

    put: tuple[IndexedText, ...] = ()
    removed: frozenset[int] = frozenset()
    removed_threads: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.put or self.removed or self.removed_threads)

    def as_line(self) -> str:
        texts = [asdict(text) for text in self.put]
        return json.dumps({"put": texts, "removed": list(self.removed), "removed_threads": list(self.removed_threads)})

    @classmethod
    def from_lines(cls, lines: Iterable[str]) -> Change:
        """Several changes, each on a line, as one; a line that a crash cut short was never promised to anybody."""
        texts: dict[int, IndexedText] = {}
        removed: set[int] = set()
        removed_threads: set[int] = set()
        for line in lines:
            with suppress(ValueError):
                read = json.loads(line)
                removed.update(read["removed"])
                removed_threads.update(read["removed_threads"])
                texts = {
                    text.id: text
                    for text in texts.values()
                    if text.id not in read["removed"] and text.thread_id not in read["removed_threads"]
                }
                texts.update((text["id"], IndexedText(**text)) for text in read["put"])
        return cls(tuple(texts.values()), frozenset(removed), frozenset(removed_threads))


def create_generation(folder: Path) -> None:
    """Make an empty index in an empty folder."""
    FileIndex.create(storage_of(folder), SCHEMA, INDEX_NAME)


def fill_generation(folder: Path, texts: Iterable[IndexedText]) -> None:
    """Write texts into an empty generation, as one segment; of several with the same id the first."""
    written: set[int] = set()
    with _writer(folder, patience=0) as writer:
        for text in texts:
            if text.id not in written:
                _add(writer, text)
                written.add(text.id)
        writer.commit(merge=False)
    _seal(folder)


def apply_change(change: Change, snapshot: Snapshot, *, patience: float) -> None:
    """Commit a change to the generation of which `snapshot` is the latest state.

    Raises:
        IndexBusy: Whoosh's own lock was held for so many seconds.
    """
    texts = {text.id: text for text in change.put}
    with _writer(snapshot.folder, patience) as writer:
        for number in _outdated(change, snapshot):
            writer.delete_document(number)
        for text in texts.values():
            _add(writer, text)
        writer.commit(merge=False)
    _seal(snapshot.folder)


def tidy_generation(folder: Path, *, patience: float) -> None:
    """Merge small segments where there are too many of a size. What was found before is found meanwhile and after."""
    while chosen := choose_mergeable([_living(segment) for segment in read_contents(folder).segments]):
        with _writer(folder, patience) as writer:
            writer.commit(mergetype=lambda target, segments, chosen=chosen: _merge(target, segments, chosen))
        _seal(folder)


def choose_mergeable(sizes: Sequence[int]) -> frozenset[int]:
    """Which segments to merge into one, by their place; empty when all is well.

    Args:
        sizes: how many texts each segment holds, deleted ones not counted.
    """
    tiers: dict[int, list[int]] = defaultdict(list)
    for place in sorted(range(len(sizes)), key=sizes.__getitem__):
        if sizes[place] <= LARGEST_MERGED // 2:
            tiers[_tier(sizes[place])].append(place)
    crowded = next((places for places in tiers.values() if len(places) >= MERGED_AT_ONCE), [])
    totals = accumulate(sizes[place] for place in crowded)
    return frozenset(place for place, total in zip(crowded, totals, strict=True) if total <= LARGEST_MERGED)


def _tier(size: int) -> int:
    """0 for up to 7 texts, 1 for up to 63, and so on."""
    return (max(size, 1).bit_length() - 1) // (MERGED_AT_ONCE.bit_length() - 1)


def _merge(target: Any, segments: Sequence[Any], chosen: frozenset[int]) -> list[Any]:
    """Whoosh's merge policy: copy the chosen segments into the one being written, keep the others."""
    for place in chosen:
        reader = SegmentReader(target.storage, target.schema, segments[place])
        try:
            target.add_reader(reader)
        finally:
            reader.close()
    return [segment for place, segment in enumerate(segments) if place not in chosen]


@contextmanager
def _writer(folder: Path, patience: float) -> Iterator[Any]:
    """A writer of Whoosh's, cancelled when anything goes wrong before its commit."""
    _sweep(folder)
    writer = _open_writer(folder, patience)
    try:
        yield writer
    except BaseException:
        with suppress(Exception):  # its files may be gone; the first error is the one to tell
            writer.cancel()
        raise


def _open_writer(folder: Path, patience: float) -> Any:
    read_contents(folder)  # raises Damage where Whoosh would stumble, and leave a file open
    index = FileIndex(storage_of(folder), schema=SCHEMA, indexname=INDEX_NAME)
    try:
        writer = index.writer(timeout=patience, limitmb=_MEMORY_MB, codec=W3Codec(blocklimit=_BLOCK))
    except LockError:
        raise IndexBusy("Another process is writing to the index.") from None
    if writer.newsegment.segment_id() in {segment.segment_id() for segment in writer.segments}:
        # Whoosh draws the name from Python's common generator, which repeats itself when somebody seeds it.
        writer.cancel()
        return _open_writer(folder, patience)
    return writer


def _add(writer: Any, text: IndexedText) -> None:
    title, body, author = stems_in(text.title), stems_in(text.body), stems_in(text.author)
    parts = parts_in(f"{text.title}\n{text.body}")
    is_thread = text.part == "thread"
    pieces = [title] * (3 if is_thread else 1) + [body, author, parts]
    words = [word for piece in pieces if piece for word in (*piece, _BREAK)]
    writer.add_document(
        words=words,
        title=" ".join(title) if is_thread and title else None,
        text=text.id,
        thread=text.thread_id,
        community=text.community_id,
        kind=KINDS.index(text.kind),
        part=PARTS.index(text.part),
        length=len(words),
        at=text.at,
    )


def _outdated(change: Change, snapshot: Snapshot) -> Iterator[int]:
    """The numbers of the texts that a change removes or replaces."""
    ids = change.removed | {text.id for text in change.put}
    columns = zip(snapshot.columns["text"], snapshot.columns["thread"], strict=True)
    for number, (text_id, thread_id) in enumerate(columns):
        if (text_id in ids or thread_id in change.removed_threads) and number not in snapshot.deleted:
            yield number


def _living(segment: Any) -> int:
    return int(segment.doc_count_all() - segment.deleted_count())


def _seal(folder: Path) -> None:
    """Bring what was committed to the disk, and write down the checksum of each segment."""
    known = read_json(folder / SUMS)
    sums = {}
    for segment in read_contents(folder).segments:
        file = segment_file(folder, segment)
        if file.name not in known:
            settle(file)
        sums[file.name] = known.get(file.name) or sum_of(file)
    for contents in folder.glob("*.toc"):
        settle(contents)
    write_json(folder / SUMS, sums)


def _sweep(folder: Path) -> None:
    """Remove what a writer left that was killed."""
    for left in folder.glob("*.tmp"):
        shutil.rmtree(left, ignore_errors=True)
    for left in folder.glob("_*.toc.*"):
        left.unlink(missing_ok=True)
