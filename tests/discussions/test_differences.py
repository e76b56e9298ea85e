"""How two texts differ: by words, around what differs, and within a budget whatever was written."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from cop.discussions.revisions.differences import ADDED, KEPT, LEFT_OUT, TAKEN, Budget, Piece, compare

TEXTS = st.text(alphabet="ab c\n.", max_size=60)


def test_words_are_taken_out_and_added_where_they_stand() -> None:
    assert compare("It was cold and mottled.", "It was cold, at a line.", Budget()) == [
        Piece(KEPT, "It was cold"),
        Piece(TAKEN, " and mottled"),
        Piece(ADDED, ", at a line"),
        Piece(KEPT, "."),
    ]


def test_nothing_changed_is_nothing_to_show() -> None:
    assert compare("The same.", "The same.", Budget()) == []


def test_far_from_every_change_text_is_left_out() -> None:
    long = " ".join(f"word{n}" for n in range(500))

    pieces = compare(f"{long} before", f"{long} after", Budget())

    assert [piece.what for piece in pieces] == [LEFT_OUT, KEPT, TAKEN, ADDED]
    assert len(pieces[1].text.split()) == 24


@given(TEXTS, TEXTS)
def test_what_is_kept_and_taken_is_the_old_text_and_what_is_kept_and_added_the_new(before: str, after: str) -> None:
    pieces = compare(before, after, Budget())

    if pieces:
        assert "".join(piece.text for piece in pieces if piece.what != ADDED) == before
        assert "".join(piece.text for piece in pieces if piece.what != TAKEN) == after


def test_a_text_made_to_take_long_is_shown_whole_and_soon() -> None:
    lines = [f"line {n}" for n in range(8_000)]
    begun = time.perf_counter()

    pieces = compare("\n".join(lines), "\n".join(reversed(lines)), Budget())

    assert [piece.what for piece in pieces][-2:] == [TAKEN, ADDED]
    assert time.perf_counter() - begun < 2
