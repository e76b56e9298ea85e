"""What follows for verdicts from what happens below."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from cop.communities.events import PersonPromoted
from cop.discussions.models import Thread
from cop.endorsements.models import Verdict
from cop.platform.database import session

REACH = timedelta(days=90)  # a promotion gives the new voice to the person's verdicts of the last 90 days (B0, R11)


def raise_recent_verdicts(promoted: PersonPromoted) -> None:
    """Give the new voice to what the person said lately, at its old time."""
    here = select(Thread.id).where(Thread.community_id == promoted.community_id)
    session().execute(
        update(Verdict)
        .where(
            Verdict.person_id == promoted.person_id,
            Verdict.given_at >= promoted.at - REACH,
            Verdict.thread_id.in_(here),
        )
        .values(voice=promoted.voice)
    )
