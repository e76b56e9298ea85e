"""`cop check`: are the stored keys what the acts say? Asks the independent rebuild, thread by thread.

Tolerances. K, R and everything that is a logarithm, a share or a sum of voices: 1e-9. `rest_at` is K in seconds, so
1e-9 of a half-life (2.6 ms at thirty days). `check_due` is a product of whole seconds and simple fractions: 1e-6 s.
Whole numbers, moments and voices are equal or wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from math import isclose

from sqlalchemy import select

from cop.discussions.models import Thread
from cop.platform.clock import seconds
from cop.platform.database import reading, session
from cop.ranking.fold import ThreadKeys
from cop.ranking.grounds.queries import Grounds, StoredAct, list_acts, list_grounds
from cop.ranking.models import Participation, ThreadOrder
from cop.ranking.rebuild import Rebuilt, rebuild_thread

BATCH = 200  # threads read at once
NEAR = 1e-9
NEAR_SECONDS = 1e-6
_KEYS = tuple(field.name for field in fields(ThreadKeys))


@dataclass(frozen=True, slots=True)
class Finding:
    """One stored value that is not what the acts say."""

    thread_id: int
    key: str  # a column of thread_order, "participation <seat>" or "act <id>"; "thread_order" for a missing row
    stored: object
    expected: object


@dataclass(frozen=True, slots=True)
class _Stored:
    """All that is stored about the order of one thread."""

    grounds: Grounds
    order: ThreadOrder | None
    seats: Mapping[int, float]
    acts: list[StoredAct]


def check_orders(batch: int = BATCH) -> Iterator[Finding]:
    """Walk all threads and compare what is stored with what their acts say.

    People write meanwhile, and a batch is read in several statements: so a thread with findings is read a second time,
    and only what is found again is reported.
    """
    last = 0
    while thread_ids := _list_thread_ids(last, batch):
        last = thread_ids[-1]
        suspects = sorted({finding.thread_id for finding in _findings(thread_ids)})
        for thread_id in suspects:
            yield from _findings([thread_id])


def _list_thread_ids(after: int, limit: int) -> list[int]:
    with reading():
        return list(session().scalars(select(Thread.id).where(Thread.id > after).order_by(Thread.id).limit(limit)))


def _findings(thread_ids: list[int]) -> list[Finding]:
    with reading():
        loaded = _load(thread_ids)
    return [finding for one in loaded for finding in _compare(one)]


def _load(thread_ids: list[int]) -> list[_Stored]:
    orders = session().scalars(select(ThreadOrder).where(ThreadOrder.thread_id.in_(thread_ids)))
    by_thread = {order.thread_id: order for order in orders}
    seats: dict[int, dict[int, float]] = {thread_id: {} for thread_id in thread_ids}
    rows = session().execute(
        select(Participation.thread_id, Participation.seat, Participation.x).where(
            Participation.thread_id.in_(thread_ids)
        )
    )
    for thread_id, seat, x in rows:
        seats[thread_id][seat] = x
    acts = list_acts(thread_ids)
    return [
        _Stored(grounds, by_thread.get(thread_id), seats[thread_id], acts[thread_id])
        for thread_id, grounds in list_grounds(thread_ids).items()
    ]


def _compare(stored: _Stored) -> Iterator[Finding]:
    grounds = stored.grounds
    if stored.order is None:
        yield Finding(grounds.thread_id, "thread_order", None, "a row")
        return
    rebuilt = rebuild_thread(
        [one.act for one in stored.acts if grounds.counts(one.act)],
        told_at=seconds(grounds.told_at),
        tellers=grounds.tellers,
        shelf_days=grounds.shelf_days,
        params=grounds.params,
    )
    yield from _compare_row(stored.order, grounds, rebuilt)
    yield from _compare_seats(stored, rebuilt)
    yield from _compare_acts(stored, rebuilt)


def _compare_row(order: ThreadOrder, grounds: Grounds, rebuilt: Rebuilt) -> Iterator[Finding]:
    for name in ("community_id", "is_procedure", "is_withdrawn", "ended_as", "told_at"):
        if getattr(order, name) != getattr(grounds, name):
            yield Finding(order.thread_id, name, getattr(order, name), getattr(grounds, name))
    keys = order.keys
    for name in _KEYS:
        have, want = getattr(keys, name), getattr(rebuilt, name)
        if not _agree(have, want, _tolerance(name, grounds)):
            yield Finding(order.thread_id, name, have, want)


def _compare_seats(stored: _Stored, rebuilt: Rebuilt) -> Iterator[Finding]:
    for seat in sorted(stored.seats.keys() | rebuilt.seats.keys()):
        have, want = stored.seats.get(seat), rebuilt.seats.get(seat)
        if not _agree(have, want, NEAR):
            yield Finding(stored.grounds.thread_id, f"participation {seat}", have, want)


def _compare_acts(stored: _Stored, rebuilt: Rebuilt) -> Iterator[Finding]:
    for one in stored.acts:
        want = rebuilt.voices.get(one.act.id)
        if one.counts_as != want:
            yield Finding(stored.grounds.thread_id, f"act {one.act.id}", one.counts_as, want)


def _tolerance(key: str, grounds: Grounds) -> float:
    if key == "rest_at":
        return NEAR * grounds.params.half_life
    return NEAR_SECONDS if key == "check_due" else NEAR


def _agree(have: float | None, want: float | None, tolerance: float) -> bool:
    if have is None or want is None:
        return have is want
    return isclose(have, want, rel_tol=0, abs_tol=tolerance)
