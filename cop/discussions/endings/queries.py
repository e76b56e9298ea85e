"""Reads of how threads ended, and of what could take their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, select
from sqlalchemy.orm import aliased

from cop.accounts.models import Person
from cop.accounts.viewer import Viewer
from cop.communities.queries import Whoever, named, written
from cop.discussions.endings.models import SUPERSEDED, Ending
from cop.discussions.models import Thread
from cop.discussions.queries import findable_threads
from cop.platform.database import ask, folded, session
from cop.platform.slugs import slug_of

MOST_FOUND = 10


@dataclass(frozen=True, slots=True)
class EndingLine:
    """How a thread ended, or what its teller proposes; people who have left have no name here."""

    kind: str
    reason: str
    said_at: datetime
    by_id: int | None
    by_name: str
    at: datetime | None  # none while it is only proposed
    seconded_by_id: int | None
    seconded_by: str
    successor_id: int | None
    successor_title: str  # empty when it was withdrawn since

    @property
    def is_proposed(self) -> bool:
        return self.at is None

    @property
    def is_successor_gone(self) -> bool:
        """Whether what has taken its place, or was to, does not stand any more."""
        return self.kind == SUPERSEDED and not self.successor_title

    @property
    def successor_slug(self) -> str:
        return slug_of(self.successor_title)


@dataclass(frozen=True, slots=True)
class SuccessorLine:
    """A thread that could take another's place, or does."""

    id: int
    title: str
    slug: str


def stands(ending: Any = Ending) -> ColumnElement[bool]:
    """Whether an ending, proposed or in force, has not been taken back."""
    standing: ColumnElement[bool] = ending.ended_at.is_(None)
    return standing


def is_in_force() -> ColumnElement[bool]:
    """Whether a thread has ended by it."""
    return and_(Ending.ended_at.is_(None), Ending.at.is_not(None))


def find_ending(thread_id: int) -> EndingLine | None:
    """How a thread ended, or what is proposed; one statement."""
    row = ask(_ENDING, {"thread_id": thread_id}).first()
    if row is None:
        return None
    return EndingLine(
        kind=row[0], reason=row[1], said_at=row[2], by_id=row[3], by_name=row[4] or "", at=row[5],
        seconded_by_id=row[6], seconded_by=row[7] or "", successor_id=row[8], successor_title=row[9] or "",
    )  # fmt: skip


def _select_ending() -> Select[*tuple[Any, ...]]:
    by, second, successor = aliased(Person), aliased(Person), aliased(Thread)
    return (
        select(
            Ending.kind, Ending.reason, Ending.said_at, Ending.by_id, by.name, Ending.at, Ending.seconded_by_id,
            second.name, successor.id, successor.title,
        )
        .outerjoin(by, and_(by.id == Ending.by_id, by.deactivated_at.is_(None)))
        .outerjoin(second, and_(second.id == Ending.seconded_by_id, second.deactivated_at.is_(None)))
        .outerjoin(successor, and_(successor.id == Ending.successor_id, successor.withdrawn_at.is_(None)))
        .where(Ending.thread_id == bindparam("thread_id", type_=Thread.id.type), stands())
    )  # fmt: skip


_ENDING = _select_ending()


def has_ended(thread_id: int) -> bool:
    """Whether it was retired or superseded, and nobody has taken that back."""
    return session().scalar(select(Ending.thread_id).where(Ending.thread_id == thread_id, is_in_force())) is not None


def find_ending_row(thread_id: int) -> Ending | None:
    """The row itself, for an operation that holds the thread's lock."""
    return session().scalar(
        select(Ending).where(Ending.thread_id == thread_id, stands()).execution_options(populate_existing=True)
    )


def is_successor_gone(ending: Ending) -> bool:
    """Whether what has taken a thread's place was withdrawn since."""
    if ending.successor_id is None:
        return False
    return session().scalar(select(Thread.withdrawn_at).where(Thread.id == ending.successor_id)) is not None


def successors_of(thread_ids: Sequence[int]) -> dict[int, int]:
    """Which thread has taken the place of each of these that was superseded; one statement."""
    return {row.thread_id: row.successor_id for row in ask(_SUCCESSORS, {"ids": list(thread_ids)})}


_AMONG = Ending.thread_id.in_(bindparam("ids", expanding=True))
_SUCCESSORS = select(Ending.thread_id, Ending.successor_id).where(
    _AMONG, Ending.successor_id.is_not(None), is_in_force()
)


def successors_seen(viewer: Viewer, thread_ids: Sequence[int]) -> dict[int, SuccessorLine]:
    """The same, as far as the viewer sees what has taken their place; one statement."""
    rows = ask(written(_select_successors), named(viewer) | {"ids": list(thread_ids)})
    return {row[0]: _line(row) for row in rows}


def _select_successors(viewer: Whoever) -> Any:
    return (
        findable_threads(viewer)
        .join(Ending, and_(Ending.successor_id == Thread.id, is_in_force()))
        .where(_AMONG)
        .with_only_columns(Ending.thread_id, Thread.id, Thread.title)
    )


def list_predecessors(thread_id: int) -> list[int]:
    """The threads whose place this one has taken, or is to take."""
    return list(session().scalars(select(Ending.thread_id).where(Ending.successor_id == thread_id, stands())))


def find_successor(viewer: Viewer, thread: Thread, successor_id: int | None) -> SuccessorLine | None:
    """A thread of the same community that the viewer sees, that stands, and that can take this one's place."""
    found = session().execute(_suitable(viewer, thread).where(Thread.id == successor_id)).first()
    return _line(found) if found else None


def list_successors(viewer: Viewer, thread: Thread, words: Sequence[str]) -> list[SuccessorLine]:
    """A few that could, in whose title or line below it all words stand, the latest first."""
    said = folded(Thread.title + " " + Thread.hook)
    query = (
        _suitable(viewer, thread)
        .where(*(said.contains(word, autoescape=True) for word in words))
        .order_by(Thread.told_at.desc(), Thread.id)
        .limit(MOST_FOUND)
    )
    return [_line(row) for row in session().execute(query)] if words else []


def _suitable(viewer: Viewer, thread: Thread) -> Select[*tuple[Any, ...]]:
    """A procedure takes a procedure's place, and nothing else does; what has ended itself takes nobody's."""
    ended = select(Ending.id).where(Ending.thread_id == Thread.id, is_in_force())
    is_alike = Thread.kind == "procedure" if thread.kind == "procedure" else Thread.kind != "procedure"
    return (
        findable_threads(viewer)
        .where(Thread.community_id == thread.community_id, Thread.id != thread.id, is_alike, ~ended.exists())
        .with_only_columns(Thread.id, Thread.title)
    )


def _line(row: Any) -> SuccessorLine:
    return SuccessorLine(row.id, row.title, slug_of(row.title))
