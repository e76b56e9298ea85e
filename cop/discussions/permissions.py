"""Who may tell, reply and revise. Each refusal is the sentence the person reads."""

from __future__ import annotations

from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.communities.permissions import can_write
from cop.discussions.models import Reply, Thread
from cop.discussions.queries import ReplyLine
from cop.platform.errors import Ruling
from cop.platform.words import gettext as _


def can_tell(viewer: Viewer, community_id: int, now: datetime) -> Ruling:
    """Whoever tells can be reached: the first story is when an address must be known to be somebody's own."""
    ruling = can_write(viewer, community_id, now)
    if ruling and not viewer.is_verified:
        return Ruling(False, _("Confirm your address before you tell. The letter is sent again from your settings."))
    return ruling


def can_reply(viewer: Viewer, thread: Thread, now: datetime) -> Ruling:
    return can_write(viewer, thread.community_id, now)


def can_answer(viewer: Viewer, thread: Thread, answered: Reply | ReplyLine, now: datetime) -> Ruling:
    """Only the teller answers, one level below what was said to them."""
    if answered.kind == "answer":
        return Ruling(False, _("An answer is not answered in turn. Reply to the story instead."))
    if viewer.id is None or viewer.id != thread.teller_id:
        return Ruling(False, _("Only the teller can answer here. Reply to the story instead."))
    if answered.author_id == viewer.id:
        return Ruling(False, _("This is your own. Reply to the story instead."))
    return can_write(viewer, thread.community_id, now)


def can_revise_thread(viewer: Viewer, thread: Thread, now: datetime) -> Ruling:
    if viewer.id is None or viewer.id != thread.teller_id:
        return Ruling(False, _("Only the teller can revise a story."))
    return can_write(viewer, thread.community_id, now)


def can_revise_reply(viewer: Viewer, author_id: int | None, community_id: int, now: datetime) -> Ruling:
    if viewer.id is None or viewer.id != author_id:
        return Ruling(False, _("Only the person who wrote it can revise it."))
    return can_write(viewer, community_id, now)
