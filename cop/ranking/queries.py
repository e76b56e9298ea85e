"""Reads of order: how alive threads and communities are, where threads stand, and the lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, Subquery, and_, bindparam, func, literal_column, select, union, union_all

from cop.discussions.models import Thread
from cop.platform.clock import moment, seconds
from cop.platform.database import ask, session
from cop.platform.errors import NotVisible
from cop.platform.pagination import Page, read_cursor, write_cursor
from cop.ranking.acts import DAY, LEAST_VOICE, ROUNDING
from cop.ranking.filters import is_in_state
from cop.ranking.lines import Activity, CommunityActivity, OrderLine
from cop.ranking.models import ActRow, ThreadOrder
from cop.ranking.pulse import SINCE_MONDAY, WEEK, WEEKS, pulse, start_of, week_of, weeks_until
from cop.ranking.states import FIRST_DAYS
from cop.ranking.walks.queries import Key, Listed, read_keys

THREADS_A_PAGE: Final = 25
FACES: Final = 3
MONTH: Final = 28 * DAY  # "this month" on a card: four weeks, so that no day of the month matters
_EARLIEST, _LATEST = -62_135_596_800, 253_402_300_799  # the years 1 and 9999, beyond which there are no dates


# How alive


def activity_of(thread_ids: Sequence[int], *, now: datetime) -> dict[int, Activity]:
    """The signs of life of threads, in one statement; every id asked for is a key."""
    presences = _read_presences(now, thread_ids) if thread_ids else {}
    return {thread_id: _activity(presences.get(thread_id, []), now) for thread_id in thread_ids}


def pulse_of_communities(community_ids: Collection[int], *, now: datetime) -> dict[int, CommunityActivity]:
    """The signs of life of whole communities, in one statement; every id asked for is a key.

    Twelve weeks of a lively community are many acts: the database counts them, and whoever shows this keeps it until
    there is another.
    """
    asked, at = list(community_ids), seconds(now)
    starts = {"start": _start(now), "month": at - MONTH + 1, "week": at - WEEK + 1}
    rows = ask(_PEOPLE_OF_COMMUNITIES, {"asked": asked, **starts}).all() if asked else []
    people = {(community_id, period): number for community_id, period, number in rows}
    return {
        community_id: CommunityActivity(
            pulse=tuple(people.get((community_id, week), 0) for week in weeks_until(at)),
            month=people.get((community_id, _THIS_MONTH), 0),
            week=people.get((community_id, _THIS_WEEK), 0),
        )
        for community_id in asked
    }


class _Presence(NamedTuple):
    """Somebody whose voice weighs did something in a week, last at a second of it."""

    week: int
    person_id: int
    at: int


_IN_WEEK: Any = (ActRow.at + SINCE_MONDAY) // WEEK  # pulse.week_of, as SQL counts it
_IS_PRACTICE: Final = and_(ActRow.counts_as >= LEAST_VOICE - ROUNDING, ActRow.person_id.is_not(None))
_PRESENCES: Any = (  # who was there in which week since a start; latest first
    select(ActRow.thread_id, _IN_WEEK, ActRow.person_id, func.max(ActRow.at))
    .where(ActRow.thread_id.in_(bindparam("asked", expanding=True)), ActRow.at >= bindparam("start"), _IS_PRACTICE)
    .group_by(ActRow.thread_id, _IN_WEEK, ActRow.person_id)
    .order_by(func.max(ActRow.at).desc(), ActRow.person_id)
)
_THIS_MONTH, _THIS_WEEK = -2, -1  # where another row has the number of a week


def _count_people(start: str, period: Any) -> Select[Any]:
    """How many were at work in each of some communities since a start."""
    since: Any = bindparam(start)
    return (
        select(ThreadOrder.community_id, period, func.count(ActRow.person_id.distinct()))
        .join(ThreadOrder, ThreadOrder.thread_id == ActRow.thread_id)
        .where(
            ThreadOrder.community_id.in_(bindparam("asked", expanding=True)),
            ThreadOrder.practised_at >= since,
            ActRow.at >= since,
            _IS_PRACTICE,
        )
        .group_by(ThreadOrder.community_id)
    )


_PEOPLE_OF_COMMUNITIES: Any = union_all(
    _count_people("start", _IN_WEEK).group_by(_IN_WEEK),
    _count_people("month", literal_column(str(_THIS_MONTH))),
    _count_people("week", literal_column(str(_THIS_WEEK))),
)


def _read_presences(now: datetime, asked: Sequence[int]) -> dict[int, list[_Presence]]:
    found: dict[int, list[_Presence]] = defaultdict(list)
    for key, in_week, person_id, at in ask(_PRESENCES, {"asked": list(asked), "start": _start(now)}).all():
        found[key].append(_Presence(in_week, person_id, at))
    return found


def _start(now: datetime) -> int:
    """The second at which the twelve weeks begin."""
    return start_of(week_of(seconds(now)) - WEEKS + 1)


def _activity(presences: Sequence[_Presence], now: datetime) -> Activity:
    people = tuple(dict.fromkeys(one.person_id for one in presences))
    return Activity(_pulse(presences, now), len(_lately(presences, now, MONTH)), people[:FACES])


def _pulse(presences: Sequence[_Presence], now: datetime) -> tuple[int, ...]:
    return pulse(((one.week, one.person_id) for one in presences), seconds(now))


def _lately(presences: Sequence[_Presence], now: datetime, within: int) -> set[int]:
    start = seconds(now) - within
    return {one.person_id for one in presences if one.at > start}


# Where threads stand


def order_of(thread_ids: Sequence[int]) -> dict[int, OrderLine]:
    """The keys of threads, in one statement."""
    if not thread_ids:
        return {}
    return {row[0]: _order_line(row) for row in ask(_KEYS, {"thread_ids": list(thread_ids)})}


_KEYS: Any = select(
    ThreadOrder.thread_id, ThreadOrder.k, ThreadOrder.q, ThreadOrder.r, ThreadOrder.e, ThreadOrder.p_all,
    ThreadOrder.n_all, ThreadOrder.rest_at, ThreadOrder.practised_at, ThreadOrder.contested_at, ThreadOrder.check_due,
    ThreadOrder.told_at, ThreadOrder.ended_as,
).where(ThreadOrder.thread_id.in_(bindparam("thread_ids", expanding=True)))  # fmt: skip


def _order_line(row: Any) -> OrderLine:
    return OrderLine(
        thread_id=row.thread_id,
        k=row.k,
        q=row.q,
        r=row.r,
        e=row.e,
        p_all=row.p_all,
        n_all=row.n_all,
        rest_at=_date(row.rest_at),
        practised_at=None if row.practised_at is None else _date(row.practised_at),
        contested_at=None if row.contested_at is None else _date(row.contested_at),
        check_due=_date(row.check_due),
        told_at=row.told_at,
        ended_as=row.ended_as,
    )


def _date(at: float) -> datetime:
    """The date of a second, or the nearest one there is."""
    return moment(min(max(at, _EARLIEST), _LATEST))


# The lists


@dataclass(frozen=True, slots=True)
class _Sort:
    """A list's key, all of it descending, and what a cursor of it holds."""

    columns: tuple[Any, ...]
    kinds: tuple[type, ...]


_SORTS: Final = {
    "living": _Sort((ThreadOrder.r, ThreadOrder.thread_id), (float, int)),
    "endorsed": _Sort((ThreadOrder.e, ThreadOrder.k, ThreadOrder.thread_id), (float, float, int)),
    "new": _Sort((ThreadOrder.told_at, ThreadOrder.thread_id), (float, int)),
}
SORTS: Final = tuple(_SORTS)


def list_thread_ids(
    community_id: int,
    *,
    sort: str,
    after: str | None = None,
    before: str | None = None,
    limit: int = THREADS_A_PAGE,
    topic_id: int | None = None,
    procedures: bool = False,
    state: str = "",
    kind: str = "",
    now: datetime | None = None,
) -> Page[int]:
    """A page of a community's threads, or of those of one topic or kind; procedures left out, or they alone.

    Args:
        sort: one of SORTS; Living by R, Endorsed by E and then K, New by the time of telling, ties by id.
        after: a cursor; the page that follows it, "Less alive".
        before: a cursor; the page that ends just before it, "More alive". Without both, the first page.
        state: only threads in this state, at the moment `now`; without one, what was retired or superseded stands
            under New alone.

    Returns:
        ids from the top down, with the cursors for `before` (as `earlier`) and for `after` (as `later`).

    Raises:
        NotVisible: no such sort, or no cursor of it.
    """
    if sort not in _SORTS:
        raise NotVisible
    order = _SORTS[sort]
    here = and_(ThreadOrder.is_procedure.is_(procedures), ThreadOrder.is_withdrawn.is_(False))
    if state and now:
        here = and_(here, is_in_state(state, now))
    elif sort != "new":
        here = and_(here, ThreadOrder.ended_as.is_(None))
    if kind:
        is_of_kind = select(Thread.id).where(Thread.id == ThreadOrder.thread_id, Thread.kind == kind)
        here = and_(here, is_of_kind.exists())  # asked of each in turn; SQLite would gather a list of all for IN
    listed = Listed(community_id, here, topic_id)
    if before and not after:
        return _page_above(order, listed, _read_cursor(before, order), limit)
    return _page_below(order, listed, _read_cursor(after, order) if after else None, limit)


def list_living_across(community_ids: Collection[int], *, now: datetime, limit: int) -> list[int]:
    """The threads living longest into the future in several communities, whose K do not compare: by `rest_at`."""
    listed = and_(
        ThreadOrder.community_id.in_(list(community_ids)),
        ThreadOrder.is_procedure.is_(False),
        ThreadOrder.is_withdrawn.is_(False),
        ThreadOrder.ended_as.is_(None),
    )
    lately = now - timedelta(seconds=FIRST_DAYS)
    lively = _latest_to_rest(and_(listed, ThreadOrder.rest_at >= now.timestamp()), limit)
    young = _latest_to_rest(and_(listed, ThreadOrder.told_at >= lately), limit)
    both = union(select(lively), select(young)).subquery()  # apart, each by an index of its own; OR would read them all
    query = select(both.c.thread_id).order_by(both.c.rest_at.desc(), both.c.thread_id.desc()).limit(limit)
    return list(session().scalars(query))


def _latest_to_rest(where: ColumnElement[bool], limit: int) -> Subquery:
    columns = (ThreadOrder.rest_at, ThreadOrder.thread_id)
    return select(*columns).where(where).order_by(*(column.desc() for column in columns)).limit(limit).subquery()


def _page_below(order: _Sort, listed: Listed, at: Key | None, limit: int) -> Page[int]:
    rows = read_keys(listed, order.columns, at=at, limit=limit + 1)
    shown = rows[:limit]
    top = shown[0] if shown else at
    has_more_above = at is not None and read_keys(listed, order.columns, at=top, limit=1, upwards=True)
    return _page(shown, top if has_more_above else None, shown[-1] if len(rows) > limit else None)


def _page_above(order: _Sort, listed: Listed, at: Key, limit: int) -> Page[int]:
    rows = read_keys(listed, order.columns, at=at, limit=limit + 1, upwards=True)
    shown = rows[-limit:]
    bottom = shown[-1] if shown else at
    has_more_below = read_keys(listed, order.columns, at=bottom, limit=1)
    return _page(shown, shown[0] if len(rows) > limit else None, bottom if has_more_below else None)


def _page(shown: list[Key], top: Key | None, bottom: Key | None) -> Page[int]:
    return Page(tuple(key[-1] for key in shown), _write(top), _write(bottom))


def _write(key: Key | None) -> str | None:
    if key is None:
        return None
    return write_cursor(*(part.timestamp() if isinstance(part, datetime) else part for part in key))


def _read_cursor(cursor: str, order: _Sort) -> Key:
    key = read_cursor(cursor, *order.kinds)
    if order is not _SORTS["new"]:
        return key
    try:
        return moment(float(key[0])), key[1]
    except (OverflowError, ValueError, OSError) as problem:
        raise NotVisible from problem
