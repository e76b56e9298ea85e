"""What happens in threads."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ThreadTold:
    thread_id: int
    community_id: int
    teller_id: int
    voice: float
    at: datetime


@dataclass(frozen=True, slots=True)
class ThreadImported:
    """A thread came from elsewhere: it is ranked by the day it was told there, and nobody is told."""

    thread_id: int
    community_id: int
    told_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class ThreadRevised:
    thread_id: int
    community_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ReplyPublished:
    """A reply of any kind. A report or a dissent came with a verdict, which is the act that counts."""

    reply_id: int
    thread_id: int
    community_id: int
    author_id: int
    kind: str
    voice: float
    at: datetime


@dataclass(frozen=True, slots=True)
class ReplyRevised:
    reply_id: int
    thread_id: int
    community_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ThreadWithdrawn:
    """Its teller took it back: it leaves every list and search, and what was said of it stays."""

    thread_id: int
    community_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ThreadRestored:
    thread_id: int
    community_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ReplyWithdrawn:
    """Its author took it back: its place and the answers to it stay, its words are gone."""

    reply_id: int
    thread_id: int
    community_id: int
    author_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ReplyRestored:
    reply_id: int
    thread_id: int
    community_id: int
    author_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ProcedureReviewed:
    """Its owner or a moderator has looked at a procedure and lets it stand."""

    thread_id: int
    community_id: int
    at: datetime
