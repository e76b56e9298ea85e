"""Reads of communities and of who is in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Float, Select, case, func, literal, null, or_, select, union_all
from sqlalchemy.sql.selectable import ForUpdateArg

from cop.accounts.models import Person, Session
from cop.accounts.queries import PersonLine, select_viewers, viewer_of
from cop.accounts.viewer import VISITOR, Place, Viewer
from cop.communities.models import MEMBERS, MODERATOR, NEWCOMER, PUBLIC, Community, Membership, Removal, Vouch
from cop.platform.database import session
from cop.platform.errors import NotVisible
from cop.platform.markup import Rendered
from cop.platform.slugs import is_slug
from cop.platform.tokens import hash_of

_REMOVED = "removed"  # beside the roles, while places are read


@dataclass(frozen=True, slots=True)
class CommunityLine:
    """A community as lists and heads of pages show it."""

    id: int
    slug: str
    name: str
    practice: str
    ink: str
    visibility: str = PUBLIC


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


@dataclass(frozen=True, slots=True)
class HeldPlace:
    """What somebody is in a community, for their own page."""

    community: CommunityLine
    role: str
    joined_at: datetime
    practitioner_since: datetime | None


@dataclass(frozen=True, slots=True)
class Word:
    """A vouch for somebody: who said what they had seen, and when."""

    community_id: int
    by_handle: str
    by_name: str
    line: str
    at: datetime


def load_viewer(token: str, *, now: datetime) -> Viewer:
    """Whoever a session token belongs to, with their places; a visitor when it is unknown, ended or expired."""
    row = session().execute(
        select_viewers()
        .add_columns(Session.id, Session.last_seen_at)
        .join(Session, Session.person_id == Person.id)
        .where(Session.token_hash == hash_of(token), Session.expires_at > now)
    ).first()  # fmt: skip
    return _with_places(viewer_of(row, {}), row[0]) if row else VISITOR


def load_person_as_viewer(person_id: int) -> Viewer:
    """A person as an actor, for the command line, the demonstration and tests."""
    row = session().execute(select_viewers().where(Person.id == person_id)).one()
    return _with_places(viewer_of(row, {}), person_id)


def _with_places(person: Viewer, person_id: int) -> Viewer:
    """The person with what they are where, and where they were put out: one statement."""
    held = select(Membership.community_id, Membership.role, Membership.voice, Membership.silenced_until).where(
        Membership.person_id == person_id
    )
    lost = select(
        Removal.community_id, literal(_REMOVED), literal(0.0, Float), null().cast(Membership.silenced_until.type)
    ).where(Removal.person_id == person_id, Removal.ended_at.is_(None))
    rows = session().execute(union_all(held, lost)).all()
    places = {row.community_id: Place(row.role, row.voice, row.silenced_until) for row in rows if row.role != _REMOVED}
    return replace(person, places=places, removed_from=frozenset(row[0] for row in rows) - places.keys())


def is_visible(viewer: Viewer) -> ColumnElement[bool]:
    """The one rule of seeing: public communities, and those one is in. Everything inside a community hangs on it."""
    return or_(Community.visibility == "public", Community.id.in_(list(viewer.places)))


def is_listed(viewer: Viewer) -> ColumnElement[bool]:
    """The one exception: of a members community anybody may know its name, practice and ink, and nothing else."""
    return or_(is_visible(viewer), Community.visibility == MEMBERS)


def visible_communities(viewer: Viewer) -> Select[int, str, str, str, str, str]:
    """The communities into which the viewer sees."""
    return _select_lines().where(is_visible(viewer))


def listed_communities(viewer: Viewer) -> Select[int, str, str, str, str, str]:
    """The communities that the viewer may know of."""
    return _select_lines().where(is_listed(viewer))


def _select_lines() -> Select[int, str, str, str, str, str]:
    return select(Community.id, Community.slug, Community.name, Community.practice, Community.ink, Community.visibility)


def list_communities(
    viewer: Viewer, *, limit: int = 100, after: tuple[str, int] | None = None, with_listed: bool = False
) -> list[CommunityLine]:
    """What the viewer sees into, by name; `with_listed` also what they may only know of.

    Args:
        after: the name and the id of the last one on the page before.
    """
    known = listed_communities(viewer) if with_listed else visible_communities(viewer)
    query = known.order_by(Community.name, Community.id).limit(limit)
    if after:
        name, community_id = after
        query = query.where(or_(Community.name > name, (Community.name == name) & (Community.id > community_id)))
    rows = session().execute(query)
    return [CommunityLine(*row) for row in rows]


def list_communities_by_id(viewer: Viewer, ids: Iterable[int]) -> dict[int, CommunityLine]:
    rows = session().execute(visible_communities(viewer).where(Community.id.in_(set(ids))))
    return {row.id: CommunityLine(*row) for row in rows}


def get_line(viewer: Viewer, community_id: int) -> CommunityLine:
    """The community with this id.

    Raises:
        NotVisible: there is none that the viewer can see.
    """
    found = list_communities_by_id(viewer, [community_id]).get(community_id)
    if found is None:
        raise NotVisible
    return found


def list_visible_ids(viewer: Viewer) -> frozenset[int]:
    """The ids of every community the viewer may see: what a search is confined to."""
    return frozenset(session().scalars(select(Community.id).where(is_visible(viewer))))


def get_community(viewer: Viewer, slug: str) -> Community:
    """The community with this slug.

    Raises:
        NotVisible: there is none that the viewer can see.
    """
    asked = select(Community).where(Community.slug == slug, is_visible(viewer))
    found = session().scalar(asked) if is_slug(slug) else None
    if found is None:
        raise NotVisible
    return found


def find_community_id(slug: str) -> int | None:
    """The id behind a slug, whoever asks: it never changes, and says nothing of what may be seen."""
    return session().scalar(select(Community.id).where(Community.slug == slug)) if is_slug(slug) else None


def find_visible_id(viewer: Viewer, slug: str) -> int | None:
    """The community's id if the viewer sees into it."""
    asked = select(Community.id).where(Community.slug == slug, is_visible(viewer))
    return session().scalar(asked) if is_slug(slug) else None


def get_listed(viewer: Viewer, slug: str) -> CommunityLine:
    """A community that the viewer may know of, whether or not they see into it.

    Raises:
        NotVisible: there is none.
    """
    row = session().execute(listed_communities(viewer).where(Community.slug == slug)).first() if is_slug(slug) else None
    if row is None:
        raise NotVisible
    return CommunityLine(*row)


def get_community_by_id(community_id: int) -> Community:
    """A community for a reaction or an operation that has already seen a thread of it."""
    return session().get_one(Community, community_id)


def get_head(viewer: Viewer, slug: str) -> CommunityHead:
    """The head of the community with this slug.

    Raises:
        NotVisible: there is none that the viewer can see.
    """
    return read_head(get_community(viewer, slug))


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


def find_place(community_id: int, person_id: int) -> Place | None:
    row = (
        session()
        .execute(
            select(Membership.role, Membership.voice, Membership.silenced_until).where(
                Membership.community_id == community_id, Membership.person_id == person_id
            )
        )
        .first()
    )
    return Place(*row) if row else None


def list_roles_in(community_ids: Iterable[int], person_ids: Iterable[int]) -> dict[tuple[int, int], str]:
    """Roles by (community, person), one statement; somebody who is not in a community is absent."""
    rows = session().execute(
        select(Membership.community_id, Membership.person_id, Membership.role).where(
            Membership.community_id.in_(set(community_ids)), Membership.person_id.in_(set(person_ids))
        )
    )
    return {(row.community_id, row.person_id): row.role for row in rows}


def list_places_of(viewer: Viewer, person_id: int) -> list[HeldPlace]:
    """What a person is where, in the communities the viewer may know of: where they practise first, then the oldest."""
    rows = session().execute(
        visible_communities(viewer)
        .add_columns(Membership.role, Membership.joined_at, Membership.practitioner_since)
        .join(Membership, Membership.community_id == Community.id)
        .where(Membership.person_id == person_id)
        .order_by(case((Membership.role == NEWCOMER, 1), else_=0), Membership.joined_at, Community.id)
    )
    return [HeldPlace(CommunityLine(*row[:6]), *row[6:]) for row in rows]


def list_words_for(viewer: Viewer, person_id: int) -> list[Word]:
    """The vouches for a person in the communities the viewer may know of, the first one first."""
    rows = session().execute(
        select(Vouch.community_id, Person.handle, Person.name, Vouch.line, Vouch.at)
        .join(Community, Community.id == Vouch.community_id)
        .join(Person, Person.id == Vouch.by_id)
        .where(is_visible(viewer), Vouch.for_id == person_id, Vouch.withdrawn_at.is_(None))
        .order_by(Vouch.id)
    )
    return [Word(*row) for row in rows]


def find_community_by_slug(slug: str) -> Community | None:
    """A community whoever looks; for the command line only."""
    return session().scalar(select(Community).where(Community.slug == slug))


def lock_community(community_id: int) -> Community:
    """The community, held against everybody else who would change who is in it, until the transaction ends."""
    return session().get_one(
        Community, community_id, with_for_update=ForUpdateArg(key_share=True), populate_existing=True
    )


def count_moderators(community_id: int) -> int:
    """How many could act: whoever is suspended cannot."""
    asked = (
        select(func.count())
        .select_from(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.community_id == community_id, Membership.role == MODERATOR, Person.suspended_at.is_(None))
    )
    return session().scalar(asked) or 0
