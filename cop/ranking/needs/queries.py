"""Reads of what is needed of a reader.

Seeing starts at `findable_threads`: what one may not see, and what was withdrawn, is needed of nobody.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from cop.accounts.models import Person
from cop.accounts.queries import is_here
from cop.accounts.viewer import Viewer
from cop.cases.models import Commitment, Fork
from cop.communities.models import NEWCOMER, Community, Topic
from cop.communities.queries import Whoever, named, written
from cop.discussions.keepers.models import Keeping
from cop.discussions.models import Reply, Thread, ThreadTopic, Unsealed
from cop.discussions.probes.models import ProbeWonder
from cop.discussions.queries import findable_threads, select_thread_ids
from cop.endorsements.check_ins.models import NO_LONGER
from cop.endorsements.models import Verdict
from cop.platform.clock import moment
from cop.platform.database import ask, session
from cop.platform.errors import NotVisible
from cop.platform.pagination import Page, read_cursor, write_cursor
from cop.platform.slugs import slug_of
from cop.ranking.filters import is_in_state
from cop.ranking.models import ActRow, ThreadOrder
from cop.ranking.needs.due import Rule
from cop.ranking.needs.models import Need, Snooze
from cop.ranking.needs.permissions import can_snooze

NEEDS_A_PAGE: Final = 25
MOST_SET_ASIDE: Final = 10
LONGEST_QUESTION: Final = 160  # characters of a probe that are shown
_ANYBODYS: Final = (Rule.QUESTION, Rule.CONTESTED)  # what whoever may help is asked, but for the teller
_USED: Final = ("held", "adapted")  # whose check-in it is, beside the teller's
_FARTHEST: Final = timedelta(days=7)  # nothing that shows already is due later


@dataclass(frozen=True, slots=True)
class NeedLine:
    """A need as a row of a list shows it."""

    id: int
    kind: str
    ref_id: int
    since: datetime
    due_at: datetime
    thread_id: int
    thread_kind: str
    title: str
    is_own: bool
    community: str
    asker: str  # of a probe; empty where they have left
    words: str  # of a probe
    wondered: int
    set_aside_until: datetime | None

    @property
    def slug(self) -> str:
        return slug_of(self.title)


def list_needs(
    viewer: Viewer,
    community_ids: Collection[int],
    *,
    now: datetime,
    after: str | None = None,
    before: str | None = None,
    limit: int = NEEDS_A_PAGE,
    topic_id: int | None = None,
    state: str = "",
    kind: str = "",
) -> Page[NeedLine]:
    """What is needed of somebody in these communities, the earliest due first; two statements at most.

    Args:
        topic_id, state, kind: only in threads that speak of it, stand so, or are of that kind.

    Raises:
        NotVisible: a cursor that is none of this list.
    """
    needed, asked = written(_select_waiting), _named(viewer, community_ids, now)
    if topic_id is not None:
        needed = needed.where(Need.thread_id.in_(select_thread_ids(topic_id)))
    if state:
        needed = needed.where(exists().where(ThreadOrder.thread_id == Need.thread_id, is_in_state(state, now)))
    if kind:
        needed = needed.where(Thread.kind == kind)
    upwards = bool(before and not after)
    at = _read(before if upwards else after)
    found = _lines(needed, asked, at, upwards=upwards, limit=limit + 1)
    shown = (found[-limit:] if upwards else found[:limit]) if found else []
    has_more = len(found) > limit
    above = has_more if upwards else bool(at and shown and _lines(needed, asked, _key(shown[0]), upwards=True, limit=1))
    below = bool(shown) if upwards else has_more
    return Page(
        tuple(shown),
        _write(shown[0]) if shown and above else None,
        _write(shown[-1]) if shown and below else None,
    )


def list_set_aside(viewer: Viewer, community_ids: Collection[int], *, now: datetime) -> list[NeedLine]:
    """What somebody has set aside there and what will wait for them again, the earliest due first."""
    asked = _named(viewer, community_ids, now)
    return _lines(written(_select_set_aside), asked, None, upwards=False, limit=MOST_SET_ASIDE)


def get_need(viewer: Viewer, need_id: int | None, *, now: datetime) -> Need:
    """A need of this viewer's, set aside or not.

    Raises:
        NotVisible: there is none, or it is none of theirs.
    """
    needed = written(_needed_of).with_only_columns(Need).where(Need.id == need_id)
    found: Need | None = session().scalar(needed, _named(viewer, viewer.places, now))
    if found is None:
        raise NotVisible
    return found


def find_snooze(need_id: int, person_id: int) -> Snooze | None:
    return session().get(Snooze, (need_id, person_id))


_OPEN_TO: Final = bindparam("open_to", type_=Community.id.type, expanding=True)
_NOW, _UNTIL = (bindparam(name, type_=Need.since.type) for name in ("now", "until"))


def _named(viewer: Viewer, community_ids: Collection[int], now: datetime) -> dict[str, Any]:
    """What the statements below need: needed of somebody is only what stands where they may write."""
    open_to = [one for one in community_ids if viewer.place_in(one) and can_snooze(viewer, one, now)]
    return {**named(viewer), "open_to": open_to, "now": now, "until": now + _FARTHEST}


def _needed_of(viewer: Viewer | Whoever) -> Select[Any]:
    """The needs, whose time has come, of threads that the viewer sees."""
    theirs = or_(Need.for_id == viewer.id, _is_their_check_in(viewer), _is_asked_of_panel(viewer), _may_help(viewer))
    return (
        findable_threads(viewer)
        .join(Need, Need.thread_id == Thread.id)
        .where(Need.community_id.in_(_OPEN_TO), Need.since <= _NOW, Need.due_at <= _UNTIL, theirs)
    )


def _select_waiting(viewer: Viewer | Whoever) -> Select[*tuple[Any, ...]]:
    return _select_lines(_needed_of(viewer).where(~_is_set_aside(viewer)), viewer)


def _select_set_aside(viewer: Viewer | Whoever) -> Select[*tuple[Any, ...]]:
    return _select_lines(_needed_of(viewer).where(_is_set_aside(viewer)), viewer)


def _select_lines(needed: Select[Any], viewer: Viewer | Whoever) -> Select[*tuple[Any, ...]]:
    return (
        needed.outerjoin(Reply, and_(Reply.id == Need.ref_id, Need.kind == Rule.PROBE))
        .outerjoin(Person, and_(Person.id == Reply.author_id, is_here()))
        .outerjoin(Snooze, and_(Snooze.need_id == Need.id, Snooze.person_id == viewer.id))
        .with_only_columns(
            Need.id, Need.kind, Need.ref_id, Need.since, Need.due_at, Thread.id, Thread.kind, Thread.title,
            Thread.teller_id, Community.name, Person.name, Reply.source, _count_wondered(), Snooze.until,
        )
        .order_by(Need.due_at, Need.id)
        .limit(bindparam("limit", type_=Integer))
    )  # fmt: skip


def _is_their_check_in(viewer: Viewer | Whoever) -> ColumnElement[bool]:
    """Asked are only those who told it, keep it, or have used it and did not say since that it holds no longer."""
    used = exists().where(
        Verdict.thread_id == Need.thread_id,
        Verdict.person_id == viewer.id,
        Verdict.kind.in_(_USED),
        func.coalesce(Verdict.answer, "") != NO_LONGER,
    )
    keeps = exists().where(
        Keeping.thread_id == Need.thread_id,
        Keeping.person_id == viewer.id,
        Keeping.accepted_at.is_not(None),
        Keeping.ended_at.is_(None),
    )
    return and_(Need.kind == Rule.CHECK_IN, or_(Thread.teller_id == viewer.id, used, keeps))


def _is_asked_of_panel(viewer: Viewer | Whoever) -> ColumnElement[bool]:
    """A question to the panel of a decision is one to each who chose there as a practitioner, but for whoever asks."""
    asked = aliased(Reply)
    chose = exists().where(
        asked.id == Need.ref_id,
        asked.author_id.is_distinct_from(viewer.id),
        Commitment.fork_id == asked.seal_id,
        Commitment.person_id == viewer.id,
        Commitment.role != NEWCOMER,
    )
    return and_(Need.kind == Rule.PROBE, Need.for_id.is_(None), chose)


def _may_help(viewer: Viewer | Whoever) -> ColumnElement[bool]:
    """What is addressed to nobody: not one's own, of what one acts in, and of a case only behind its decisions."""
    sealed = exists().where(
        Fork.thread_id == Thread.id,
        ~exists().where(Unsealed.seal_id == Fork.id, Unsealed.person_id == viewer.id),
    )
    return and_(
        Need.kind.in_(_ANYBODYS),
        Thread.teller_id.is_distinct_from(viewer.id),
        or_(Thread.kind != "case", ~sealed),
        _is_near(viewer),
    )


def _is_near(viewer: Viewer | Whoever) -> ColumnElement[bool]:
    """Whether it speaks of a topic in which the reader acts, or of none; all of a community where they act in none."""
    theirs = (
        select(ThreadTopic.topic_id)
        .join(ActRow, ActRow.thread_id == ThreadTopic.thread_id)
        .where(ActRow.person_id == viewer.id)
    )
    of_need = aliased(ThreadTopic)
    speaks = select(of_need.topic_id).where(of_need.thread_id == Thread.id).correlate(Thread)
    return or_(
        Need.community_id.not_in(select(Topic.community_id).where(Topic.id.in_(theirs))),
        ~speaks.exists(),
        speaks.where(of_need.topic_id.in_(theirs)).exists(),
    )


def _is_set_aside(viewer: Viewer | Whoever) -> ColumnElement[bool]:
    snooze = aliased(Snooze)
    return exists().where(snooze.need_id == Need.id, snooze.person_id == viewer.id, snooze.until > _NOW)


_Key = tuple[datetime, int]


def _lines(needed: Select[Any], asked: dict[str, Any], at: _Key | None, *, upwards: bool, limit: int) -> list[NeedLine]:
    if upwards:
        needed = needed.order_by(None).order_by(Need.due_at.desc(), Need.id.desc())
    if at is not None:
        key = tuple_(Need.due_at, Need.id)
        needed = needed.where(key < at if upwards else key > at)
    lines = [_line(row, asked["viewer_id"]) for row in ask(needed, {**asked, "limit": limit})]
    return lines[::-1] if upwards else lines


def _line(row: Any, viewer_id: int | None) -> NeedLine:
    is_own, asker, words = row[8] == viewer_id, row[10] or "", _shorten(row[11] or "")
    return NeedLine(*(*row[:8], is_own, row[9], asker, words, row[12] or 0, row[13]))


def _shorten(source: str) -> str:
    words = " ".join(source.split())
    return words if len(words) <= LONGEST_QUESTION else words[:LONGEST_QUESTION].rsplit(" ", 1)[0] + " …"


def _count_wondered() -> Any:
    return select(func.count()).where(ProbeWonder.probe_id == Need.ref_id).correlate(Need).scalar_subquery()


def _key(line: NeedLine) -> _Key:
    return line.due_at, line.id


def _write(line: NeedLine) -> str:
    return write_cursor(line.due_at.timestamp(), line.id)


def _read(cursor: str | None) -> _Key | None:
    if not cursor:
        return None
    due_at, need_id = read_cursor(cursor, float, int)
    try:
        return moment(float(due_at)), int(need_id)
    except (OverflowError, ValueError, OSError) as problem:
        raise NotVisible from problem
