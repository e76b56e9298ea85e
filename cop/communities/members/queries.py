"""Reads of who is in a community, and of who was put out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, or_, select

from cop.accounts.models import Person
from cop.accounts.queries import PersonLine, is_here, select_lines
from cop.communities.models import Membership, Removal, Silence, Vouch
from cop.platform.characters import is_storable
from cop.platform.database import session
from cop.platform.errors import NotVisible
from cop.platform.slugs import is_slug

PEOPLE_A_PAGE = 50
REMOVALS_SHOWN = 20
MOST_WORDS = 60  # that are looked for in names


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a community, with the line of whoever vouched for them first, and how many words stand."""

    person: PersonLine
    role: str
    joined_at: datetime
    practitioner_since: datetime | None
    words: int
    vouched_by: str
    line: str
    is_willing: bool = False  # to be asked


@dataclass(frozen=True, slots=True)
class RemovalLine:
    """Somebody a moderator has put out."""

    id: int
    handle: str
    name: str
    by_name: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OwnRemoval:
    """What somebody who was put out is told on the community's page."""

    reason: str
    at: datetime


def list_members(community_id: int, *, role: str, after: tuple[datetime, int] | None = None) -> list[Member]:
    """The people of one role, in the order in which they joined; one more than a page when there are more."""
    query = _select_members(community_id).where(Membership.role == role).limit(PEOPLE_A_PAGE + 1)
    if after:
        joined_at, person_id = after
        query = query.where(
            or_(Membership.joined_at > joined_at, (Membership.joined_at == joined_at) & (Person.id > person_id))
        )
    return [_member_of(row) for row in session().execute(query)]


def get_member(community_id: int, handle: str) -> Member:
    """Somebody in a community.

    Raises:
        NotVisible: nobody of this handle is in it.
    """
    asked = _select_members(community_id).where(Person.handle == handle)
    row = session().execute(asked).first() if is_slug(handle) else None
    if row is None:
        raise NotVisible
    return _member_of(row)


def get_membership(community_id: int, person_id: int) -> Membership:
    """The row itself, for an operation that holds the community's lock and knows that it is there."""
    return session().get_one(Membership, (person_id, community_id), populate_existing=True)


def _select_members(community_id: int) -> Select[*tuple[Any, ...]]:
    voucher = Person.__table__.alias("voucher")
    standing = (Vouch.community_id == community_id, Vouch.for_id == Person.id, Vouch.withdrawn_at.is_(None))
    first_vouch = select(func.min(Vouch.id)).where(*standing).correlate(Person).scalar_subquery()
    words = select(func.count(Vouch.id)).where(*standing).correlate(Person).scalar_subquery()
    return (
        select(
            Person.id, Person.handle, Person.name, Person.practice, Person.practising_since, Person.setting,
            Membership.role, Membership.joined_at, Membership.practitioner_since, words, voucher.c.name, Vouch.line,
            Person.willing_to_be_asked,
        )
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(Vouch, Vouch.id == first_vouch)
        .outerjoin(voucher, voucher.c.id == Vouch.by_id)
        .where(Membership.community_id == community_id)
        .order_by(Membership.joined_at, Person.id)
    )  # fmt: skip


def _member_of(row: Row[*tuple[Any, ...]]) -> Member:
    return Member(PersonLine(*row[:6]), row[6], row[7], row[8], row[9], row[10] or "", row[11] or "", row[12])


def list_removals(community_id: int) -> list[RemovalLine]:
    """Those who are put out now, latest first."""
    by = Person.__table__.alias("remover")
    rows = session().execute(
        select(Removal.id, Person.handle, Person.name, by.c.name, Removal.reason, Removal.at)
        .join(Person, Person.id == Removal.person_id)
        .outerjoin(by, by.c.id == Removal.by_id)
        .where(Removal.community_id == community_id, Removal.ended_at.is_(None))
        .order_by(Removal.at.desc(), Removal.id.desc())
        .limit(REMOVALS_SHOWN)
    )
    return [RemovalLine(row[0], row[1], row[2], row[3] or "", row[4], row[5]) for row in rows]


def find_removal(community_id: int, person_id: int) -> Removal | None:
    """The removal that keeps somebody out."""
    return session().scalar(
        select(Removal).where(
            Removal.community_id == community_id, Removal.person_id == person_id, Removal.ended_at.is_(None)
        )
    )


def find_kept_silence(community_id: int, person_id: int) -> datetime | None:
    """Until when somebody who went was asked not to write, whether they left or were removed."""
    left = select(Silence.until).where(Silence.community_id == community_id, Silence.person_id == person_id)
    removed = select(Removal.silenced_until).where(
        Removal.community_id == community_id, Removal.person_id == person_id, Removal.ended_at.is_(None)
    )
    return max((until for until in session().scalars(left.union_all(removed)) if until), default=None)


def get_removal(community_id: int, removal_id: int | None) -> Removal:
    """A removal of this community.

    Raises:
        NotVisible: there is none of this number here.
    """
    found = session().get(Removal, removal_id) if removal_id is not None else None
    if found is None or found.community_id != community_id:
        raise NotVisible
    return found


def find_own_removal(community_id: int, person_id: int) -> OwnRemoval | None:
    found = find_removal(community_id, person_id)
    return OwnRemoval(found.reason, found.at) if found else None


def list_handles(community_id: int, *, beginning: str, limit: int = 8) -> list[PersonLine]:
    """People of a community whose handle, name or surname begins so; nobody for nothing typed."""
    typed = beginning.strip().lower()[:40]
    if not typed or not is_storable(typed):
        return []
    begins = or_(
        Person.handle.startswith(typed, autoescape=True),
        func.lower(Person.name).startswith(typed, autoescape=True),
        func.lower(Person.name).contains(f" {typed}", autoescape=True),
    )
    rows = session().execute(_select_known(community_id).where(begins).order_by(Person.handle).limit(limit))
    return [PersonLine(*row) for row in rows]


def list_names_with(community_id: int, words: Collection[str], *, limit: int = 100) -> list[str]:
    """People of a community whose name begins or ends with one of these words."""
    looked_for = [word for word in sorted(words) if is_storable(word)][:MOST_WORDS]
    if not looked_for:
        return []
    begins = [Person.name.startswith(f"{word} ", autoescape=True) for word in looked_for]
    ends = [Person.name.endswith(f" {word}", autoescape=True) for word in looked_for]
    known = _select_known(community_id).with_only_columns(Person.name).where(or_(*begins, *ends))
    return list(session().scalars(known.order_by(Person.name).limit(limit)))


def keep_known_handles(community_id: int, handles: Collection[str]) -> frozenset[str]:
    """Those of the handles that belong to people of a community."""
    if not handles:
        return frozenset()
    known = _select_known(community_id).with_only_columns(Person.handle).where(Person.handle.in_(set(handles)))
    return frozenset(session().scalars(known))


def _select_known(community_id: int) -> Any:
    return (
        select_lines()
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.community_id == community_id, is_here())
    )
