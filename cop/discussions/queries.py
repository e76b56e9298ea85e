"""Reads of threads and replies. Seeing starts here: `visible_threads` and `visible_replies`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from cop.accounts.viewer import Viewer
from cop.communities.models import Community, Topic
from cop.communities.queries import is_visible
from cop.communities.topics.queries import TopicLine
from cop.discussions.models import FIELDS, Reply, StoryField, Thread, ThreadTopic
from cop.platform.clock import moment
from cop.platform.database import session
from cop.platform.errors import NotVisible
from cop.platform.pagination import Page, read_cursor, write_cursor
from cop.platform.slugs import slug_of

REPLIES_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """A thread as a row of a list shows it."""

    id: int
    community_id: int
    kind: str
    teller_id: int | None
    title: str
    hook: str
    told_at: datetime
    attribution: str
    replies: int

    @property
    def slug(self) -> str:
        return slug_of(self.title)


@dataclass(frozen=True, slots=True)
class FieldText:
    """One box of a story as it stands."""

    name: str
    source: str
    html: str


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """A reply as the thread's page shows it."""

    id: int
    author_id: int | None
    kind: str
    answers_id: int | None
    verdict: str | None
    html: str
    setting: str
    differed: str
    said_at: datetime
    revision: int
    revised_at: datetime | None


def visible_threads(viewer: Viewer) -> Select[Thread]:
    """The threads of the communities the viewer may see."""
    return select(Thread).join(Community, Community.id == Thread.community_id).where(is_visible(viewer))


def visible_replies(viewer: Viewer) -> Select[Reply]:
    """The replies in visible threads; what is sealed is seen by nobody who has not committed."""
    return (
        select(Reply)
        .join(Thread, Thread.id == Reply.thread_id)
        .join(Community, Community.id == Thread.community_id)
        .where(is_visible(viewer), Reply.seal_id.is_(None))
    )


def get_thread(viewer: Viewer, thread_id: int | None, *, locked: bool = False) -> Thread:
    """One thread; `locked` holds its row against other writers until the transaction ends.

    Raises:
        NotVisible: there is none that the viewer can see.
    """
    query = visible_threads(viewer).where(Thread.id == thread_id)
    found = session().scalar(query.with_for_update(of=Thread) if locked else query)
    if found is None:
        raise NotVisible
    return found


def get_reply(viewer: Viewer, reply_id: int | None) -> Reply:
    """One reply.

    Raises:
        NotVisible: there is none that the viewer can see.
    """
    found = session().scalar(visible_replies(viewer).where(Reply.id == reply_id))
    if found is None:
        raise NotVisible
    return found


def list_fields(thread_id: int) -> list[FieldText]:
    """The boxes of a story that hold text, in the order in which a story is read."""
    rows = session().execute(
        select(StoryField.name, StoryField.source, StoryField.html).where(StoryField.thread_id == thread_id)
    )
    return sorted((FieldText(*row) for row in rows), key=lambda field: FIELDS.index(field.name))


def list_thread_lines(viewer: Viewer, thread_ids: Sequence[int]) -> dict[int, ThreadLine]:
    """Rows of lists by id, one statement; what the viewer may not see is absent."""
    if not thread_ids:
        return {}
    rows = session().execute(
        select(
            Thread.id, Thread.community_id, Thread.kind, Thread.teller_id, Thread.title, Thread.hook, Thread.told_at,
            Thread.attribution, Thread.replies,
        )
        .join(Community, Community.id == Thread.community_id)
        .where(Thread.id.in_(thread_ids), is_visible(viewer))
    )  # fmt: skip
    return {row.id: ThreadLine(*row) for row in rows}


def select_thread_ids(topic_id: int) -> Select[int]:
    """The threads that speak of a topic, to narrow a list to."""
    return select(ThreadTopic.thread_id).where(ThreadTopic.topic_id == topic_id)


def list_topics_of(thread_id: int) -> list[TopicLine]:
    """What a thread speaks of, retired topics too, by name."""
    rows = session().execute(
        select(Topic.id, Topic.slug, Topic.name)
        .join(ThreadTopic, ThreadTopic.topic_id == Topic.id)
        .where(ThreadTopic.thread_id == thread_id)
        .order_by(Topic.name, Topic.id)
    )
    return [TopicLine(*row) for row in rows]


def list_told_by(viewer: Viewer, person_id: int, *, community_id: int | None = None, limit: int = 25) -> list[int]:
    """The threads a person told under their name, everywhere or in one community, latest first, as far as visible."""
    query = (
        select(Thread.id)
        .join(Community, Community.id == Thread.community_id)
        .where(is_visible(viewer), Thread.teller_id == person_id)
        .order_by(Thread.told_at.desc(), Thread.id.desc())
        .limit(limit)
    )
    if community_id is not None:
        query = query.where(Thread.community_id == community_id)
    return list(session().scalars(query))


@dataclass(frozen=True, slots=True)
class ReportLine:
    """What somebody did with a story, for the teller's profile."""

    reply: ReplyLine
    thread_id: int
    title: str

    @property
    def slug(self) -> str:
        return slug_of(self.title)


def list_reports_on(viewer: Viewer, teller_id: int, *, limit: int = 10) -> list[ReportLine]:
    """Field reports on a person's stories, latest first."""
    rows = session().execute(
        _select_lines()
        .add_columns(Thread.id.label("of_thread"), Thread.title)
        .join(Thread, Thread.id == Reply.thread_id)
        .join(Community, Community.id == Thread.community_id)
        .where(is_visible(viewer), Thread.teller_id == teller_id, Reply.kind == "report", Reply.seal_id.is_(None))
        .order_by(Reply.said_at.desc(), Reply.id.desc())
        .limit(limit)
    )
    return [ReportLine(ReplyLine(*row[:11]), row[11], row[12]) for row in rows]


def list_replies(
    thread_id: int, *, kind: str | None = None, before: str | None = None, start: str | None = None
) -> Page[ReplyLine]:
    """A page of a thread's replies in order of time, without the teller's answers, which stand below them.

    Args:
        kind: only field reports or only dissents.
        before: a cursor; the page that ends just before it. Without `before` and `start`, the latest page.
        start: a cursor; the page that begins with it.

    Returns:
        the replies, oldest first, with the cursors of the earlier page (for `before`) and the later (for `start`).
    """
    asked = [Reply.thread_id == thread_id, Reply.kind != "answer", Reply.seal_id.is_(None)]
    if kind:
        asked.append(Reply.kind == kind)
    if start:
        return _page_from(asked, start)
    return _page_before(asked, before)


def list_answers(reply_ids: Iterable[int]) -> dict[int, list[ReplyLine]]:
    """The teller's answers to the given replies, oldest first, one statement."""
    wanted = list(reply_ids)
    if not wanted:
        return {}
    rows = session().execute(
        _select_lines().where(Reply.answers_id.in_(wanted), Reply.seal_id.is_(None)).order_by(Reply.said_at, Reply.id)
    )
    answers: dict[int, list[ReplyLine]] = {}
    for line in (ReplyLine(*row) for row in rows):
        answers.setdefault(line.answers_id or 0, []).append(line)
    return answers


def list_kinds_said(thread_id: int) -> frozenset[str]:
    """Which kinds of replies a thread has: what its page can be narrowed to."""
    said = select(Reply.kind).where(Reply.thread_id == thread_id, Reply.seal_id.is_(None)).distinct()
    return frozenset(session().scalars(said))


def cursor_of(reply: Reply | ReplyLine) -> str:
    """Where a reply stands in its thread; an answer stands where what it answers does, so ask for that one."""
    return write_cursor(reply.said_at.timestamp(), reply.id)


def _page_from(asked: list[ColumnElement[bool]], start: str) -> Page[ReplyLine]:
    at, reply_id = _read(start)
    here = or_(Reply.said_at > at, and_(Reply.said_at == at, Reply.id >= reply_id))
    rows = session().execute(
        _select_lines().where(*asked, here).order_by(Reply.said_at, Reply.id).limit(REPLIES_A_PAGE + 1)
    )
    lines = [ReplyLine(*row) for row in rows]
    shown, later = lines[:REPLIES_A_PAGE], lines[REPLIES_A_PAGE:]
    has_earlier = session().execute(select(Reply.id).where(*asked, _is_before(at, reply_id)).limit(1)).first()
    return Page(tuple(shown), start if has_earlier else None, cursor_of(later[0]) if later else None)


def _page_before(asked: list[ColumnElement[bool]], before: str | None) -> Page[ReplyLine]:
    limits = [*asked, _is_before(*_read(before))] if before else asked
    rows = session().execute(
        _select_lines().where(*limits).order_by(Reply.said_at.desc(), Reply.id.desc()).limit(REPLIES_A_PAGE + 1)
    )
    lines = [ReplyLine(*row) for row in rows][::-1]
    shown = lines[-REPLIES_A_PAGE:]
    return Page(tuple(shown), cursor_of(shown[0]) if len(lines) > len(shown) else None, before)


def _is_before(at: datetime, reply_id: int) -> ColumnElement[bool]:
    return or_(Reply.said_at < at, and_(Reply.said_at == at, Reply.id < reply_id))


def _read(cursor: str) -> tuple[datetime, int]:
    at, reply_id = read_cursor(cursor, float, int)
    try:
        return moment(float(at)), int(reply_id)
    except (OverflowError, ValueError, OSError) as problem:
        raise NotVisible from problem


def _select_lines() -> Any:  # eleven columns: more than SQLAlchemy's overloads of select() type
    return select(
        Reply.id, Reply.author_id, Reply.kind, Reply.answers_id, Reply.verdict, Reply.html, Reply.setting,
        Reply.differed, Reply.said_at, Reply.revision, Reply.revised_at,
    )  # fmt: skip


def find_imported(community_id: int, external_ids: Iterable[str]) -> set[str]:
    """Which of these external ids the community holds already."""
    wanted = list(external_ids)
    rows = session().scalars(
        select(Thread.external_id).where(Thread.community_id == community_id, Thread.external_id.in_(wanted))
    )
    return {found for found in rows if found}
