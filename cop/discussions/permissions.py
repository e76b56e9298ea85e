"""Who may tell, reply and revise. Each refusal is the sentence the person reads."""

from __future__ import annotations

from datetime import datetime, timedelta

from cop.accounts.viewer import Viewer
from cop.communities.models import MODERATOR, PRACTITIONER
from cop.communities.permissions import can_write
from cop.discussions.models import Reply, Thread
from cop.discussions.talks.queries import ReplyLine
from cop.platform.errors import Ruling
from cop.platform.words import gettext as _

RESTORED_WITHIN = timedelta(days=30)


def can_tell(viewer: Viewer, community_id: int, now: datetime) -> Ruling:
    """Whoever tells can be reached: the first story is when an address must be known to be somebody's own."""
    ruling = can_write(viewer, community_id, now)
    if ruling and not viewer.is_verified:
        return Ruling(False, _("Confirm your address before you tell. The letter is sent again from your settings."))
    return ruling


def can_reply(viewer: Viewer, thread: Thread, now: datetime) -> Ruling:
    if thread.withdrawn_at is not None:
        return Ruling(False, _("Its teller has withdrawn it. What was said of it can still be read."))
    return can_write(viewer, thread.community_id, now)


def can_answer(viewer: Viewer, thread: Thread, answered: Reply | ReplyLine, now: datetime) -> Ruling:
    """Only the teller answers, one level below what was said to them."""
    if answered.kind == "answer":
        return Ruling(False, _("An answer is not answered in turn. Reply to the story instead."))
    if viewer.id is None or viewer.id != thread.teller_id:
        return Ruling(False, _("Only the teller can answer here. Reply to the story instead."))
    if answered.author_id == viewer.id:
        return Ruling(False, _("This is your own. Reply to the story instead."))
    if answered.withdrawn_at is not None:
        return Ruling(False, _("Its author has withdrawn it."))
    return can_reply(viewer, thread, now)


def can_revise_thread(viewer: Viewer, thread: Thread, now: datetime) -> Ruling:
    if viewer.id is None or viewer.id != thread.teller_id:
        return Ruling(False, _ONLY_THE_TELLER[thread.kind]())
    if thread.kind == "procedure":
        return Ruling(False, _("A procedure is changed on a page of its own."))
    if thread.withdrawn_at is not None:
        return Ruling(False, _("You have withdrawn it. Bring it back first."))
    return can_write(viewer, thread.community_id, now)


def can_revise_reply(viewer: Viewer, reply: Reply | ReplyLine, community_id: int, now: datetime) -> Ruling:
    if viewer.id is None or viewer.id != reply.author_id:
        return Ruling(False, _("Only the person who wrote it can revise it."))
    if reply.withdrawn_at is not None:
        return Ruling(False, _("You have withdrawn it. Bring it back first."))
    return can_write(viewer, community_id, now)


def can_add_procedure(viewer: Viewer, community_id: int, now: datetime) -> Ruling:
    """Practitioners and moderators: whoever points to a document must know the work it speaks of."""
    place = viewer.place_in(community_id)
    if place is None or place.role not in (PRACTITIONER, MODERATOR):
        return Ruling(False, _("Only practitioners and moderators can add a procedure."))
    return can_tell(viewer, community_id, now)


def can_keep_procedure(viewer: Viewer, thread: Thread, owner_id: int | None, now: datetime) -> Ruling:
    """Whether somebody may change a procedure and say that they have looked at it: its owner, and moderators."""
    place = viewer.place_in(thread.community_id)
    if viewer.id is None or (viewer.id != owner_id and (place is None or place.role != MODERATOR)):
        return Ruling(False, _("Only its owner or a moderator can change a procedure."))
    return can_reply(viewer, thread, now)


def can_withdraw_thread(viewer: Viewer, thread: Thread) -> Ruling:
    """Whoever told it takes it back whenever they like, silenced or gone from the community."""
    if viewer.id is None or viewer.id != thread.teller_id:
        return Ruling(False, _("Only the teller can withdraw it."))
    if thread.withdrawn_at is not None:
        return Ruling(False, _("You have withdrawn it already."))
    return Ruling(True)


def can_restore_thread(viewer: Viewer, thread: Thread, now: datetime) -> Ruling:
    if viewer.id is None or viewer.id != thread.teller_id:
        return Ruling(False, _("Only the teller can bring it back."))
    return _can_restore(viewer, thread.withdrawn_at, thread.community_id, now)


def can_withdraw_reply(viewer: Viewer, reply: Reply | ReplyLine) -> Ruling:
    """Whoever said it takes it back whenever they like, silenced or gone from the community."""
    if viewer.id is None or viewer.id != reply.author_id:
        return Ruling(False, _("Only the person who wrote it can withdraw it."))
    if reply.withdrawn_at is not None:
        return Ruling(False, _("You have withdrawn it already."))
    return Ruling(True)


def can_restore_reply(viewer: Viewer, reply: Reply | ReplyLine, community_id: int, now: datetime) -> Ruling:
    if viewer.id is None or viewer.id != reply.author_id:
        return Ruling(False, _("Only the person who wrote it can bring it back."))
    if reply.withdrawn_by_id not in (None, viewer.id):
        return Ruling(False, _("A moderator has taken it away, and can give it back."))
    return _can_restore(viewer, reply.withdrawn_at, community_id, now)


def _can_restore(viewer: Viewer, withdrawn_at: datetime | None, community_id: int, now: datetime) -> Ruling:
    if withdrawn_at is None:
        return Ruling(False, _("It is not withdrawn."))
    if now > withdrawn_at + RESTORED_WITHIN:
        return Ruling(False, _("It was withdrawn more than thirty days ago, and stays so."))
    return can_write(viewer, community_id, now)


_ONLY_THE_TELLER = {
    "story": lambda: _("Only the teller can revise a story."),
    "case": lambda: _("Only the teller can revise a case."),
    "question": lambda: _("Only whoever asked a question can revise it."),
    "procedure": lambda: _("Only whoever added a procedure can revise it."),
}
