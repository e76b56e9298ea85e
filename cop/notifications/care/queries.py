"""Who is to be asked, and what each letter has to say, found at the moment it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, union

from cop.accounts.models import Person
from cop.accounts.queries import is_able
from cop.communities.models import Membership
from cop.discussions.keepers.models import Keeping
from cop.discussions.models import Thread
from cop.endorsements.check_ins.models import NO_LONGER, CheckIn
from cop.endorsements.intentions.models import Intention
from cop.endorsements.models import Verdict
from cop.platform.clock import moment
from cop.platform.database import session
from cop.ranking.filters import is_due
from cop.ranking.models import ThreadOrder

ASKED_A_NIGHT = 500  # letters in one run; what is left waits for the next
ASKED_OF_ONE = 3  # in one run, of what has been due longest


@dataclass(frozen=True, slots=True)
class ToAsk:
    """Somebody who can tell whether a thread still holds, and has not been asked in this check-in."""

    thread_id: int
    community_id: int
    person_id: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class AboutThread:
    """Whom a letter goes to, and of which thread it speaks."""

    to: str
    name: str
    thread_id: int
    title: str
    is_tellers: bool = False


def list_to_ask(now: datetime) -> list[ToAsk]:
    """Whom to ask tonight: a few threads of each person, those first that have been due longest."""
    asked = select(CheckIn.thread_id).where(
        CheckIn.thread_id == ThreadOrder.thread_id,
        CheckIn.person_id == Membership.person_id,
        CheckIn.due_at == ThreadOrder.check_due,
    )
    who = _who_can_tell().subquery()
    place = func.row_number().over(
        partition_by=Membership.person_id, order_by=(ThreadOrder.check_due, ThreadOrder.thread_id)
    )
    found = (
        select(
            ThreadOrder.thread_id, ThreadOrder.community_id, Membership.person_id, ThreadOrder.check_due,
            place.label("place"),
        )
        .join(who, who.c.thread_id == ThreadOrder.thread_id)
        .join(
            Membership,
            and_(Membership.person_id == who.c.person_id, Membership.community_id == ThreadOrder.community_id),
        )
        .join(Person, Person.id == Membership.person_id)
        .where(
            is_due(now), ThreadOrder.ended_as.is_(None), ThreadOrder.is_withdrawn.is_(False), is_able(),
            or_(Membership.silenced_until.is_(None), Membership.silenced_until <= now), ~asked.exists(),
        )
        .subquery()
    )  # fmt: skip
    rows = session().execute(
        select(found.c.thread_id, found.c.community_id, found.c.person_id, found.c.check_due)
        .where(found.c.place <= ASKED_OF_ONE)
        .order_by(found.c.check_due, found.c.thread_id, found.c.person_id)
        .limit(ASKED_A_NIGHT)
    )
    return [ToAsk(row[0], row[1], row[2], moment(row[3])) for row in rows]


def find_to_check(thread_id: int, person_id: int, now: datetime) -> AboutThread | None:
    """Somebody who was asked and has not answered; None once it is not due any more."""
    answered = select(CheckIn.thread_id).where(
        CheckIn.thread_id == Thread.id,
        CheckIn.person_id == person_id,
        CheckIn.due_at == ThreadOrder.check_due,
        CheckIn.answer.is_not(None),
    )
    query = (
        _about(person_id)
        .add_columns(Thread.teller_id)
        .join(ThreadOrder, ThreadOrder.thread_id == Thread.id)
        .where(Thread.id == thread_id, is_due(now), ThreadOrder.ended_as.is_(None), ~answered.exists())
    )
    row = session().execute(query).first()
    return AboutThread(row[0], row[1], row[2], row[3], row.teller_id == person_id) if row else None


def find_trying(thread_id: int, person_id: int) -> AboutThread | None:
    """Somebody who is still going to try it."""
    query = _about(person_id).join(Intention, and_(Intention.thread_id == Thread.id, Intention.person_id == Person.id))
    row = session().execute(query.where(Thread.id == thread_id)).first()
    return AboutThread(*row) if row else None


def find_asked_keeper(thread_id: int, person_id: int) -> AboutThread | None:
    """Somebody who was asked to keep it and has not said yet."""
    query = _about(person_id).join(Keeping, and_(Keeping.thread_id == Thread.id, Keeping.person_id == Person.id))
    open_ = query.where(Thread.id == thread_id, Keeping.accepted_at.is_(None), Keeping.ended_at.is_(None))
    row = session().execute(open_).first()
    return AboutThread(*row) if row else None


def _who_can_tell() -> Any:
    """Whoever told it, keeps it, or has said that they used it and not since that it holds no longer."""
    told = select(Thread.id.label("thread_id"), Thread.teller_id.label("person_id")).where(
        Thread.teller_id.is_not(None)
    )
    kept = select(Keeping.thread_id, Keeping.person_id).where(
        Keeping.accepted_at.is_not(None), Keeping.ended_at.is_(None)
    )
    used = select(Verdict.thread_id, Verdict.person_id).where(
        Verdict.kind.in_(("held", "adapted")),
        Verdict.set_aside_at.is_(None),
        or_(Verdict.answer.is_(None), Verdict.answer != NO_LONGER),
    )
    return union(told, kept, used)


def _about(person_id: int) -> Select[*tuple[Any, ...]]:
    """A person of the community of a thread that stands, with their address."""
    return (
        select(Person.email, Person.name, Thread.id, Thread.title)
        .join(Membership, Membership.person_id == Person.id)
        .join(Thread, Thread.community_id == Membership.community_id)
        .where(Person.id == person_id, is_able(), Thread.withdrawn_at.is_(None))
    )
