"""Reading a generation: its segments, and the columns with what is known of each text.

A generation is a list of segments (Whoosh's table of contents) that are written once and never changed. Whoosh's
readers keep a position in their file, so a segment belongs to one thread at a time; `Reading` sees to that. Files
are read, not mapped into memory: touching a mapped file that somebody has truncated kills the process.
"""

from __future__ import annotations

import os
import re
import struct
import time
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

from cop.search._home import read_json
from cop.search._whoosh import (
    COLUMN,
    ID,
    TOC,
    FieldType,
    FileStorage,
    FilterMatcher,
    NumericColumn,
    Positions,
    RamStorage,
    Schema,
    SegmentReader,
    TermNotFound,
    W3LeafMatcher,
    loads,
)

INDEX_NAME = "MAIN"
_CONTENTS = re.compile(rf"_{INDEX_NAME}_(\d+)\.toc")
SUMS = "sums"

# `words` holds stems with their positions; it is handed lists of stems, so that it needs no analyser of Whoosh's.
SCHEMA = Schema(
    words=FieldType(format=Positions(), analyzer=None),
    title=ID(),
    text=COLUMN(NumericColumn("q")),
    thread=COLUMN(NumericColumn("q")),
    community=COLUMN(NumericColumn("q")),
    kind=COLUMN(NumericColumn("B")),
    part=COLUMN(NumericColumn("B")),
    length=COLUMN(NumericColumn("I")),
    at=COLUMN(NumericColumn("q")),
)
_COLUMNS = {"text": "q", "thread": "q", "community": "q", "kind": "B", "part": "B", "length": "I", "at": "q"}
_HEAD = struct.Struct("!qi")
_PLACES = b"(c_codecs\nencode\n"  # where, in the pickle of a block, the numbers and weights end and the places begin
_CUT = b"\x86."  # ends a pickle after two of its parts
_MOST_EACH = 14  # bytes for a number and a weight in it
_TRIES = 5  # to read what a writer keeps replacing
_PAUSE = 0.05  # seconds between two of them

_Seen = TypeVar("_Seen")


class Damage(Exception):
    """A generation that cannot be read; the sentence is for the log."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One open segment."""

    name: str
    reader: Any
    columns: dict[str, array[int]]

    @property
    def size(self) -> int:
        return len(self.columns["text"])


@dataclass(frozen=True, slots=True)
class Seen:
    """Which texts of a snapshot may be found, deleted ones never: 1 for each that may, 0 for the others.

    Args:
        size: how many they are.
        mean_length: of their words.
    """

    mask: bytes
    size: int
    mean_length: float


class Snapshot:
    """A generation as it was at one moment. A text has a number in it, from 0, deleted ones included.

    Args:
        folder: the generation.
        number: of the table of contents; it grows with every commit.
        segments: all segments, in order.
        deleted: the numbers of texts that were removed or replaced.
    """

    def __init__(self, folder: Path, number: int, segments: Sequence[Segment], deleted: frozenset[int]) -> None:
        self.folder, self.number, self.segments, self.deleted = folder, number, segments, deleted
        self.columns = {name: self._joined(name, code) for name, code in _COLUMNS.items()}
        self.seen: dict[frozenset[int], Seen] = {}  # what stands in some communities

    def __len__(self) -> int:
        """How many texts it holds, deleted ones not counted."""
        return len(self.columns["text"]) - len(self.deleted)

    def postings(self, field: str, word: str) -> Iterator[tuple[range, Any]]:
        """The postings of a word in each segment that has it, with the numbers of the segment's texts."""
        for numbers, segment in self._numbered():
            try:
                yield numbers, segment.reader.postings(field, word)
            except TermNotFound:
                continue

    def blocks(self, field: str, word: str) -> Iterator[tuple[Sequence[int], Sequence[float]]]:
        """The numbers of the texts that hold a word, deleted ones among them, and how often each does; some at a time.

        Whoosh reads postings by the block and hands them out one by one, which takes most of the time of a search.
        """
        for numbers, matcher in self.postings(field, word):
            leaf = matcher.child if isinstance(matcher, FilterMatcher) else matcher  # has passed deleted texts alone
            while leaf.is_active():
                found, weights = _block_of(leaf)
                yield [numbers.start + number for number in found] if numbers.start else found, weights

    def frequency(self, word: str) -> int:
        """In how many texts a word stands, whoever may see them: for what costs time, never for what is shown."""
        return sum(segment.reader.doc_frequency("words", word) for _, segment in self._numbered())

    def ids(self) -> Sequence[int]:
        """The ids of all texts that are not deleted, in order."""
        texts = enumerate(self.columns["text"])
        return array("q", sorted(text for number, text in texts if number not in self.deleted))

    def close(self, keep: Snapshot | None = None) -> None:
        """Close the segments, but those which a newer snapshot goes on using."""
        kept = {segment.name for segment in keep.segments} if keep and keep.folder == self.folder else set()
        for segment in self.segments:
            if segment.name not in kept:
                segment.reader.close()

    def _numbered(self) -> Iterator[tuple[range, Segment]]:
        first = 0
        for segment in self.segments:
            yield range(first, first + segment.size), segment
            first += segment.size

    def _joined(self, name: str, code: str) -> array[int]:
        joined: array[int] = array(code)
        for segment in self.segments:
            joined.extend(segment.columns[name])
        return joined


def _block_of(leaf: Any) -> tuple[Sequence[int], Sequence[float]]:
    """The rest of the block that a matcher stands in, and on to the next; of another sort of matcher one text."""
    if not isinstance(leaf, W3LeafMatcher):
        one = (leaf.id(),), (leaf.weight(),)
        leaf.next()
        return one
    steps, weights = _start_of(leaf)
    numbers = tuple(accumulate(steps))  # as Whoosh does it, in a fifth of the time
    if not isinstance(weights, tuple):
        weights = (1.0 if weights is None else weights,) * len(numbers)  # the same for all
    block = numbers[leaf._i :], weights[leaf._i :]
    leaf._next_block()
    return block


def _start_of(leaf: Any) -> tuple[Any, Any]:
    """What a block begins with: how far it is from each number to the next, and the weights.

    The places of the words come last. They take most of the time to unpack, and only phrases ask for them.
    """
    packed = leaf._postfile.get(leaf._dataoffset, leaf._nextoffset - leaf._dataoffset)
    if leaf._compression:
        packed = zlib.decompressobj().decompress(packed, _MOST_EACH * leaf._blocklength + 2 * len(_PLACES))
    end = packed.find(_PLACES)
    if end >= 0:
        steps, weights = loads(packed[:end] + _CUT)
    else:  # a block of very few, or one whose places were written otherwise
        leaf._read_data()
        steps, weights, _ = leaf._data
    return steps, weights


def latest_number(folder: Path) -> int:
    """The number of a generation's latest table of contents; -1 when there is none."""
    numbers = (int(match[1]) for match in map(_CONTENTS.fullmatch, _names_in(folder)) if match)
    return max(numbers, default=-1)


def open_snapshot(folder: Path, before: Snapshot | None = None) -> Snapshot:
    """Open a generation as it is now, taking over the segments that are open already. Raises Damage."""
    return _in_spite_of_writers(lambda: _open_snapshot(folder, before))


def check_sizes(folder: Path) -> None:
    """Raise Damage when a segment is missing or has another size than when it was written."""
    _in_spite_of_writers(lambda: _check_sizes(folder, read_contents(folder)))


def check_sums(folder: Path) -> None:
    """Read all of a generation and raise Damage when anything differs from what was written."""
    _in_spite_of_writers(lambda: _check_sums(folder, read_contents(folder)))


def read_contents(folder: Path) -> Any:
    """The latest table of contents. Raises Damage, or FileNotFoundError when it has just been replaced."""
    number = latest_number(folder)
    if number < 0:
        raise Damage("it has no table of contents" if folder.is_dir() else "its folder is gone")
    name = f"_{INDEX_NAME}_{number}.toc"
    memory = RamStorage()
    memory.files[name] = (folder / name).read_bytes()
    try:
        toc = TOC.read(memory, INDEX_NAME)
        shape = _shape(toc.schema)
    except Exception as error:  # a damaged pickle can raise anything
        raise Damage(f"its table of contents cannot be read ({type(error).__name__}: {error})") from error
    if shape != _shape(SCHEMA):
        raise Damage("it has another schema")
    return toc


def sum_of(file: Path) -> int:
    """The checksum of a file."""
    checksum = 0
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            checksum = zlib.crc32(block, checksum)
    return checksum


def segment_file(folder: Path, segment: Any) -> Path:
    return folder / str(segment.make_filename(segment.COMPOUND_EXT))


def _in_spite_of_writers(look: Callable[[], _Seen]) -> _Seen:
    """Look again where a file has gone that a writer may just have replaced; one that stays away is Damage."""
    for tries in range(_TRIES):
        try:
            return look()
        except FileNotFoundError as error:
            if tries == _TRIES - 1:
                raise Damage(f"{error.filename} is missing") from error
            time.sleep(_PAUSE)
    raise AssertionError("unreachable")


def _open_snapshot(folder: Path, before: Snapshot | None) -> Snapshot:
    toc = read_contents(folder)
    _check_sizes(folder, toc)
    sums = read_json(folder / SUMS)
    opened = {segment.name: segment for segment in before.segments} if before and before.folder == folder else {}
    segments: list[Segment] = []
    try:
        segments.extend(opened.get(entry.segment_id()) or _open_segment(folder, entry, sums) for entry in toc.segments)
    except BaseException:
        _close_all(segment for segment in segments if segment.name not in opened)
        raise
    return Snapshot(folder, toc.generation, segments, frozenset(_deleted_in(toc)))


def _check_sizes(folder: Path, toc: Any) -> None:
    for file in (segment_file(folder, segment) for segment in toc.segments):
        size, promised = file.stat().st_size, _promised_size(file)
        if size != promised:
            raise Damage(f"{file.name} has {size} bytes instead of {promised}")


def _promised_size(file: Path) -> int:
    """A segment begins with the place and the length of its table of files, with which it ends."""
    with file.open("rb") as stream:
        head = stream.read(_HEAD.size)
    return sum(_HEAD.unpack(head)) if len(head) == _HEAD.size else _HEAD.size


def _check_sums(folder: Path, toc: Any) -> None:
    sums = read_json(folder / SUMS)
    for file in (segment_file(folder, segment) for segment in toc.segments):
        if sums.get(file.name) != sum_of(file):
            raise Damage(f"{file.name} is not as it was written")


def _open_segment(folder: Path, entry: Any, sums: dict[str, Any]) -> Segment:
    file = segment_file(folder, entry)
    if sums.get(file.name) not in (None, sum_of(file)):  # none yet: it was committed this very moment
        raise Damage(f"{file.name} is not as it was written")
    try:
        reader = SegmentReader(storage_of(folder), SCHEMA, entry)
        columns = {
            name: array(code, reader.column_reader(name, translate=False).load()) for name, code in _COLUMNS.items()
        }
    except FileNotFoundError:
        raise
    except Exception as error:  # a damaged pickle can raise anything
        raise Damage(f"a segment cannot be opened ({type(error).__name__}: {error})") from error
    return Segment(entry.segment_id(), reader, columns)


def _close_all(segments: Iterable[Segment]) -> None:
    for segment in segments:
        segment.reader.close()


def _deleted_in(toc: Any) -> Iterator[int]:
    start = 0
    for segment in toc.segments:
        yield from (start + number for number in segment.deleted_docs())
        start += segment.doc_count_all()


def _names_in(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []


def storage_of(folder: Path) -> Any:
    return FileStorage(str(folder), supports_mmap=False)


def _shape(schema: Any) -> dict[str, str]:
    return {name: type(field).__name__ for name, field in schema.items()}
