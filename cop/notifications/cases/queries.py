"""What the mail about a live case has to say, found at the moment it leaves."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from cop.accounts.models import Person
from cop.accounts.queries import is_here
from cop.cases.models import CaseOutcome
from cop.communities.models import Membership
from cop.discussions.models import Thread
from cop.platform.database import session


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A live case of which nothing has been heard, and its teller."""

    to: str
    name: str
    thread_id: int
    title: str
    asked: int


def find_open_case(thread_id: int, person_id: int) -> OpenCase | None:
    """None when it was told or withdrawn by now, or when its teller has left the community or the site."""
    row = (
        session()
        .execute(
            select(Person.email, Person.name, Thread.id, Thread.title, CaseOutcome.asked)
            .join(Thread, Thread.teller_id == Person.id)
            .join(CaseOutcome, CaseOutcome.thread_id == Thread.id)
            .join(Membership, (Membership.person_id == Person.id) & (Membership.community_id == Thread.community_id))
            .where(
                Thread.id == thread_id,
                Person.id == person_id,
                is_here(),
                Thread.withdrawn_at.is_(None),
                CaseOutcome.told_at.is_(None),
            )
        )
        .first()
    )
    return OpenCase(*row) if row else None
