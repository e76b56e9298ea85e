"""Writing callbacks, and noting that somebody has seen theirs. Both show to that person alone: nothing is published."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update

from cop.accounts.viewer import Viewer
from cop.notifications.callbacks.models import WONDERED, Callback, CallbackLetter
from cop.notifications.callbacks.queries import find_callback
from cop.platform.database import session
from cop.platform.outbox import enqueue

LETTER: Final = "notifications.callbacks"
AT_MOST_EVERY: Final = timedelta(days=1)
_TOLD_ALREADY: Final = (WONDERED,)  # of which the letters about probes speak


def call_back(*, person_id: int, by_id: int | None, kind: str, thread_id: int, ref_id: int, at: datetime) -> None:
    """Tell a teller what became of theirs, once; what they did themselves is no news to them.

    Args:
        by_id: who did it, if anybody did.
    """
    if find_callback(person_id, kind, thread_id, ref_id) is not None:
        return
    is_news = by_id != person_id
    session().add(
        Callback(
            person_id=person_id,
            kind=kind,
            thread_id=thread_id,
            ref_id=ref_id,
            at=at,
            seen_at=None if is_news else at,
        )
    )
    session().flush()
    if is_news and kind not in _TOLD_ALREADY:
        _plan_letter(person_id, at)


def see_callbacks(*, actor: Viewer, up_to: datetime, now: datetime) -> None:
    """Note that one has seen everything up to a moment. Doing so twice is no error."""
    session().execute(
        update(Callback)
        .where(Callback.person_id == actor.person_id, Callback.at <= up_to, Callback.seen_at.is_(None))
        .values(seen_at=now)
    )


def begin_letter(*, person_id: int, now: datetime) -> tuple[bool, datetime | None]:
    """Whether the planned letter is due, and when the one before it left; from now on none is planned."""
    letter = session().get(CallbackLetter, person_id)
    if letter is None or letter.due_at is None or letter.due_at > now:
        return False, None  # an earlier one took its place
    letter.due_at = None
    session().flush()
    return True, letter.sent_at


def note_letter(*, person_id: int, now: datetime) -> None:
    """A letter leaves now."""
    session().get_one(CallbackLetter, person_id).sent_at = now
    session().flush()


def _plan_letter(person_id: int, at: datetime) -> None:
    """One letter holds everything until it leaves, and none leaves within a day of the one before."""
    letter = session().get(CallbackLetter, person_id) or CallbackLetter(person_id=person_id)
    due_at = max(at, letter.sent_at + AT_MOST_EVERY) if letter.sent_at else at
    if letter.due_at is not None and at - AT_MOST_EVERY <= letter.due_at <= due_at:  # an older one was lost
        return
    letter.due_at = due_at
    session().add(letter)
    session().flush()
    enqueue(LETTER, {"person_id": person_id}, now=at, due_at=due_at)
