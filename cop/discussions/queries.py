"""Reads of threads and replies. Seeing starts here: `visible_threads` and `visible_replies`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from cop.accounts.models import Person
from cop.accounts.viewer import Viewer
from cop.communities.models import Community, Topic
from cop.communities.queries import WHOEVER, Whoever, is_among_places, is_visible, named, written
from cop.communities.topics.queries import TopicLine
from cop.discussions.models import FIELDS, Procedure, ProcedureGround, Reply, StoryField, Thread, ThreadTopic
from cop.discussions.seals.queries import is_open_to
from cop.discussions.talks.queries import ReplyLine, select_lines
from cop.platform.database import ask, find_at_once, session
from cop.platform.errors import NotVisible
from cop.platform.slugs import slug_of
from cop.platform.words import gettext as _

MOST_TOPICS = 8  # of somebody's


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
    withdrawn_at: datetime | None
    reviewed_at: datetime | None  # of a procedure
    grounds: int  # of a procedure: how many discussions it rests on
    owner_id: int | None  # of a procedure: who keeps it

    @property
    def slug(self) -> str:
        return slug_of(self.title) if self.withdrawn_at is None else "withdrawn"


@dataclass(frozen=True, slots=True)
class FieldText:
    """One box of a story as it stands."""

    name: str
    source: str
    html: str


def visible_threads(viewer: Viewer | Whoever) -> Select[Thread]:
    """The threads of the communities the viewer may see; one that its teller withdrew, for those who are in there."""
    return (
        select(Thread)
        .join(Community, Community.id == Thread.community_id)
        .where(is_visible(viewer), _is_open_to(viewer))
    )


def visible_replies(viewer: Viewer | Whoever) -> Select[Reply]:
    """The replies in visible threads; what is sealed is seen by nobody who has not committed.

    A withdrawn reply keeps its place; that its words are shown to its author alone is for the pages.
    """
    return (
        select(Reply)
        .join(Thread, Thread.id == Reply.thread_id)
        .join(Community, Community.id == Thread.community_id)
        .where(is_visible(viewer), _is_open_to(viewer), is_open_to(viewer.id))
    )


def findable_threads(viewer: Viewer | Whoever) -> Select[Thread]:
    """What lists and search may show: the visible threads without the withdrawn."""
    return visible_threads(viewer).where(Thread.withdrawn_at.is_(None))


def findable_replies(viewer: Viewer | Whoever) -> Select[Reply]:
    """The visible replies whose words search may show."""
    return visible_replies(viewer).where(Thread.withdrawn_at.is_(None), Reply.withdrawn_at.is_(None))


def _is_open_to(viewer: Viewer | Whoever) -> ColumnElement[bool]:
    stands = or_(Thread.withdrawn_at.is_(None), is_among_places(viewer, Thread.community_id))
    return stands if viewer.id is None else or_(stands, Thread.teller_id == viewer.id)


def _is_listed_for(viewer: Viewer | Whoever) -> ColumnElement[bool]:
    """Whether a row of a list may show it: what was withdrawn is a row for its teller alone."""
    stands = Thread.withdrawn_at.is_(None)
    return stands if viewer.id is None else or_(stands, Thread.teller_id == viewer.id)


def get_thread(viewer: Viewer, thread_id: int | None, *, locked: bool = False) -> Thread:
    """One thread; `locked` holds its row against other writers until the transaction ends.

    Raises:
        NotVisible: there is none that the viewer can see.
    """
    found = find_at_once(Thread, _one_of(visible_threads, locked), {**named(viewer), "thread_id": thread_id})
    if found is None:
        raise NotVisible
    return found


@cache
def _one_of(threads: Callable[[Whoever], Select[Thread]], locked: bool) -> Select[Thread]:
    query = threads(WHOEVER).where(Thread.id == bindparam("thread_id", type_=Thread.id.type))
    return query.with_for_update(of=Thread) if locked else query


def find_community_of(thread_id: int) -> int | None:
    """Where a thread is, whoever asks: it never changes, and says nothing of what may be seen."""
    found: int | None = ask(_PLACE_OF_THREAD, {"thread_id": thread_id}).scalar()
    return found


_PLACE_OF_THREAD = select(Thread.community_id).where(Thread.id == bindparam("thread_id", type_=Thread.id.type))


def get_reply(viewer: Viewer, reply_id: int | None, *, anew: bool = False) -> Reply:
    """One reply; `anew` reads it from the database even if this session holds it, as one must after a lock.

    Raises:
        NotVisible: there is none that the viewer can see.
    """
    query = visible_replies(viewer).where(Reply.id == reply_id)
    found = session().scalar(query, execution_options={"populate_existing": anew})
    if found is None:
        raise NotVisible
    return found


def title_for(viewer: Viewer, thread: Thread) -> str:
    """A thread's title; of what was withdrawn only its teller reads it."""
    is_own = viewer.id is not None and viewer.id == thread.teller_id
    if thread.withdrawn_at is None or is_own:
        return thread.title
    return _("Withdrawn by whoever asked it") if thread.kind == "question" else _("Withdrawn by its teller")


def list_fields(thread_id: int) -> list[FieldText]:
    """The boxes of a story that hold text, in the order in which a story is read."""
    return sorted(
        (FieldText(*row) for row in ask(_FIELDS_OF, {"id": thread_id})), key=lambda field: FIELDS.index(field.name)
    )


_FIELDS_OF = select(StoryField.name, StoryField.source, StoryField.html).where(StoryField.thread_id == bindparam("id"))


def _count_grounds() -> Any:
    """How many of the discussions that a procedure rests on still stand."""
    ground = aliased(Thread)
    return (
        select(func.count())
        .select_from(ProcedureGround)
        .join(ground, ground.id == ProcedureGround.thread_id)
        .where(ProcedureGround.procedure_id == Procedure.thread_id, ground.withdrawn_at.is_(None))
        .correlate(Procedure)
        .scalar_subquery()
    )


def list_thread_lines(viewer: Viewer, thread_ids: Sequence[int]) -> dict[int, ThreadLine]:
    """Rows of lists by id, one statement; what the viewer may not see is absent."""
    if not thread_ids:
        return {}
    asked = {**named(viewer), "thread_ids": list(thread_ids)}
    return {row.id: ThreadLine(*row) for row in ask(written(_select_thread_lines), asked)}


def _select_thread_lines(viewer: Viewer | Whoever) -> Any:  # more columns than SQLAlchemy's overloads of select() type
    return (
        select(
            Thread.id, Thread.community_id, Thread.kind, Thread.teller_id, Thread.title, Thread.hook, Thread.told_at,
            Thread.attribution, Thread.replies, Thread.withdrawn_at, Procedure.reviewed_at, _count_grounds(),
            Procedure.owner_id,
        )
        .outerjoin(Procedure, Procedure.thread_id == Thread.id)
        .join(Community, Community.id == Thread.community_id)
        .where(Thread.id.in_(bindparam("thread_ids", expanding=True)), is_visible(viewer), _is_listed_for(viewer))
    )  # fmt: skip


def select_thread_ids(topic_id: int) -> Select[int]:
    """The threads that speak of a topic, to narrow a list to."""
    return select(ThreadTopic.thread_id).where(ThreadTopic.topic_id == topic_id)


def list_topics_of(thread_id: int) -> list[TopicLine]:
    """What a thread speaks of, retired topics too, by name."""
    return [TopicLine(*row) for row in ask(_TOPICS_OF, {"thread": thread_id})]


_TOPICS_OF = select(Topic.id, Topic.slug, Topic.name).join(ThreadTopic, ThreadTopic.topic_id == Topic.id).where(
    ThreadTopic.thread_id == bindparam("thread")
).order_by(Topic.name, Topic.id)  # fmt: skip


def list_told_by(viewer: Viewer, person_id: int, *, community_id: int | None = None, limit: int = 25) -> list[int]:
    """The threads a person told under their name, everywhere or in one community, latest first, as far as visible."""
    query = (
        select(Thread.id)
        .join(Community, Community.id == Thread.community_id)
        .where(is_visible(viewer), _is_listed_for(viewer), Thread.teller_id == person_id)
        .order_by(Thread.told_at.desc(), Thread.id.desc())
        .limit(limit)
    )
    if community_id is not None:
        query = query.where(Thread.community_id == community_id)
    return list(session().scalars(query))


@dataclass(frozen=True, slots=True)
class TitleLine:
    """A thread by its title."""

    thread_id: int
    title: str

    @property
    def slug(self) -> str:
        return slug_of(self.title)


def list_last_told(community_id: int, person_ids: Sequence[int]) -> dict[int, TitleLine]:
    """The story that each of these people told last in a community which the reader was found to see."""
    last = (
        select(Thread.id)
        .where(
            Thread.teller_id == Person.id,
            Thread.community_id == community_id,
            Thread.kind.in_(("story", "case")),
            Thread.withdrawn_at.is_(None),
        )
        .order_by(Thread.told_at.desc(), Thread.id.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )
    rows = session().execute(
        select(Person.id, Thread.id, Thread.title).join(Thread, Thread.id == last).where(Person.id.in_(person_ids))
    )
    return {row[0]: TitleLine(row[1], row[2]) for row in rows}


@dataclass(frozen=True, slots=True)
class SaidLine:
    """A reply and the thread under which it stands, for somebody's profile."""

    reply: ReplyLine
    thread_id: int
    title: str

    @property
    def slug(self) -> str:
        return slug_of(self.title)


def list_reports_on(
    viewer: Viewer, teller_id: int, *, community_id: int | None = None, limit: int = 10
) -> list[SaidLine]:
    """What others did with a person's stories, and what they would have done instead, latest first."""
    asked = (
        is_visible(viewer),
        Thread.teller_id == teller_id,
        Reply.kind.in_(("report", "dissent")),
        Reply.withdrawn_at.is_(None),
        Thread.withdrawn_at.is_(None),
    )
    return _list_said(*asked, community_id=community_id, limit=limit)


def list_helped_by(
    viewer: Viewer, author_id: int, *, community_id: int | None = None, limit: int = 5
) -> list[SaidLine]:
    """What a person said under others' questions, latest first, the last of it under each."""
    asked = (
        is_visible(viewer),
        Reply.author_id == author_id,
        Reply.kind == "reply",
        Reply.withdrawn_at.is_(None),
        Thread.kind == "question",
        Thread.teller_id.is_distinct_from(author_id),
        Thread.withdrawn_at.is_(None),
    )
    latest: dict[int, SaidLine] = {}
    for line in _list_said(*asked, community_id=community_id, limit=4 * limit):
        latest.setdefault(line.thread_id, line)
    return list(latest.values())[:limit]


def _list_said(*asked: ColumnElement[bool], community_id: int | None, limit: int) -> list[SaidLine]:
    query = (
        select_lines()
        .add_columns(Thread.id.label("of_thread"), Thread.title)
        .join(Thread, Thread.id == Reply.thread_id)
        .join(Community, Community.id == Thread.community_id)
        .where(*asked, Reply.seal_id.is_(None))
        .order_by(Reply.said_at.desc(), Reply.id.desc())
        .limit(limit)
    )
    if community_id is not None:
        query = query.where(Thread.community_id == community_id)
    return [SaidLine(ReplyLine(*row[:13]), row[13], row[14]) for row in session().execute(query)]


@dataclass(frozen=True, slots=True)
class TopicOf:
    """A topic, and the community that keeps it."""

    community_slug: str
    slug: str
    name: str


def list_topics_among(thread_ids: Sequence[int]) -> list[TopicOf]:
    """What threads that were found to be seen speak of, what most of them do first."""
    rows = session().execute(
        select(Community.slug, Topic.slug, Topic.name)
        .join(Community, Community.id == Topic.community_id)
        .join(ThreadTopic, ThreadTopic.topic_id == Topic.id)
        .where(ThreadTopic.thread_id.in_(thread_ids), Topic.retired_at.is_(None))
        .group_by(Community.slug, Topic.slug, Topic.name)
        .order_by(func.count().desc(), Topic.name)
        .limit(MOST_TOPICS)
    )
    return [TopicOf(*row) for row in rows]


def find_imported(community_id: int, external_ids: Iterable[str]) -> set[str]:
    """Which of these external ids the community holds already."""
    wanted = list(external_ids)
    rows = session().scalars(
        select(Thread.external_id).where(Thread.community_id == community_id, Thread.external_id.in_(wanted))
    )
    return {found for found in rows if found}
