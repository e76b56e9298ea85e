"""Reads for whoever looks after the site, and for names and accounts: of every community, and never of what is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from cop.accounts.models import Person
from cop.accounts.names import skeleton
from cop.communities.models import MODERATOR, Community, Membership
from cop.platform.database import session


@dataclass(frozen=True, slots=True)
class CommunityCount:
    """A community as administrators see it: from outside."""

    id: int
    name: str
    slug: str
    visibility: str
    founded_at: datetime
    members: int


def list_community_counts(*, after: tuple[str, int] | None, limit: int) -> list[CommunityCount]:
    """Every community, also those nobody else sees, for administrators: its name and how many are in it."""
    members = select(func.count()).where(Membership.community_id == Community.id).scalar_subquery()
    query = select(Community.id, Community.name, Community.slug, Community.visibility, Community.founded_at, members)
    if after:
        name, community_id = after
        query = query.where(or_(Community.name > name, (Community.name == name) & (Community.id > community_id)))
    rows = session().execute(query.order_by(Community.name, Community.id).limit(limit))
    return [CommunityCount(*row) for row in rows]


def list_moderated_alone(person_id: int) -> list[str]:
    """The names of the communities that would have no moderator without this person."""
    other = Membership.__table__.alias("other")
    able = select(Person.id).where(Person.id == other.c.person_id, Person.suspended_at.is_(None))
    others = select(other.c.person_id).where(
        able.exists(),
        other.c.community_id == Membership.community_id,
        other.c.role == MODERATOR,
        other.c.person_id != person_id,
    )
    return list(
        session().scalars(
            select(Community.name)
            .join(Membership, Membership.community_id == Community.id)
            .where(Membership.person_id == person_id, Membership.role == MODERATOR, ~others.exists())
            .order_by(Community.name)
        )
    )


def find_look_alike(name: str, community_ids: Iterable[int], *, besides: int) -> str | None:
    """Somebody in one of these communities whose name can be taken for this one at a glance; their name."""
    return session().scalar(
        select(Person.name)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Person.name_skeleton == skeleton(name),
            Person.id != besides,
            Membership.community_id.in_(set(community_ids)),
        )
        .limit(1)
    )
