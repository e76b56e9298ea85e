"""Reads of the last acts that weighed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, select

from cop.platform.database import ask
from cop.ranking.acts import LEAST_VOICE, ROUNDING
from cop.ranking.models import ActRow, ThreadOrder


def last_acts_of(thread_ids: Sequence[int]) -> dict[int, str]:
    """What the last person whose voice weighs did on each thread, in one statement; absent where nobody has."""
    if not thread_ids:
        return {}
    rows = ask(_LAST_ACTS, {"thread_ids": list(thread_ids)})
    return {row.thread_id: row.kind for row in rows}


_LAST_ACTS = (
    select(ActRow.thread_id, ActRow.kind)
    .join(ThreadOrder, and_(ThreadOrder.thread_id == ActRow.thread_id, ThreadOrder.practised_at == ActRow.at))
    .where(ActRow.thread_id.in_(bindparam("thread_ids", expanding=True)), ActRow.counts_as >= LEAST_VOICE - ROUNDING)
    .order_by(ActRow.id)
)
