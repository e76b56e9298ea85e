"""Reads of conditions, and of who would do otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from cop.accounts.models import Person
from cop.accounts.queries import PersonLine
from cop.discussions.models import Reply
from cop.endorsements.check_ins.models import NO_LONGER, CheckIn
from cop.endorsements.conditions.models import Acceptance, Condition
from cop.endorsements.models import Verdict
from cop.endorsements.queries import weighs
from cop.platform.database import ask, session
from cop.platform.errors import NotVisible

LONGEST_SHOWN = 20  # conditions; no more than a few are ever proposed


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """A condition that somebody stands by; whoever proposed it and has left has no name."""

    id: int
    sort: str
    text: str
    by_name: str
    proposed_at: datetime
    accepted: Mapping[int, str]  # the role of each person who has accepted it


@dataclass(frozen=True, slots=True)
class DissentLine:
    """The strongest reason against a story, as it stands in the talk."""

    reply_id: int
    author: PersonLine | None
    verdict: str  # otherwise, failed or no_longer
    html: str
    said_at: datetime


def list_conditions(thread_id: int) -> list[ConditionLine]:
    """What is proposed on a thread, the oldest first; what nobody stands by any more is left out."""
    rows = session().execute(
        select(
            Condition.id, Condition.sort, Condition.text, Person.name, Condition.proposed_at, Acceptance.person_id,
            Acceptance.role,
        )
        .join(Acceptance, Acceptance.condition_id == Condition.id)
        .outerjoin(Person, and_(Person.id == Condition.by_id, Person.deactivated_at.is_(None)))
        .where(Condition.thread_id == thread_id)
        .order_by(Condition.proposed_at, Condition.id)
    ).all()  # fmt: skip
    accepted: dict[int, dict[int, str]] = {}
    for row in rows:
        accepted.setdefault(row.id, {})[row.person_id] = row.role
    first = {row.id: row for row in reversed(rows)}
    return [
        ConditionLine(
            id_, first[id_].sort, first[id_].text, first[id_].name or "", first[id_].proposed_at, by
        )
        for id_, by in accepted.items()
    ][:LONGEST_SHOWN]  # fmt: skip


def get_condition(thread_id: int, condition_id: int | None) -> Condition:
    """One that is proposed on the thread.

    Raises:
        NotVisible: there is no such condition on it.
    """
    found = session().get(Condition, condition_id) if condition_id is not None else None
    if found is None or found.thread_id != thread_id:
        raise NotVisible
    return found


def list_dissenters(thread_id: int) -> frozenset[int]:
    """Those whose current word weighs and speaks against it (domain.md B0, R7)."""
    query = select(Verdict.person_id).where(Verdict.thread_id == thread_id, dissents(), weighs())
    return frozenset(session().scalars(query))


def dissents() -> ColumnElement[bool]:
    """Whether a verdict speaks against the thread as it stands now."""
    given = and_(Verdict.kind.in_(("otherwise", "failed")), Verdict.answer.is_(None))
    return or_(given, Verdict.answer == NO_LONGER)


def find_strongest_dissent(thread_id: int) -> DissentLine | None:
    """The reason of whoever has the greatest voice among those against it, the latest of equals; never a sealed one."""
    row = ask(_select_strongest_dissent(), {"thread": thread_id}).first()
    if row is None:
        return None
    author = PersonLine(*row[:6]) if row[0] is not None else None
    return DissentLine(row.reply_id, author, row.answer or row.kind, row.html, row.said_at)


@cache
def _select_strongest_dissent() -> Any:
    came_with = and_(
        CheckIn.thread_id == Verdict.thread_id,
        CheckIn.person_id == Verdict.person_id,
        CheckIn.answered_at == Verdict.answered_at,
        Verdict.answer == NO_LONGER,
    )
    said_in = func.coalesce(CheckIn.reply_id, Verdict.reply_id)
    return (
        select(
            Person.id, Person.handle, Person.name, Person.practice, Person.practising_since, Person.setting,
            Reply.id.label("reply_id"), Reply.html, Reply.said_at, Verdict.kind, Verdict.answer,
        )
        .select_from(Verdict)
        .outerjoin(CheckIn, came_with)
        .join(Reply, Reply.id == said_in)
        .outerjoin(Person, and_(Person.id == Reply.author_id, Person.deactivated_at.is_(None)))
        .where(
            Verdict.thread_id == bindparam("thread", type_=Verdict.thread_id.type), dissents(), weighs(),
            Reply.withdrawn_at.is_(None), Reply.seal_id.is_(None),
        )
        .order_by(Verdict.voice.desc(), Reply.said_at.desc(), Reply.id)
        .limit(1)
    )  # fmt: skip
