"""Who may give a verdict."""

from __future__ import annotations

from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.communities.permissions import can_write
from cop.discussions.models import Thread
from cop.platform.errors import Ruling
from cop.platform.words import gettext as _


def can_give_verdict(viewer: Viewer, thread: Thread, now: datetime) -> Ruling:
    """Anyone in the community, on anything but their own thread, a question and a procedure."""
    if viewer.id is not None and viewer.id == thread.teller_id:
        return Ruling(False, _("This is your own story. Others say whether it holds."))
    if thread.withdrawn_at is not None:
        return Ruling(False, _("Its teller has withdrawn it. What was said of it can still be read."))
    if thread.kind == "question":
        return Ruling(False, _("A question is not endorsed. Say what you know of it in a reply."))
    if thread.kind == "procedure":
        return Ruling(
            False, _("A procedure is not endorsed on its own. Say what you know in a discussion that it rests on.")
        )
    return can_write(viewer, thread.community_id, now)


def sees_totals(viewer: Viewer, thread: Thread, *, has_answered: bool) -> bool:
    """Visitors and the teller always; somebody in the community once they have answered or said not now."""
    place = viewer.place_in(thread.community_id)
    return place is None or viewer.id == thread.teller_id or has_answered
