"""Reads of verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, select

from cop.accounts.models import Person
from cop.accounts.queries import PersonLine, is_here
from cop.accounts.viewer import Viewer
from cop.endorsements.intentions.models import Intention
from cop.endorsements.models import USED, VERDICTS, NotNow, Verdict
from cop.platform.database import ask, session

SINCE = ("depends", "no_longer")  # what somebody who had used it says by now
LEAST_VOICE = 0.1  # below it a verdict is kept and not counted in what is shown (domain.md B0, R1)


@dataclass(frozen=True, slots=True)
class OwnVerdict:
    """What the viewer said of a thread, and when they were asked last whether it still holds."""

    kind: str
    given_at: datetime
    reply_id: int | None
    answer: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OwnStand:
    """Where the viewer stands towards a thread; since when they are going to try it is known to nobody else."""

    verdict: OwnVerdict | None = None
    said_not_now: bool = False
    trying_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    """Who stands behind a thread: how many of each kind, counting those whose word carries weight.

    Whoever was asked again and said that it depends, or no longer, is counted as that; `still` changes nothing.
    """

    counts: dict[str, int]

    @property
    def used(self) -> int:
        return sum(self.counts[kind] for kind in (*USED, *SINCE))

    @property
    def anyone(self) -> bool:
        return any(self.counts.values())


def find_own_stand(thread_id: int, viewer: Viewer) -> OwnStand:
    """What this viewer has said of the thread, or whether it was “not now”, and is going to do; one statement."""
    row = ask(_OWN_STAND, {"thread_id": thread_id, "person_id": viewer.id}).one()
    *own, said_not_now, trying_since = tuple(row)
    return OwnStand(OwnVerdict(*own) if own[0] else None, not own[0] and said_not_now is not None, trying_since)


def find_verdict(thread_id: int, viewer: Viewer) -> OwnVerdict | None:
    """What this viewer has said of the thread."""
    return find_own_stand(thread_id, viewer).verdict


def _select_own_stand() -> Select[*tuple[Any, ...]]:
    asked = select(bindparam("thread_id", type_=Person.id.type).label("thread_id"),
                   bindparam("person_id", type_=Person.id.type).label("person_id")).subquery("asked")  # fmt: skip
    own = (Verdict.thread_id == asked.c.thread_id) & (Verdict.person_id == asked.c.person_id)
    not_now = (NotNow.thread_id == asked.c.thread_id) & (NotNow.person_id == asked.c.person_id)
    trying = (Intention.thread_id == asked.c.thread_id) & (Intention.person_id == asked.c.person_id)
    return (
        select(
            Verdict.kind, Verdict.given_at, Verdict.reply_id, Verdict.answer, Verdict.answered_at, NotNow.said_at,
            Intention.at,
        )
        .select_from(asked)
        .outerjoin(Verdict, own)
        .outerjoin(NotNow, not_now)
        .outerjoin(Intention, trying)
    )  # fmt: skip


_OWN_STAND = _select_own_stand()


def count_stand(thread_id: int) -> Stand:
    """How many stand where, one statement."""
    stands = case((Verdict.answer.in_(SINCE), Verdict.answer), else_=Verdict.kind)
    rows = session().execute(
        select(stands, func.count()).where(Verdict.thread_id == thread_id, weighs()).group_by(stands)
    )
    return Stand(dict.fromkeys((*VERDICTS, *SINCE), 0) | {row[0]: row[1] for row in rows})


def list_standing(thread_id: int, *, kinds: Iterable[str], limit: int = 10) -> list[PersonLine]:
    """The people who gave one of these verdicts, stand by it and whose word carries weight, latest first."""
    rows = session().execute(
        select(Person.id, Person.handle, Person.name, Person.practice, Person.practising_since, Person.setting)
        .join(Verdict, Verdict.person_id == Person.id)
        .where(Verdict.thread_id == thread_id, weighs(), Verdict.kind.in_(list(kinds)), is_here(), _is_upheld())
        .order_by(Verdict.given_at.desc(), Person.id)
        .limit(limit)
    )
    return [PersonLine(*row) for row in rows]


def list_faces(thread_id: int, *, limit_each: int = 10) -> dict[str, list[PersonLine]]:
    """By verdict, the latest people whose word carries weight, one statement."""
    place = (
        func.row_number()
        .over(partition_by=Verdict.kind, order_by=(Verdict.given_at.desc(), Verdict.person_id))
        .label("place")
    )
    ranked = select(Verdict.person_id, Verdict.kind, place).where(Verdict.thread_id == thread_id, weighs()).subquery()
    rows = session().execute(
        select(
            ranked.c.kind,
            Person.id,
            Person.handle,
            Person.name,
            Person.practice,
            Person.practising_since,
            Person.setting,
        )
        .join(ranked, ranked.c.person_id == Person.id)
        .where(ranked.c.place <= limit_each, is_here())
        .order_by(ranked.c.place)
    )
    faces: dict[str, list[PersonLine]] = {kind: [] for kind in VERDICTS}
    for row in rows:
        faces[row[0]].append(PersonLine(*row[1:]))
    return faces


def _is_upheld() -> ColumnElement[bool]:
    """Whether nobody who was asked again has said that it holds no longer."""
    return Verdict.answer.is_distinct_from("no_longer")


def weighs() -> ColumnElement[bool]:
    """Whether a verdict is counted in what is shown."""
    return and_(Verdict.voice >= LEAST_VOICE, Verdict.set_aside_at.is_(None))
