"""Founding communities, saying what they are, and coming into them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, update

from cop.accounts.queries import hold_account, name_of
from cop.accounts.viewer import Viewer
from cop.communities.care.queries import find_look_alike
from cop.communities.events import (
    CommunityFounded,
    CommunityRevised,
    HalfLifeChanged,
    ModeratorAppointed,
    PersonJoined,
    PersonPromoted,
    PersonReturned,
)
from cop.communities.members.queries import find_kept_silence, find_removal
from cop.communities.models import (
    MODERATOR,
    NEWCOMER,
    PRACTITIONER,
    PUBLIC,
    SECRET,
    Community,
    JoinRequest,
    Membership,
    Silence,
)
from cop.communities.permissions import can_found, can_join, can_moderate, suffices
from cop.communities.places.queries import as_of_now
from cop.communities.queries import find_community_by_slug, find_place, lock_community
from cop.communities.vouches.queries import list_roles_of_vouchers
from cop.platform.database import session
from cop.platform.errors import Conflict, NotAllowed, Unsound
from cop.platform.events import publish
from cop.platform.ids import new_id
from cop.platform.markup import Rendered
from cop.platform.slugs import is_slug
from cop.platform.words import gettext as _

FULL_VOICE = 1.0  # the simple rule of domain.md B0, S3: one practitioner, one voice
NO_WELCOME = Rendered("", "", 0)
_LONGEST_STEM = 31  # leaves room for eight signs and a hyphen
_RESERVED = frozenset(("new",))  # /c/new founds one


@dataclass(frozen=True, slots=True)
class CommunityDraft:
    """What a community says of itself and who may see it; the welcome is rendered before any transaction opens."""

    name: str
    practice: str
    visibility: str
    welcome: Rendered
    ink: str
    shelf_life: str
    half_life_days: float = 30.0


def found_community(
    *,
    name: str,
    slug: str,
    practice: str,
    now: datetime,
    ink: str = "iron",
    welcome: Rendered = NO_WELCOME,
    visibility: str = PUBLIC,
    shelf_life: str = "months",
    moderator_id: int | None = None,
) -> Community:
    """Found a community; whoever is named becomes its moderator and first practitioner. For the commands.

    Raises:
        Unsound: the slug cannot stand in an address.
        Conflict: the slug is taken.
    """
    if not is_slug(slug):
        raise Unsound({"slug": _("The short name takes 2 to 40 of a-z, 0-9 and hyphens.")})
    if slug in _RESERVED or find_community_by_slug(slug):
        raise Conflict(_("The short name %(slug)s cannot be had here. Choose another.", slug=slug))
    community = Community(
        id=new_id(),
        slug=slug,
        name=name,
        practice=practice,
        ink=ink,
        welcome=welcome.source,
        welcome_html=welcome.html,
        welcome_renderer=welcome.renderer,
        visibility=visibility,
        shelf_life=shelf_life,
        founded_at=now,
    )
    session().add(community)
    session().flush()
    publish(CommunityFounded(community_id=community.id, at=now))
    if moderator_id is not None:
        appoint_moderator(community_id=community.id, person_id=moderator_id, now=now)
    return community


def found_own_community(
    *, actor: Viewer, slug: str, draft: CommunityDraft, anyone_may: bool, now: datetime
) -> Community:
    """Found a community of one's own.

    A secret one gets a short name that nobody guesses: whether “oncology” is to be had must tell nothing of what is
    hidden.

    Args:
        anyone_may: whether the site lets everybody with an account found one.

    Raises:
        Unsound: the short name cannot stand in an address, or is taken.
    """
    can_found(actor, anyone_may=anyone_may).enforce()
    try:
        return found_community(
            name=draft.name,
            slug=slug if draft.visibility != SECRET else f"{slug[:_LONGEST_STEM].rstrip('-')}-{secrets.token_hex(4)}",
            practice=draft.practice,
            ink=draft.ink,
            welcome=draft.welcome,
            visibility=draft.visibility,
            shelf_life=draft.shelf_life,
            moderator_id=actor.person_id,
            now=now,
        )
    except Conflict as taken:
        raise Unsound({"slug": taken.reason}) from taken


def revise_community(*, actor: Viewer, community: Community, draft: CommunityDraft, now: datetime) -> None:
    """Change what the community says of itself, who may see it, and how long things live there."""
    community = lock_community(community.id)
    can_moderate(as_of_now(actor, community.id), community.id).enforce()
    changes_pace = community.half_life_days != draft.half_life_days
    community.name, community.practice, community.visibility = draft.name, draft.practice, draft.visibility
    community.welcome, community.welcome_html = draft.welcome.source, draft.welcome.html
    community.welcome_renderer = draft.welcome.renderer
    community.ink, community.shelf_life = draft.ink, draft.shelf_life
    community.half_life_days = draft.half_life_days
    session().flush()
    publish(CommunityRevised(community_id=community.id, at=now))
    if changes_pace:
        publish(HalfLifeChanged(community_id=community.id, at=now))


def appoint_moderator(*, community_id: int, person_id: int, now: datetime) -> None:
    """Make somebody a moderator, and so a practitioner; they join if they had not. For founding and the commands."""
    if find_place(community_id, person_id) is None:
        admit(community_id=community_id, person_id=person_id, now=now)
    session().execute(
        update(Membership)
        .where(Membership.community_id == community_id, Membership.person_id == person_id)
        .values(appointed_at=now)
    )
    raise_to(MODERATOR, community_id, person_id, now)
    publish(ModeratorAppointed(community_id=community_id, person_id=person_id, at=now))


def join_community(*, actor: Viewer, community: Community, now: datetime) -> None:
    """Join a public community. Joining twice is no error: a second click finds the person in."""
    if find_place(community.id, actor.person_id):
        return
    if community.visibility != PUBLIC:
        raise NotAllowed(_("Nobody joins here at one click. Ask to join."))
    can_join(as_of_now(actor, community.id), community.id).enforce()
    admit(community_id=community.id, person_id=actor.person_id, now=now)


def admit(*, community_id: int, person_id: int, now: datetime, by_another: bool = False) -> None:
    """Let somebody in whom the caller has found allowed: a newcomer, unless the words for them still suffice.

    Args:
        by_another: whether it is somebody else who lets them in, and reads why that cannot be.

    Raises:
        NotAllowed: somebody here goes by their name already.
        Conflict: their account is closed or suspended.
    """
    lock_community(community_id)  # two of one name must not come in at once
    see_that_they_are_here(person_id)
    refuse_look_alike(community_id, person_id, by_another=by_another)
    silenced_until = find_kept_silence(community_id, person_id)
    _close_what_was_open(community_id, person_id, now)
    session().add(
        Membership(
            person_id=person_id,
            community_id=community_id,
            role=NEWCOMER,
            voice=0.0,
            joined_at=now,
            silenced_until=silenced_until,
        )
    )
    session().flush()
    publish(PersonJoined(community_id=community_id, person_id=person_id, at=now))
    if suffices(list_roles_of_vouchers(community_id, person_id)):
        raise_to(PRACTITIONER, community_id, person_id, now)


def see_that_they_are_here(person_id: int) -> None:
    """Nobody is let in whose account was closed meanwhile; until the transaction ends it cannot be.

    Raises:
        Conflict: their account is closed or suspended.
    """
    if hold_account(person_id) is None:
        raise Conflict(_("They have no account here any more."))


def refuse_look_alike(community_id: int, person_id: int, *, by_another: bool) -> None:
    """Nobody comes in beside somebody whose name can be taken for theirs.

    Raises:
        NotAllowed: somebody here goes by their name already.
    """
    name = name_of(person_id)
    if not find_look_alike(name, [community_id], besides=person_id):
        return
    if by_another:
        raise NotAllowed(
            _("Somebody here goes by a name like %(name)s already. They have to change theirs first.", name=name)
        )
    raise NotAllowed(
        _("Somebody in this community goes by a name like yours. Names are changed under “Your practice”.")
    )


def raise_to(role: str, community_id: int, person_id: int, now: datetime) -> None:
    """Give somebody a role in which their word weighs."""
    session().execute(
        update(Membership)
        .where(Membership.community_id == community_id, Membership.person_id == person_id)
        .values(role=role, voice=FULL_VOICE, practitioner_since=func.coalesce(Membership.practitioner_since, now))
    )
    publish(PersonPromoted(community_id=community_id, person_id=person_id, voice=FULL_VOICE, at=now))


def end_removal(community_id: int, person_id: int, now: datetime) -> None:
    """What kept somebody out is over, if anything did."""
    if removal := find_removal(community_id, person_id):
        removal.ended_at = now
        session().flush()
        publish(PersonReturned(community_id=community_id, person_id=person_id, removal_id=removal.id, at=now))


def _close_what_was_open(community_id: int, person_id: int, now: datetime) -> None:
    """Whoever comes in has nothing to ask for any more."""
    session().execute(
        update(JoinRequest)
        .where(
            JoinRequest.community_id == community_id,
            JoinRequest.person_id == person_id,
            JoinRequest.settled_at.is_(None),
        )
        .values(outcome="withdrawn", settled_at=now)
    )
    session().execute(delete(Silence).where(Silence.community_id == community_id, Silence.person_id == person_id))
    end_removal(community_id, person_id, now)
