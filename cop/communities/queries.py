"""Reads of communities and of who is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, bindparam, case, cast, func, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.sql.selectable import ForUpdateArg

from cop.accounts.models import Person, Session
from cop.accounts.queries import select_viewers, viewer_of
from cop.accounts.viewer import VISITOR, Place, Viewer
from cop.communities.models import MEMBERS, MODERATOR, NEWCOMER, PUBLIC, Community, Membership, Removal, Vouch
from cop.platform.database import ask, glance, session
from cop.platform.errors import NotVisible
from cop.platform.prepared import ask_on
from cop.platform.slugs import is_slug
from cop.platform.tokens import hash_of


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
    """Whoever a session token belongs to, with their places; a visitor when it is unknown, ended or expired.

    Asked by every page of theirs, so it is one statement on a connection of its own: who was put out a moment ago, or
    has signed out elsewhere, is refused by the next page.
    """
    with glance() as connection:
        rows = ask_on(connection, _OF_SESSION, {"token_hash": hash_of(token), "now": now})
    return _viewer_with_places(rows) if rows else VISITOR


def load_person_as_viewer(person_id: int) -> Viewer:
    """A person as an actor, for the command line, the demonstration and tests."""
    rows = session().execute(_OF_PERSON, {"person_id": person_id}).all()
    if not rows:
        raise NoResultFound
    return _viewer_with_places(rows)


def _select_with_places() -> Select[*tuple[Any, ...]]:
    """The columns of a viewer with the communities they were put out of, once for each place they hold."""
    lost = (
        select(func.aggregate_strings(cast(Removal.community_id, String), " "))
        .where(Removal.person_id == Person.id, Removal.ended_at.is_(None))
        .correlate(Person)
        .scalar_subquery()
    )
    held = (Membership.community_id, Membership.role, Membership.voice, Membership.silenced_until)
    return select_viewers().add_columns(lost, *held).outerjoin(Membership, Membership.person_id == Person.id)


_OF_PERSON = _select_with_places().where(Person.id == bindparam("person_id"))
_OF_SESSION = (
    _select_with_places()
    .join(Session, Session.person_id == Person.id)
    .where(Session.token_hash == bindparam("token_hash"), Session.expires_at > bindparam("now"))
    .add_columns(Session.id, Session.last_seen_at)
)


def _viewer_with_places(rows: Sequence[Sequence[Any]]) -> Viewer:
    lost = frozenset(int(community_id) for community_id in (rows[0][11] or "").split())
    places = {row[12]: Place(*row[13:16]) for row in rows if row[12] is not None}
    return viewer_of(rows[0][:11], rows[0][16:], places, lost - places.keys())


class Whoever:
    """A viewer who is named when a statement is carried out, so that what every page asks is written once."""

    id: ColumnElement[int | None] = bindparam("viewer_id", type_=Person.id.type)
    places: ColumnElement[int] = bindparam("viewer_places", type_=Community.id.type, expanding=True)


WHOEVER = Whoever()


def named(viewer: Viewer) -> dict[str, Any]:
    """What a statement that was written for `WHOEVER` needs of the viewer."""
    return {"viewer_id": viewer.id, "viewer_places": list(viewer.places)}


@cache
def written(selecting: Callable[[Whoever], Any]) -> Any:
    """A statement for whoever is named when it is carried out, written once."""
    return selecting(WHOEVER)


def is_visible(viewer: Viewer | Whoever) -> ColumnElement[bool]:
    """The one rule of seeing: public communities, and those one is in. Everything inside a community hangs on it."""
    return or_(Community.visibility == PUBLIC, is_among_places(viewer, Community.id))


def is_among_places(viewer: Viewer | Whoever, community_id: Any) -> ColumnElement[bool]:
    """Whether the viewer is in the community that a column names."""
    is_in: ColumnElement[bool] = community_id.in_(viewer.places if isinstance(viewer, Whoever) else list(viewer.places))
    return is_in


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


def visible_ids(viewer: Viewer | Whoever) -> Select[int]:
    """The ids of the communities into which the viewer sees."""
    return select(Community.id).where(is_visible(viewer))


def list_visible_ids(viewer: Viewer) -> frozenset[int]:
    """The ids of every community the viewer may see: what a search is confined to."""
    return frozenset(session().scalars(visible_ids(viewer)))


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
    return ask(_BY_SLUG, {"slug": slug}).scalar() if is_slug(slug) else None


_BY_SLUG = select(Community.id).where(Community.slug == bindparam("slug"))


def find_visible_id(viewer: Viewer, slug: str) -> int | None:
    """The community's id if the viewer sees into it."""
    return ask(_one_of(visible_ids), {**named(viewer), "slug": slug}).scalar() if is_slug(slug) else None


@cache
def _one_of(ids: Callable[[Whoever], Select[int]]) -> Select[int]:
    return ids(WHOEVER).where(Community.slug == bindparam("slug"))


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
    rows = ask(_ROLES, {"community_ids": list(set(community_ids)), "person_ids": list(set(person_ids))}).all()
    return {(row.community_id, row.person_id): row.role for row in rows}


_ROLES = select(Membership.community_id, Membership.person_id, Membership.role).where(
    Membership.community_id.in_(bindparam("community_ids", expanding=True)),
    Membership.person_id.in_(bindparam("person_ids", expanding=True)),
)


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
