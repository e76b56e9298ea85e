"""Reads of what keys rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, select

from cop.communities.models import Community
from cop.discussions.endings.models import Ending
from cop.discussions.endings.queries import is_in_force
from cop.discussions.models import Thread
from cop.platform.database import ask, is_sqlite, session
from cop.ranking.acts import Act, ActKind, Params
from cop.ranking.fold import ThreadKeys
from cop.ranking.models import STORED_KEYS, ActRow, Participation, ThreadOrder, keys_of
from cop.ranking.states import BASE_SHELF_DAYS


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a thread and its community say that its keys depend on, beside its acts."""

    thread_id: int
    community_id: int
    is_procedure: bool
    is_withdrawn: bool
    ended_as: str | None
    is_case: bool
    told_at: datetime
    tellers: frozenset[int]
    shelf_days: float
    params: Params

    def counts(self, act: Act) -> bool:
        """Of a case its telling alone: all else is said behind a seal, and would show to those who have not chosen."""
        return not self.is_case or act.kind is ActKind.CREATED


@dataclass(frozen=True, slots=True)
class StoredAct:
    """An act, and the voice that the database says it counts with now."""

    act: Act
    counts_as: float | None


_GROUNDS = (
    select(
        Thread.id, Thread.community_id, Thread.kind, Thread.told_at, Thread.teller_id, Thread.shelf_life,
        Thread.withdrawn_at, Community.half_life_days, Community.verdict_half_life_days, Community.quality_weight,
        Ending.kind.label("ended_as"),
    )
    .join(Community, Community.id == Thread.community_id)
    .outerjoin(Ending, and_(Ending.thread_id == Thread.id, is_in_force()))
    .where(Thread.id.in_(bindparam("thread_ids", expanding=True)))
)  # fmt: skip

_SEAT_X = (
    select(Participation.x)
    .where(Participation.thread_id == Thread.id, Participation.seat == bindparam("of_seat"))
    .scalar_subquery()
)
_STANDING = _GROUNDS.add_columns(*(getattr(ThreadOrder, name) for name in STORED_KEYS), _SEAT_X.label("seat_x")).join(
    ThreadOrder, ThreadOrder.thread_id == Thread.id
)
_LOCKED = select(ThreadOrder.thread_id).where(ThreadOrder.thread_id == bindparam("thread_id")).with_for_update()


def list_grounds(thread_ids: Sequence[int]) -> dict[int, Grounds]:
    """What the keys of threads rest on, in one statement."""
    return {row.id: _grounds_of(row) for row in ask(_GROUNDS, {"thread_ids": list(thread_ids)})}


def lock_standing(thread_id: int, seat: int) -> tuple[Grounds, ThreadKeys, float | None]:
    """What a thread's keys rest on, the keys, and x of one seat, with the lock on its order row.

    PostgreSQL is asked for the lock first: a statement that waits for it reads all other rows as they were before it
    waited, and x of the seat that everybody with little voice shares is another by then. SQLite lets one write.

    Raises:
        NoResultFound: somebody has lost the row; `cop check --mend` makes it anew.
    """
    if not is_sqlite():
        ask(_LOCKED, {"thread_id": thread_id}).all()
    row = ask(_STANDING, {"thread_ids": [thread_id], "of_seat": seat}).one()
    return _grounds_of(row), keys_of(row), row.seat_x


def _grounds_of(row: Row[Any]) -> Grounds:
    return Grounds(
        thread_id=row.id,
        community_id=row.community_id,
        is_procedure=row.kind == "procedure",
        is_withdrawn=row.withdrawn_at is not None,
        ended_as=row.ended_as,
        is_case=row.kind == "case",
        told_at=row.told_at,
        tellers=frozenset() if row.teller_id is None else frozenset({row.teller_id}),
        shelf_days=BASE_SHELF_DAYS[row.shelf_life],
        params=Params(row.half_life_days, row.verdict_half_life_days, row.quality_weight),
    )


def list_acts(thread_ids: Sequence[int]) -> dict[int, list[StoredAct]]:
    """All acts of threads, in one statement; every id asked for is a key."""
    rows = session().execute(
        select(
            ActRow.thread_id, ActRow.id, ActRow.at, ActRow.person_id, ActRow.kind, ActRow.voice, ActRow.ref,
            ActRow.role, ActRow.counts_as,
        )
        .where(ActRow.thread_id.in_(thread_ids))
        .order_by(ActRow.thread_id, ActRow.at, ActRow.id)
    )  # fmt: skip
    found: dict[int, list[StoredAct]] = {thread_id: [] for thread_id in thread_ids}
    for row in rows:
        act = Act(row.id, row.at, row.person_id, ActKind(row.kind), row.voice, row.ref, row.role)
        found[row.thread_id].append(StoredAct(act, row.counts_as))
    return found
