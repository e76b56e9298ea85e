"""The actor as they are now: what was read when the request began may have changed meanwhile.

Between the two a request may have waited, for seconds, for another one's transaction. So every operation asks again in
its own, and holds what it was told until it ends: whoever removes, silences or suspends the actor waits that long.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import bindparam, select

from cop.accounts.models import Person
from cop.accounts.queries import is_able
from cop.accounts.viewer import Place, Viewer
from cop.communities.members.queries import find_removal
from cop.communities.models import Community, Membership
from cop.communities.queries import get_line
from cop.platform.database import ask, session
from cop.platform.errors import NotAllowed
from cop.platform.words import gettext as _


def as_of_now(actor: Viewer, community_id: int) -> Viewer:
    """The actor with what they are in a community at this moment: one statement for whoever is in it.

    Raises:
        NotAllowed: their account was suspended or closed meanwhile.
    """
    here = frozenset((community_id,))
    elsewhere = {id_: place for id_, place in actor.places.items() if id_ != community_id}
    if place := _hold_place(community_id, actor.person_id):
        return replace(actor, places=elsewhere | {community_id: place}, removed_from=actor.removed_from - here)
    was_removed = find_removal(community_id, actor.person_id) is not None
    removed_from = actor.removed_from | here if was_removed else actor.removed_from - here
    return replace(actor, places=elsewhere, removed_from=removed_from)


def as_of_now_inside(actor: Viewer, community_id: int) -> Viewer:
    """The same, for what is done with something that was said in the community.

    Raises:
        NotAllowed: as above.
        NotVisible: they see into it no more.
    """
    actor = as_of_now(actor, community_id)
    if actor.place_in(community_id) is None:
        get_line(actor, community_id)
    return actor


def hold_communities_of(person_id: int) -> None:
    """Hold every community somebody is in against whoever else would change who is in it, always in one order."""
    theirs = select(Membership.community_id).where(Membership.person_id == person_id)
    held = select(Community.id).where(Community.id.in_(theirs)).order_by(Community.id)
    session().execute(held.with_for_update(key_share=True)).all()


_HELD_PLACE = (
    select(Membership.role, Membership.voice, Membership.silenced_until)
    .join(Person, Person.id == Membership.person_id)
    .where(
        Membership.community_id == bindparam("community_id"), Membership.person_id == bindparam("person_id"), is_able()
    )
    .with_for_update(read=True)
)


def _hold_place(community_id: int, person_id: int) -> Place | None:
    row = ask(_HELD_PLACE, {"community_id": community_id, "person_id": person_id}).first()
    if row is None and not session().scalar(select(Person.id).where(Person.id == person_id, is_able())):
        raise NotAllowed(_("Your account has been suspended or closed."))
    return Place(row.role, row.voice, row.silenced_until) if row else None
