"""What a mail about a community has to say, found at the moment it leaves."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from cop.accounts.models import Person
from cop.communities.models import Community, Invitation, JoinRequest, Membership, Removal, Vouch
from cop.platform.database import session


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a mail goes to, and what they are in the community it speaks of by now; nothing when they are not in it."""

    to: str
    name: str
    community: str
    slug: str
    role: str


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said: a line, a reason or a sentence, and who it was."""

    by: str
    line: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class InvitationNews:
    """An invitation by mail that is about to be sent."""

    to: str
    by: str
    community: str
    practice: str


def find_recipient(community_id: int, person_id: int) -> Recipient | None:
    row = session().execute(
        select(Person.email, Person.name, Community.name, Community.slug, Membership.role)
        .select_from(Person)
        .join(Community, Community.id == community_id)
        .outerjoin(Membership, (Membership.person_id == Person.id) & (Membership.community_id == community_id))
        .where(Person.id == person_id)
    ).first()  # fmt: skip
    return Recipient(row[0], row[1], row[2], row[3], row[4] or "") if row else None


def find_vouch_said(vouch_id: int) -> Said | None:
    """A word that stands; None when it was taken back before the mail left."""
    row = session().execute(
        select(Person.name, Vouch.line)
        .join(Person, Person.id == Vouch.by_id)
        .where(Vouch.id == vouch_id, Vouch.withdrawn_at.is_(None))
    ).first()  # fmt: skip
    return Said(*row) if row else None


def find_withdrawn(vouch_id: int) -> Said | None:
    row = session().execute(
        select(Person.name, Vouch.line)
        .join(Person, Person.id == Vouch.by_id)
        .where(Vouch.id == vouch_id, Vouch.withdrawn_at.is_not(None))
    ).first()  # fmt: skip
    return Said(*row) if row else None


def find_removal_reason(removal_id: int) -> Said | None:
    """The reason of a removal that stands."""
    reason = session().scalar(select(Removal.reason).where(Removal.id == removal_id, Removal.ended_at.is_(None)))
    return Said("", reason) if reason is not None else None


def find_answer(request_id: int) -> Said | None:
    row = (
        session().execute(select(JoinRequest.sentence, JoinRequest.outcome).where(JoinRequest.id == request_id)).first()
    )
    return Said("", row.sentence, row.outcome or "") if row else None


def find_invitation_news(invitation_id: int) -> InvitationNews | None:
    row = session().execute(
        select(Invitation.email, Person.name, Community.name, Community.practice)
        .join(Person, Person.id == Invitation.by_id)
        .join(Community, Community.id == Invitation.community_id)
        .where(Invitation.id == invitation_id, Invitation.email != "")
    ).first()  # fmt: skip
    return InvitationNews(*row) if row else None
