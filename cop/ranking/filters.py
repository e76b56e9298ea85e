"""States as conditions on the stored keys: what lists and search are narrowed by.

Contested and due are flags beside living and resting; a thread that shows one of them shows neither of those two.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, not_, or_

from cop.ranking.acts import ROUNDING
from cop.ranking.models import ThreadOrder
from cop.ranking.states import CHECKABLE_SUPPORT, DOUBTFUL_DISSENTERS, DOUBTFUL_HOLDING, FIRST_DAYS

STATES: Final = ("living", "resting", "due", "contested", "superseded", "retired")


def is_in_state(state: str, now: datetime) -> ColumnElement[bool]:
    """Whether a thread is in one of `STATES`; anything else is in none of them."""
    stands = ThreadOrder.ended_as.is_(None)
    if state == "contested":
        return and_(stands, ThreadOrder.contested_at.is_not(None))
    if state == "due":
        return and_(stands, is_due(now))
    if state in ("living", "resting"):
        calm = and_(stands, ThreadOrder.contested_at.is_(None), not_(is_due(now)))
        return and_(calm, is_living(now) if state == "living" else not_(is_living(now)))
    return ThreadOrder.ended_as == state


def is_living(now: datetime) -> ColumnElement[bool]:
    """`states.state_at`, as SQL."""
    return or_(ThreadOrder.rest_at >= now.timestamp(), ThreadOrder.told_at >= now - timedelta(seconds=FIRST_DAYS))


def is_due(now: datetime) -> ColumnElement[bool]:
    """`states.needs_check_in`, as SQL."""
    return and_(ThreadOrder.p_all >= CHECKABLE_SUPPORT - ROUNDING, ThreadOrder.check_due < now.timestamp())


def is_doubtful() -> ColumnElement[bool]:
    """`states.is_doubtful`, as SQL, of what stands: moderators are asked whether to retire or supersede it."""
    return and_(
        ThreadOrder.ended_as.is_(None),
        ThreadOrder.is_withdrawn.is_(False),
        ThreadOrder.firm_dissenters >= DOUBTFUL_DISSENTERS,
        ThreadOrder.q < DOUBTFUL_HOLDING - ROUNDING,
    )
