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
