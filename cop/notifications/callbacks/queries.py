"""Reads of callbacks. Seeing starts at `findable_threads`, and every kind has what must still stand to be told."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from cop.accounts.models import Person
from cop.accounts.queries import is_here
from cop.accounts.viewer import Viewer
from cop.cases.models import Commitment, Fork, SecondThought
from cop.communities.models import Community, Removal
from cop.communities.queries import Whoever, named, written
from cop.discussions.models import ProcedureGround, Reply, Thread
from cop.discussions.probes.models import WITHDRAWN, Probe, ProbeWonder
from cop.discussions.queries import findable_threads
from cop.discussions.seals.queries import is_open_to
from cop.endorsements.insights.models import Insight
from cop.endorsements.insights.queries import stands as insight_stands
from cop.notifications.callbacks.models import (
    CASE,
    HELPED,
    PROCEDURE,
    REPORT,
    SECOND_THOUGHT,
    WONDERED,
    YEAR,
    Callback,
)
from cop.platform.clock import moment
from cop.platform.database import ask, session
from cop.platform.errors import NotVisible
from cop.platform.pagination import Page, read_cursor, write_cursor
from cop.platform.slugs import slug_of

CALLBACKS_A_PAGE: Final = 25
SEVERAL: Final = 2  # who wonder too: from so many on the teller is told (domain.md A3)
A_YEAR: Final = timedelta(days=365)
LATE: Final = timedelta(days=30)  # for as long after its day a year is still told of
_OF_REPLY = (REPORT, WONDERED, HELPED)
_OF_THREAD = (CASE, PROCEDURE)


@dataclass(frozen=True, slots=True)
class CallbackLine:
    """What became of one's own, as a row of a list says it."""

    id: int
    kind: str
    ref_id: int  # of an insight the answer
    at: datetime
    seen_at: datetime | None
    thread_id: int
    thread_kind: str
    title: str
    community: str
    verdict: str  # of a report
    setting: str  # of a report
    who: str  # of a report, or whom an answer helped; empty where they have left
    other: str  # the title of the case or the procedure
    place: int  # of a second thought the decision

    @property
    def slug(self) -> str:
        return slug_of(self.title)

    @property
    def other_slug(self) -> str:
        return slug_of(self.other)


_other = aliased(Thread)


def list_callbacks(viewer: Viewer, *, after: str | None = None, limit: int = CALLBACKS_A_PAGE) -> Page[CallbackLine]:
    """What became of what somebody told, the latest first; one statement.

    Raises:
        NotVisible: a cursor that is none of this list.
    """
    query = written(_select_standing)
    if after:
        query = query.where(tuple_(Callback.at, Callback.id) < _read(after))
    lines = _list_lines(query, viewer, limit + 1)
    shown = lines[:limit]
    later = write_cursor(shown[-1].at.timestamp(), shown[-1].id) if len(lines) > limit else None
    return Page(tuple(shown), None, later)


def list_news(viewer: Viewer, *, since: datetime, leaving_out: Collection[str], limit: int) -> list[CallbackLine]:
    """What came after a moment and has not been seen, the latest first, without some kinds."""
    is_news = and_(Callback.seen_at.is_(None), Callback.at > since, Callback.kind.not_in(leaving_out))
    return _list_lines(written(_select_standing).where(is_news), viewer, limit)


def find_callback(person_id: int, kind: str, thread_id: int, ref_id: int) -> int | None:
    found: int | None = session().scalar(
        select(Callback.id).where(
            Callback.person_id == person_id,
            Callback.kind == kind,
            Callback.thread_id == thread_id,
            Callback.ref_id == ref_id,
        )
    )
    return found


def list_grounds_of(procedure_id: int) -> list[tuple[int, int]]:
    """The discussions on which a procedure rests, each with its teller."""
    rows = session().execute(
        select(Thread.id, Thread.teller_id)
        .join(ProcedureGround, ProcedureGround.thread_id == Thread.id)
        .where(ProcedureGround.procedure_id == procedure_id, Thread.teller_id.is_not(None))
    )
    return [(row.id, row.teller_id) for row in rows]


def list_year_old(now: datetime, *, limit: int) -> list[tuple[int, int]]:
    """The stories and cases that were told a year ago, or a few days more, and of which that was not said yet."""
    told = exists().where(Callback.thread_id == Thread.id, Callback.kind == YEAR)
    rows = session().execute(
        select(Thread.id, Thread.teller_id)
        .where(
            Thread.told_at <= now - A_YEAR,
            Thread.told_at > now - A_YEAR - LATE,
            Thread.kind.in_(("story", "case")),
            Thread.teller_id.is_not(None),
            Thread.withdrawn_at.is_(None),
            ~told,
        )
        .order_by(Thread.told_at, Thread.id)
        .limit(limit)
    )
    return [(row.id, row.teller_id) for row in rows]


def _select_standing(viewer: Viewer | Whoever) -> Any:
    """What can still be told: of threads that the viewer sees and tells, by things that still stand."""
    about = func.coalesce(Insight.reply_id, Callback.ref_id)
    return (
        findable_threads(viewer)
        .join(Callback, Callback.thread_id == Thread.id)
        .outerjoin(Insight, and_(Insight.id == Callback.ref_id, Callback.kind == HELPED))
        .outerjoin(Reply, and_(Reply.id == about, Callback.kind.in_(_OF_REPLY)))
        .outerjoin(Person, and_(Person.id == func.coalesce(Insight.person_id, Reply.author_id), is_here()))
        .outerjoin(_other, and_(_other.id == Callback.ref_id, Callback.kind.in_(_OF_THREAD)))
        .outerjoin(Commitment, and_(Commitment.id == Callback.ref_id, Callback.kind == SECOND_THOUGHT))
        .outerjoin(Fork, Fork.id == Commitment.fork_id)
        .where(Callback.person_id == viewer.id, _is_own(viewer), or_(*_stands(viewer)))
        .with_only_columns(
            Callback.id, Callback.kind, about, Callback.at, Callback.seen_at, Thread.id, Thread.kind,
            Thread.title, Community.name, Reply.verdict, Reply.setting, Person.name, _other.title, Fork.place,
        )
        .order_by(Callback.at.desc(), Callback.id.desc())
        .limit(bindparam("limit", type_=Integer))
    )  # fmt: skip


def _is_own(viewer: Viewer | Whoever) -> ColumnElement[bool]:
    """They tell the thread; that an answer helped is of whoever answered, in their own thread or another's."""
    return or_(Thread.teller_id == viewer.id, and_(Callback.kind == HELPED, Reply.author_id == viewer.id))


def _stands(viewer: Viewer | Whoever) -> Iterable[ColumnElement[bool]]:
    reply = and_(Reply.withdrawn_at.is_(None), is_open_to(viewer.id))
    put_out = exists().where(
        Removal.person_id == Reply.author_id, Removal.community_id == Thread.community_id, Removal.ended_at.is_(None)
    )
    wondered = select(func.count()).where(ProbeWonder.probe_id == Callback.ref_id).correlate(Callback)
    asked = exists().where(Probe.reply_id == Callback.ref_id, Probe.state != WITHDRAWN)
    rests = exists().where(ProcedureGround.procedure_id == _other.id, ProcedureGround.thread_id == Thread.id)
    there = and_(_other.withdrawn_at.is_(None), _other.community_id == Thread.community_id)
    return (
        Callback.kind == YEAR,
        and_(Callback.kind == REPORT, Reply.id.is_not(None), reply, ~put_out),
        and_(Callback.kind == HELPED, Person.id.is_not(None), reply, insight_stands(Thread.community_id)),
        and_(Callback.kind == WONDERED, Reply.id.is_not(None), reply, asked, wondered.scalar_subquery() >= SEVERAL),
        and_(Callback.kind == SECOND_THOUGHT, exists().where(SecondThought.commitment_id == Callback.ref_id)),
        and_(Callback.kind == CASE, _other.id.is_not(None), there),
        and_(Callback.kind == PROCEDURE, _other.id.is_not(None), there, rests),
    )


def _list_lines(query: Select[Any], viewer: Viewer, limit: int) -> list[CallbackLine]:
    return [_line(row) for row in ask(query, {**named(viewer), "limit": limit})]


def _line(row: Any) -> CallbackLine:
    words = (text or "" for text in row[9:13])
    return CallbackLine(*(*row[:9], *words, row[13] or 0))


def _read(cursor: str) -> tuple[datetime, int]:
    at, callback_id = read_cursor(cursor, float, int)
    try:
        return moment(float(at)), int(callback_id)
    except (OverflowError, ValueError, OSError) as problem:
        raise NotVisible from problem
