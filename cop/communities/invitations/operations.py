"""Inviting by link and by mail, and coming in with an invitation."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update

from cop.accounts.queries import address_of
from cop.accounts.viewer import Viewer
from cop.communities.events import InvitationRevoked, PersonInvited
from cop.communities.invitations.queries import (
    Offer,
    count_open_invitations,
    find_mailed,
    find_open_to,
    get_invitation,
    get_offer,
)
from cop.communities.members.queries import find_removal
from cop.communities.models import Community, Invitation
from cop.communities.operations import admit
from cop.communities.permissions import can_invite, can_moderate, can_redeem
from cop.communities.places.queries import as_of_now
from cop.communities.queries import lock_community
from cop.platform.database import session
from cop.platform.errors import NotAllowed, Unsound
from cop.platform.events import publish
from cop.platform.ids import new_id
from cop.platform.tokens import hash_of, new_token
from cop.platform.words import gettext as _

LASTS = timedelta(days=14)


def invite_by_link(*, actor: Viewer, community: Community, now: datetime) -> str:
    """Make a link for one person; the token in it, which is kept nowhere."""
    token = new_token()
    _invite(actor, community, now, token_hash=hash_of(token))
    return token


def invite_by_mail(*, actor: Viewer, community: Community, email: str, now: datetime) -> None:
    """Invite one address, folded; the worker makes the token when it sends the mail.

    Raises:
        Unsound: there is an open invitation to that address already.
    """
    if find_open_to(community.id, email, now=now):
        raise Unsound({"email": _("There is an open invitation to that address already.")})
    _invite(actor, community, now, email=email)


def revoke_invitation(*, actor: Viewer, community: Community, invitation_id: int | None, now: datetime) -> None:
    """From now on it lets nobody in. Revoking twice is revoking once."""
    can_moderate(as_of_now(actor, community.id), community.id).enforce()
    invitation = get_invitation(community.id, invitation_id)
    if invitation.revoked_at is None:
        invitation.revoked_at = now
        session().flush()
        publish(InvitationRevoked(community_id=community.id, invitation_id=invitation.id, at=now))


def renew_token(*, invitation_id: int, now: datetime) -> str | None:
    """A token for a mail that is about to leave, or None when there is nothing to send any more.

    A mail that is sent twice after a crash makes the first link void: one invitation never has two.
    """
    invitation = find_mailed(invitation_id, now=now)
    if invitation is None:
        return None
    token = new_token()
    invitation.token_hash = hash_of(token)
    session().flush()
    return token


def redeem_invitation(*, actor: Viewer, token: str, now: datetime) -> Offer:
    """Come in with an invitation, and use it up.

    Raises:
        NotVisible: it does not lead anywhere any more.
        NotAllowed: it is for another address, or the person may not come in by it.
    """
    offer = get_offer(token, now=now, locked=True)
    actor = as_of_now(actor, offer.community.id)
    can_redeem(actor, offer.community.id, is_by_mail=bool(offer.email)).enforce()
    if offer.email and offer.email != address_of(actor.person_id):
        raise NotAllowed(_("This invitation was sent to another address than yours."))
    removal = find_removal(offer.community.id, actor.person_id)
    if removal and removal.at >= offer.made_at:
        raise NotAllowed(_("A moderator has removed you since this invitation was given. You can ask to come back."))
    if offer.email and not actor.is_verified:
        raise NotAllowed(_("Confirm your address first, then this invitation lets you in."))
    session().execute(
        update(Invitation).where(Invitation.id == offer.id).values(used_at=now, used_by_id=actor.person_id)
    )
    admit(community_id=offer.community.id, person_id=actor.person_id, now=now)
    return offer


def _invite(
    actor: Viewer, community: Community, now: datetime, *, token_hash: str | None = None, email: str = ""
) -> None:
    lock_community(community.id)
    open_invitations = count_open_invitations(community.id, now=now)
    can_invite(as_of_now(actor, community.id), community.id, open_invitations=open_invitations).enforce()
    invitation = Invitation(
        id=new_id(),
        community_id=community.id,
        by_id=actor.person_id,
        token_hash=token_hash,
        email=email,
        made_at=now,
        expires_at=now + LASTS,
    )
    session().add(invitation)
    session().flush()
    publish(PersonInvited(community_id=community.id, invitation_id=invitation.id, at=now))
