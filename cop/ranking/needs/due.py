"""When a need is due (domain.md B6, and N1 of B0). Times are seconds UTC; nothing here asks a clock."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from cop.ranking.acts import DAY

_HOUR: Final = 3_600  # seconds
_EACH_WAITING: Final = 24 * _HOUR  # sooner for every further person who waits
_MOST_OFF: Final = 72 * _HOUR
_SEVERAL: Final = 2  # who wonder the same: from so many on a probe is not one person's any more


class Rule(StrEnum):
    """What is needed."""

    QUESTION = "question"
    PROBE = "probe"
    CHECK_IN = "checkin"
    CONTESTED = "contested"
    OUTCOME = "outcome"
    DRAFT = "draft"
    TOPIC_AT_RISK = "topic_at_risk"


_AFTER: Final = {
    Rule.QUESTION: 48 * _HOUR,
    Rule.CONTESTED: 7 * DAY,
    Rule.OUTCOME: 0,  # what is asked of a teller carries its own date
    Rule.DRAFT: 24 * _HOUR,
    Rule.TOPIC_AT_RISK: 0,
}


def due_time(rule: Rule, at: float, *, waiting: int = 0, wondered: int = 0, shelf_days: float = 0.0) -> float:
    """When a need is due.

    Args:
        at: when it opened; of a check-in when the thread was verified last, of a contested thread its last dissent.
        waiting: the further people who wait for the same; only questions have them.
        wondered: of a probe, how many wonder too beside whoever asked.
        shelf_days: of a check-in, how long what was verified keeps.
    """
    if rule is Rule.PROBE:
        return at + _probe_after(wondered)
    if rule is Rule.CHECK_IN:
        return at + shelf_days * DAY
    return at + _AFTER[rule] - (_off(waiting) if rule is Rule.QUESTION else 0)


def _probe_after(wondered: int) -> int:
    """Three days, a day less for one who wonders too; a day and a half once there are several (N1)."""
    if wondered < _SEVERAL:
        return 72 * _HOUR - _off(wondered)
    return 36 * _HOUR - _off(wondered - _SEVERAL)


def _off(people: int) -> int:
    return min(_MOST_OFF, _EACH_WAITING * people)
