"""Reads of how far somebody has read. Nobody else's mark is ever read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Select, Subquery, bindparam, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from cop.accounts.viewer import Viewer
from cop.communities.models import Community
from cop.communities.queries import Whoever, named, written
from cop.discussions.models import ReadMark, Reply, Thread
from cop.discussions.queries import findable_threads
from cop.discussions.seals.queries import is_open_to
from cop.platform.database import ask

MOST_COUNTED: Final = 99
MOST_FOLLOWED: Final = 200  # of each sort: what was read longer ago waits for nobody
MOST_OWN_REPLIES: Final = 1000
_LARGEST: Final = 2**63 - 1


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
    row = ask(_OWN_MARK, {"person_id": person_id, "thread_id": thread_id}).first()
    return Mark(person_id, thread_id, row.at, row.reply_id) if row else None


def find_mark_and_unread(person_id: int, thread_id: int) -> tuple[Mark, Unread] | None:
    """How far this person had read, as it is stored, and what others have said since; one statement."""
    rows = ask(_MARK_AND_UNREAD, {"person_id": person_id, "thread_id": thread_id}).all()
    mark = next((row for row in rows if not row.is_unread), None)
    if mark is None:
        return None
    said = sorted((row.at, row.id) for row in rows if row.is_unread)
    return Mark(person_id, thread_id, mark.at, mark.id), Unread(mark.at, tuple(reply_id for _at, reply_id in said))


def list_unread(mark: Mark) -> Unread:
    """What others have said behind the mark; never more than can be counted."""
    asked = {"person_id": mark.person_id, "thread_id": mark.thread_id}
    behind = (_SAID, asked) if mark.reply_id is None else (_SAID_BEHIND, {**asked, "reply_id": mark.reply_id})
    return Unread(mark.at, tuple(ask(*behind).scalars()))


_PERSON_ID, _THREAD_ID = (bindparam(name, type_=Thread.id.type) for name in ("person_id", "thread_id"))
_OWN_MARK = select(ReadMark.at, ReadMark.reply_id).where(
    ReadMark.person_id == _PERSON_ID, ReadMark.thread_id == _THREAD_ID
)
_SAID = (
    select(Reply.id)
    .where(
        Reply.thread_id == _THREAD_ID,
        is_open_to(_PERSON_ID),
        Reply.withdrawn_at.is_(None),
        Reply.author_id.is_distinct_from(_PERSON_ID),
    )
    .order_by(Reply.said_at, Reply.id)
    .limit(MOST_COUNTED + 1)
)
_REPLY_ID = bindparam("reply_id", type_=Reply.id.type)
_last = aliased(Reply)
_WHEN = select(_last.said_at).where(_last.id == _REPLY_ID).scalar_subquery()
_SAID_BEHIND = _SAID.where(
    Reply.said_at >= _WHEN,  # for the index
    or_(Reply.said_at > _WHEN, Reply.id > _REPLY_ID),
)


def _select_mark_and_unread() -> Any:
    """The mark and, in rows beside it, what is unread; by the index, however much that is."""
    mark = _read_by(_PERSON_ID).add_columns(ReadMark.reply_id).where(ReadMark.thread_id == _THREAD_ID).subquery("mark")
    behind_at, behind_id = (select(column).scalar_subquery() for column in (mark.c.behind_at, mark.c.behind_id))
    unread = _SAID.add_columns(Reply.said_at).where(
        Reply.said_at >= behind_at, or_(Reply.said_at > behind_at, Reply.id > behind_id)
    ).subquery("unread")  # fmt: skip
    return union_all(
        select(mark.c.since.label("at"), mark.c.reply_id.label("id"), literal(0).label("is_unread")),
        select(unread.c.said_at, unread.c.id, literal(1)),
    )


@dataclass(frozen=True, slots=True)
class UnreadThread:
    """A thread that somebody follows, in which others have spoken since."""

    thread_id: int
    title: str
    kind: str
    community: str
    since: datetime
    first_id: int  # the first reply not read yet
    counted: int  # never more than one more than is shown

    @property
    def number(self) -> int:
        return min(self.counted, MOST_COUNTED)

    @property
    def is_more(self) -> bool:
        return self.counted > MOST_COUNTED


def list_unread_threads(viewer: Viewer, *, leaving_out: Collection[int] = (), limit: int) -> list[UnreadThread]:
    """The threads that somebody has read or written in and where something is new to them, the latest first.

    One statement over the threads they came to last. What is only noted in the process yet is left out by its id.
    """
    asked = {**named(viewer), "leaving_out": list(leaving_out), "limit": limit}
    return [UnreadThread(*row) for row in ask(written(_select_unread_threads), asked)]


def _select_unread_threads(viewer: Viewer | Whoever) -> Select[*tuple[Any, ...]]:
    followed = _followed_by(viewer.id)
    unread = _is_unread_by(viewer.id, followed)
    latest = select(Reply.said_at).where(*unread).order_by(Reply.said_at.desc()).limit(1).scalar_subquery()
    found = (
        findable_threads(viewer)
        .join(followed, followed.c.thread_id == Thread.id)
        .with_only_columns(*followed.c, Thread.title, Thread.kind, Community.name, latest.label("latest"))
        .where(Thread.id.not_in(bindparam("leaving_out", expanding=True)), latest.is_not(None))
        .order_by(latest.desc(), Thread.id)
        .limit(bindparam("limit", type_=Integer))
        .subquery("found")
    )
    behind = _is_unread_by(viewer.id, found)
    first = select(Reply.id).where(*behind).order_by(Reply.said_at, Reply.id).limit(1).scalar_subquery()
    some = select(Reply.id).where(*behind).limit(MOST_COUNTED + 1).correlate(found).subquery("some")
    counted = select(func.count()).select_from(some).scalar_subquery()
    kept = found.c
    return select(kept.thread_id, kept.title, kept.kind, kept.name, kept.since, first, counted).order_by(
        kept.latest.desc(), kept.thread_id
    )


def _followed_by(person_id: Any) -> Subquery:
    """The threads somebody came to last, since when, and the place up to which they know what was said.

    Whoever has written somewhere and was never seen reading there knows what came before their own words.
    """
    marked = select(ReadMark.thread_id).where(ReadMark.person_id == person_id)
    own = select(Reply.thread_id, Reply.said_at).where(Reply.author_id == person_id)
    spoken = own.order_by(Reply.said_at.desc()).limit(MOST_OWN_REPLIES).subquery("spoken")
    told = (
        select(Thread.id, Thread.told_at, _never(), literal(0))
        .where(Thread.teller_id == person_id, Thread.id.not_in(marked), Thread.id.not_in(select(spoken.c.thread_id)))
        .order_by(Thread.told_at.desc())
        .limit(MOST_FOLLOWED)
    )
    parts = (_read_by(person_id), _spoken_in(spoken, marked), told)
    return union_all(*(select(part.subquery()) for part in parts)).subquery("followed")


def _read_by(person_id: int | ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    last = aliased(Reply)
    return (
        select(
            ReadMark.thread_id,
            ReadMark.at.label("since"),
            func.coalesce(last.said_at, _never(), type_=Reply.said_at.type).label("behind_at"),
            func.coalesce(ReadMark.reply_id, 0).label("behind_id"),
        )
        .outerjoin(last, last.id == ReadMark.reply_id)
        .where(ReadMark.person_id == person_id)
        .order_by(ReadMark.at.desc())
        .limit(MOST_FOLLOWED)
    )


def _spoken_in(spoken: Subquery, marked: Select[int]) -> Select[*tuple[Any, ...]]:
    at = func.max(spoken.c.said_at, type_=Reply.said_at.type)
    return (
        select(spoken.c.thread_id, at.label("since"), at.label("behind_at"), literal(_LARGEST).label("behind_id"))
        .where(spoken.c.thread_id.not_in(marked))
        .group_by(spoken.c.thread_id)
        .order_by(at.desc())
        .limit(MOST_FOLLOWED)
    )


def _never() -> Any:
    """A moment before everything."""
    return literal(datetime(1970, 1, 1, tzinfo=UTC), Reply.said_at.type)


def _is_unread_by(person_id: Any, place: Subquery) -> tuple[ColumnElement[bool], ...]:
    """What others have said in a thread behind the place up to which somebody knows it."""
    return (
        Reply.thread_id == place.c.thread_id,
        is_open_to(person_id),
        Reply.withdrawn_at.is_(None),
        Reply.author_id.is_distinct_from(person_id),
        Reply.said_at >= place.c.behind_at,  # for the index
        or_(Reply.said_at > place.c.behind_at, Reply.id > place.c.behind_id),
    )


_MARK_AND_UNREAD = _select_mark_and_unread()
