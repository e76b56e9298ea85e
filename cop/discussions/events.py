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
    """A reply of any kind. A report or a dissent came with a verdict, and what is published as `check_in` with the
    answer to one: that is then the act that counts."""

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
class PractitionerRead:
    """One more practitioner has read a thread that few had read: it may stand elsewhere in its list."""

    thread_id: int
    community_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ProcedureReviewed:
    """Its owner or a moderator has looked at a procedure and lets it stand."""

    thread_id: int
    community_id: int
    at: datetime


# Probes: what becomes of a question to the teller


@dataclass(frozen=True, slots=True)
class ProbeOpened:
    """A question stands before the teller, at once or since its turn has come; its words were published as a reply."""

    reply_id: int
    thread_id: int
    community_id: int
    asker_id: int
    teller_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ProbeAnswered:
    """By the teller; the answer was published as a reply."""

    reply_id: int
    answer_id: int
    thread_id: int
    community_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ProbeDeclined:
    reply_id: int
    thread_id: int
    community_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ProbeRemoved:
    """A moderator took it away, with a reason for whoever asked it; `ReplyWithdrawn` says what follows for the talk."""

    reply_id: int
    thread_id: int
    community_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ProbeReopened:
    """The teller took a declining back."""

    reply_id: int
    thread_id: int
    community_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ProbeWondered:
    """Somebody wondered the same; `number` is how many do by now, beside whoever asked."""

    reply_id: int
    thread_id: int
    community_id: int
    person_id: int
    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class WonderWithdrawn:
    reply_id: int
    thread_id: int
    community_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ProbeQueued:
    """A question waits for its turn; nobody but whoever asked knows of it."""

    thread_id: int
    community_id: int
    asker_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class WaitingProbeWithdrawn:
    thread_id: int
    community_id: int
    asker_id: int
    at: datetime


# How a thread ends, and who keeps it once its teller has gone


@dataclass(frozen=True, slots=True)
class ThreadRetired:
    """A moderator retired it, with a reason; it leaves Living and Endorsed and can still be read."""

    thread_id: int
    community_id: int
    by_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class SuccessorProposed:
    """Its teller says that another thread has taken its place; a practitioner has to agree."""

    thread_id: int
    community_id: int
    successor_id: int
    by_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class SuccessorDropped:
    """A proposed successor was taken back, or not agreed to."""

    thread_id: int
    community_id: int
    by_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ThreadSuperseded:
    thread_id: int
    community_id: int
    successor_id: int
    by_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ThreadReopened:
    """What ended it was taken back."""

    thread_id: int
    community_id: int
    by_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class KeeperAsked:
    """A moderator asks a practitioner to look after a thread whose teller has gone."""

    thread_id: int
    community_id: int
    person_id: int
    by_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class KeeperAccepted:
    thread_id: int
    community_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class KeeperReleased:
    """They declined or gave it up, or a moderator took it back."""

    thread_id: int
    community_id: int
    person_id: int
    by_id: int
    at: datetime
