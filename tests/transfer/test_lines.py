"""Reading files line by line, whatever is in them."""

from __future__ import annotations

import gzip
import io

import pytest

from cop.transfer.lines import LONGEST_LINE, Line, read_lines


def lines_of(content: bytes) -> list[Line]:
    return list(read_lines(io.BytesIO(content)))


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_lines_have_the_numbers_that_an_editor_shows(pack) -> None:  # type: ignore[no-untyped-def]
    lines = lines_of(pack(b"\xef\xbb\xbfone\n\n  \r\nfour\r\nfive"))

    assert [(line.number, line.content.strip()) for line in lines] == [(1, b"one"), (4, b"four"), (5, b"five")]


def test_an_empty_file_has_no_lines() -> None:
    assert lines_of(b"") == []
    assert lines_of(gzip.compress(b"")) == []


def test_a_line_without_end_is_passed_over_and_the_next_is_read() -> None:
    lines = lines_of(b"x" * (3 * LONGEST_LINE) + b"\nnext\n")

    assert [(line.number, bool(line.fault)) for line in lines] == [(1, True), (2, False)]
    assert lines[1].content == b"next\n"


def test_a_line_of_just_the_longest_length_is_read() -> None:
    (line,) = lines_of(b"x" * LONGEST_LINE)

    assert line.fault == ""
    assert len(line.content) == LONGEST_LINE


def test_a_compressed_file_that_breaks_off_says_so_at_the_end() -> None:
    packed = gzip.compress(b"".join(b"line %d\n" % n for n in range(5000)))

    lines = lines_of(packed[:-400])

    assert not any(line.fault for line in lines[:-1])
    assert "damaged" in lines[-1].fault


def test_a_compressed_file_that_breaks_off_in_a_line_too_long_says_so() -> None:
    packed = gzip.compress(b"0" * (50 * LONGEST_LINE))

    assert ["damaged" in line.fault for line in lines_of(packed[: len(packed) // 2])] == [True]


def test_a_small_file_that_unpacks_to_a_great_deal_is_read_piece_by_piece() -> None:
    lines = lines_of(gzip.compress(b"0" * (50 * LONGEST_LINE)))

    assert [line.fault for line in lines] == ["it is longer than 1024 kB"]
