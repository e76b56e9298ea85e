"""Who may ask somebody to keep a thread, and say yes."""

from __future__ import annotations

from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.communities.models import NEWCOMER
from cop.communities.permissions import can_moderate, can_write
from cop.discussions.models import Thread
from cop.platform.errors import ALLOWED, Ruling
from cop.platform.words import gettext as _


def can_ask_keeper(viewer: Viewer, thread: Thread, *, is_teller_here: bool, is_kept: bool) -> Ruling:
    """A moderator, where whoever told it has gone."""
    if not (ruling := can_moderate(viewer, thread.community_id)):
        return ruling
    if thread.kind == "procedure":
        return Ruling(False, _("A procedure has a keeper of its own. Change it to name another."))
    if is_teller_here:
        return Ruling(False, _("Whoever told it is here and looks after it."))
    if is_kept:
        return Ruling(False, _("Somebody keeps it, or was asked to. Take that back first."))
    return ALLOWED


def can_be_keeper(role: str) -> Ruling:
    if role in ("", NEWCOMER):
        return Ruling(False, _("A practitioner of this community has to keep it."))
    return ALLOWED


def can_accept_keeping(viewer: Viewer, thread: Thread, now: datetime, *, asked_id: int | None) -> Ruling:
    if viewer.id is None or viewer.id != asked_id:
        return Ruling(False, _("Somebody else was asked to keep it, or nobody."))
    place = viewer.place_in(thread.community_id)
    return can_be_keeper(place.role if place else "") and can_write(viewer, thread.community_id, now)


def can_release_keeper(viewer: Viewer, thread: Thread, *, keeper_id: int | None) -> Ruling:
    """They themselves at any time, and moderators."""
    if keeper_id is None:
        return Ruling(False, _("Nobody keeps it."))
    return ALLOWED if viewer.id == keeper_id else can_moderate(viewer, thread.community_id)
