"""A panel as it is told to one reader: shares and accord of all, and the match by who had chosen before them."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from cop.cases.metrics import (
    LEAST_PANEL,
    Ranking,
    leave_one_out,
    mean_correlation,
    rank_match,
    shows_match,
    soft_match,
    word_of,
)


class Chose(Protocol):
    """A choice on a panel."""

    @property
    def id(self) -> int: ...

    @property
    def ranks(self) -> tuple[float, ...]: ...


@dataclass(frozen=True, slots=True)
class Match:
    """How many of how many put the same first, and how near the whole order came."""

    same: int
    of: int
    rank_match: float


def is_open(panel: Sequence[Chose]) -> bool:
    """Whether enough have chosen without seeing one another for anything to be said of them."""
    return len(panel) >= LEAST_PANEL


def accord_word(panel: Sequence[Chose]) -> str:
    return word_of(mean_correlation([one.ranks for one in panel]))


def stands_alone(
    own_id: int, first: int, cues: AbstractSet[int], panel: Sequence[Chose], named: AbstractSet[int]
) -> bool:
    """Whether a reader chose what nobody else on a panel put first, or went by what none of them named.

    Reasons are words, which nothing compares; what is compared of them is the cues.

    Args:
        cues: what the reader says has swayed them.
        named: what has swayed the others on the panel.
    """
    others = [one for one in panel if one.id != own_id]
    if not is_open(panel) or not others:
        return False
    goes_alone = all(one.ranks[first - 1] > min(one.ranks) for one in others)
    return goes_alone or bool(cues and named and cues.isdisjoint(named))


def match_of(own_id: int, own: Ranking, before: int, panel: Sequence[Chose]) -> Match | None:
    """The match of a reader with the panel as it was when they chose; None where practitioners disagree.

    A panellist is matched with the others on it. Who chose before there was a panel has the first three for one.

    Args:
        before: how many of the panel had chosen before the reader.
    """
    if not is_open(panel) or not shows_match(mean_correlation([one.ranks for one in panel])):
        return None
    others = [one.ranks for one in met(own_id, before, panel) if one.id != own_id]
    share = soft_match(own, others)
    return Match(round(share * len(others)), len(others), rank_match(own, others))


def soft_match_at(own_id: int, own: Ranking, before: int, panel: Sequence[Chose]) -> float | None:
    """The soft match of a past choice, as it counts for how a reader has come along; None without a panel."""
    if not is_open(panel):
        return None
    then = met(own_id, before, panel)
    place = next((place for place, one in enumerate(then) if one.id == own_id), None)
    ranks = [one.ranks for one in then]
    return soft_match(own, ranks) if place is None else leave_one_out(ranks, place)


def met(own_id: int, before: int, panel: Sequence[Chose]) -> Sequence[Chose]:
    """The panel at the moment of a choice, with the reader where they are on it, at least three."""
    is_on_it = any(one.id == own_id for one in panel)
    return panel[: max(before + is_on_it, LEAST_PANEL)]
