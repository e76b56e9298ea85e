"""Reads of check-ins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from cop.accounts.viewer import Viewer
from cop.endorsements.check_ins.models import BY_PRACTICE, CheckIn
from cop.platform.clock import seconds
from cop.platform.database import ask, session


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """What the viewer said when they were asked last."""

    answer: str
    answered_at: datetime
    role: str
    due_at: int


def has_answered(thread_id: int, viewer: Viewer, due_at: datetime) -> bool:
    """Whether the viewer has answered the check-in that became due then."""
    row = session().get(CheckIn, (thread_id, viewer.person_id, seconds(due_at)), populate_existing=True)
    return row is not None and row.answer is not None


def find_last_answer(thread_id: int, viewer: Viewer) -> OwnAnswer | None:
    """What the viewer answered last, in whichever check-in."""
    row = session().execute(
        select(CheckIn.answer, CheckIn.answered_at, CheckIn.role, CheckIn.due_at)
        .where(CheckIn.thread_id == thread_id, CheckIn.person_id == viewer.id, CheckIn.answer.is_not(None))
        .order_by(CheckIn.answered_at.desc())
        .limit(1)
    ).first()  # fmt: skip
    return OwnAnswer(row[0] or "", row[1], row[2] or "", row[3]) if row and row[1] else None


def list_rows_by_practice(thread_id: int, person_id: int, since: datetime) -> list[CheckIn]:
    """Somebody's answers to one thread that renewed or replaced a verdict of theirs, latest first."""
    return list(
        session().scalars(
            select(CheckIn)
            .where(
                CheckIn.thread_id == thread_id,
                CheckIn.person_id == person_id,
                CheckIn.role == BY_PRACTICE,
                CheckIn.answered_at >= since,
            )
            .order_by(CheckIn.answered_at.desc())
        )
    )


def find_last_row(thread_id: int, person_id: int) -> CheckIn | None:
    """The row of what somebody answered last."""
    return session().scalar(
        select(CheckIn)
        .where(CheckIn.thread_id == thread_id, CheckIn.person_id == person_id, CheckIn.answer.is_not(None))
        .order_by(CheckIn.answered_at.desc())
        .limit(1)
    )


def list_answers_said(reply_ids: Iterable[int]) -> dict[int, str]:
    """Which of these replies are the reason of an answer, and of which."""
    wanted = list(reply_ids)
    rows = ask(_ANSWERS_SAID, {"wanted": wanted}) if wanted else ()
    return {row.reply_id: row.answer for row in rows if row.reply_id and row.answer}


_ANSWERS_SAID = select(CheckIn.reply_id, CheckIn.answer).where(
    CheckIn.reply_id.in_(bindparam("wanted", expanding=True))
)
