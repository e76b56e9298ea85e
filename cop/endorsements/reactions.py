"""What follows for verdicts from what happens below."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import aliased

from cop.accounts.events import AccountClosed
from cop.communities.events import PersonDemoted, PersonPromoted, PersonRemoved, PersonReturned
from cop.discussions.events import ReplyRestored, ReplyWithdrawn
from cop.discussions.models import Thread
from cop.endorsements.check_ins.models import BY_PRACTICE, CheckIn
from cop.endorsements.insights.models import Insight
from cop.endorsements.intentions.models import Intention
from cop.endorsements.models import Verdict
from cop.platform.database import session

REACH = timedelta(days=90)  # a promotion gives the new voice to the person's verdicts of the last 90 days (B0, R11)


def forget_intentions(closed: AccountClosed) -> None:
    """What somebody was going to try was theirs alone, and goes with them."""
    session().execute(delete(Intention).where(Intention.person_id == closed.person_id))


def raise_recent_verdicts(promoted: PersonPromoted) -> None:
    """Give the new voice to what the person said lately, at its old time."""
    _weigh_recent(promoted, promoted.voice)


def lower_recent_verdicts(demoted: PersonDemoted) -> None:
    """What the person said lately weighs nothing any more, as nothing a newcomer says does."""
    _weigh_recent(demoted, 0.0)


def _weigh_recent(happened: PersonPromoted | PersonDemoted, voice: float) -> None:
    here = select(Thread.id).where(Thread.community_id == happened.community_id)
    session().execute(
        update(Verdict)
        .where(
            Verdict.person_id == happened.person_id,
            func.coalesce(Verdict.answered_at, Verdict.given_at) >= happened.at - REACH,
            Verdict.thread_id.in_(here),
        )
        .values(voice=voice)
    )
    session().execute(
        update(CheckIn)
        .where(
            CheckIn.person_id == happened.person_id,
            CheckIn.voice_before.is_not(None),
            CheckIn.thread_id.in_(here),
            _said_before() >= happened.at - REACH,
        )
        .values(voice_before=voice)
    )


def _said_before() -> ColumnElement[datetime]:
    """When somebody said what their answer to a check-in renewed or replaced: an earlier answer, or the verdict."""
    earlier, given = aliased(CheckIn), aliased(Verdict)
    answered = select(func.max(earlier.answered_at, type_=CheckIn.answered_at.type)).where(
        earlier.thread_id == CheckIn.thread_id,
        earlier.person_id == CheckIn.person_id,
        earlier.role == BY_PRACTICE,
        earlier.answered_at < CheckIn.answered_at,
    )
    first = select(given.given_at).where(given.thread_id == CheckIn.thread_id, given.person_id == CheckIn.person_id)
    both = (answered.correlate(CheckIn).scalar_subquery(), first.correlate(CheckIn).scalar_subquery())
    return func.coalesce(*both, type_=CheckIn.answered_at.type)


def set_verdicts_aside(removed: PersonRemoved) -> None:
    """What somebody said here is kept and counted nowhere while they are out (domain.md B0, ban)."""
    here = select(Thread.id).where(Thread.community_id == removed.community_id)
    session().execute(
        update(Verdict)
        .where(Verdict.person_id == removed.person_id, Verdict.thread_id.in_(here))
        .values(set_aside_at=removed.at)
    )


def count_verdicts_again(returned: PersonReturned) -> None:
    """A moderator has let them back in: what they said counts as before."""
    here = select(Thread.id).where(Thread.community_id == returned.community_id)
    session().execute(
        update(Verdict)
        .where(Verdict.person_id == returned.person_id, Verdict.thread_id.in_(here))
        .values(set_aside_at=None)
    )


def note_moved_insights(happened: ReplyWithdrawn | ReplyRestored) -> None:
    """An answer has gone or come back, and with it that it helped: standing rests on that, and is told since when."""
    session().execute(update(Insight).where(Insight.reply_id == happened.reply_id).values(moved_at=happened.at))


def forget_insights(closed: AccountClosed) -> None:
    """Nobody is told any more that an answer helped whoever has left."""
    session().execute(delete(Insight).where(Insight.person_id == closed.person_id))
