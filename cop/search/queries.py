"""What the index is made of, and what the database makes of its answers.

The index answers with ids. Which of them the viewer sees, and every word that is shown, comes from here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import ColumnElement, or_, select

from cop.accounts.viewer import Viewer
from cop.discussions.cues import words_of_noticed
from cop.discussions.models import FIELDS, Reply, StoryField, Thread
from cop.discussions.queries import findable_replies, findable_threads
from cop.platform.clock import seconds
from cop.platform.database import reading, session
from cop.platform.markup import plain_text
from cop.search.analysis import stem_of, stems_in
from cop.search.port import Hit, IndexedText, Kind, Phrase
from cop.search.snippets import Fragment, snippet

TEXTS_AT_ONCE = 200  # read in one go while the index is rebuilt
_BETWEEN = " … "  # stands between the boxes of a story, where a passage reaches over more than one


@dataclass(frozen=True, slots=True)
class Passage:
    """Why a thread was found: a piece of the text that answers, and in which reply of whom, if it is one."""

    reply_id: int | None
    author_id: int | None
    snippet: tuple[Fragment, ...]
    words: tuple[str, ...]  # those of the words searched for that stand in this text or in the thread's title


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
    """The hits that lead to something this viewer sees, in their order; two statements."""
    threads = (
        findable_threads(viewer).with_only_columns(Thread.id).where(Thread.id.in_({hit.thread_id for hit in hits}))
    )
    replies = findable_replies(viewer).with_only_columns(Reply.id).where(Reply.id.in_(_reply_ids(hits)))
    seen, read = set(session().scalars(threads)), set(session().scalars(replies))
    return [hit for hit in hits if hit.thread_id in seen and (hit.text_id == hit.thread_id or hit.text_id in read)]


def list_passages(
    viewer: Viewer, hits: Sequence[Hit], *, words: Sequence[str], phrases: Sequence[Phrase] = ()
) -> dict[int, Passage]:
    """The passages of some hits by thread, as the texts stand now; three statements. What is not seen is absent.

    Args:
        words, phrases: as they were searched for, in plain form.
    """
    titles, replies = _titles_seen(viewer, hits), _replies_seen(viewer, hits)
    texts = _stories_of(hit.thread_id for hit in hits if hit.text_id == hit.thread_id)
    texts |= {reply.id: _BETWEEN.join(_parts_of(reply)) for reply in replies.values()}
    passages = {}
    for hit in hits:
        if hit.thread_id in titles and hit.text_id in texts:
            text, reply = texts[hit.text_id], replies.get(hit.text_id)
            passages[hit.thread_id] = Passage(
                reply_id=reply.id if reply else None,
                author_id=reply.author_id if reply else None,
                snippet=tuple(snippet(text, words, phrases)),
                words=_standing_in(f"{titles[hit.thread_id]} {text}", words),
            )
    return passages


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
    """Threads by their words as they were typed, the addresses of links among them.

    People are not found by name: names change, and the page asks to leave them out.
    """
    threads = list(session().scalars(select(Thread).where(which, Thread.withdrawn_at.is_(None))))
    stories = _sources_of(thread.id for thread in threads)
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
    """Replies as they are found, by their own words alone: a title leads to the story and not to what was said of it.

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
            part="reply",
            title="",
            body="\n".join((reply.source, reply.differed, reply.setting)),
            author="",
            at=seconds(reply.said_at),
        )
        for reply, community_id, kind in rows
    ]


def _titles_seen(viewer: Viewer, hits: Sequence[Hit]) -> dict[int, str]:
    query = findable_threads(viewer).with_only_columns(Thread.id, Thread.title)
    rows = session().execute(query.where(Thread.id.in_({hit.thread_id for hit in hits})))
    return {row.id: row.title for row in rows}


def _replies_seen(viewer: Viewer, hits: Sequence[Hit]) -> dict[int, Reply]:
    replies = session().scalars(findable_replies(viewer).where(Reply.id.in_(_reply_ids(hits))))
    return {reply.id: reply for reply in replies}


def _stories_of(thread_ids: Iterable[int]) -> dict[int, str]:
    wanted = set(thread_ids)
    fields = _fields_of(wanted)
    return {thread_id: _BETWEEN.join(fields[thread_id]) for thread_id in wanted}


def _sources_of(thread_ids: Iterable[int]) -> dict[int, list[str]]:
    """What was typed into the boxes of stories."""
    rows = session().execute(
        select(StoryField.thread_id, StoryField.source).where(StoryField.thread_id.in_(set(thread_ids)))
    )
    sources: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        sources[row.thread_id].append(row.source)
    return sources


def _fields_of(thread_ids: Iterable[int]) -> dict[int, list[str]]:
    """The words of the boxes of stories, in the order in which a story is read."""
    rows = session().execute(
        select(StoryField.thread_id, StoryField.name, StoryField.html).where(StoryField.thread_id.in_(set(thread_ids)))
    )
    fields: dict[int, list[str]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: FIELDS.index(row.name)):
        fields[row.thread_id].append(words_of_noticed(row.html) if row.name == "noticed" else plain_text(row.html))
    return fields


def _parts_of(reply: Reply) -> list[str]:
    return [part for part in (plain_text(reply.html), reply.differed, reply.setting) if part]


def _reply_ids(hits: Iterable[Hit]) -> set[int]:
    return {hit.text_id for hit in hits if hit.text_id != hit.thread_id}


def _standing_in(text: str, words: Sequence[str]) -> tuple[str, ...]:
    stems = set(stems_in(text))
    return tuple(word for word in words if stem_of(word) in stems)
