"""Living with its exploration slots, as keyset pages.

The front is laid out anew for each page from two bounded reads, so a cursor need hold no more than the last own row
and the number of its page: who stands in a slot of the front stands nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, select

from cop.discussions.marks.operations import FEW_READERS
from cop.discussions.models import Thread
from cop.platform.database import session
from cop.platform.errors import NotVisible
from cop.platform.pagination import Page, read_cursor, write_cursor
from cop.ranking.exploration.slots import PAGES, mix, place_explored
from cop.ranking.models import ThreadOrder
from cop.ranking.queries import THREADS_A_PAGE
from cop.ranking.walks.queries import Listed, read_keys

YOUNG: Final = timedelta(days=90)
MOST_YOUNG: Final = 500  # of the young, the newest: so many are looked at, however many there are
_LIVING: Final = (ThreadOrder.r, ThreadOrder.thread_id)
_NEW: Final = (ThreadOrder.told_at, ThreadOrder.thread_id)
_IS_THERE: Final = and_(ThreadOrder.is_procedure.is_(False), ThreadOrder.is_withdrawn.is_(False))
_IS_LISTED: Final = and_(_IS_THERE, ThreadOrder.ended_as.is_(None))
_Key = tuple[float, int]


@dataclass(frozen=True, slots=True)
class LivingPage:
    """A page of Living, and which of its threads stand there since few have read them."""

    page: Page[int]
    explored: frozenset[int]


@dataclass(frozen=True, slots=True)
class _At:
    """Where a page begins: behind a row of the list, or before one; and which page of the list it is, from 1."""

    key: _Key | None
    number: int
    upwards: bool = False


def list_living_page(
    community_id: int,
    *,
    now: datetime,
    after: str | None = None,
    before: str | None = None,
    limit: int = THREADS_A_PAGE,
    topic_id: int | None = None,
) -> LivingPage:
    """A page of Living: by R, and in every fifth slot of the first pages a young thread that few have read.

    Args:
        after: a cursor; the page that follows it, "Less alive".
        before: a cursor; the page that ends just before it, "More alive".

    Raises:
        NotVisible: no cursor of this list.
    """
    listed, at = Listed(community_id, _IS_LISTED, topic_id), _read(after, before)
    front = _lay_front(listed, now, limit)
    explored = [one for one, is_new in front if is_new]
    new = [one for one, is_new in front[(at.number - 1) * limit : at.number * limit] if is_new]
    later_new = any(is_new for _one, is_new in front[at.number * limit :])
    own = _rows(listed, at, explored, limit - len(new) + 1)
    has_more = len(own) > limit - len(new) and not at.upwards
    own = own[1:] if at.upwards and len(own) > limit - len(new) else own[: limit - len(new)]
    first, last = (own[0], own[-1]) if own else (at.key, at.key)
    page = Page(
        tuple(mix([thread_id for _r, thread_id in own], new)),
        _write(first, at.number - 1) if at.number > 1 else None,
        _write(last, at.number + 1) if has_more or later_new or at.upwards else None,
    )
    return LivingPage(page, frozenset(new))


def _lay_front(listed: Listed, now: datetime, limit: int) -> list[tuple[int, bool]]:
    slots = PAGES * limit
    most = [key[-1] for key in read_keys(listed, _LIVING, at=None, limit=slots)]
    is_young = replace(listed, where=and_(_IS_THERE, ThreadOrder.told_at > now - YOUNG))
    young = [key[-1] for key in read_keys(is_young, _NEW, at=None, limit=MOST_YOUNG)]
    return place_explored(most, _least_read(young)[:slots], slots=slots)


def _least_read(newest: Sequence[int]) -> list[int]:
    """Those of them that stand in Living and few have read, by fewest readers; of equals the newest."""
    if not newest:
        return []
    query = select(Thread.id, Thread.readers).join(ThreadOrder, ThreadOrder.thread_id == Thread.id)
    few = query.where(Thread.id.in_(newest), Thread.readers < FEW_READERS, ThreadOrder.ended_as.is_(None))
    readers = {row.id: row.readers for row in session().execute(few)}
    return sorted((one for one in newest if one in readers), key=lambda one: readers[one])


def _rows(listed: Listed, at: _At, leaving_out: Collection[int], limit: int) -> list[_Key]:
    """The rows of the list itself next below a key, or above it, from the top down."""
    if leaving_out:
        listed = replace(listed, where=and_(_IS_LISTED, ThreadOrder.thread_id.not_in(leaving_out)))
    return [(r, thread_id) for r, thread_id in read_keys(listed, _LIVING, at=at.key, limit=limit, upwards=at.upwards)]


def _write(key: _Key | None, number: int) -> str | None:
    return write_cursor(*key, number) if key is not None else None


def _read(after: str | None, before: str | None) -> _At:
    """The first page is the first page, from wherever one comes to it."""
    cursor = after or before
    if not cursor:
        return _At(None, 1)
    r, thread_id, number = read_cursor(cursor, float, int, int)
    if int(number) < 1:
        raise NotVisible
    upwards = not after
    if upwards and number == 1:
        return _At(None, 1)
    return _At((float(r), int(thread_id)), int(number), upwards)
