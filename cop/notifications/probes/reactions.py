"""Who hears of probes: the teller, or the panel, at most once a day and never while they sit back; and whoever asked.

Whoever asked hears of each answer, and if a moderator took the question away.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cop.discussions.events import ProbeAnswered, ProbeOpened, ProbeRemoved, ProbeWondered
from cop.discussions.models import Thread
from cop.discussions.probes.permissions import sits_back_until
from cop.notifications.probes.models import ProbeLetter
from cop.notifications.probes.queries import list_asked_panel
from cop.platform.database import session
from cop.platform.outbox import enqueue

TO_TELLER, TO_ASKER = "notifications.probes", "notifications.probe_answered"
OF_REMOVAL = "notifications.probe_removed"
AT_MOST_EVERY = timedelta(days=1)
MANY_WONDER = 2  # from so many on it is news again (domain.md A3, callbacks)


def plan_letter_to_teller(opened: ProbeOpened) -> None:
    _plan(opened.thread_id, opened.reply_id, opened.at)


def plan_letter_of_wondering(wondered: ProbeWondered) -> None:
    """Others wonder the same: worth a line in the next letter."""
    if wondered.number >= MANY_WONDER:
        _plan(wondered.thread_id, wondered.reply_id, wondered.at)


def tell_asker_of_answer(answered: ProbeAnswered) -> None:
    enqueue(TO_ASKER, {"reply_id": answered.reply_id, "answer_id": answered.answer_id}, now=answered.at)


def tell_asker_of_removal(removed: ProbeRemoved) -> None:
    enqueue(OF_REMOVAL, {"reply_id": removed.reply_id}, now=removed.at)


def _plan(thread_id: int, reply_id: int, at: datetime) -> None:
    """A letter to the teller; of a case, whose panel is asked, to those on it."""
    thread = session().get_one(Thread, thread_id)
    if thread.kind == "case":
        for person_id in list_asked_panel(reply_id):
            _plan_letter(person_id, at)
    elif thread.teller_id is not None:
        _plan_letter(thread.teller_id, at, sits_back_until(thread))


def _plan_letter(person_id: int, at: datetime, sits_back: datetime | None = None) -> None:
    """One letter holds everything that is asked until it leaves."""
    letter = session().get(ProbeLetter, person_id) or ProbeLetter(person_id=person_id)
    due_at = max(filter(None, (at, sits_back, letter.sent_at and letter.sent_at + AT_MOST_EVERY)))
    if letter.due_at is not None and at - AT_MOST_EVERY <= letter.due_at <= due_at:  # an older one was lost
        return
    letter.due_at = due_at
    session().add(letter)
    session().flush()
    enqueue(TO_TELLER, {"person_id": person_id}, now=at, due_at=due_at)
