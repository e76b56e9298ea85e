"""Saying that an answer helped, and taking it back."""

from __future__ import annotations

from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.communities.places.queries import as_of_now_inside
from cop.discussions.models import Reply, Thread
from cop.endorsements.events import AnswerHelped, InsightWithdrawn
from cop.endorsements.insights.models import Insight
from cop.endorsements.insights.permissions import can_say_it_helped
from cop.endorsements.insights.queries import find_insight
from cop.platform.database import session
from cop.platform.events import publish


def say_it_helped(*, actor: Viewer, thread: Thread, said: Reply, now: datetime) -> None:
    """Say that an answer helped one see it. Doing so twice is no error.

    Raises:
        NotAllowed: it is no answer, one's own, withdrawn, or one may not write here.
    """
    actor = as_of_now_inside(actor, thread.community_id)
    can_say_it_helped(actor, thread, said, now).enforce()
    insight = find_insight(said.id, actor.person_id) or Insight(reply_id=said.id, person_id=actor.person_id)
    if insight.given_at is not None and insight.withdrawn_at is None:
        return
    insight.given_at = insight.moved_at = now
    insight.withdrawn_at = None
    session().add(insight)
    session().flush()
    publish(
        AnswerHelped(
            insight_id=insight.id,
            reply_id=said.id,
            thread_id=thread.id,
            community_id=thread.community_id,
            author_id=said.author_id,
            person_id=actor.person_id,
            at=now,
        )
    )


def take_insight_back(*, actor: Viewer, thread: Thread, said: Reply, now: datetime) -> None:
    """Take that back; whoever said it may, whatever they are here by now. Doing so twice is no error."""
    actor = as_of_now_inside(actor, thread.community_id)
    insight = find_insight(said.id, actor.person_id)
    if insight is None or insight.withdrawn_at is not None:
        return
    insight.withdrawn_at = insight.moved_at = now
    session().flush()
    publish(
        InsightWithdrawn(
            reply_id=said.id,
            thread_id=thread.id,
            community_id=thread.community_id,
            person_id=actor.person_id,
            at=now,
        )
    )
