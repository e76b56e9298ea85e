"""Reads of who keeps what."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from cop.accounts.models import Person
from cop.accounts.queries import PersonLine, is_here
from cop.communities.models import MODERATOR, PRACTITIONER, Membership
from cop.discussions.keepers.models import Keeping
from cop.discussions.models import Thread
from cop.platform.database import session


@dataclass(frozen=True, slots=True)
class KeeperLine:
    """Whoever keeps a thread, or was asked to."""

    person: PersonLine
    has_accepted: bool


def find_keeper(thread: Thread) -> KeeperLine | None:
    """Whoever keeps it or was asked to, as long as they are in the community and practise there."""
    row = session().execute(
        select(
            Person.id, Person.handle, Person.name, Person.practice, Person.practising_since, Person.setting,
            Keeping.accepted_at,
        )
        .join(Keeping, Keeping.person_id == Person.id)
        .join(Membership, (Membership.person_id == Person.id) & (Membership.community_id == thread.community_id))
        .where(
            Keeping.thread_id == thread.id, Keeping.ended_at.is_(None), is_here(),
            Membership.role.in_((PRACTITIONER, MODERATOR)),
        )
    ).first()  # fmt: skip
    return KeeperLine(PersonLine(*row[:6]), row[6] is not None) if row else None


def find_keeping_row(thread_id: int) -> Keeping | None:
    """The row itself, for an operation that holds the thread's lock."""
    asked = select(Keeping).where(Keeping.thread_id == thread_id, Keeping.ended_at.is_(None))
    return session().scalar(asked.execution_options(populate_existing=True))


def has_teller_here(thread: Thread) -> bool:
    """Whether whoever told it can still be asked: they have an account and are in the community."""
    if thread.teller_id is None:
        return False
    return session().scalar(
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.person_id == thread.teller_id, Membership.community_id == thread.community_id, is_here())
    ) is not None  # fmt: skip
