"""Leaving, removing, appointing and dismissing.

Each holds the community's row and asks again what the actor is here, so that at least one moderator remains whatever
two of them do at once.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update

from cop.accounts.viewer import Viewer
from cop.communities.events import ModeratorDismissed, PersonJoined, PersonLeft, PersonRemoved
from cop.communities.members.queries import get_membership, get_removal
from cop.communities.models import PRACTITIONER, Community, Membership, Removal, Silence
from cop.communities.operations import (
    appoint_moderator,
    end_removal,
    refuse_look_alike,
    see_that_they_are_here,
)
from cop.communities.permissions import can_appoint, can_dismiss, can_leave, can_moderate, can_remove
from cop.communities.places.queries import as_of_now
from cop.communities.queries import count_moderators, find_place, lock_community
from cop.communities.vouches.operations import fall_back
from cop.platform.characters import says_something
from cop.platform.database import session
from cop.platform.errors import Conflict, Unsound
from cop.platform.events import publish
from cop.platform.words import gettext as _

LONGEST_REASON = 500


def leave_community(*, actor: Viewer, community: Community, now: datetime) -> None:
    """Go. What one said stays, under one's name, and counts as it did."""
    lock_community(community.id)
    actor = as_of_now(actor, community.id)
    can_leave(actor, community.id, moderators=count_moderators(community.id)).enforce()
    _keep_silence(actor, community.id, now)
    _end_membership(community.id, actor.person_id)
    publish(PersonLeft(community_id=community.id, person_id=actor.person_id, at=now))


def remove_person(*, actor: Viewer, community: Community, person_id: int, reason: str, now: datetime) -> None:
    """Put somebody out, for a reason that they are told. What they said stays, and counts no more.

    Raises:
        Unsound: there is no reason, or it is too long.
    """
    lock_community(community.id)
    actor, place = as_of_now(actor, community.id), find_place(community.id, person_id)
    can_remove(actor, community.id, person_id=person_id, place=place).enforce()
    if not says_something(reason) or len(reason) > LONGEST_REASON:
        raise Unsound({"reason": _("Say why, in at most %(most)s characters. They are told.", most=LONGEST_REASON)})
    removal = _write_removal(actor, community.id, person_id, reason, now)
    _end_membership(community.id, person_id)
    publish(PersonRemoved(community_id=community.id, person_id=person_id, removal_id=removal.id, at=now))


def take_back_removal(*, actor: Viewer, community: Community, removal_id: int | None, now: datetime) -> int:
    """Undo a removal: they are what they were, as far as the words for them still suffice. Returns whom it was about.

    Raises:
        Conflict: it is over already.
        NotAllowed: somebody here goes by their name already.
    """
    lock_community(community.id)
    can_moderate(as_of_now(actor, community.id), community.id).enforce()
    removal = get_removal(community.id, removal_id)
    if removal.ended_at is not None:
        raise Conflict(_("That has been taken back already."))
    see_that_they_are_here(removal.person_id)
    refuse_look_alike(community.id, removal.person_id, by_another=True)
    session().add(
        Membership(
            person_id=removal.person_id,
            community_id=community.id,
            role=removal.role,
            voice=removal.voice,
            joined_at=removal.joined_at,
            practitioner_since=removal.practitioner_since,
            appointed_at=removal.appointed_at,
            silenced_until=removal.silenced_until,
        )
    )
    session().flush()
    publish(PersonJoined(community_id=community.id, person_id=removal.person_id, at=now))
    end_removal(community.id, removal.person_id, now)
    fall_back(community.id, removal.person_id, now)
    return removal.person_id


def appoint(*, actor: Viewer, community: Community, person_id: int, now: datetime) -> None:
    """Make a member a moderator, and so a practitioner."""
    lock_community(community.id)
    actor, place = as_of_now(actor, community.id), find_place(community.id, person_id)
    can_appoint(actor, community.id, place=place).enforce()
    appoint_moderator(community_id=community.id, person_id=person_id, now=now)


def dismiss(*, actor: Viewer, community: Community, person_id: int, now: datetime) -> None:
    """A moderator is a practitioner from now on; oneself too, unless one is the last."""
    lock_community(community.id)
    actor, place = as_of_now(actor, community.id), find_place(community.id, person_id)
    can_dismiss(actor, community.id, place=place, moderators=count_moderators(community.id)).enforce()
    session().execute(
        update(Membership)
        .where(Membership.community_id == community.id, Membership.person_id == person_id)
        .values(role=PRACTITIONER)
    )
    publish(ModeratorDismissed(community_id=community.id, person_id=person_id, at=now))


def _write_removal(actor: Viewer, community_id: int, person_id: int, reason: str, now: datetime) -> Removal:
    was = get_membership(community_id, person_id)
    removal = Removal(
        community_id=community_id,
        person_id=person_id,
        by_id=actor.person_id,
        reason=reason,
        at=now,
        role=was.role,
        voice=was.voice,
        joined_at=was.joined_at,
        practitioner_since=was.practitioner_since,
        appointed_at=was.appointed_at,
        silenced_until=was.silenced_until,
    )
    session().add(removal)
    session().flush()
    return removal


def _keep_silence(actor: Viewer, community_id: int, now: datetime) -> None:
    """Whoever was asked to listen for a while comes back to listen for what is left of it."""
    place = actor.place_in(community_id)
    if place and place.silenced_until and place.silenced_until > now:
        session().merge(Silence(person_id=actor.person_id, community_id=community_id, until=place.silenced_until))


def _end_membership(community_id: int, person_id: int) -> None:
    session().execute(
        delete(Membership).where(Membership.community_id == community_id, Membership.person_id == person_id)
    )
