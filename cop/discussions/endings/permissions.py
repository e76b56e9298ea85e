"""Who may end a thread, and take that back. Each refusal is the sentence the person reads."""

from __future__ import annotations

from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.communities.models import MODERATOR, NEWCOMER
from cop.communities.permissions import can_moderate, can_write
from cop.discussions.models import Thread
from cop.platform.errors import ALLOWED, Ruling
from cop.platform.words import gettext as _


def is_moderator(viewer: Viewer, community_id: int) -> bool:
    place = viewer.place_in(community_id)
    return place is not None and place.role == MODERATOR


def can_retire(viewer: Viewer, thread: Thread, *, has_ended: bool) -> Ruling:
    """A moderator, with a reason; it stays to be read."""
    if not is_moderator(viewer, thread.community_id):
        return Ruling(False, _("Only a moderator can retire a discussion."))
    return _can_end(thread, has_ended)


def can_supersede(viewer: Viewer, thread: Thread, now: datetime, *, has_ended: bool) -> Ruling:
    """A moderator at once; its teller by proposing it, for a practitioner to agree."""
    is_tellers = viewer.id is not None and viewer.id == thread.teller_id
    if not is_moderator(viewer, thread.community_id) and not is_tellers:
        return Ruling(False, _("Only its teller or a moderator can say what has taken its place."))
    return can_write(viewer, thread.community_id, now) and _can_end(thread, has_ended)


def can_second(
    viewer: Viewer, thread: Thread, now: datetime, *, is_proposed: bool, is_successor_gone: bool = False
) -> Ruling:
    """Agree with the teller that another thread has taken the place of this one."""
    place = viewer.place_in(thread.community_id)
    if place is None or place.role == NEWCOMER:
        return Ruling(False, _("A practitioner has to agree that another has taken its place."))
    if viewer.id == thread.teller_id:
        return Ruling(False, _("You have said so yourself. Somebody else has to agree."))
    if not is_proposed:
        return Ruling(False, _("Nothing is proposed to take its place."))
    if is_successor_gone:
        return Ruling(False, _("What was to take its place does not stand any more."))
    return can_write(viewer, thread.community_id, now)


def can_drop(viewer: Viewer, thread: Thread, *, is_proposed: bool) -> Ruling:
    """Take back, or turn down, what its teller proposes."""
    if not is_moderator(viewer, thread.community_id) and (viewer.id is None or viewer.id != thread.teller_id):
        return Ruling(False, _("Only its teller or a moderator can take this back."))
    return ALLOWED if is_proposed else Ruling(False, _("Nothing is proposed to take its place."))


def can_reopen(
    viewer: Viewer, thread: Thread, *, has_ended: bool, seconder_id: int | None = None, is_successor_gone: bool = False
) -> Ruling:
    """A moderator; whoever agreed to a successor takes that back; and its teller, once the successor is withdrawn."""
    is_seconder = viewer.id is not None and viewer.id == seconder_id
    is_tellers = viewer.id is not None and viewer.id == thread.teller_id and viewer.place_in(thread.community_id)
    if is_seconder or (is_tellers and is_successor_gone) or (ruling := can_moderate(viewer, thread.community_id)):
        return ALLOWED if has_ended else Ruling(False, _("It is neither retired nor superseded."))
    return ruling


def _can_end(thread: Thread, has_ended: bool) -> Ruling:
    if thread.withdrawn_at is not None:
        return Ruling(False, _("Its teller has withdrawn it. What was said of it can still be read."))
    if has_ended:
        return Ruling(False, _("It is retired or superseded already. Take that back first."))
    return ALLOWED
