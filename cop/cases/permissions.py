"""Who may choose, read on, think again and say what came of it. Each refusal is the sentence the person reads."""

from __future__ import annotations

from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.communities.permissions import can_write
from cop.discussions.models import Reply, Thread
from cop.discussions.permissions import can_reply, can_revise_thread
from cop.discussions.talks.queries import ReplyLine
from cop.platform.errors import Ruling
from cop.platform.words import gettext as _


def can_commit(viewer: Viewer, thread: Thread, now: datetime) -> Ruling:
    """Anyone in the community but whoever told it: they know how it went on."""
    if _is_tellers(viewer, thread):
        return Ruling(False, _("You told this one, and know how it went on."))
    if thread.withdrawn_at is not None:
        return Ruling(False, _("Its teller has withdrawn it."))
    return can_write(viewer, thread.community_id, now)


def can_read_on(viewer: Viewer, thread: Thread) -> Ruling:
    """Anyone with an account who sees it: nobody who searches in need is held up."""
    if viewer.id is None:
        return Ruling(False, _("Sign in to choose, or to read on without choosing."))
    if _is_tellers(viewer, thread):
        return Ruling(False, _("You told this one, and know how it went on."))
    return Ruling(thread.withdrawn_at is None, _("Its teller has withdrawn it."))


def can_think_again(viewer: Viewer, thread: Thread, now: datetime, *, has_chosen: bool) -> Ruling:
    if not has_chosen:
        return Ruling(False, _("A second thought stands beside a choice, and you have made none here."))
    return can_commit(viewer, thread, now)


def can_revise_case(viewer: Viewer, thread: Thread, now: datetime) -> Ruling:
    """Only its teller. What of it can still be changed depends on whether anybody has chosen."""
    return can_revise_thread(viewer, thread, now)


def can_tell_outcome(viewer: Viewer, thread: Thread, now: datetime, *, is_known: bool) -> Ruling:
    if not _is_tellers(viewer, thread):
        return Ruling(False, _("Only the teller can say what came of it."))
    if is_known:
        return Ruling(False, _("You have said what came of it. What came later, say below it."))
    return can_revise_thread(viewer, thread, now)


def can_ask_panel(
    viewer: Viewer,
    thread: Thread,
    now: datetime,
    *,
    has_chosen: bool,
    is_open: bool,
    stands_alone: bool,
    has_asked: bool,
) -> Ruling:
    """Whoever chose what none of the panel did, or for something that none of them named; once at each decision."""
    if not has_chosen:
        return Ruling(False, _("Whoever has chosen here can ask the panel."))
    if not is_open:
        return Ruling(False, _("The panel is not complete yet."))
    if not stands_alone:
        return Ruling(False, _("Somebody on the panel chose as you did. Their reasons are there to be read."))
    if has_asked:
        return Ruling(False, _("You have asked the panel here already."))
    return can_reply(viewer, thread, now)


def can_answer_for_panel(
    viewer: Viewer,
    thread: Thread,
    asked: Reply | ReplyLine,
    now: datetime,
    *,
    is_panellist: bool,
    has_answered: bool,
) -> Ruling:
    """Each of those who are asked, once, for themselves."""
    if not is_panellist:
        return Ruling(False, _("Only the practitioners who chose there are asked."))
    if viewer.id is not None and viewer.id == asked.author_id:
        return Ruling(False, _("This is your own question."))
    if asked.withdrawn_at is not None:
        return Ruling(False, _("Its author has withdrawn it."))
    if has_answered:
        return Ruling(False, _("You have answered this. Edit your answer instead."))
    return can_reply(viewer, thread, now)


def _is_tellers(viewer: Viewer, thread: Thread) -> bool:
    return viewer.id is not None and viewer.id == thread.teller_id
