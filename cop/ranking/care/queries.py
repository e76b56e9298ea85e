"""Reads of what is to be looked after."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from cop.platform.clock import moment
from cop.platform.database import session
from cop.ranking.filters import is_doubtful, is_due
from cop.ranking.models import ThreadOrder

MOST_DOUBTFUL = 20


def find_due(thread_id: int, *, now: datetime) -> datetime | None:
    """When the present check-in of a thread became due; none while none is."""
    at = session().scalar(
        select(ThreadOrder.check_due).where(
            ThreadOrder.thread_id == thread_id,
            ThreadOrder.ended_as.is_(None),
            ThreadOrder.is_withdrawn.is_(False),
            is_due(now),
        )
    )
    return None if at is None else moment(at)


def list_doubtful(community_id: int, *, limit: int = MOST_DOUBTFUL) -> list[int]:
    """The threads of which moderators are asked whether to retire or supersede them; what holds least first."""
    query = (
        select(ThreadOrder.thread_id)
        .where(ThreadOrder.community_id == community_id, is_doubtful())
        .order_by(ThreadOrder.q, ThreadOrder.thread_id)
        .limit(limit)
    )
    return list(session().scalars(query))
