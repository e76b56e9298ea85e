"""Writing verdicts anew as the acts say; only `cop check --mend` asks for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, update

from cop.endorsements.check_ins.models import BY_PRACTICE, CheckIn
from cop.endorsements.models import Verdict
from cop.platform.clock import moment
from cop.platform.database import session
from cop.ranking.voices.verification import WrongVerdict, look_again


def restate_verdicts(*, thread_id: int) -> None:
    """Write what the acts say of a thread, where that is not what stands.

    A moment is that of the act, to the second."""
    for wrong in look_again(thread_id):
        _restate(wrong)
    session().flush()


def _restate(wrong: WrongVerdict) -> None:
    here = (Verdict.thread_id == wrong.thread_id, Verdict.person_id == wrong.person_id)
    if wrong.key == "verdict":
        _put_or_drop(wrong)
    elif wrong.key == "check_in.voice_before":
        answered = (CheckIn.thread_id == wrong.thread_id, CheckIn.person_id == wrong.person_id)
        stands = (CheckIn.role == BY_PRACTICE, CheckIn.voice_before == wrong.stored)
        session().execute(update(CheckIn).where(*answered, *stands).values(voice_before=wrong.expected))
    else:
        column = wrong.key.removeprefix("verdict.")
        session().execute(update(Verdict).where(*here).values({column: _value(wrong)}))


def _put_or_drop(wrong: WrongVerdict) -> None:
    if wrong.said is None:
        here = (Verdict.thread_id == wrong.thread_id, Verdict.person_id == wrong.person_id)
        session().execute(delete(Verdict).where(*here))
        return
    said = wrong.said
    session().add(
        Verdict(
            thread_id=wrong.thread_id,
            person_id=wrong.person_id,
            kind=said.kind,
            voice=said.voice,
            given_at=moment(said.given_at),
            reply_id=said.reply_id,
            answer=said.answer,
            answered_at=None if said.answered_at is None else moment(said.answered_at),
        )
    )


def _value(wrong: WrongVerdict) -> Any:
    return moment(int(str(wrong.expected))) if wrong.key == "verdict.given_at" else wrong.expected
