"""Threads and acts in the database, at moments and with voices of the test's choosing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from cop.communities.models import Community
from cop.discussions.models import Thread
from cop.platform.database import reading, session, transaction
from cop.platform.ids import new_id
from cop.ranking.acts import ActKind
from cop.ranking.fold import ThreadKeys
from cop.ranking.models import ActRow, Participation, ThreadOrder
from cop.ranking.operations import open_order, record_act


def add_thread(
    community_id: int,
    told_at: datetime,
    *,
    teller_id: int | None = None,
    voice: float = 0.0,
    kind: str = "story",
    shelf_life: str = "months",
) -> int:
    """A thread with its row of order; an imported one without a teller."""
    thread_id = new_id()
    with transaction() as s:
        s.add(
            Thread(
                id=thread_id,
                community_id=community_id,
                kind=kind,
                teller_id=teller_id,
                title="A tidy chart",
                told_at=told_at,
                shelf_life=shelf_life,
                words=60,
            )
        )
        s.flush()
        open_order(thread_id=thread_id, teller_id=teller_id, voice=voice, at=told_at)
    return thread_id


def act(thread_id: int, person_id: int | None, kind: str, at: datetime, voice: float = 1.0, **more: Any) -> None:
    """Somebody does something."""
    with transaction():
        record_act(thread_id=thread_id, person_id=person_id, kind=ActKind(kind), at=at, voice=voice, **more)


def set_community(community_id: int, **values: float) -> None:
    with transaction() as s:
        s.execute(update(Community).where(Community.id == community_id).values(**values))


def keys_of(thread_id: int) -> ThreadKeys:
    with reading():
        return session().get_one(ThreadOrder, thread_id).keys


def seats_of(thread_id: int) -> dict[int, float]:
    with reading():
        rows = session().execute(
            select(Participation.seat, Participation.x).where(Participation.thread_id == thread_id)
        )
        return {row.seat: row.x for row in rows}


def acts_of(thread_id: int) -> list[tuple[int, str, int | None, float | None]]:
    """Id, kind, person and the voice each act counts with, in order of arrival."""
    with reading():
        rows = session().execute(
            select(ActRow.id, ActRow.kind, ActRow.person_id, ActRow.counts_as)
            .where(ActRow.thread_id == thread_id)
            .order_by(ActRow.id)
        )
        return [(row.id, row.kind, row.person_id, row.counts_as) for row in rows]
