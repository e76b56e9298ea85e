"""Reads of standing for pages: in words, with the ways of trust, and never as a number."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from cop.accounts.queries import PersonLine, list_lines
from cop.communities.models import MODERATOR, Community, Membership, Vouch
from cop.discussions.models import Thread
from cop.endorsements.models import Verdict
from cop.platform.database import session
from cop.ranking.acts import ActKind
from cop.ranking.standings.models import Measure, Standing

_USED: Final = {ActKind.HELD.value, ActKind.ADAPTED.value}


@dataclass(frozen=True, slots=True)
class Way:
    """How trust reached somebody.

    Args:
        people: by name, from a moderator to whoever passed it on last.
        has_vouched: the last of them has vouched for the person.
        has_used: the last of them has said that a story of theirs held, with or without changes.
    """

    people: tuple[PersonLine, ...]
    has_vouched: bool
    has_used: bool


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
    """The ways with names. One on which somebody has gone since, which no moderator begins any more, or whose last
    step has been taken back, is left out until the next measure."""
    steps = {step for way in ways for step in way}
    lines, roles = list_lines(steps), _roles_of(community_id, steps)
    last = {way[-1] for way in ways}
    vouched, said = _who_vouched(community_id, person_id, last), _what_was_said(community_id, person_id, last)
    return tuple(
        Way(tuple(lines[step] for step in way), way[-1] in vouched, bool(said[way[-1]] & _USED))
        for way in ways
        if all(step in lines and step in roles for step in way)
        and roles[way[0]] == MODERATOR
        and (way[-1] in vouched or said[way[-1]])
    )


def _roles_of(community_id: int, people: Collection[int]) -> dict[int, str]:
    query = select(Membership.person_id, Membership.role)
    rows = session().execute(query.where(Membership.community_id == community_id, Membership.person_id.in_(people)))
    return {row.person_id: row.role for row in rows}


def _who_vouched(community_id: int, person_id: int, among: Collection[int]) -> set[int]:
    query = select(Vouch.by_id).where(
        Vouch.community_id == community_id,
        Vouch.for_id == person_id,
        Vouch.by_id.in_(among),
        Vouch.withdrawn_at.is_(None),
    )
    return set(session().scalars(query))


def _what_was_said(community_id: int, person_id: int, among: Collection[int]) -> dict[int, set[str]]:
    """Which verdicts these people have given for what the person told, as far as it stands."""
    query = (
        select(Verdict.person_id, Verdict.kind)
        .join(Thread, Thread.id == Verdict.thread_id)
        .where(
            Thread.community_id == community_id,
            Thread.teller_id == person_id,
            Thread.withdrawn_at.is_(None),
            Verdict.person_id.in_(among),
            Verdict.kind.in_(_USED | {ActKind.SEEN.value}),
            Verdict.set_aside_at.is_(None),
        )
        .distinct()
    )
    said: dict[int, set[str]] = {person: set() for person in among}
    for row in session().execute(query):
        said[row.person_id].add(row.kind)
    return said
