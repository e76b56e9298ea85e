"""Reads of how far somebody has read. Nobody else's mark is ever read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, or_, select

from cop.discussions.models import ReadMark, Reply
from cop.discussions.seals.queries import is_open_to
from cop.platform.database import session

MOST_COUNTED: Final = 99


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a person has read a thread.

    Args:
        at: when they had read everything there was.
        reply_id: the last reply they have read; none where there was none.
    """

    person_id: int
    thread_id: int
    at: datetime
    reply_id: int | None


@dataclass(frozen=True, slots=True)
class Unread:
    """What somebody has not read yet, oldest first, and since when.

    `reply_ids` holds one more than is ever counted, so that it shows whether there are more.
    """

    since: datetime
    reply_ids: tuple[int, ...]

    @property
    def number(self) -> int:
        return min(len(self.reply_ids), MOST_COUNTED)

    @property
    def is_more(self) -> bool:
        return len(self.reply_ids) > MOST_COUNTED


def find_mark(person_id: int, thread_id: int) -> Mark | None:
    """How far this person had read, as it is stored."""
    row = session().execute(
        select(ReadMark.at, ReadMark.reply_id).where(ReadMark.person_id == person_id, ReadMark.thread_id == thread_id)
    ).first()  # fmt: skip
    return Mark(person_id, thread_id, row.at, row.reply_id) if row else None


def list_unread(mark: Mark) -> Unread:
    """What others have said behind the mark; never more than can be counted."""
    found = session().scalars(
        select(Reply.id)
        .where(
            Reply.thread_id == mark.thread_id,
            is_open_to(mark.person_id),
            Reply.withdrawn_at.is_(None),
            Reply.author_id.is_distinct_from(mark.person_id),
            *_behind(mark.reply_id),
        )
        .order_by(Reply.said_at, Reply.id)
        .limit(MOST_COUNTED + 1)
    )
    return Unread(mark.at, tuple(found))


def _behind(reply_id: int | None) -> list[ColumnElement[bool]]:
    if reply_id is None:
        return []
    read = select(Reply.said_at).where(Reply.id == reply_id).scalar_subquery()
    return [Reply.said_at >= read, or_(Reply.said_at > read, Reply.id > reply_id)]  # the first for the index
