"""Noting which letters about probes have left."""

from __future__ import annotations

from datetime import datetime

from cop.notifications.probes.models import ProbeLetter
from cop.platform.database import session


def begin_letter(*, person_id: int, now: datetime) -> tuple[bool, datetime | None]:
    """Whether the planned letter is due, and when the one before it left; from now on none is planned."""
    letter = session().get(ProbeLetter, person_id)
    if letter is None or letter.due_at is None or letter.due_at > now:
        return False, None  # an earlier one took its place
    letter.due_at = None
    session().flush()
    return True, letter.sent_at


def note_letter(*, person_id: int, now: datetime) -> None:
    """A letter leaves now."""
    letter = session().get_one(ProbeLetter, person_id)
    letter.sent_at = now
    session().flush()
