"""Reads of who asks to be let in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from cop.accounts.models import Person
from cop.accounts.queries import PersonLine
from cop.accounts.viewer import Viewer
from cop.communities.models import Community, JoinRequest, Removal
from cop.communities.queries import is_listed
from cop.platform.database import session
from cop.platform.errors import NotVisible
from cop.platform.slugs import is_slug

REQUESTS_SHOWN = 25  # those who have waited longest; the next come up as these are settled


@dataclass(frozen=True, slots=True)
class RequestLine:
    """Somebody who asks, for the moderators."""

    id: int
    person: PersonLine
    line: str
    asked_at: datetime
    removed_for: str  # why a moderator put them out before, if one did


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """What became of what the viewer asked last."""

    line: str
    asked_at: datetime
    outcome: str | None
    settled_at: datetime | None
    sentence: str

    @property
    def is_open(self) -> bool:
        return self.outcome is None


@dataclass(frozen=True, slots=True)
class HiddenRequest:
    """What somebody asked of a community that has become secret since: their own words, and where to take them back."""

    slug: str
    line: str
    asked_at: datetime


def list_open_requests(community_id: int) -> list[RequestLine]:
    """Who asks, the first one first."""
    why = (
        select(Removal.reason)
        .where(
            Removal.community_id == community_id, Removal.person_id == JoinRequest.person_id, Removal.ended_at.is_(None)
        )
        .correlate(JoinRequest)
        .scalar_subquery()
    )
    rows = session().execute(
        select(
            JoinRequest.id, JoinRequest.line, JoinRequest.asked_at, why,
            Person.id, Person.handle, Person.name, Person.practice, Person.practising_since, Person.setting,
        )
        .join(Person, Person.id == JoinRequest.person_id)
        .where(JoinRequest.community_id == community_id, JoinRequest.settled_at.is_(None))
        .order_by(JoinRequest.id)
        .limit(REQUESTS_SHOWN)
    )  # fmt: skip
    return [RequestLine(row[0], PersonLine(*row[4:]), row[1], row[2], row[3] or "") for row in rows]


def count_open_requests(community_id: int) -> int:
    asked = select(func.count()).where(JoinRequest.community_id == community_id, JoinRequest.settled_at.is_(None))
    return session().scalar(asked) or 0


def find_own_request(community_id: int, person_id: int | None) -> OwnRequest | None:
    """The latest thing this person asked of the community."""
    if person_id is None:
        return None
    row = session().execute(
        select(
            JoinRequest.line, JoinRequest.asked_at, JoinRequest.outcome, JoinRequest.settled_at, JoinRequest.sentence
        )
        .where(JoinRequest.community_id == community_id, JoinRequest.person_id == person_id)
        .order_by(JoinRequest.id.desc())
        .limit(1)
    ).first()  # fmt: skip
    return OwnRequest(*row) if row else None


def get_asked(viewer: Viewer, slug: str) -> int:
    """The id of a community that the viewer may know of, or has asked to come into before it was secret.

    Raises:
        NotVisible: there is none.
    """
    found = session().scalar(select(Community.id).where(Community.slug == slug, or_(is_listed(viewer), _asks(viewer))))
    if found is None or not is_slug(slug):
        raise NotVisible
    return found


def find_hidden_request(viewer: Viewer, slug: str) -> HiddenRequest | None:
    """What the viewer still asks of a community that they may know nothing of any more."""
    if viewer.id is None or not is_slug(slug):
        return None
    row = session().execute(
        select(JoinRequest.line, JoinRequest.asked_at)
        .join(Community, Community.id == JoinRequest.community_id)
        .where(
            Community.slug == slug, ~is_listed(viewer), JoinRequest.person_id == viewer.id,
            JoinRequest.settled_at.is_(None),
        )
    ).first()  # fmt: skip
    return HiddenRequest(slug, *row) if row else None


def _asks(viewer: Viewer) -> ColumnElement[bool]:
    open_ones = select(JoinRequest.id).where(
        JoinRequest.community_id == Community.id, JoinRequest.person_id == viewer.id, JoinRequest.settled_at.is_(None)
    )
    return open_ones.exists()


def find_open_request(community_id: int, person_id: int) -> JoinRequest | None:
    return session().scalar(
        select(JoinRequest).where(
            JoinRequest.community_id == community_id,
            JoinRequest.person_id == person_id,
            JoinRequest.settled_at.is_(None),
        )
    )


def get_request(community_id: int, request_id: int | None) -> JoinRequest:
    """A request of this community, open or settled.

    Raises:
        NotVisible: there is none of this number here.
    """
    found = session().get(JoinRequest, request_id, populate_existing=True) if request_id is not None else None
    if found is None or found.community_id != community_id:
        raise NotVisible
    return found
