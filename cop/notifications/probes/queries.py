"""What a letter about probes has to say, found at the moment it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from cop.accounts.models import Person
from cop.accounts.queries import is_here
from cop.communities.models import Membership
from cop.discussions.models import Reply, Thread
from cop.discussions.probes.models import ANSWERED, OPEN, Probe, ProbeWonder
from cop.discussions.probes.permissions import SITTING_BACK
from cop.platform.database import session

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


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    """An answer, for whoever asked."""

    to: str
    name: str
    teller: str
    title: str
    answer_id: int


def list_open_before(teller_id: int, *, since: datetime | None, now: datetime) -> list[AskedLine]:
    """What a teller is asked where they still are and have sat back long enough: news first, the most wondered first.

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
            or_(Reply.said_at > since, and_(count >= 2, latest.scalar_subquery() > since)),
        )
        .join(Reply, Reply.id == Probe.reply_id)
        .join(Thread, Thread.id == Probe.thread_id)
        .join(Membership, and_(Membership.community_id == Thread.community_id, Membership.person_id == teller_id))
        .outerjoin(asker, and_(asker.id == Reply.author_id, asker.deactivated_at.is_(None)))
        .where(
            Thread.teller_id == teller_id, Thread.withdrawn_at.is_(None), Probe.state == OPEN,
            Reply.withdrawn_at.is_(None), Reply.seal_id.is_(None),
            or_(Thread.kind == "question", Thread.told_at <= now - SITTING_BACK),
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
            answer.withdrawn_at.is_(None), answer.seal_id.is_(None), Thread.withdrawn_at.is_(None),
            asker.deactivated_at.is_(None), asker.suspended_at.is_(None), teller.deactivated_at.is_(None),
        )
    ).first()  # fmt: skip
    return AnsweredLine(*row) if row else None


def find_teller(person_id: int) -> tuple[str, str] | None:
    """The address and the name of a teller who is still here and not kept out."""
    asked = select(Person.email, Person.name).where(Person.id == person_id, is_here(), Person.suspended_at.is_(None))
    row = session().execute(asked).first()
    return (row[0], row[1]) if row else None
