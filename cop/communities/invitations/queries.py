"""Reads of invitations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select

from cop.accounts.models import Person
from cop.communities.models import MODERATOR, Community, Invitation, Membership
from cop.communities.queries import CommunityLine
from cop.platform.database import session
from cop.platform.errors import NotVisible
from cop.platform.tokens import hash_of


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """An open invitation, for the moderators."""

    id: int
    email: str
    by_name: str
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """An invitation that still lets somebody in, for whoever holds it."""

    id: int
    email: str
    by_name: str
    made_at: datetime
    expires_at: datetime
    community: CommunityLine


def list_open_invitations(community_id: int, *, now: datetime) -> list[InvitationLine]:
    """What still lets somebody in, the latest first; there are never more than the limit."""
    rows = session().execute(
        select(Invitation.id, Invitation.email, Person.name, Invitation.made_at, Invitation.expires_at)
        .join(Person, Person.id == Invitation.by_id)
        .where(Invitation.community_id == community_id, _is_open(now))
        .order_by(Invitation.made_at.desc(), Invitation.id)
    )
    return [InvitationLine(*row) for row in rows]


def count_open_invitations(community_id: int, *, now: datetime) -> int:
    asked = select(func.count()).select_from(Invitation).where(Invitation.community_id == community_id, _is_open(now))
    return session().scalar(asked) or 0


def get_offer(token: str, *, now: datetime, locked: bool = False) -> Offer:
    """The open invitation that a token belongs to; `locked` holds it against a second use.

    Raises:
        NotVisible: there is none, or it is used, expired or revoked, or its author moderates no more.
    """
    asked = (
        select(
            Invitation.id, Invitation.email, Person.name, Invitation.made_at, Invitation.expires_at,
            Community.id, Community.slug, Community.name, Community.practice, Community.ink, Community.visibility,
        )
        .join(Community, Community.id == Invitation.community_id)
        .join(Person, Person.id == Invitation.by_id)
        .where(Invitation.token_hash == hash_of(token), _is_open(now))
    )  # fmt: skip
    row = session().execute(asked.with_for_update(of=Invitation) if locked else asked).first()
    if row is None:
        raise NotVisible
    invitation_id, email, by_name, made_at, expires_at, *community = row
    return Offer(invitation_id, email, by_name, made_at, expires_at, CommunityLine(*community))


def get_invitation(community_id: int, invitation_id: int | None) -> Invitation:
    """An invitation of this community.

    Raises:
        NotVisible: there is none of this number here.
    """
    found = session().get(Invitation, invitation_id) if invitation_id is not None else None
    if found is None or found.community_id != community_id:
        raise NotVisible
    return found


def find_mailed(invitation_id: int, *, now: datetime) -> Invitation | None:
    """An open invitation by mail, when it is about to be sent."""
    return session().scalar(
        select(Invitation).where(Invitation.id == invitation_id, Invitation.email != "", _is_open(now))
    )


def find_open_to(community_id: int, email: str, *, now: datetime) -> Invitation | None:
    """The open invitation to an address."""
    return session().scalar(
        select(Invitation).where(Invitation.community_id == community_id, Invitation.email == email, _is_open(now))
    )


def _is_open(now: datetime) -> ColumnElement[bool]:
    """It lets nobody in once whoever gave it has lost the right to give it."""
    still_moderates = (
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Person.suspended_at.is_(None),
            Membership.community_id == Invitation.community_id,
            Membership.person_id == Invitation.by_id,
            Membership.role == MODERATOR,
        )
        .exists()
    )
    return and_(
        Invitation.used_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > now, still_moderates
    )
