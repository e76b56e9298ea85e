"""Who hears of probes: the teller at most once a day and never while they sit back; whoever asked, of the answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from cop.discussions.events import ProbeAnswered, ProbeOpened, ProbeWondered
from cop.discussions.models import Thread
from cop.discussions.probes.permissions import sits_back_until
from cop.notifications.probes.models import ProbeLetter
from cop.platform.database import session
from cop.platform.outbox import enqueue

TO_TELLER, TO_ASKER = "notifications.probes", "notifications.probe_answered"
AT_MOST_EVERY = timedelta(days=1)
MANY_WONDER = 2  # from so many on it is news again (domain.md A3, callbacks)


def plan_letter_to_teller(opened: ProbeOpened) -> None:
    _plan(opened.thread_id, opened.at)


def plan_letter_of_wondering(wondered: ProbeWondered) -> None:
    """Others wonder the same: worth a line in the next letter."""
    if wondered.number >= MANY_WONDER:
        _plan(wondered.thread_id, wondered.at)


def tell_asker_of_answer(answered: ProbeAnswered) -> None:
    enqueue(TO_ASKER, {"reply_id": answered.reply_id, "answer_id": answered.answer_id}, now=answered.at)


def _plan(thread_id: int, at: datetime) -> None:
    """One letter holds everything that is asked until it leaves."""
    thread = session().get_one(Thread, thread_id)
    if thread.teller_id is None:
        return
    letter = session().get(ProbeLetter, thread.teller_id) or ProbeLetter(person_id=thread.teller_id)
    due_at = max(filter(None, (at, sits_back_until(thread), letter.sent_at and letter.sent_at + AT_MOST_EVERY)))
    if letter.due_at is not None and at - AT_MOST_EVERY <= letter.due_at <= due_at:  # an older one was lost
        return
    letter.due_at = due_at
    session().add(letter)
    session().flush()
    enqueue(TO_TELLER, {"person_id": thread.teller_id}, now=at, due_at=due_at)
