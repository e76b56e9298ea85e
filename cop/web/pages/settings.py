"""What one's own settings show, each in a short read of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cop.accounts.permissions import Ties, can_leave_site
from cop.accounts.queries import (
    OwnAccount,
    SignedIn,
    count_administrators,
    get_own_account,
    hold_administrators,
    list_sessions,
)
from cop.accounts.viewer import Viewer
from cop.communities.care.queries import find_look_alike, list_moderated_alone
from cop.communities.places.queries import hold_communities_of
from cop.platform.database import reading
from cop.platform.errors import Ruling, Unsound
from cop.platform.words import gettext as _


@dataclass(frozen=True, slots=True)
class SessionsPage:
    """The devices somebody is signed in on, this one apart from the others."""

    this: SignedIn | None
    others: tuple[SignedIn, ...]


@dataclass(frozen=True, slots=True)
class Leaving:
    """What would be left behind, and whether one may go."""

    ties: Ties
    ruling: Ruling


def load_own(viewer: Viewer) -> OwnAccount:
    with reading():
        return get_own_account(viewer.person_id)


def refuse_look_alike_name(viewer: Viewer, name: str) -> None:
    """Nobody takes a name in the running transaction that could be mixed up with one in a community of theirs.

    Whoever keeps their name keeps it: two namesakes may have met in a community before either was asked. The
    communities are held, so that nobody of that name comes in meanwhile.

    Raises:
        Unsound: somebody there has a name like it.
    """
    if name == viewer.name:
        return
    hold_communities_of(viewer.person_id)
    if other := find_look_alike(name, viewer.places, besides=viewer.person_id):
        raise Unsound({"name": _("%(name)s is in a community with you, and the two could be mixed up.", name=other)})


def read_sessions(viewer: Viewer, *, now: datetime) -> SessionsPage:
    sessions = list_sessions(viewer.person_id, now=now)
    this = next((one for one in sessions if one.id == viewer.session_id), None)
    return SessionsPage(this, tuple(one for one in sessions if one.id != viewer.session_id))


def hold_ties(viewer: Viewer) -> None:
    """Hold whatever must not be left without anybody, before it is asked whether it would be."""
    hold_communities_of(viewer.person_id)
    if viewer.is_administrator:
        hold_administrators()


def find_ties(viewer: Viewer) -> Leaving:
    """Reads in the running transaction, or in none."""
    ties = Ties(
        alone_in=list_moderated_alone(viewer.person_id),
        is_last_administrator=viewer.is_administrator and count_administrators() <= 1,
    )
    return Leaving(ties, can_leave_site(ties))
