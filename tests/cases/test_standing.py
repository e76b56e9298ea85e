"""Whom a reader is matched with: the panel as it was, the others on it, or the first three."""

from __future__ import annotations

from dataclasses import dataclass

from cop.cases.panels.standing import accord_word, is_open, match_of, met, soft_match_at


@dataclass(frozen=True)
class One:
    id: int
    ranks: tuple[float, ...]


A, B = (1.0, 2.0, 3.0), (2.0, 1.0, 3.0)
PANEL = [One(1, A), One(2, A), One(3, B), One(4, A), One(5, A)]


def test_a_reader_is_matched_with_whoever_had_chosen_before_them() -> None:
    match = match_of(9, A, 4, PANEL)

    assert match is not None
    assert (match.same, match.of) == (3, 4)
    assert accord_word(PANEL) == "agree"


def test_who_chose_before_there_was_a_panel_has_the_first_three_for_one() -> None:
    assert [one.id for one in met(9, 0, PANEL)] == [1, 2, 3]
    match = match_of(9, B, 1, PANEL)
    assert match is not None
    assert (match.same, match.of) == (1, 3)


def test_a_panellist_is_matched_with_the_others() -> None:
    match = match_of(4, A, 3, PANEL)

    assert match is not None
    assert (match.same, match.of) == (2, 3)
    assert soft_match_at(4, A, 3, PANEL) == 2 / 3
    assert soft_match_at(1, A, 0, PANEL) == 1 / 2


def test_of_two_nothing_is_said() -> None:
    assert not is_open(PANEL[:2])
    assert match_of(9, A, 2, PANEL[:2]) is None
    assert soft_match_at(9, A, 2, PANEL[:2]) is None
