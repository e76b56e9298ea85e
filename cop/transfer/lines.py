"""Lines of a file that may be large, compressed or damaged. Nothing is read that has not been asked for."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import BinaryIO, cast

LONGEST_LINE = 1024 * 1024  # bytes: a story of 64 kB in which every letter is written as \\u1234, and room for the rest
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """One line that holds something, with its number as an editor counts."""

    number: int
    content: bytes
    fault: str = ""  # why it could not be read; the content is then of no use


def read_lines(stream: BinaryIO) -> Iterator[Line]:
    """The lines of a stream, gzipped or not; empty ones are passed over. A file that breaks off ends with a fault."""
    buffered = io.BufferedReader(cast("io.RawIOBase", stream))
    try:
        is_packed = buffered.peek(len(_GZIP)).startswith(_GZIP)
        yield from _lines_of(cast("BinaryIO", gzip.GzipFile(fileobj=buffered)) if is_packed else buffered)
    finally:
        buffered.detach()  # the stream is the caller's to close


def _lines_of(plain: BinaryIO) -> Iterator[Line]:
    for number in count(1):
        try:
            content = plain.readline(LONGEST_LINE + 1)
            if len(content) > LONGEST_LINE:
                _skip_rest(plain)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            yield Line(number, b"", "the compressed file is damaged from here on")
            return
        if not content:
            return
        if number == 1:
            content = content.removeprefix(_BOM)
        if len(content) > LONGEST_LINE:
            yield Line(number, b"", f"it is longer than {LONGEST_LINE // 1024} kB")
        elif content.strip():
            yield Line(number, content)


def _skip_rest(plain: BinaryIO) -> None:
    while (piece := plain.readline(LONGEST_LINE)) and not piece.endswith(b"\n"):
        pass
