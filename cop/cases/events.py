"""What happens in cases. Telling and revising one are events of its thread."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CaseWasCut:
    """Its teller made a case of a story; `thread_id` is the story's, which shows it."""

    thread_id: int
    community_id: int
    case_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ChoiceCommitted:
    """Somebody chose before they saw what others had."""

    commitment_id: int
    fork_id: int
    thread_id: int
    community_id: int
    person_id: int
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ForkSkipped:
    """Somebody read on without choosing."""

    fork_id: int
    thread_id: int
    community_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class SecondThoughtWritten:
    commitment_id: int
    fork_id: int
    thread_id: int
    community_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class OutcomeAsked:
    """The teller of a live case is asked what came of it."""

    thread_id: int
    community_id: int
    teller_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class OutcomeTold:
    thread_id: int
    community_id: int
    at: datetime
