"""Reads of who was helped by which answer; by name, a few of them, and never how many."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, func, select

from cop.accounts.models import Person
from cop.accounts.queries import is_here
from cop.accounts.viewer import Viewer
from cop.communities.models import Removal
from cop.endorsements.insights.models import Insight
from cop.platform.database import session

MOST_NAMED: Final = 3


def find_insight(reply_id: int, person_id: int) -> Insight | None:
    """What this person said of the answer, taken back or not, as it stands under the lock of its thread."""
    own = select(Insight).where(Insight.reply_id == reply_id, Insight.person_id == person_id)
    return session().scalar(own, execution_options={"populate_existing": True})


def list_helped(community_id: int, reply_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Whom each answer helped, the first of them first, one more than are named; in one statement.

    Whoever was put out of the community is not among them while they are out, nor is anybody who has left the site.
    """
    if not reply_ids:
        return {}
    nth = func.row_number().over(partition_by=Insight.reply_id, order_by=(Insight.given_at, Insight.id)).label("nth")
    ranked = (
        select(Insight.reply_id, Insight.person_id, nth)
        .join(Person, Person.id == Insight.person_id)
        .where(Insight.reply_id.in_(reply_ids), stands(community_id), is_here())
        .subquery()
    )
    first = select(ranked.c.reply_id, ranked.c.person_id).where(ranked.c.nth <= MOST_NAMED + 1)
    helped: dict[int, tuple[int, ...]] = {}
    for row in session().execute(first.order_by(ranked.c.reply_id, ranked.c.nth)):
        helped[row.reply_id] = (*helped.get(row.reply_id, ()), row.person_id)
    return helped


def list_own(viewer: Viewer, reply_ids: Iterable[int]) -> frozenset[int]:
    """Of which of these answers the viewer has said that it helped them."""
    wanted = list(reply_ids)
    if viewer.id is None or not wanted:
        return frozenset()
    own = select(Insight.reply_id).where(Insight.person_id == viewer.id, Insight.reply_id.in_(wanted))
    return frozenset(session().scalars(own.where(Insight.withdrawn_at.is_(None))))


def stands(community_id: int | Any) -> ColumnElement[bool]:
    """Whether somebody still says so, and has not been put out: what they said then counts nowhere."""
    is_out = exists().where(
        Removal.person_id == Insight.person_id, Removal.community_id == community_id, Removal.ended_at.is_(None)
    )
    return Insight.withdrawn_at.is_(None) & ~is_out
