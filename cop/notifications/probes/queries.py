"""What a letter about probes has to say, found at the moment it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from cop.accounts.models import Person
from cop.accounts.queries import is_here
from cop.cases.models import Commitment
from cop.communities.models import NEWCOMER, Membership
from cop.discussions.models import Reply, Thread
from cop.discussions.probes.models import ANSWERED, OPEN, Probe, ProbeRemoval, ProbeWonder
from cop.discussions.probes.permissions import SITTING_BACK
from cop.discussions.seals.queries import is_open_to
from cop.platform.database import session

MOST_OF_PANEL = 12  # who are told by mail; the others meet it among what waits for them
_EVER_SINCE = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A question that stands open before a teller."""

    reply_id: int
    title: str
    asker: str
    source: str
    wondered: int
    is_news: bool
    is_panels: bool  # asked of everybody who chose at a decision


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    """An answer, for whoever asked."""

    to: str
    name: str
    teller: str
    title: str
    answer_id: int


def list_open_before(teller_id: int, *, since: datetime | None, now: datetime) -> list[AskedLine]:
    """What somebody is asked where they still are and have sat back long enough: news first, the most wondered first.

    Args:
        since: when they were told last; what was asked or wondered by several since then is news.
    """
    since = since or now - _EVER_SINCE
    count = select(func.count()).where(ProbeWonder.probe_id == Probe.reply_id).correlate(Probe).scalar_subquery()
    latest = select(func.max(ProbeWonder.at)).where(ProbeWonder.probe_id == Probe.reply_id).correlate(Probe)
    asker = aliased(Person)
    rows = session().execute(
        select(
            Probe.reply_id, Thread.title, func.coalesce(asker.name, ""), Reply.source, count.label("wondered"),
            or_(Reply.said_at > since, and_(count >= 2, latest.scalar_subquery() > since)), Thread.kind == "case",
        )
        .join(Reply, Reply.id == Probe.reply_id)
        .join(Thread, Thread.id == Probe.thread_id)
        .join(Membership, and_(Membership.community_id == Thread.community_id, Membership.person_id == teller_id))
        .outerjoin(asker, and_(asker.id == Reply.author_id, asker.deactivated_at.is_(None)))
        .where(
            Thread.withdrawn_at.is_(None), Probe.state == OPEN, Reply.withdrawn_at.is_(None),
            or_(_is_tellers(teller_id, now), _is_panels(teller_id)),
        )
        .order_by(count.desc(), Reply.said_at, Reply.id)
        .limit(50)
    )  # fmt: skip
    return sorted((AskedLine(*row) for row in rows), key=lambda line: not line.is_news)


def find_answered(reply_id: int, answer_id: int) -> AnsweredLine | None:
    """An answer that stands, to somebody who is still in the community; None where there is nothing to tell."""
    answer, asker, teller = aliased(Reply), aliased(Person), aliased(Person)
    row = session().execute(
        select(asker.email, asker.name, teller.name, Thread.title, answer.id)
        .select_from(Probe)
        .join(Reply, Reply.id == Probe.reply_id)
        .join(answer, answer.answers_id == Probe.reply_id)
        .join(Thread, Thread.id == Probe.thread_id)
        .join(asker, asker.id == Reply.author_id)
        .join(teller, teller.id == answer.author_id)
        .join(Membership, and_(Membership.community_id == Thread.community_id, Membership.person_id == asker.id))
        .where(
            Probe.reply_id == reply_id, Probe.state == ANSWERED, answer.id == answer_id,
            answer.withdrawn_at.is_(None), is_open_to(asker.id, answer), Thread.withdrawn_at.is_(None),
            asker.deactivated_at.is_(None), asker.suspended_at.is_(None), teller.deactivated_at.is_(None),
        )
    ).first()  # fmt: skip
    return AnsweredLine(*row) if row else None


@dataclass(frozen=True, slots=True)
class RemovedLine:
    """A question that a moderator took away, for whoever had asked it."""

    to: str
    name: str
    title: str
    source: str
    reason: str


def find_removed(reply_id: int) -> RemovedLine | None:
    """None where it was given back by now, or whoever asked it has left the community."""
    row = session().execute(
        select(Person.email, Person.name, Thread.title, Reply.source, ProbeRemoval.reason)
        .join(Reply, Reply.id == ProbeRemoval.reply_id)
        .join(Thread, Thread.id == Reply.thread_id)
        .join(Person, Person.id == Reply.author_id)
        .join(Membership, and_(Membership.community_id == Thread.community_id, Membership.person_id == Person.id))
        .where(ProbeRemoval.reply_id == reply_id, is_here(), Person.suspended_at.is_(None))
    ).first()  # fmt: skip
    return RemovedLine(*row) if row else None


def list_asked_panel(reply_id: int) -> list[int]:
    """Whom a letter tells of a question to a panel: those who chose there first, and are still members."""
    rows = session().scalars(
        select(Commitment.person_id)
        .join(Reply, Reply.seal_id == Commitment.fork_id)
        .join(Thread, Thread.id == Reply.thread_id)
        .join(
            Membership,
            and_(Membership.community_id == Thread.community_id, Membership.person_id == Commitment.person_id),
        )
        .where(
            Reply.id == reply_id, Commitment.role != NEWCOMER, Commitment.person_id.is_distinct_from(Reply.author_id)
        )
        .order_by(Commitment.at, Commitment.id)
        .limit(MOST_OF_PANEL)
    )
    return [person_id for person_id in rows if person_id is not None]


def _is_tellers(person_id: int, now: datetime) -> ColumnElement[bool]:
    """Asked of them as the teller; what is sealed never is."""
    has_sat_back = or_(Thread.kind == "question", Thread.told_at <= now - SITTING_BACK)
    return and_(Thread.teller_id == person_id, Reply.seal_id.is_(None), has_sat_back)


def _is_panels(person_id: int) -> ColumnElement[bool]:
    """Asked of them as one of those who chose where it points, which they have passed by that."""
    chose = exists().where(
        Commitment.fork_id == Reply.seal_id, Commitment.person_id == person_id, Commitment.role != NEWCOMER
    )
    return and_(Thread.kind == "case", Reply.author_id.is_distinct_from(person_id), chose)


def find_teller(person_id: int) -> tuple[str, str] | None:
    """The address and the name of a teller who is still here and not kept out."""
    asked = select(Person.email, Person.name).where(Person.id == person_id, is_here(), Person.suspended_at.is_(None))
    row = session().execute(asked).first()
    return (row[0], row[1]) if row else None
