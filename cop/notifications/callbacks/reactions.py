"""Who hears of what became of theirs: the teller, of what others did. Each thing is told once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from cop.accounts.events import AccountClosed
from cop.cases.events import CaseWasCut, SecondThoughtWritten
from cop.discussions.events import ProbeWondered, ThreadRevised, ThreadTold
from cop.discussions.models import Thread
from cop.endorsements.events import AnswerHelped, CheckInAnswered, VerdictGiven
from cop.notifications.callbacks.models import (
    CASE,
    HELPED,
    PROCEDURE,
    REPORT,
    SECOND_THOUGHT,
    WONDERED,
    Callback,
    CallbackLetter,
)
from cop.notifications.callbacks.operations import call_back
from cop.notifications.callbacks.queries import SEVERAL, list_grounds_of
from cop.platform.database import session


def tell_of_report(given: VerdictGiven | CheckInAnswered) -> None:
    """A verdict with its text: somebody has used it, or would do otherwise. To have seen the same is no news."""
    if given.reply_id is not None:
        _tell(given.thread_id, given.person_id, REPORT, given.reply_id, given.at)


def tell_of_wondering(wondered: ProbeWondered) -> None:
    if wondered.number >= SEVERAL:
        _tell(wondered.thread_id, None, WONDERED, wondered.reply_id, wondered.at)


def tell_of_help(helped: AnswerHelped) -> None:
    """Whoever answered is told, be it their own thread or another's question."""
    if helped.author_id is not None:
        call_back(
            person_id=helped.author_id,
            by_id=helped.person_id,
            kind=HELPED,
            thread_id=helped.thread_id,
            ref_id=helped.insight_id,
            at=helped.at,
        )


def tell_of_second_thought(written: SecondThoughtWritten) -> None:
    _tell(written.thread_id, written.person_id, SECOND_THOUGHT, written.commitment_id, written.at)


def tell_of_case(cut: CaseWasCut) -> None:
    """Whoever tells the story cuts it: it stands among what became of it, and is no news."""
    _tell(cut.thread_id, session().get_one(Thread, cut.case_id).teller_id, CASE, cut.case_id, cut.at)


def tell_of_procedure(happened: ThreadTold | ThreadRevised) -> None:
    """A procedure rests on it, from the beginning or since it was changed."""
    procedure = session().get_one(Thread, happened.thread_id)
    if procedure.kind != "procedure":
        return
    for thread_id, teller_id in list_grounds_of(procedure.id):
        call_back(
            person_id=teller_id,
            by_id=procedure.teller_id,
            kind=PROCEDURE,
            thread_id=thread_id,
            ref_id=procedure.id,
            at=happened.at,
        )


def forget_callbacks(closed: AccountClosed) -> None:
    """Whoever has left is told nothing any more."""
    session().execute(delete(Callback).where(Callback.person_id == closed.person_id))
    session().execute(delete(CallbackLetter).where(CallbackLetter.person_id == closed.person_id))


def _tell(thread_id: int, by_id: int | None, kind: str, ref_id: int, at: datetime) -> None:
    teller_id = session().get_one(Thread, thread_id).teller_id
    if teller_id is not None:
        call_back(person_id=teller_id, by_id=by_id, kind=kind, thread_id=thread_id, ref_id=ref_id, at=at)
