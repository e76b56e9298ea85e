"""What derived columns hold, beside what they follow from; every read is of one batch of rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from cop.accounts.models import Person
from cop.accounts.names import skeleton
from cop.cases.models import CaseOutcome, Commitment, Fork, SecondThought
from cop.cases.queries import read_ranks
from cop.communities.models import Community
from cop.discussions.drafts.models import NEW_THREADS, SENT, Draft
from cop.discussions.models import Reply, Revision, StoryField, Thread, Unsealed
from cop.discussions.probes.models import Probe, WaitingProbe
from cop.discussions.probes.spans import reading_of, tidy_quote
from cop.platform.database import session
from cop.platform.ids import spell
from cop.ranking.needs.models import Need
from cop.search.models import TitleStart
from cop.search.titles import starts_of

Key = tuple[tuple[str, int | str], ...]
_WRITTEN: tuple[tuple[Any, tuple[Any, ...]], ...] = (  # what has a source, and the way from it to its thread
    (StoryField, ((Thread, Thread.id == StoryField.thread_id),)),
    (Reply, ((Thread, Thread.id == Reply.thread_id),)),
    (WaitingProbe, ((Thread, Thread.id == WaitingProbe.thread_id),)),
    (Fork, ((Thread, Thread.id == Fork.thread_id),)),
    (Commitment, ((Fork, Fork.id == Commitment.fork_id), (Thread, Thread.id == Fork.thread_id))),
    (
        SecondThought,
        (
            (Commitment, Commitment.id == SecondThought.commitment_id),
            (Fork, Fork.id == Commitment.fork_id),
            (Thread, Thread.id == Fork.thread_id),
        ),
    ),
    (CaseOutcome, ((Thread, Thread.id == CaseOutcome.thread_id),)),
)


@dataclass(frozen=True, slots=True)
class Stray:
    """A stored value that is not what it follows from.

    Args:
        key: the row, by the columns of its key.
        thread_id: the thread it belongs to, if it does to one.
    """

    table: str
    column: str
    key: Key
    stored: Any
    expected: Any
    thread_id: int | None = None

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column}"

    @property
    def whose(self) -> str:
        """The row, as a person finds it: ids as addresses spell them."""
        row = ", ".join(f"{name} {spell(one) if isinstance(one, int) else one}" for name, one in self.key)
        return (
            row
            if self.thread_id is None or row == f"id {spell(self.thread_id)}"
            else f"{row} (thread {spell(self.thread_id)})"
        )


@dataclass(frozen=True, slots=True)
class TextRow:
    """A text and the HTML that is stored beside it.

    Args:
        prefix: of the columns that hold the HTML and the renderer's version.
        box: of a story, where it is rendered as that box is.
    """

    table: str
    key: Key
    source: str
    html: str
    renderer: int
    thread_id: int | None = None
    community_id: int | None = None
    prefix: str = ""
    box: str = ""


def list_thread_ids(after: int, limit: int) -> list[int]:
    return _list_ids(Thread.id, after, limit)


def list_person_ids(after: int, limit: int) -> list[int]:
    return _list_ids(Person.id, after, limit)


def list_community_ids(after: int, limit: int) -> list[int]:
    return _list_ids(Community.id, after, limit)


def list_draft_ids(after: int, limit: int) -> list[int]:
    return _list_ids(Draft.id, after, limit)


def find_wrong_words(thread_ids: Sequence[int]) -> Iterator[Stray]:
    """How many words a thread holds, by which it is told how long it takes to read."""
    counted: dict[int, int] = defaultdict(int)
    sources = select(StoryField.thread_id, StoryField.source).where(StoryField.thread_id.in_(thread_ids))
    for thread_id, source in session().execute(sources):
        counted[thread_id] += len(source.split())
    for thread_id, words in session().execute(select(Thread.id, Thread.words).where(Thread.id.in_(thread_ids))):
        if words != counted[thread_id]:
            yield Stray("thread", "words", (("id", thread_id),), words, counted[thread_id], thread_id)


def find_wrong_revisions(thread_ids: Sequence[int]) -> Iterator[Stray]:
    """How often a thread was changed, and when last; to look a procedure over changes no word."""
    changes, looked_over = _select_changes(Revision.thread_id), _list_changes(thread_ids)
    rows = select(Thread.id, Thread.id, Thread.revision, Thread.revised_at, changes.c.number, changes.c.at)
    found = _compare_changes(
        "thread", rows.outerjoin(changes, changes.c.of == Thread.id).where(Thread.id.in_(thread_ids))
    )
    procedures = set(session().scalars(select(Thread.id).where(Thread.id.in_(thread_ids), Thread.kind == "procedure")))
    for stray in found:
        may_be = (None, *looked_over[stray.thread_id or 0]) if stray.thread_id in procedures else ()
        if stray.column != "revised_at" or stray.stored not in may_be:
            yield stray


def find_wrong_revisions_of_replies(thread_ids: Sequence[int]) -> Iterator[Stray]:
    """The same of what was said about it."""
    changes = _select_changes(Revision.reply_id)
    rows = select(Reply.id, Reply.thread_id, Reply.revision, Reply.revised_at, changes.c.number, changes.c.at)
    return _compare_changes(
        "reply", rows.outerjoin(changes, changes.c.of == Reply.id).where(Reply.thread_id.in_(thread_ids))
    )


def find_wrong_spans(thread_ids: Sequence[int]) -> Iterator[Stray]:
    """Where the words that a probe quotes stand, and since which change they do not any more."""
    probes = session().execute(
        select(Probe.reply_id, Probe.thread_id, Probe.box, Probe.quote, Probe.gone_at, Reply.thread_id, Reply.said_at)
        .join(Reply, Reply.id == Probe.reply_id)
        .where(Reply.thread_id.in_(thread_ids))
    ).all()  # fmt: skip
    boxes, changes = _read_boxes({row[5] for row in probes if row.quote}), _list_changes(row[5] for row in probes)
    for reply_id, thread_id, box, quote, gone_at, of_thread, said_at in probes:
        key: Key = (("reply_id", reply_id),)
        if thread_id != of_thread:
            yield Stray("probe", "thread_id", key, thread_id, of_thread, of_thread)
        wanted, here = tidy_quote(quote), boxes[of_thread]
        stands = next((name for name in (box, *here) if wanted and wanted in here.get(name, "")), None)
        if stands and stands != box:
            yield Stray("probe", "box", key, box, stands, of_thread)
        since = [at for at in changes[of_thread] if at >= said_at]
        if (not quote or stands) and gone_at is not None:
            yield Stray("probe", "gone_at", key, gone_at, None, of_thread)
        elif quote and not stands and gone_at not in (*since, said_at):
            yield Stray("probe", "gone_at", key, gone_at, since[-1] if since else said_at, of_thread)


def find_wrong_firsts(thread_ids: Sequence[int]) -> Iterator[Stray]:
    """What somebody put first at a decision, by the ranks they gave."""
    rows = session().execute(
        select(Commitment.id, Commitment.ranks, Commitment.first, Fork.thread_id)
        .join(Fork, Fork.id == Commitment.fork_id)
        .where(Fork.thread_id.in_(thread_ids))
    )
    for commitment_id, stored, first, thread_id in rows:
        ranks = read_ranks(stored)
        expected = ranks.index(min(ranks)) + 1
        if first != expected:
            yield Stray("commitment", "first", (("id", commitment_id),), first, expected, thread_id)


def find_wrong_seals(thread_ids: Sequence[int]) -> Iterator[Stray]:
    """Which decision of which case an opened seal is that of."""
    rows = session().execute(
        select(
            Unsealed.seal_id, Unsealed.person_id, Unsealed.thread_id, Unsealed.place, Fork.thread_id, Fork.place
        )
        .join(Fork, Fork.id == Unsealed.seal_id)
        .where(Fork.thread_id.in_(thread_ids))
    )  # fmt: skip
    for seal_id, person_id, thread_id, place, of_thread, at_place in rows:
        key: Key = (("seal_id", seal_id), ("person_id", person_id))
        if thread_id != of_thread:
            yield Stray("unsealed", "thread_id", key, thread_id, of_thread, of_thread)
        if place != at_place:
            yield Stray("unsealed", "place", key, place, at_place, of_thread)


def find_wrong_places_of_needs(thread_ids: Sequence[int]) -> Iterator[Stray]:
    """In which community a need stands."""
    rows = session().execute(
        select(Need.id, Need.community_id, Thread.community_id, Thread.id)
        .join(Thread, Thread.id == Need.thread_id)
        .where(Thread.id.in_(thread_ids), Need.community_id != Thread.community_id)
    )
    for need_id, stored, expected, thread_id in rows:
        yield Stray("need", "community_id", (("id", need_id),), stored, expected, thread_id)


def find_wrong_titles(thread_ids: Sequence[int]) -> Iterator[Stray]:
    """From where a title is offered to whoever types; a row too few or too many is named as its beginning."""
    stored: dict[int, dict[int, str]] = defaultdict(dict)
    rows = select(TitleStart.thread_id, TitleStart.word, TitleStart.start).where(TitleStart.thread_id.in_(thread_ids))
    for thread_id, word, start in session().execute(rows):
        stored[thread_id][word] = start
    for thread_id, title in session().execute(select(Thread.id, Thread.title).where(Thread.id.in_(thread_ids))):
        have, want = stored[thread_id], starts_of(title)
        for word in sorted(have.keys() | want.keys()):
            if have.get(word) != want.get(word):
                key: Key = (("thread_id", thread_id), ("word", word))
                yield Stray("title_start", "start", key, have.get(word), want.get(word), thread_id)


def find_wrong_skeletons(person_ids: Sequence[int]) -> Iterator[Stray]:
    """What a name looks like at a glance, by which another that looks the same is found."""
    rows = session().execute(select(Person.id, Person.name, Person.name_skeleton).where(Person.id.in_(person_ids)))
    for person_id, name, stored in rows:
        expected = skeleton(name) if name else ""
        if stored != expected:
            yield Stray("person", "name_skeleton", (("id", person_id),), stored, expected)


def find_wrong_aims(draft_ids: Sequence[int]) -> Iterator[Stray]:
    """The one thing that a draft is for: where it names one, it is that of its own thread or reply."""
    rows = session().execute(
        select(Draft.id, Draft.kind, Draft.thread_id, Draft.reply_id, Draft.aim).where(Draft.id.in_(draft_ids))
    )
    for draft_id, kind, thread_id, reply_id, aim in rows:
        is_aimless = kind in (*NEW_THREADS, SENT) or (thread_id is None and reply_id is None)
        expected = None if is_aimless else f"{kind}:{reply_id or thread_id}"
        if aim is not None and aim != expected:
            yield Stray("draft", "aim", (("id", draft_id),), aim, expected)


def list_texts_of_threads(thread_ids: Sequence[int]) -> list[TextRow]:
    """Everything that was written in these threads, but in drafts."""
    rows = []
    for model, way in _WRITTEN:
        keys = tuple(model.__mapper__.primary_key)
        query = select(model.source, model.html, model.renderer, Thread.id, Thread.community_id, *keys)
        for step in way:
            query = query.join(*step)
        for row in session().execute(query.where(Thread.id.in_(thread_ids))):
            key = tuple(zip((column.name for column in keys), row[5:], strict=True))
            text, box = tuple(row[:5]), str(dict(key).get("name", ""))
            rows.append(TextRow(model.__tablename__, key, text[0], text[1], text[2], text[3], text[4], box=box))
    return rows


def list_texts_of_people(person_ids: Sequence[int]) -> list[TextRow]:
    """What people say of themselves."""
    texts = select(Person.id, Person.bio, Person.bio_html, Person.bio_renderer).where(Person.id.in_(person_ids))
    return [TextRow("person", (("id", row[0]),), *row[1:], prefix="bio_") for row in session().execute(texts)]


def list_texts_of_communities(community_ids: Sequence[int]) -> list[TextRow]:
    """How communities welcome."""
    texts = select(Community.id, Community.welcome, Community.welcome_html, Community.welcome_renderer)
    rows = session().execute(texts.where(Community.id.in_(community_ids)))
    return [TextRow("community", (("id", row[0]),), *row[1:], prefix="welcome_") for row in rows]


def _list_ids(column: InstrumentedAttribute[int], after: int, limit: int) -> list[int]:
    return list(session().scalars(select(column).where(column > after).order_by(column).limit(limit)))


def _select_changes(of: InstrumentedAttribute[int | None]) -> Any:
    return (
        select(of.label("of"), func.max(Revision.number).label("number"), _latest(Revision.at).label("at"))
        .group_by(of)
        .subquery()
    )


def _latest(column: InstrumentedAttribute[datetime]) -> Any:
    return func.max(column, type_=column.type)


def _compare_changes(table: str, rows: Select[Any]) -> Iterator[Stray]:
    for row_id, thread_id, number, at, expected, expected_at in session().execute(rows):
        key: Key = (("id", row_id),)
        if number != (expected or 0):
            yield Stray(table, "revision", key, number, expected or 0, thread_id)
        if at != expected_at:
            yield Stray(table, "revised_at", key, at, expected_at, thread_id)


def _read_boxes(thread_ids: set[int]) -> dict[int, dict[str, str]]:
    boxes: dict[int, dict[str, str]] = defaultdict(dict)
    rows = select(StoryField.thread_id, StoryField.name, StoryField.html).where(StoryField.thread_id.in_(thread_ids))
    for thread_id, name, html in session().execute(rows):
        boxes[thread_id][name] = reading_of(html)
    return boxes


def _list_changes(thread_ids: Any) -> dict[int, list[datetime]]:
    changes: dict[int, list[datetime]] = defaultdict(list)
    rows = select(Revision.thread_id, Revision.at).where(Revision.thread_id.in_(set(thread_ids))).order_by(Revision.at)
    for thread_id, at in session().execute(rows):
        changes[thread_id or 0].append(at)
    return changes
