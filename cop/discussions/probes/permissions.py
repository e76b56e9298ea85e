"""Who may ask, answer, decline and wonder. Each refusal is the sentence the person reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cop.accounts.viewer import Viewer
from cop.communities.permissions import can_moderate
from cop.discussions.models import Reply, Thread
from cop.discussions.permissions import can_answer, can_reply
from cop.discussions.probes.models import ANSWERED, DECLINED, OPEN, WITHDRAWN
from cop.discussions.probes.turns import MOST_WAITING_EACH, Turn, has_place
from cop.discussions.talks.queries import ReplyLine
from cop.platform.errors import ALLOWED, Ruling
from cop.platform.words import gettext as _

SITTING_BACK = timedelta(hours=48)  # after telling the teller listens, and nobody expects an answer (domain.md A3)


def is_teller(viewer: Viewer, thread: Thread) -> bool:
    """Whether a question to whoever told it is a question to this person."""
    return viewer.id is not None and viewer.id == thread.teller_id


def sits_back_until(thread: Thread) -> datetime | None:
    """Until when the teller of a story only listens; whoever asks a question or brings a case wants to hear at once."""
    return thread.told_at + SITTING_BACK if thread.kind == "story" and thread.teller_id is not None else None


def can_probe(viewer: Viewer, thread: Thread, now: datetime, *, is_teller_here: bool) -> Ruling:
    """Anyone in the community asks the teller, as long as there is one."""
    if thread.kind == "procedure":
        return Ruling(False, _("A procedure has no teller to ask. Ask in a discussion that it rests on."))
    if thread.kind == "case":
        return Ruling(False, _("In a case you choose, and reply once you have. Its teller is not asked here."))
    if is_teller(viewer, thread):
        return Ruling(False, _("This is your own. Others ask you."))
    if ruling := can_reply(viewer, thread, now):
        return ruling if is_teller_here else Ruling(False, _("Whoever told this cannot be asked here. Reply instead."))
    return ruling


def can_wait(viewer: Viewer, turns: Sequence[Turn], *, most: int) -> Ruling:
    """Whether one more may be put behind those that wait."""
    own = sum(asker == viewer.id for _turn, asker in turns)
    if own >= MOST_WAITING_EACH:
        return Ruling(
            False, _("%(num)s of your questions wait here already. Take one of them back first.", num=MOST_WAITING_EACH)
        )
    if len(turns) >= most:
        return Ruling(False, _("Very many questions wait here already. Come back when some have been answered."))
    return ALLOWED


def can_answer_probe(viewer: Viewer, thread: Thread, asked: Reply | ReplyLine, state: str, now: datetime) -> Ruling:
    """The teller answers what is open, and what they declined when they think better of it; one answer each."""
    if thread.kind == "case" and asked.kind == "probe":
        return Ruling(False, _("The practitioners who chose there are asked. Reply instead."))
    ruling = can_answer(viewer, thread, asked, now)
    if ruling and state == ANSWERED:
        return Ruling(False, _("You have answered this. Edit your answer instead."))
    return ruling


def can_decline(viewer: Viewer, thread: Thread, state: str, now: datetime) -> Ruling:
    """The teller need not say why. Of a panel nobody is asked alone, so nobody declines."""
    if thread.kind == "case":
        return Ruling(False, _("The practitioners who chose there are asked, and whoever likes answers."))
    if not is_teller(viewer, thread):
        return Ruling(False, _("Only the teller can decline a question."))
    if state == DECLINED:
        return Ruling(False, _("You have declined it already."))
    if state != OPEN:
        return Ruling(False, _("It is not open any more."))
    return can_reply(viewer, thread, now)


def can_reopen(
    viewer: Viewer, thread: Thread, state: str, asker_id: int | None, open_askers: Sequence[int | None], now: datetime
) -> Ruling:
    """The teller takes a declining back, unless others have taken its place meanwhile."""
    if not is_teller(viewer, thread):
        return Ruling(False, _("Only the teller can decline a question."))
    if state != DECLINED:
        return Ruling(False, _("You have not declined it."))
    if not has_place(open_askers, asker_id):
        return Ruling(False, _("Other questions have taken its place. You can still answer it."))
    return can_reply(viewer, thread, now)


def can_wonder(viewer: Viewer, thread: Thread, asker_id: int | None, state: str, now: datetime) -> Ruling:
    """Instead of asking the same again."""
    if viewer.id is not None and viewer.id == asker_id:
        return Ruling(False, _("This is your own question."))
    if is_teller(viewer, thread) and thread.kind != "case":
        return Ruling(False, _("It is you who are asked."))
    if state != OPEN:
        return Ruling(False, _("It is not open any more."))
    return can_reply(viewer, thread, now)


def can_add_case(viewer: Viewer, thread: Thread, asked: Reply | ReplyLine, state: str, now: datetime) -> Ruling:
    """Anyone but the teller and whoever asked says how it was with them."""
    if viewer.id is not None and viewer.id == asked.author_id:
        return Ruling(False, _("This is your own question. Reply to the story instead."))
    if thread.kind == "case":
        return Ruling(False, _("The practitioners who chose there are asked. Reply to the case instead."))
    if is_teller(viewer, thread):
        return Ruling(False, _("You are the teller. What you say to it is the answer."))
    if state == WITHDRAWN or asked.withdrawn_at is not None:
        return Ruling(False, _("Its author has withdrawn it."))
    return can_reply(viewer, thread, now)


def can_remove_probe(viewer: Viewer, thread: Thread, asked: Reply | ReplyLine) -> Ruling:
    """A moderator takes away what harms, with a reason; their own they withdraw like everybody else."""
    if ruling := can_moderate(viewer, thread.community_id):
        if viewer.id == asked.author_id:
            return Ruling(False, _("This is your own question. Withdraw it instead."))
        if asked.withdrawn_at is not None:
            return Ruling(False, _("It is withdrawn already."))
        return ALLOWED
    return Ruling(ruling.allowed, _("Only a moderator can take a question away."))


def can_give_back(viewer: Viewer, thread: Thread, *, is_removed: bool) -> Ruling:
    """Moderators undo what one of them did."""
    if not can_moderate(viewer, thread.community_id):
        return Ruling(False, _("Only a moderator can give a question back."))
    return ALLOWED if is_removed else Ruling(False, _("No moderator has taken it away."))


def can_bring_back(asker_id: int | None, open_askers: Sequence[int | None]) -> Ruling:
    """Whether a probe that was withdrawn before anybody answered finds a place again."""
    if not has_place(open_askers, asker_id):
        return Ruling(False, _("Other questions have taken its place. Bring it back when one has been answered."))
    return ALLOWED
