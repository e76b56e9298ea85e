"""Of what it can be said that it helped, and by whom."""

from __future__ import annotations

from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.discussions.models import Reply, Thread
from cop.discussions.permissions import can_reply
from cop.discussions.talks.queries import ReplyLine
from cop.platform.errors import Ruling
from cop.platform.words import gettext as _


def is_answer(thread: Thread, said: Reply | ReplyLine) -> bool:
    """Whether a reply answers somebody: it is the teller's answer, or what others say to a question."""
    if said.kind == "answer":
        return True
    return thread.kind == "question" and said.kind == "reply" and said.author_id != thread.teller_id


def can_say_it_helped(viewer: Viewer, thread: Thread, said: Reply | ReplyLine, now: datetime) -> Ruling:
    """Anyone in the community, of any answer but their own."""
    if not is_answer(thread, said):
        return Ruling(False, _("This is said of answers alone. Reply to it instead."))
    if viewer.id is not None and viewer.id == said.author_id:
        return Ruling(False, _("This is your own answer. Others say whether it helped them."))
    if said.withdrawn_at is not None:
        return Ruling(False, _("Its author has withdrawn it."))
    return can_reply(viewer, thread, now)
