"""Opening seals. Whoever calls this says who may, and publishes what happened."""

from __future__ import annotations

from datetime import datetime

from cop.discussions.models import Unsealed
from cop.platform.database import session


def open_seal(*, seal_id: int, thread_id: int, place: int, person_id: int, how: str, now: datetime) -> None:
    """Let a person read what a seal withholds, from now on and for good. Opening it again changes nothing."""
    if session().get(Unsealed, (seal_id, person_id)) is None:
        session().add(Unsealed(seal_id=seal_id, person_id=person_id, thread_id=thread_id, place=place, how=how, at=now))
        session().flush()
