"""Who may do what in a community. Each refusal is the sentence the person reads."""

from __future__ import annotations

from datetime import datetime

from cop.accounts.viewer import Place, Viewer
from cop.communities.models import MODERATOR, NEWCOMER
from cop.platform.errors import ALLOWED, Ruling
from cop.platform.words import gettext as _


def can_join(viewer: Viewer, community_id: int) -> Ruling:
    if not viewer.is_authenticated:
        return Ruling(False, _("Sign in to join."))
    if viewer.place_in(community_id):
        return Ruling(False, _("You are in this community already."))
    return ALLOWED


def can_write(viewer: Viewer, community_id: int, now: datetime) -> Ruling:
    """Whether this person may tell, reply or endorse here at all."""
    if not viewer.is_authenticated:
        return Ruling(False, _("Sign in to take part."))
    place = viewer.place_in(community_id)
    if place is None:
        return Ruling(False, _("Join the community to take part."))
    if place.silenced_until and place.silenced_until > now:
        return Ruling(False, _("A moderator has asked you to listen for a while. You can still read."))
    return ALLOWED


def can_vouch(viewer: Viewer, community_id: int, *, for_id: int, for_place: Place | None, has_vouched: bool) -> Ruling:
    """A moderator says what they have seen somebody do, and so makes a newcomer a practitioner."""
    place = viewer.place_in(community_id)
    if place is None or place.role != MODERATOR:
        return Ruling(False, _("Only a moderator can vouch for somebody here."))
    if for_id == viewer.id:
        return Ruling(False, _("Others vouch for you; you cannot do it yourself."))
    if for_place is None:
        return Ruling(False, _("They are not in this community."))
    if has_vouched:
        return Ruling(False, _("You have vouched for them already."))
    if for_place.role != NEWCOMER:
        return Ruling(False, _("They are a practitioner here already."))
    return ALLOWED
