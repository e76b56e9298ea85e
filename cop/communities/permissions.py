"""Who may do what in a community. Each refusal is the sentence the person reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cop.accounts.viewer import Place, Viewer
from cop.communities.models import MEMBERS, MODERATOR, NEWCOMER, PRACTITIONER, SECRET
from cop.platform.errors import ALLOWED, Ruling
from cop.platform.words import gettext as _
from cop.platform.words import ngettext

VOUCHING_WINDOW = timedelta(days=90)
MOST_VOUCHES = {PRACTITIONER: 5, MODERATOR: 25}  # within the window (domain.md B0, V1)
ENOUGH_PRACTITIONERS = 2  # whose words make a practitioner, where one moderator's does
MOST_OPEN_INVITATIONS = 50
MOST_TOPICS = 40


def suffices(roles: Sequence[str]) -> bool:
    """Whether the words of people in these roles make a practitioner."""
    return MODERATOR in roles or len(roles) >= ENOUGH_PRACTITIONERS


# Founding and coming in


def can_found(viewer: Viewer, *, anyone_may: bool) -> Ruling:
    if not viewer.is_authenticated:
        return Ruling(False, _("Sign in to found a community."))
    if not anyone_may and not viewer.is_administrator:
        return Ruling(False, _("Whoever runs this site founds its communities."))
    return ALLOWED


def can_join(viewer: Viewer, community_id: int) -> Ruling:
    """Of a community that the viewer sees into without being in it: it is public."""
    if not viewer.is_authenticated:
        return Ruling(False, _("Sign in to join."))
    if viewer.place_in(community_id):
        return Ruling(False, _("You are in this community already."))
    if viewer.was_removed_from(community_id):
        return Ruling(False, _("A moderator has removed you from this community. You can ask to come back."))
    return ALLOWED


def can_ask(viewer: Viewer, community_id: int, *, visibility: str, has_asked: bool = False) -> Ruling:
    if not viewer.is_authenticated:
        return Ruling(False, _("Sign in to ask."))
    if viewer.place_in(community_id):
        return Ruling(False, _("You are in this community already."))
    if visibility != MEMBERS and not viewer.was_removed_from(community_id):
        return Ruling(False, _("Nobody has to ask here: anyone may join."))
    if has_asked:
        return Ruling(False, _("You have asked already. A moderator will answer."))
    return ALLOWED


def can_see_standing(viewer: Viewer, community_id: int) -> bool:
    """Standing is spoken of inside the community alone (domain.md B3)."""
    return viewer.place_in(community_id) is not None


def can_redeem(viewer: Viewer, community_id: int, *, is_by_mail: bool) -> Ruling:
    """A link passes from hand to hand; only an invitation to their own address lets in whom a moderator removed."""
    if not viewer.is_authenticated:
        return Ruling(False, _("Sign in, or make an account, to come in."))
    if viewer.place_in(community_id):
        return Ruling(False, _("You are in this community already."))
    if viewer.was_removed_from(community_id) and not is_by_mail:
        return Ruling(False, _("A moderator has removed you from this community. A link does not lead back in."))
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


# Vouching


def can_vouch(
    viewer: Viewer,
    community_id: int,
    *,
    for_id: int,
    for_place: Place | None,
    has_vouched: bool,
    now: datetime,
    given: int = 0,
) -> Ruling:
    """A moderator or a practitioner says what they have seen somebody do.

    Args:
        given: how often they have vouched within the window, words taken back included.
    """
    place = viewer.place_in(community_id)
    if place is None or place.role == NEWCOMER:
        return Ruling(False, _("Only practitioners and moderators can vouch for somebody here."))
    if not (ruling := can_write(viewer, community_id, now)):
        return ruling
    if for_id == viewer.id:
        return Ruling(False, _("Others vouch for you; you cannot do it yourself."))
    if for_place is None:
        return Ruling(False, _("They are not in this community."))
    if has_vouched:
        return Ruling(False, _("You have vouched for them already."))
    most = MOST_VOUCHES[place.role]
    if given >= most:
        return Ruling(
            False,
            ngettext(
                "You have vouched once in the last ninety days, and that is the most.",
                "You have vouched %(num)s times in the last ninety days, and that is the most.",
                most,
            ),
        )
    return ALLOWED


def can_withdraw_vouch(viewer: Viewer, *, has_vouched: bool) -> Ruling:
    """Whoever gave a word may take it back, whatever they are here by now."""
    if not viewer.is_authenticated:
        return Ruling(False, _("Sign in to take part."))
    return ALLOWED if has_vouched else Ruling(False, _("No word of yours stands beside their name."))


# Moderating


def can_moderate(viewer: Viewer, community_id: int) -> Ruling:
    """Whether this person settles who is in, and what the community says of itself."""
    place = viewer.place_in(community_id)
    if place is None or place.role != MODERATOR:
        return Ruling(False, _("Only a moderator can do this here."))
    return ALLOWED


def can_approve(viewer: Viewer, community_id: int, *, visibility: str) -> Ruling:
    """Whoever asked must be able to see what they are let into; a secret community is entered by invitation alone."""
    if can_moderate(viewer, community_id) and visibility == SECRET:
        return Ruling(False, _("They asked before this community was secret, and cannot see it now. Invite them."))
    return can_moderate(viewer, community_id)


def can_invite(viewer: Viewer, community_id: int, *, open_invitations: int) -> Ruling:
    if open_invitations >= MOST_OPEN_INVITATIONS:
        return can_moderate(viewer, community_id) and Ruling(
            False, _("There are %(num)s open invitations. Revoke one first, or wait.", num=MOST_OPEN_INVITATIONS)
        )
    return can_moderate(viewer, community_id)


def can_add_topic(viewer: Viewer, community_id: int, *, topics: int) -> Ruling:
    if topics >= MOST_TOPICS:
        return can_moderate(viewer, community_id) and Ruling(
            False, _("There are %(num)s topics, and that is the most. Retire one first.", num=MOST_TOPICS)
        )
    return can_moderate(viewer, community_id)


def can_remove(viewer: Viewer, community_id: int, *, person_id: int, place: Place | None) -> Ruling:
    """Moderators do not remove one another: the role goes first, so that it is never done in passing."""
    if not (ruling := can_moderate(viewer, community_id)):
        return ruling
    if place is None:
        return Ruling(False, _("They are not in this community."))
    if person_id == viewer.id:
        return Ruling(False, _("To go yourself, leave the community."))
    if place.role == MODERATOR:
        return Ruling(False, _("They moderate here. Dismiss them as a moderator first."))
    return ALLOWED


def can_appoint(viewer: Viewer, community_id: int, *, place: Place | None) -> Ruling:
    if not (ruling := can_moderate(viewer, community_id)):
        return ruling
    if place is None:
        return Ruling(False, _("They are not in this community."))
    if place.role == MODERATOR:
        return Ruling(False, _("They moderate here already."))
    return ALLOWED


def can_dismiss(viewer: Viewer, community_id: int, *, place: Place | None, moderators: int) -> Ruling:
    """Oneself too: a moderator may step back, unless nobody would be left."""
    if not (ruling := can_moderate(viewer, community_id)):
        return ruling
    if place is None or place.role != MODERATOR:
        return Ruling(False, _("They do not moderate here."))
    if moderators <= 1:
        return Ruling(False, _("The last moderator stays until there is another. Appoint somebody first."))
    return ALLOWED


def can_leave(viewer: Viewer, community_id: int, *, moderators: int) -> Ruling:
    place = viewer.place_in(community_id)
    if place is None:
        return Ruling(False, _("You are not in this community."))
    if place.role == MODERATOR and moderators <= 1:
        return Ruling(False, _("You are the last moderator here. Appoint somebody first, then you can leave."))
    return ALLOWED
