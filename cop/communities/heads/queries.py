"""Reads of what stands at the head of a community's pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from cop.accounts.models import Person
from cop.accounts.queries import PersonLine
from cop.accounts.viewer import Viewer
from cop.communities.models import MODERATOR, NEWCOMER, Community, Membership
from cop.communities.queries import get_community, get_community_by_id
from cop.platform.database import session
from cop.platform.markup import Rendered


@dataclass(frozen=True, slots=True)
class CommunityHead:
    """A community with everything that its own page says of it."""

    id: int
    slug: str
    name: str
    practice: str
    ink: str
    visibility: str
    welcome: Rendered
    half_life_days: float
    shelf_life: str
    founded_at: datetime
    members: int
    practitioners: int
    moderators: tuple[PersonLine, ...]


def get_head(viewer: Viewer, slug: str) -> CommunityHead:
    """The head of the community with this slug.

    Raises:
        NotVisible: there is none that the viewer can see.
    """
    return read_head(get_community(viewer, slug))


def read_head_of(community_id: int) -> CommunityHead:
    """The same by its id; who sees it is for the caller to ask."""
    return read_head(get_community_by_id(community_id))


def read_head(community: Community) -> CommunityHead:
    """The head of a community that the viewer sees: two statements, whatever its size."""
    members, practitioners = (
        session()
        .execute(
            select(func.count(), func.coalesce(func.sum(case((Membership.role != NEWCOMER, 1), else_=0)), 0)).where(
                Membership.community_id == community.id
            )
        )
        .one()
    )
    return CommunityHead(
        community.id, community.slug, community.name, community.practice, community.ink, community.visibility,
        Rendered(community.welcome, community.welcome_html, community.welcome_renderer), community.half_life_days,
        community.shelf_life, community.founded_at, members, practitioners, _list_moderators(community.id),
    )  # fmt: skip


def _list_moderators(community_id: int, limit: int = 6) -> tuple[PersonLine, ...]:
    rows = session().execute(
        select(Person.id, Person.handle, Person.name, Person.practice, Person.practising_since, Person.setting)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.community_id == community_id, Membership.role == MODERATOR)
        .order_by(Membership.joined_at, Person.id)
        .limit(limit)
    )
    return tuple(PersonLine(*row) for row in rows)


def count_practitioners(community_ids: Iterable[int]) -> dict[int, int]:
    """How many practise in each community, moderators among them, one statement; every asked id is a key."""
    wanted = list(community_ids)
    rows = session().execute(
        select(Membership.community_id, func.count().label("people"))
        .where(Membership.community_id.in_(wanted), Membership.role != NEWCOMER)
        .group_by(Membership.community_id)
    )
    return dict.fromkeys(wanted, 0) | {row.community_id: row.people for row in rows}
