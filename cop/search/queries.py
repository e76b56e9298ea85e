"""What the index is made of, and what the database makes of its answers.

The index answers with ids. Which of them the viewer sees, and every word that is shown, comes from here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, bindparam, or_, select

from cop.accounts.models import Person
from cop.accounts.viewer import Viewer
from cop.cases.queries import list_open_texts
from cop.communities.models import Community, Topic
from cop.communities.queries import Whoever, is_visible, named, written
from cop.discussions.cues import words_of_noticed
from cop.discussions.models import FIELDS, Reply, StoryField, Thread, ThreadTopic
from cop.discussions.queries import findable_replies, findable_threads
from cop.platform.clock import seconds
from cop.platform.database import ask, reading, session
from cop.platform.markup import addresses_in, plain_text, without_quotes
from cop.platform.slugs import slug_of
from cop.ranking.filters import is_in_state
from cop.ranking.models import ThreadOrder
from cop.search import analysis
from cop.search.analysis import stem_of, stems_in
from cop.search.models import TitleStart
from cop.search.port import KEPT_WORDS, Hit, IndexedText, Kind, Part, Phrase
from cop.search.snippets import AROUND, WIDTH, Fragment, snippets

TEXTS_AT_ONCE = 200  # read in one go while the index is rebuilt
MOST_NARROWED = 5_000  # texts of one sort that a person is taken to have said, the latest ones, and threads in a state
_LAST_SIGN = chr(0x10FFFF)  # stands after everything that begins alike
_BETWEEN = " … "  # stands between the boxes of a story, where a passage reaches over more than one


@dataclass(frozen=True, slots=True)
class Passage:
    """Why a thread was found: a piece of the text that answers, and in which reply of whom, if it is one.

    Args:
        whole: the passage around the snippet; empty where the snippet leaves nothing of it out.
        words: those of the words searched for that stand in this text or in the thread's title, the rarest ones.
    """

    reply_id: int | None
    author_id: int | None
    snippet: tuple[Fragment, ...]
    whole: tuple[Fragment, ...]
    words: tuple[str, ...]


def texts_of(
    thread_ids: Collection[int], reply_ids: Collection[int] = (), whole: Collection[int] = ()
) -> list[IndexedText]:
    """What can be found of these threads and of these replies; what is gone or withdrawn is absent.

    Args:
        whole: threads of which every reply is wanted too.
    """
    return [
        *_read_threads(Thread.id.in_(thread_ids)),
        *_read_replies(or_(Reply.id.in_(reply_ids), Reply.thread_id.in_(whole))),
    ]


def every_text() -> Iterator[IndexedText]:
    """Everything that can be found, read in batches: no read stays open between them, however long the index takes."""
    yield from _in_batches(Thread, _read_threads)
    yield from _in_batches(Reply, _read_replies)


def keep_seen(viewer: Viewer, hits: Sequence[Hit]) -> list[Hit]:
    """The hits that lead to something this viewer sees, in their order; two statements.

    A reply is seen only where its thread is, so that only those threads are asked for that answer themselves.
    """
    asked, replies = named(viewer), _reply_ids(hits)
    own = {hit.text_id for hit in hits} - replies
    seen = set(ask(written(_select_threads), asked | {"ids": list(own)}).scalars().all())
    seen |= set(ask(written(_select_replies), asked | {"ids": list(replies)}).scalars().all())
    return [hit for hit in hits if hit.text_id in seen]


def _select_threads(viewer: Whoever) -> Any:
    return _select_headings(viewer).with_only_columns(Thread.id)


def _select_headings(viewer: Whoever) -> Any:
    which = Thread.id.in_(bindparam("ids", expanding=True))
    return findable_threads(viewer).where(which).with_only_columns(Thread.id, Thread.title, Thread.hook)


def _select_replies(viewer: Whoever) -> Any:
    which = Reply.id.in_(bindparam("ids", expanding=True))
    return findable_replies(viewer).where(which).with_only_columns(Reply.id)


def _select_said(viewer: Whoever) -> Any:
    columns = (Reply.id, Reply.author_id, Reply.html, Reply.differed, Reply.setting)
    return _select_replies(viewer).with_only_columns(*columns)


def list_passages(
    viewer: Viewer, hits: Sequence[Hit], *, words: Sequence[str], phrases: Sequence[Phrase] = ()
) -> dict[int, Passage]:
    """The passages of some hits by thread, as the texts stand now; three statements. What is not seen is absent.

    Args:
        words, phrases: as they were searched for, in plain form.
    """
    titles, replies = _headings_seen(viewer, hits), _replies_seen(viewer, hits)
    texts = _stories_of(hit.thread_id for hit in hits if hit.text_id == hit.thread_id)
    texts |= {reply.id: _BETWEEN.join(_parts_of(reply)) for reply in replies.values()}
    passages = {}
    for hit in hits:
        if hit.thread_id in titles and hit.text_id in texts:
            reply, (title, hook) = replies.get(hit.text_id), titles[hit.thread_id]
            passage = _passage(title, texts[hit.text_id], reply, words, phrases)
            is_listed = hook and reply is None and not words and not phrases  # nothing in it is looked for
            passages[hit.thread_id] = replace(passage, snippet=(Fragment(hook, False),)) if is_listed else passage
    return passages


def texts_by(viewer: Viewer, handles: Collection[str]) -> frozenset[int]:
    """The texts that people told or said under their names, as far as the viewer sees them; two statements."""
    told = findable_threads(viewer).with_only_columns(Thread.id).join(Person, Person.id == Thread.teller_id)
    said = findable_replies(viewer).with_only_columns(Reply.id).join(Person, Person.id == Reply.author_id)
    told = told.where(Person.handle.in_(handles)).order_by(Thread.told_at.desc()).limit(MOST_NARROWED)
    said = said.where(Person.handle.in_(handles)).order_by(Reply.said_at.desc()).limit(MOST_NARROWED)
    return frozenset([*session().scalars(told), *session().scalars(said)])


def threads_about(communities: Collection[int], slugs: Collection[str]) -> frozenset[int]:
    """The threads of communities that speak of topics, by how these stand in addresses; retired topics too."""
    query = (
        select(ThreadTopic.thread_id)
        .join(Topic, Topic.id == ThreadTopic.topic_id)
        .join(Thread, Thread.id == ThreadTopic.thread_id)
        .where(Topic.community_id.in_(communities), Topic.slug.in_(slugs))
    )
    return frozenset(session().scalars(query.order_by(Thread.told_at.desc()).limit(MOST_NARROWED)))


def threads_in(communities: Collection[int], state: str, *, now: datetime) -> frozenset[int]:
    """The threads of communities that are in a state, those first that live longest."""
    query = select(ThreadOrder.thread_id).where(ThreadOrder.community_id.in_(communities), is_in_state(state, now))
    return frozenset(session().scalars(query.order_by(ThreadOrder.rest_at.desc()).limit(MOST_NARROWED)))


@dataclass(frozen=True, slots=True)
class OfferedTitle:
    """A title that begins, or goes on from one of its words, with what has been typed."""

    thread_id: int
    title: str
    community: str

    @property
    def slug(self) -> str:
        return slug_of(self.title)


def list_offered_titles(viewer: Viewer, folded: str, *, limit: int) -> list[OfferedTitle]:
    """Titles the viewer may see: first those that begin so, then those in which a word does; two statements."""
    offered: dict[int, OfferedTitle] = {}
    for here in (TitleStart.word == 0, TitleStart.word > 0):
        rows = session().execute(
            select(Thread.id, Thread.title, Community.name)
            .join(TitleStart, TitleStart.thread_id == Thread.id)
            .join(Community, Community.id == Thread.community_id)
            .where(
                TitleStart.start >= folded,
                TitleStart.start < folded + _LAST_SIGN,
                here,
                is_visible(viewer),
                Thread.withdrawn_at.is_(None),
            )
            .order_by(TitleStart.start, TitleStart.thread_id, TitleStart.word)
            .limit(limit * 3)  # a title in which two words begin so comes twice
        )
        offered |= {row.id: OfferedTitle(*row) for row in rows if row.id not in offered}
    return list(offered.values())[:limit]


def _passage(title: str, text: str, reply: Any, words: Sequence[str], phrases: Sequence[Phrase]) -> Passage:
    read = analysis.read(text)
    near = _standing_in({*stems_in(title), *read.stems}, words)[:KEPT_WORDS]
    short, around = snippets(read, near, phrases, (WIDTH, AROUND))
    return Passage(
        reply_id=reply.id if reply else None,
        author_id=reply.author_id if reply else None,
        snippet=tuple(short),
        whole=tuple(around) if around != short else (),
        words=near,
    )


def _in_batches(
    model: type[Thread] | type[Reply], read: Callable[[ColumnElement[bool]], list[IndexedText]]
) -> Iterator[IndexedText]:
    latest = 0
    while True:
        with reading():
            following = select(model.id).where(model.id > latest).order_by(model.id).limit(TEXTS_AT_ONCE)
            ids = list(session().scalars(following))
            texts = read(model.id.in_(ids)) if ids else []
        yield from texts
        if len(ids) < TEXTS_AT_ONCE:
            return
        latest = ids[-1]


def _read_threads(which: ColumnElement[bool]) -> list[IndexedText]:
    """Threads by their own words, the addresses of links among them; what they quote is found where it was said.

    People are not found by name: names change, and the page asks to leave them out.
    """
    threads = list(session().scalars(select(Thread).where(which, Thread.withdrawn_at.is_(None))))
    stories = _fields_of({thread.id for thread in threads}, with_addresses=True)
    return [
        IndexedText(
            id=thread.id,
            thread_id=thread.id,
            community_id=thread.community_id,
            kind=cast(Kind, thread.kind),
            part="thread",
            title=thread.title,
            body="\n".join((thread.hook, *stories[thread.id])),
            author=thread.attribution,
            at=seconds(thread.told_at),
        )
        for thread in threads
    ]


def _read_replies(which: ColumnElement[bool]) -> list[IndexedText]:
    """Replies as they are found, by their own words alone: a title leads to the story and not to what was said of it,
    and a quotation to whoever said it.

    What is sealed or withdrawn is found by nobody.
    """
    rows = session().execute(
        select(Reply, Thread.community_id, Thread.kind)
        .join(Thread, Thread.id == Reply.thread_id)
        .where(which, Reply.seal_id.is_(None), Reply.withdrawn_at.is_(None), Thread.withdrawn_at.is_(None))
    )
    return [
        IndexedText(
            id=reply.id,
            thread_id=reply.thread_id,
            community_id=community_id,
            kind=cast(Kind, kind),
            part=cast(Part, reply.kind),
            title="",
            body="\n".join((_words_of(reply.html, with_addresses=True), reply.differed, reply.setting)),
            author="",
            at=seconds(reply.said_at),
        )
        for reply, community_id, kind in rows
    ]


def titles_of(thread_ids: Collection[int]) -> dict[int, str]:
    """The titles of threads, for those who keep what is made of them."""
    rows = session().execute(select(Thread.id, Thread.title).where(Thread.id.in_(thread_ids)))
    return {row.id: row.title for row in rows}


def _headings_seen(viewer: Viewer, hits: Sequence[Hit]) -> dict[int, tuple[str, str]]:
    """The titles of threads and the lines under them."""
    rows = ask(written(_select_headings), named(viewer) | {"ids": list({hit.thread_id for hit in hits})}).all()
    return {row.id: (row.title, row.hook) for row in rows}


def _replies_seen(viewer: Viewer, hits: Sequence[Hit]) -> dict[int, Any]:
    """Of whom replies are, and their words."""
    rows = ask(written(_select_said), named(viewer) | {"ids": list(_reply_ids(hits))}).all()
    return {row.id: row for row in rows}


def _stories_of(thread_ids: Iterable[int]) -> dict[int, str]:
    wanted = set(thread_ids)
    fields = _fields_of(wanted)
    return {thread_id: _BETWEEN.join(fields[thread_id]) for thread_id in wanted}


def _fields_of(thread_ids: Iterable[int], *, with_addresses: bool = False) -> dict[int, list[str]]:
    """The words of the boxes of stories, in the order in which a story is read."""
    rows = ask(_FIELDS, {"ids": list(set(thread_ids))}).all()
    fields: dict[int, list[str]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: FIELDS.index(row.name)):
        read = words_of_noticed if row.name == "noticed" else plain_text
        fields[row.thread_id].append(_words_of(row.html, read, with_addresses=with_addresses))
    for thread_id, texts in list_open_texts(fields).items():
        fields[thread_id] += texts
    return fields


_FIELDS = select(StoryField.thread_id, StoryField.name, StoryField.html).where(
    StoryField.thread_id.in_(bindparam("ids", expanding=True))
)


def _parts_of(reply: Any) -> list[str]:
    return [part for part in (_words_of(reply.html), reply.differed, reply.setting) if part]


def _words_of(html: str, read: Callable[[str], str] = plain_text, *, with_addresses: bool = False) -> str:
    """What the writer of some HTML says, without what they quote: that is found where it stands."""
    own = without_quotes(html)
    words = read(own)
    hidden = [address for address in addresses_in(own) if address not in words] if with_addresses else []
    return "\n".join((words, *hidden))


def _reply_ids(hits: Iterable[Hit]) -> set[int]:
    return {hit.text_id for hit in hits if hit.text_id != hit.thread_id}


def _standing_in(stems: Collection[str], words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in words if stem_of(word) in stems)
