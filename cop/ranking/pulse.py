"""The pulse: twelve counts of practitioners, one a calendar week, oldest first (domain.md B0)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from cop.ranking.acts import DAY

WEEK: Final = 7 * DAY
WEEKS: Final = 12
SINCE_MONDAY: Final = 3 * DAY  # 1 January 1970 was a Thursday: its week had begun three days earlier


def week_of(at: int) -> int:
    """The number of the calendar week (from Monday 00:00 UTC) that a second falls in.

    Whole numbers only, so SQL counts alike: (at + 259200) / 604800 on integers, for any time after 1969.
    """
    return (at + SINCE_MONDAY) // WEEK


def start_of(week: int) -> int:
    """The Monday 00:00 UTC on which a week begins, in seconds."""
    return week * WEEK - SINCE_MONDAY


def weeks_until(now: int) -> range:
    """The numbers of the twelve weeks that a pulse shows at a moment, in seconds UTC."""
    this_week = week_of(now)
    return range(this_week - WEEKS + 1, this_week + 1)


def pulse(presences: Iterable[tuple[int, int]], now: int) -> tuple[int, ...]:
    """How many people were there in each of the last twelve weeks, the present unfinished one last.

    Args:
        presences: pairs of week and person; a pair given twice counts once.
        now: the moment of reading, seconds UTC.
    """
    people = Counter(week for week, _ in set(presences))
    return tuple(people[week] for week in weeks_until(now))
