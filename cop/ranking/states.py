"""States, read off stored times at the moment of reading: no job ever sets one (domain.md B6 and B0).

The words on the cards are the templates' business; here are the facts behind them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from cop.ranking.acts import DAY, reaches

FIRST_DAYS: Final = 14 * DAY  # a new thread is living for that long whatever happens
CHECKABLE_SUPPORT: Final = 1.0  # a check-in needs something that could have aged

CONTESTED_SHARE: Final = 0.25  # of the weight of verdicts
CALM_SHARE: Final = 0.15  # lower than the share that sets it, so that the label does not flicker
CONTESTED_DISSENT: Final = 1.5
CONTESTED_DISSENTERS: Final = 2

DOUBTFUL_HOLDING: Final = 0.35
DOUBTFUL_DISSENTERS: Final = 3

BASE_SHELF_DAYS: Final[Mapping[str, float]] = {"weeks": 45.0, "months": 180.0, "years": 730.0, "never": 1825.0}
LEAST_SHELF_DAYS: Final = 30.0
MOST_SHELF_TIMES: Final = 4.0  # the base shelf life


class State(StrEnum):
    """Whether people are active on a thread; contested, due and doubtful are flags beside it."""

    LIVING = "living"
    RESTING = "resting"


def state_at(*, rest_at: float, told_at: float, now: float) -> State:
    """Living until activity has fallen to half a practitioner, and for the first fourteen days."""
    return State.LIVING if now <= max(rest_at, told_at + FIRST_DAYS) else State.RESTING


def needs_check_in(*, p_all: float, check_due: float, now: float) -> bool:
    """Whether it is time to ask if it still holds."""
    return reaches(p_all, CHECKABLE_SUPPORT) and now > check_due


def is_disputed(*, share: float, n_all: float, dissenters: int) -> bool:
    """Whether dissent carries enough weight, from enough people, to set the label *contested*."""
    return dissenters >= CONTESTED_DISSENTERS and reaches(share, CONTESTED_SHARE) and reaches(n_all, CONTESTED_DISSENT)


def is_calm(share: float) -> bool:
    """Whether dissent has fallen to so small a share that the label goes."""
    return not reaches(share, CALM_SHARE)


def is_doubtful(*, q: float, firm_dissenters: int) -> bool:
    """Whether to propose "retire or supersede?" to the moderators; never done by itself."""
    return firm_dissenters >= DOUBTFUL_DISSENTERS and not reaches(q, DOUBTFUL_HOLDING)


def stretch(shelf_days: float, *, base_days: float, times: float) -> float:
    """The shelf life after an answer to a check-in, within thirty days and four times the base."""
    return min(MOST_SHELF_TIMES * base_days, max(LEAST_SHELF_DAYS, shelf_days * times))
