"""Reads of vouches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from cop.accounts.models import Person
from cop.accounts.queries import is_here
from cop.accounts.viewer import Viewer
from cop.communities.models import Membership, Vouch
from cop.communities.permissions import VOUCHING_WINDOW
from cop.platform.database import session
from cop.platform.errors import NotVisible
from cop.platform.slugs import is_slug

WORDS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class WordLine:
    """A standing vouch: who said it, what they were then, and what they had seen. Who has left has no name."""

    by_id: int
    by_handle: str
    by_name: str
    role: str
    line: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OwnWord:
    """What somebody said of a person who is not in the community now."""

    handle: str
    name: str
    line: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A word that was taken back: by whom, and when."""

    by_name: str
    at: datetime


def list_words(community_id: int, person_id: int) -> list[WordLine]:
    """What stands beside a member's name, the first word first."""
    rows = session().execute(
        select(Vouch.by_id, Person.handle, Person.name, Vouch.role, Vouch.line, Vouch.at)
        .join(Person, Person.id == Vouch.by_id)
        .where(Vouch.community_id == community_id, Vouch.for_id == person_id, Vouch.withdrawn_at.is_(None))
        .order_by(Vouch.id)
        .limit(WORDS_SHOWN)
    )
    return [WordLine(*row) for row in rows]


def find_latest_withdrawn(community_id: int, person_id: int) -> Withdrawn | None:
    """The last word that was taken back from somebody, for them alone."""
    row = session().execute(
        select(Person.name, Vouch.withdrawn_at)
        .join(Person, Person.id == Vouch.by_id)
        .where(Vouch.community_id == community_id, Vouch.for_id == person_id, Vouch.withdrawn_at.is_not(None))
        .order_by(Vouch.withdrawn_at.desc(), Vouch.id.desc())
        .limit(1)
    ).first()  # fmt: skip
    return Withdrawn(row[0], row[1]) if row and row[1] else None


def list_roles_of_vouchers(community_id: int, person_id: int) -> list[str]:
    """What those whose word for a person stands were when they gave it."""
    return list(
        session().scalars(
            select(Vouch.role).where(
                Vouch.community_id == community_id, Vouch.for_id == person_id, Vouch.withdrawn_at.is_(None)
            )
        )
    )


def find_vouch(community_id: int, *, by_id: int, for_id: int) -> Vouch | None:
    """The standing word of one person for another."""
    return session().scalar(
        select(Vouch).where(
            Vouch.community_id == community_id,
            Vouch.by_id == by_id,
            Vouch.for_id == for_id,
            Vouch.withdrawn_at.is_(None),
        )
    )


def get_vouched_for(viewer: Viewer, community_id: int, handle: str) -> int:
    """The id of a member, or of somebody for whom the viewer's word stands though they are not in the community.

    Raises:
        NotVisible: there is nobody of this handle here.
    """
    member = select(Membership.person_id).where(
        Membership.community_id == community_id, Membership.person_id == Person.id
    )
    word = select(Vouch.id).where(
        Vouch.community_id == community_id,
        Vouch.by_id == viewer.id,
        Vouch.for_id == Person.id,
        Vouch.withdrawn_at.is_(None),
    )
    asked = select(Person.id).where(Person.handle == handle, is_here(), or_(member.exists(), word.exists()))
    found = session().scalar(asked) if is_slug(handle) else None
    if found is None:
        raise NotVisible
    return found


def list_words_for_absent(community_id: int, *, by_id: int | None) -> list[OwnWord]:
    """The words of one person that stand for people who are not in the community now."""
    member = select(Membership.person_id).where(
        Membership.community_id == community_id, Membership.person_id == Vouch.for_id
    )
    rows = session().execute(
        select(Person.handle, Person.name, Vouch.line, Vouch.at)
        .join(Person, Person.id == Vouch.for_id)
        .where(
            Vouch.community_id == community_id, Vouch.by_id == by_id, Vouch.withdrawn_at.is_(None), is_here(),
            ~member.exists(),
        )
        .order_by(Vouch.id.desc())
        .limit(WORDS_SHOWN)
    )  # fmt: skip
    return [OwnWord(*row) for row in rows]


def has_vouched(community_id: int, *, by_id: int, for_id: int) -> bool:
    return find_vouch(community_id, by_id=by_id, for_id=for_id) is not None


def list_vouched_for(community_id: int, *, by_id: int | None, for_ids: Iterable[int]) -> frozenset[int]:
    """For whom of these somebody's word stands."""
    if by_id is None:
        return frozenset()
    asked = select(Vouch.for_id).where(
        Vouch.community_id == community_id,
        Vouch.by_id == by_id,
        Vouch.for_id.in_(set(for_ids)),
        Vouch.withdrawn_at.is_(None),
    )
    return frozenset(session().scalars(asked))


def count_given(community_id: int, *, by_id: int | None, now: datetime) -> int:
    """How often somebody has vouched here in the last ninety days; words taken back count (domain.md B0, V1)."""
    asked = select(func.count()).where(
        Vouch.community_id == community_id, Vouch.by_id == by_id, Vouch.at > now - VOUCHING_WINDOW
    )
    return session().scalar(asked) or 0
