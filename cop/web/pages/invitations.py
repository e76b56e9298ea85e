"""The page to which an invitation leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cop.accounts.queries import address_of
from cop.accounts.viewer import Viewer
from cop.communities.invitations.queries import get_offer
from cop.communities.permissions import can_redeem
from cop.communities.queries import CommunityLine
from cop.platform.characters import is_storable
from cop.platform.errors import NotVisible, Ruling


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """Who invites to what. For somebody with another address than the invited one it names nothing."""

    token: str
    community: CommunityLine
    by_name: str
    expires_at: datetime
    is_by_mail: bool
    is_for_another: bool
    is_in: bool
    may_accept: Ruling


def build_invitation_page(viewer: Viewer, token: str, *, now: datetime) -> InvitationPage:
    """What an open invitation offers.

    Raises:
        NotVisible: it never was, or is used, expired, revoked, or its author moderates no more.
    """
    if not is_storable(token):
        raise NotVisible
    offer = get_offer(token, now=now)
    own = address_of(viewer.person_id) if viewer.is_authenticated and offer.email else None
    return InvitationPage(
        token=token,
        community=offer.community,
        by_name=offer.by_name,
        expires_at=offer.expires_at,
        is_by_mail=bool(offer.email),
        is_for_another=own is not None and own != offer.email,
        is_in=viewer.place_in(offer.community.id) is not None,
        may_accept=can_redeem(viewer, offer.community.id, is_by_mail=bool(offer.email)),
    )
