"""What happens to verdicts."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class VerdictGiven:
    """A verdict, with the voice of that moment; it replaces the person's earlier one on the thread."""

    thread_id: int
    community_id: int
    person_id: int
    kind: str
    voice: float
    reply_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class VerdictWithdrawn:
    thread_id: int
    community_id: int
    person_id: int
    at: datetime


# Check-ins: does it still hold?


@dataclass(frozen=True, slots=True)
class CheckInAsked:
    """A check-in has become due, and somebody who can tell is asked."""

    thread_id: int
    community_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CheckInAnswered:
    """Whether it still holds. `role` is teller, keeper or practice: of the last, it is their verdict from now on."""

    thread_id: int
    community_id: int
    person_id: int
    answer: str
    role: str
    voice: float
    reply_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class CheckInTakenBack:
    """As if it had never been answered; the reason that was written stays."""

    thread_id: int
    community_id: int
    person_id: int
    at: datetime


# Conditions under which it holds


@dataclass(frozen=True, slots=True)
class ConditionProposed:
    thread_id: int
    community_id: int
    condition_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ConditionAccepted:
    """By somebody in a role that counts: teller, moderator or dissenter."""

    thread_id: int
    community_id: int
    condition_id: int
    person_id: int
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConditionLeft:
    """Somebody took their acceptance back."""

    thread_id: int
    community_id: int
    condition_id: int
    person_id: int
    at: datetime


# Trying it


@dataclass(frozen=True, slots=True)
class TryingBegun:
    """Somebody is going to try it; nobody else is told."""

    thread_id: int
    community_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class TryingEnded:
    """They have said how it went, or are not going to any more."""

    thread_id: int
    community_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class TryingReminded:
    thread_id: int
    community_id: int
    person_id: int
    at: datetime


# That helped me see it


@dataclass(frozen=True, slots=True)
class AnswerHelped:
    """Somebody says that an answer helped them see it."""

    insight_id: int
    reply_id: int
    thread_id: int
    community_id: int
    author_id: int | None
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class InsightWithdrawn:
    """They do not say so any more."""

    reply_id: int
    thread_id: int
    community_id: int
    person_id: int
    at: datetime
