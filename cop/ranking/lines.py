"""What pages show of order: signs of life, and where a thread stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cop.ranking.states import State, needs_check_in, state_at


@dataclass(frozen=True, slots=True)
class Activity:
    """Who has been at work on a thread: practitioners a week, in the last four weeks, and the most recent of them."""

    pulse: tuple[int, ...]
    month: int
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CommunityActivity:
    """How many practitioners have been at work in a community: a week, in four weeks, and in this week."""

    pulse: tuple[int, ...]
    month: int
    week: int


@dataclass(frozen=True, slots=True)
class OrderLine:
    """Where a thread stands, in the letters of domain.md B."""

    thread_id: int
    k: float
    q: float
    r: float
    e: float
    p_all: float
    n_all: float
    rest_at: datetime
    practised_at: datetime | None
    contested_at: datetime | None
    check_due: datetime
    told_at: datetime
    ended_as: str | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to ask if it still holds; nobody asks of what was retired or superseded."""
        due = needs_check_in(p_all=self.p_all, check_due=self.check_due.timestamp(), now=now.timestamp())
        return due and self.ended_as is None

    def is_living(self, now: datetime) -> bool:
        """Whether practitioners were active lately, or it was told within a fortnight."""
        state = state_at(rest_at=self.rest_at.timestamp(), told_at=self.told_at.timestamp(), now=now.timestamp())
        return state is State.LIVING

    def state(self, now: datetime) -> str:
        """The one word to show: retired, superseded, contested, due, living or resting, the first that fits."""
        if self.ended_as:
            return self.ended_as
        if self.contested_at:
            return "contested"
        if self.is_due(now):
            return "due"
        return str(State.LIVING if self.is_living(now) else State.RESTING)
