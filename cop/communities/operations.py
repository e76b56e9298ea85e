"""Founding and joining communities, and vouching for people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, update

from cop.accounts.viewer import Viewer
from cop.communities.events import CommunityFounded, PersonJoined, PersonPromoted, PersonVouchedFor
from cop.communities.models import MODERATOR, NEWCOMER, PRACTITIONER, Community, Membership, Vouch
from cop.communities.permissions import can_join, can_vouch
from cop.communities.queries import find_community_by_slug, find_place, has_vouched
from cop.platform.characters import says_something
from cop.platform.database import session
from cop.platform.errors import Conflict, Unsound
from cop.platform.events import publish
from cop.platform.ids import new_id
from cop.platform.slugs import is_slug
from cop.platform.words import gettext as _

FULL_VOICE = 1.0  # the simple rule of domain.md B0, S3: one practitioner, one voice
LONGEST_LINE = 280


def found_community(
    *,
    name: str,
    slug: str,
    practice: str,
    now: datetime,
    ink: str = "iron",
    welcome: str = "",
    moderator_id: int | None = None,
) -> Community:
    """Found a public community; whoever is named becomes its moderator and first practitioner.

    Raises:
        Unsound: the slug cannot stand in an address.
        Conflict: the slug is taken.
    """
    if not is_slug(slug):
        raise Unsound({"slug": _("The short name takes 2 to 40 of a-z, 0-9 and hyphens.")})
    if find_community_by_slug(slug):
        raise Conflict(_("There is a community with the short name %(slug)s already.", slug=slug))
    community = Community(
        id=new_id(), slug=slug, name=name, practice=practice, ink=ink, welcome=welcome, founded_at=now
    )
    session().add(community)
    session().flush()
    publish(CommunityFounded(community_id=community.id, at=now))
    if moderator_id is not None:
        appoint_moderator(community_id=community.id, person_id=moderator_id, now=now)
    return community


def appoint_moderator(*, community_id: int, person_id: int, now: datetime) -> None:
    """Make somebody a moderator, and so a practitioner; they join if they had not. For founding and the commands."""
    before = find_place(community_id, person_id)
    if before is None:
        _add_member(community_id, person_id, role=MODERATOR, voice=FULL_VOICE, now=now)
        return
    _raise_to(MODERATOR, community_id, person_id, now)


def join_community(*, actor: Viewer, community: Community, now: datetime) -> None:
    """Join as a newcomer. Joining twice is no error: a second click finds the person in."""
    if find_place(community.id, actor.person_id):
        return
    can_join(actor, community.id).enforce()
    _add_member(community.id, actor.person_id, role=NEWCOMER, voice=0.0, now=now)


def vouch_for(*, actor: Viewer, community: Community, person_id: int, line: str, now: datetime) -> None:
    """Say what one has seen a person do: a moderator's word makes a newcomer a practitioner.

    Raises:
        NotAllowed: not a moderator, oneself, not a newcomer of this community, or vouched for before.
        Unsound: the line is empty or too long.
    """
    place = find_place(community.id, person_id)
    vouched = has_vouched(community.id, by_id=actor.person_id, for_id=person_id)
    can_vouch(actor, community.id, for_id=person_id, for_place=place, has_vouched=vouched).enforce()
    if not says_something(line) or len(line) > LONGEST_LINE:
        raise Unsound(
            {
                "line": _(
                    "Say in one line, of at most %(most)s characters, what you have seen them do.", most=LONGEST_LINE
                )
            }
        )
    session().add(Vouch(community_id=community.id, by_id=actor.person_id, for_id=person_id, line=line, at=now))
    session().flush()
    publish(PersonVouchedFor(community_id=community.id, by_id=actor.person_id, for_id=person_id, at=now))
    _raise_to(PRACTITIONER, community.id, person_id, now)


def _add_member(community_id: int, person_id: int, *, role: str, voice: float, now: datetime) -> None:
    since = now if role != NEWCOMER else None
    session().add(
        Membership(
            person_id=person_id,
            community_id=community_id,
            role=role,
            voice=voice,
            joined_at=now,
            practitioner_since=since,
        )
    )
    session().flush()
    publish(PersonJoined(community_id=community_id, person_id=person_id, at=now))


def _raise_to(role: str, community_id: int, person_id: int, now: datetime) -> None:
    session().execute(
        update(Membership)
        .where(Membership.community_id == community_id, Membership.person_id == person_id)
        .values(role=role, voice=FULL_VOICE, practitioner_since=func.coalesce(Membership.practitioner_since, now))
    )
    publish(PersonPromoted(community_id=community_id, person_id=person_id, voice=FULL_VOICE, at=now))
