"""Reads of standing for pages: in words, with the ways of trust, and never as a number."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import literal, or_, select, union

from cop.accounts.queries import PersonLine, list_lines
from cop.communities.models import MODERATOR, Community, Membership, Vouch
from cop.discussions.models import Reply, Thread
from cop.endorsements.insights.models import Insight
from cop.endorsements.models import Verdict
from cop.platform.database import session
from cop.ranking.acts import ActKind
from cop.ranking.standings.models import Measure, Standing

_USED: Final = {ActKind.HELD.value, ActKind.ADAPTED.value}
_VOUCHED, _HELPED = "vouched", "helped"


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody on a way of trust, and why they trust whoever comes next on it.

    Args:
        has_vouched: they have vouched for them.
        has_used: they have said that a story of theirs held, with or without changes.
        has_seen: they have said that they had seen what a story of theirs tells of.
        was_helped: they have said that an answer of theirs helped them see it.
    """

    person: PersonLine
    has_vouched: bool
    has_used: bool
    has_seen: bool
    was_helped: bool


@dataclass(frozen=True, slots=True)
class Way:
    """How trust reached somebody: from a moderator to whoever passed it on last."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """Why somebody stands where they do.

    Args:
        is_simple: the community is too small for measuring: whoever was vouched for has a full voice.
        band: "moderator", "practitioner", "known here" or "newcomer"; "" before anything was measured.
        measured_at: None before anything was measured.
    """

    is_simple: bool
    band: str
    ways: tuple[Way, ...]
    measured_at: datetime | None


def list_communities_after(community_id: int, *, limit: int) -> list[int]:
    """The next communities by id, for the nightly measure."""
    query = select(Community.id).where(Community.id > community_id).order_by(Community.id).limit(limit)
    return list(session().scalars(query))


def list_communities_of(person_id: int) -> list[int]:
    """Where somebody is a member."""
    return list(session().scalars(select(Membership.community_id).where(Membership.person_id == person_id)))


def band_of(community_id: int, person_id: int) -> str:
    """The word for somebody's standing as it was measured last; "" before."""
    where = (Standing.community_id == community_id, Standing.person_id == person_id)
    return session().scalar(select(Standing.band).where(*where)) or ""


def why_of(community_id: int, person_id: int) -> Why:
    """Why somebody stands where they do, in a fixed number of statements. The caller has found that it may be seen."""
    row = session().execute(
        select(Measure.is_simple, Measure.measured_at, Standing.band, Standing.ways)
        .outerjoin(Standing, (Standing.community_id == Measure.community_id) & (Standing.person_id == person_id))
        .where(Measure.community_id == community_id)
    ).one_or_none()  # fmt: skip
    if row is None or row.band is None:
        return Why(row is None or row.is_simple, "", (), row.measured_at if row else None)
    return Why(row.is_simple, row.band, _name(community_id, person_id, json.loads(row.ways)), row.measured_at)


def _name(community_id: int, person_id: int, ways: Sequence[Sequence[int]]) -> tuple[Way, ...]:
    """The ways with names. One on which somebody has gone since, which no moderator begins any more, or on which a
    step has been taken back, is left out until the next measure."""
    people = {person for way in ways for person in way}
    lines, roles = list_lines(people), _roles_of(community_id, people)
    grounds = _list_grounds(community_id, people, people | {person_id})
    return tuple(
        Way(tuple(_step(lines[by], grounds[by, to]) for by, to in _links(way, person_id)))
        for way in ways
        if all(person in lines and person in roles for person in way)
        and roles[way[0]] == MODERATOR
        and all(link in grounds for link in _links(way, person_id))
    )


def _links(way: Sequence[int], person_id: int) -> list[tuple[int, int]]:
    """Who passed it on to whom."""
    return list(zip(way, (*way[1:], person_id), strict=True))


def _step(person: PersonLine, grounds: Collection[str]) -> Step:
    has_used = any(kind in grounds for kind in _USED)
    return Step(person, _VOUCHED in grounds, has_used, ActKind.SEEN in grounds, _HELPED in grounds)


def _roles_of(community_id: int, people: Collection[int]) -> dict[int, str]:
    query = select(Membership.person_id, Membership.role)
    rows = session().execute(query.where(Membership.community_id == community_id, Membership.person_id.in_(people)))
    return {row.person_id: row.role for row in rows}


def _list_grounds(community_id: int, givers: set[int], receivers: set[int]) -> dict[tuple[int, int], set[str]]:
    """For what these people trust each other, as far as it stands, in one statement: every pair has a ground."""
    vouched = select(Vouch.by_id.label("by_id"), Vouch.for_id.label("to_id"), literal(_VOUCHED).label("kind")).where(
        Vouch.community_id == community_id,
        Vouch.by_id.in_(givers),
        Vouch.for_id.in_(receivers),
        Vouch.withdrawn_at.is_(None),
    )
    told = _select_verdicts(community_id, givers, receivers)
    answered = _select_insights(community_id, givers, receivers)
    found: dict[tuple[int, int], set[str]] = {}
    for row in session().execute(union(vouched, told, answered)):
        found.setdefault((row.by_id, row.to_id), set()).add(row.kind)
    return found


def _select_verdicts(community_id: int, givers: set[int], receivers: set[int]) -> Any:
    return (
        select(Verdict.person_id, Thread.teller_id, Verdict.kind)
        .join(Thread, Thread.id == Verdict.thread_id)
        .where(
            Thread.community_id == community_id,
            Thread.teller_id.in_(receivers),
            Thread.withdrawn_at.is_(None),
            Verdict.person_id.in_(givers),
            Verdict.kind.in_(_USED | {ActKind.SEEN.value}),
            or_(Verdict.answer.is_(None), Verdict.answer == ActKind.STILL.value),
            Verdict.set_aside_at.is_(None),
        )
    )


def _select_insights(community_id: int, givers: set[int], receivers: set[int]) -> Any:
    return (
        select(Insight.person_id, Reply.author_id, literal(_HELPED))
        .join(Reply, Reply.id == Insight.reply_id)
        .join(Thread, Thread.id == Reply.thread_id)
        .where(
            Thread.community_id == community_id,
            Thread.withdrawn_at.is_(None),
            Reply.author_id.in_(receivers),
            Reply.withdrawn_at.is_(None),
            Insight.person_id.in_(givers),
            Insight.withdrawn_at.is_(None),
        )
    )
