"""What a measure of standing reads and finds there. Only the worker imports this: it loads scipy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from json import loads
from typing import Any, Final

from sqlalchemy import Select, case, func, literal, or_, select, union_all

from cop.accounts.models import Person as Account
from cop.communities.models import Membership, Vouch
from cop.discussions.models import Reply, Thread
from cop.endorsements.insights.models import Insight
from cop.endorsements.models import Verdict
from cop.platform.clock import seconds
from cop.platform.database import session
from cop.platform.outbox import OutboxRow
from cop.ranking.models import ActRow, ThreadOrder
from cop.ranking.standing import Person
from cop.ranking.standings.models import Measure, Standing
from cop.ranking.standings.reactions import MEASURE
from cop.ranking.trust import WORTH, TrustKind

_AT_ONCE: Final = 5_000  # rows read from the database at a time


@dataclass(frozen=True, slots=True)
class Stood:
    """What was measured last of somebody; the ways as they are stored."""

    share: float
    band: str
    ways: str


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody is in a community now."""

    role: str
    voice: float
    practitioner_since: datetime | None


def list_people(community_id: int) -> list[Person]:
    """Everybody in the community, whoever is suspended or has left counting as banned."""
    acted = (
        select(ActRow.person_id, func.max(ActRow.at).label("at"))
        .join(ThreadOrder, ThreadOrder.thread_id == ActRow.thread_id)
        .where(ThreadOrder.community_id == community_id)
        .group_by(ActRow.person_id)
        .subquery()
    )
    is_out = or_(Account.suspended_at.is_not(None), Account.deactivated_at.is_not(None))
    query = (
        select(Membership.person_id, Membership.role, acted.c.at, is_out.label("is_out"))
        .join(Account, Account.id == Membership.person_id)
        .outerjoin(acted, acted.c.person_id == Membership.person_id)
        .where(Membership.community_id == community_id)
        .order_by(Membership.person_id)
    )
    return [Person(row.person_id, row.role, row.at, bool(row.is_out)) for row in session().execute(query)]


def stream_endorsings(community_id: int) -> Iterator[tuple[int, int, float, int]]:
    """Every verdict that speaks for a story of the community, every answer that helped and every standing vouch:
    (by, to, worth, at)."""
    query = union_all(_select_verdicts(community_id), _select_insights(community_id), _select_vouches(community_id))
    rows = session().execute(query.execution_options(yield_per=_AT_ONCE))
    return ((row.by_id, row.to_id, row.worth, seconds(row.at)) for row in rows)


def _select_verdicts(community_id: int) -> Select[*tuple[Any, ...]]:
    given = case({kind.value: value for kind, value in WORTH.items()}, value=Verdict.kind, else_=0.0)
    renewed = or_(Verdict.answer.is_(None), Verdict.answer == TrustKind.STILL.value)  # it keeps the worth (R3)
    worth = case((renewed, given), else_=0.0)
    return (
        select(
            Verdict.person_id.label("by_id"), Thread.teller_id.label("to_id"), worth.label("worth"),
            func.coalesce(Verdict.answered_at, Verdict.given_at).label("at"),
        )
        .join(Thread, Thread.id == Verdict.thread_id)
        .where(
            Thread.community_id == community_id,
            Thread.teller_id.is_not(None),
            Thread.withdrawn_at.is_(None),
            Verdict.set_aside_at.is_(None),
            Verdict.kind.in_([kind.value for kind in WORTH]),
        )
    )  # fmt: skip


def _select_insights(community_id: int) -> Select[*tuple[Any, ...]]:
    """Whoever is put out is no member, and so no row of the matrix."""
    return (
        select(Insight.person_id, Reply.author_id, literal(WORTH[TrustKind.HELPED]), Insight.given_at)
        .join(Reply, Reply.id == Insight.reply_id)
        .join(Thread, Thread.id == Reply.thread_id)
        .where(
            Thread.community_id == community_id,
            Thread.withdrawn_at.is_(None),
            Reply.author_id.is_not(None),
            Reply.withdrawn_at.is_(None),
            Insight.withdrawn_at.is_(None),
        )
    )


def _select_vouches(community_id: int) -> Select[*tuple[Any, ...]]:
    return select(Vouch.by_id, Vouch.for_id, literal(WORTH[TrustKind.VOUCH]), Vouch.at).where(
        Vouch.community_id == community_id, Vouch.withdrawn_at.is_(None)
    )


def find_measure(community_id: int) -> Measure | None:
    return session().get(Measure, community_id)


def list_standings(community_id: int) -> dict[int, Stood]:
    """What was measured last, by person; empty before."""
    query = select(Standing.person_id, Standing.share, Standing.band, Standing.ways)
    rows = session().execute(query.where(Standing.community_id == community_id))
    return {row.person_id: Stood(row.share, row.band, row.ways) for row in rows}


def list_held(community_id: int) -> dict[int, Held]:
    """What everybody in the community is at this moment."""
    query = select(Membership.person_id, Membership.role, Membership.voice, Membership.practitioner_since)
    rows = session().execute(query.where(Membership.community_id == community_id))
    return {row.person_id: Held(row.role, row.voice, row.practitioner_since) for row in rows}


def has_moved_since(community_id: int, at: datetime) -> bool:
    """Whether anything that standing rests on has happened in a community after a moment, or another measure is asked
    for. A withdrawn verdict, vouch or thread is an act or has its time; an act of a case moves none of its keys."""
    if _is_asked_for(community_id):
        return True
    of_threads = Thread.community_id == community_id
    of_vouches, of_members = Vouch.community_id == community_id, Membership.community_id == community_id
    questions = (
        select(ThreadOrder.thread_id).where(
            ThreadOrder.community_id == community_id, ThreadOrder.latest_at > seconds(at)
        ),
        select(ActRow.id)
        .join(Thread, Thread.id == ActRow.thread_id)
        .where(of_threads, Thread.kind == "case", ActRow.at > seconds(at)),
        select(Thread.id).where(of_threads, Thread.withdrawn_at > at),
        select(Verdict.thread_id)
        .join(Thread, Thread.id == Verdict.thread_id)
        .where(of_threads, or_(Verdict.given_at > at, Verdict.set_aside_at > at)),
        select(Insight.id)
        .join(Reply, Reply.id == Insight.reply_id)
        .join(Thread, Thread.id == Reply.thread_id)
        .where(of_threads, Insight.moved_at > at),
        select(Vouch.id).where(of_vouches, or_(Vouch.at > at, Vouch.withdrawn_at > at)),
        select(Membership.person_id)
        .join(Account, Account.id == Membership.person_id)
        .where(
            of_members,
            or_(
                Membership.joined_at > at,
                Membership.practitioner_since > at,
                Account.suspended_at > at,
                Account.deactivated_at > at,
            ),
        ),
    )
    return any(session().scalar(question.limit(1)) is not None for question in questions)


def _is_asked_for(community_id: int) -> bool:
    waiting = session().scalars(select(OutboxRow.payload).where(OutboxRow.job == MEASURE))
    return any(loads(payload)["community_id"] == community_id for payload in waiting)
