"""The keys of a list in their order, from the top or from a key on.

A list alone is a stretch of one index. What of it speaks of a topic is found in two ways, and each is bad where the
other is good: walking down the list and asking of each thread (good for a topic of many), or fetching the topic's
threads and sorting them (good for a topic of few). How many there are is counted first, as far as the limit of few; and
no walk goes further than a stretch, for a topic may have all its threads at the bottom.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, select, tuple_

from cop.discussions.models import ThreadTopic
from cop.discussions.queries import select_thread_ids
from cop.platform.database import session
from cop.ranking.models import ThreadOrder

FEW: Final = 500  # threads of a topic that are sorted at once
STRETCH: Final = 5_000  # threads of the list that are asked, one after another, whether they speak of the topic
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """What stands in a list.

    Args:
        where: what else holds of each thread, beside its community.
        topic_id: only what speaks of this topic.
    """

    community_id: int
    where: ColumnElement[bool]
    topic_id: int | None = None


def read_keys(
    listed: Listed, columns: tuple[Any, ...], *, at: Key | None, limit: int, upwards: bool = False
) -> list[Key]:
    """The keys next below one (or next above it, `upwards`), from the top down; from the very top without one.

    Args:
        columns: the list's key, all of it descending, the thread's id last.
    """
    rows = _read(listed, columns, at, limit, upwards=upwards)
    return rows[::-1] if upwards else rows


def _read(listed: Listed, columns: tuple[Any, ...], at: Key | None, limit: int, *, upwards: bool) -> list[Key]:
    beyond = _is_beyond(columns, at, upwards=upwards) if at is not None else ()
    walk = select(*columns).where(ThreadOrder.community_id == listed.community_id, listed.where, *beyond)
    if listed.topic_id is None:
        return _run(_directed(walk, columns, upwards=upwards).limit(limit))
    if _has_few(listed.topic_id):
        return _run(_directed(_of_topic(listed, columns).where(*beyond), columns, upwards=upwards).limit(limit))
    return _walk_or_fetch(listed, columns, walk, beyond, limit, upwards=upwards)


def _walk_or_fetch(
    listed: Listed, columns: tuple[Any, ...], walk: Select[Any], beyond: Any, limit: int, *, upwards: bool
) -> list[Key]:
    """What a stretch of the list holds; where that does not fill the page, the topic's threads."""
    ends = _run(_directed(walk, columns, upwards=upwards).offset(STRETCH).limit(1))
    stretch = _is_beyond(columns, ends[0], upwards=not upwards) if ends else ()
    speaks_of_it = select_thread_ids(listed.topic_id or 0).where(ThreadTopic.thread_id == ThreadOrder.thread_id)
    asked = walk.where(*stretch, speaks_of_it.exists())  # of each in turn; SQLite would gather a list of all for IN
    rows = _run(_directed(asked, columns, upwards=upwards).limit(limit))
    if len(rows) == limit or not ends:
        return rows
    return _run(_directed(_of_topic(listed, columns).where(*beyond), columns, upwards=upwards).limit(limit))


def _of_topic(listed: Listed, columns: tuple[Any, ...]) -> Select[Any]:
    """From the topic to its threads. The sum keeps SQLite from walking down the community's list all the same."""
    return (
        select(*columns)
        .join(ThreadTopic, ThreadTopic.thread_id == ThreadOrder.thread_id)
        .where(
            ThreadTopic.topic_id == listed.topic_id, ThreadOrder.community_id + 0 == listed.community_id, listed.where
        )
    )


def _has_few(topic_id: int) -> bool:
    """Off the topic's own index, and no further than it has to look."""
    return session().scalar(select_thread_ids(topic_id).offset(FEW).limit(1)) is None


def _is_beyond(columns: tuple[Any, ...], at: Key, *, upwards: bool) -> tuple[ColumnElement[bool], ...]:
    key = tuple_(*columns)
    return (and_(key > at if upwards else key < at),)


def _directed(query: Select[Any], columns: tuple[Any, ...], *, upwards: bool) -> Select[Any]:
    return query.order_by(*(column.asc() if upwards else column.desc() for column in columns))


def _run(query: Select[Any]) -> list[Key]:
    return [tuple(row) for row in session().execute(query)]
