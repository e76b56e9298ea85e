"""Vouching for people, and taking a word back."""

from __future__ import annotations

from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.communities.events import PersonDemoted, PersonVouchedFor, VouchWithdrawn
from cop.communities.members.queries import get_membership
from cop.communities.models import NEWCOMER, PRACTITIONER, Community, Vouch
from cop.communities.operations import raise_to
from cop.communities.permissions import can_vouch, can_withdraw_vouch, suffices
from cop.communities.places.queries import as_of_now
from cop.communities.queries import find_place, lock_community
from cop.communities.vouches.queries import count_given, find_vouch, has_vouched, list_roles_of_vouchers
from cop.platform.characters import says_something
from cop.platform.database import session
from cop.platform.errors import Unsound
from cop.platform.events import publish
from cop.platform.words import gettext as _

LONGEST_LINE = 280


def vouch_for(*, actor: Viewer, community: Community, person_id: int, line: str, now: datetime) -> None:
    """Say what one has seen a person do: one moderator's word, or those of two, make a newcomer a practitioner.

    Raises:
        NotAllowed: a newcomer's word, oneself, nobody here, vouched for before, or too often of late.
        Unsound: the line is empty or too long.
    """
    lock_community(community.id)  # two words at once must not both be the fifth, nor both be the first of two
    actor, place = as_of_now(actor, community.id), find_place(community.id, person_id)
    can_vouch(
        actor,
        community.id,
        for_id=person_id,
        for_place=place,
        now=now,
        has_vouched=has_vouched(community.id, by_id=actor.person_id, for_id=person_id),
        given=count_given(community.id, by_id=actor.person_id, now=now),
    ).enforce()
    if not says_something(line) or len(line) > LONGEST_LINE:
        raise Unsound(
            {
                "line": _(
                    "Say in one line, of at most %(most)s characters, what you have seen them do.", most=LONGEST_LINE
                )
            }
        )
    vouch = Vouch(
        community_id=community.id,
        by_id=actor.person_id,
        for_id=person_id,
        role=actor.places[community.id].role,
        line=line,
        at=now,
    )
    session().add(vouch)
    session().flush()
    if place and place.role == NEWCOMER and suffices(list_roles_of_vouchers(community.id, person_id)):
        raise_to(PRACTITIONER, community.id, person_id, now)
    publish(PersonVouchedFor(community_id=community.id, person_id=person_id, vouch_id=vouch.id, at=now))


def withdraw_vouch(*, actor: Viewer, community: Community, person_id: int, now: datetime) -> None:
    """Take one's word back. What remains may not suffice: then they are a newcomer again, from now on."""
    lock_community(community.id)
    actor = as_of_now(actor, community.id)
    vouch = find_vouch(community.id, by_id=actor.person_id, for_id=person_id)
    can_withdraw_vouch(actor, has_vouched=vouch is not None).enforce()
    if vouch is not None:
        vouch.withdrawn_at = now
        session().flush()
        fall_back(community.id, person_id, now)
        publish(VouchWithdrawn(community_id=community.id, person_id=person_id, vouch_id=vouch.id, at=now))


def fall_back(community_id: int, person_id: int, now: datetime) -> None:
    """Make a newcomer again of a practitioner for whom too few words stand.

    Whoever was ever appointed stays a practitioner; a word was not what made them one.
    """
    if find_place(community_id, person_id) is None:
        return
    member = get_membership(community_id, person_id)
    is_made_by_words = member.role == PRACTITIONER and member.appointed_at is None
    if is_made_by_words and not suffices(list_roles_of_vouchers(community_id, person_id)):
        member.role, member.voice, member.practitioner_since = NEWCOMER, 0.0, None
        session().flush()
        publish(PersonDemoted(community_id=community_id, person_id=person_id, at=now))
