"""Reads of replies: pages by keys, so that the last of ten thousand costs what the first costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from cop.communities.queries import WHOEVER
from cop.discussions.models import Reply
from cop.discussions.probes.models import OPEN, Probe
from cop.discussions.seals.queries import is_open_to
from cop.platform.clock import moment
from cop.platform.database import ask, folded, session
from cop.platform.errors import NotVisible
from cop.platform.pagination import Page, read_cursor, write_cursor

REPLIES_A_PAGE = 20
LOOKED_BACK = 20  # replies of one person, for one that says the same
LOOKED_THROUGH = 20_000  # replies, for one page of those that hold some words; the next page looks further


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
    withdrawn_at: datetime | None
    withdrawn_by_id: int | None


def find_just_said(
    *, author_id: int, thread_id: int, answers_id: int | None, source: str, since: datetime
) -> Reply | None:
    """What somebody said in a thread in the same words, if they did since a moment; what was withdrawn was not said.

    Only the last that they have said anywhere is looked at, which is enough for whoever goes back and sends it again.
    """
    asked = {"author_id": author_id, "since": since, "thread_id": thread_id, "answers_id": answers_id, "source": source}
    found = ask(_JUST_SAID, asked).scalar()
    return session().get(Reply, found) if found is not None else None


def _select_just_said() -> Select[tuple[int]]:
    last = (
        select(Reply)
        .where(Reply.author_id == bindparam("author_id"), Reply.said_at >= bindparam("since"))
        .order_by(Reply.said_at.desc())
        .limit(LOOKED_BACK)
        .subquery()
    )
    answers = last.c.answers_id.is_not_distinct_from(bindparam("answers_id", type_=Reply.answers_id.type))
    return select(last.c.id).where(
        last.c.thread_id == bindparam("thread_id"), answers, last.c.source == bindparam("source"),
        last.c.kind.in_(("reply", "answer")), last.c.withdrawn_at.is_(None),
    ).limit(1)  # fmt: skip


_JUST_SAID = _select_just_said()


def list_replies(
    thread_id: int,
    *,
    kind: str | None = None,
    open_only: bool = False,
    words: Sequence[str] = (),
    before: str | None = None,
    start: str | None = None,
    first: bool = False,
    reader_id: int | None = None,
) -> Page[ReplyLine]:
    """A page of a thread's replies in order of time, without the teller's answers, which stand below them.

    A page of those that hold words may be short, or empty, where a stretch of the thread holds few; it leads on.

    Args:
        kind: only field reports or only dissents.
        open_only: only probes that the teller has not answered, declined or lost.
        words: only those that hold all of these, themselves or in the teller's answer to them; in small letters.
        before: a cursor; the page that ends just before it. Without anything, the latest page.
        start: a cursor; the page that begins with it.
        first: the page that begins with the first of all.
        reader_id: for whom, where some may be sealed; nobody in particular reads no sealed one.

    Returns:
        the replies, oldest first, with the cursors of the earlier page (for `before`) and the later (for `start`).
    """
    if not (kind or open_only or words or before or start or first):
        return _ending_with(ask(_select_latest(), {"thread": thread_id, "viewer_id": reader_id}))
    asked = _said_in(thread_id, reader_id)
    if kind:
        asked.append(Reply.kind == kind)
    if open_only:
        asked.append(Reply.id.in_(select(Probe.reply_id).where(Probe.thread_id == thread_id, Probe.state == OPEN)))
    if words:
        return _page_with(words, asked, before=before, start=start, first=first, reader_id=reader_id)
    if start:
        return _page_from(asked, start)
    if first:
        return _first_page(asked)
    return _page_before(asked, before)


@cache
def _select_latest() -> Any:
    """The page on which most people land, written once."""
    return _latest_first(_said_in(bindparam("thread", type_=Reply.thread_id.type), WHOEVER.id))


def _said_in(thread_id: Any, reader_id: Any) -> list[ColumnElement[bool]]:
    """What stands in a thread by itself, as far as a reader may read it."""
    return [Reply.thread_id == thread_id, Reply.kind != "answer", is_open_to(reader_id)]


def _latest_first(asked: Sequence[ColumnElement[bool]]) -> Any:
    return select_lines().where(*asked).order_by(Reply.said_at.desc(), Reply.id.desc()).limit(REPLIES_A_PAGE + 1)


def _page_with(
    words: Sequence[str],
    asked: list[ColumnElement[bool]],
    *,
    before: str | None,
    start: str | None,
    first: bool,
    reader_id: int | None,
) -> Page[ReplyLine]:
    """A page of the replies that hold the words, out of a stretch of those asked for: three statements."""
    forth = bool(start or first)
    begun = [_is_from(*_read(start))] if start else [_is_before(*_read(before))] if before else []
    order = (Reply.said_at, Reply.id) if forth else (Reply.said_at.desc(), Reply.id.desc())
    beyond = session().execute(
        select(Reply.said_at, Reply.id).where(*asked, *begun).order_by(*order).offset(LOOKED_THROUGH - 1).limit(2)
    ).all()  # fmt: skip
    is_cut = len(beyond) > 1
    if is_cut:
        begun.append(_is_before(*beyond[1]) if forth else _is_from(*beyond[0]))
    rows = session().execute(
        select_lines().where(*asked, *begun, _holds(words, reader_id)).order_by(*order).limit(REPLIES_A_PAGE + 1)
    )
    lines = [ReplyLine(*row) for row in rows]
    shown, more = lines[:REPLIES_A_PAGE], lines[REPLIES_A_PAGE:]
    if forth:
        onward = cursor_of(more[0]) if more else _cursor(*beyond[1]) if is_cut else None
        return Page(tuple(shown), start if start and _has_earlier(asked, start) else None, onward)
    onward = cursor_of(shown[-1]) if more else _cursor(*beyond[0]) if is_cut else None
    return Page(tuple(shown[::-1]), onward, before)


def list_answers(reply_ids: Iterable[int], *, reader_id: int | None = None) -> dict[int, list[ReplyLine]]:
    """The teller's answers to the given replies, oldest first, one statement."""
    wanted = list(reply_ids)
    if not wanted:
        return {}
    answers: dict[int, list[ReplyLine]] = {}
    for line in (ReplyLine(*row) for row in ask(_select_answers(), {"wanted": wanted, "viewer_id": reader_id})):
        answers.setdefault(line.answers_id or 0, []).append(line)
    return answers


@cache
def _select_answers() -> Any:
    answers = Reply.answers_id.in_(bindparam("wanted", expanding=True))
    return select_lines().where(answers, is_open_to(WHOEVER.id)).order_by(Reply.said_at, Reply.id)


def cursor_of(reply: Reply | ReplyLine) -> str:
    """Where a reply stands in its thread; an answer stands where what it answers does, so ask for that one."""
    return _cursor(reply.said_at, reply.id)


def _cursor(at: datetime, reply_id: int) -> str:
    return write_cursor(at.timestamp(), reply_id)


def _page_from(asked: list[ColumnElement[bool]], start: str) -> Page[ReplyLine]:
    rows = session().execute(
        select_lines()
        .where(*asked, _is_from(*_read(start)))
        .order_by(Reply.said_at, Reply.id)
        .limit(REPLIES_A_PAGE + 1)
    )
    lines = [ReplyLine(*row) for row in rows]
    shown, later = lines[:REPLIES_A_PAGE], lines[REPLIES_A_PAGE:]
    return Page(tuple(shown), start if _has_earlier(asked, start) else None, cursor_of(later[0]) if later else None)


def _has_earlier(asked: list[ColumnElement[bool]], start: str) -> bool:
    return session().execute(select(Reply.id).where(*asked, _is_before(*_read(start))).limit(1)).first() is not None


def _first_page(asked: list[ColumnElement[bool]]) -> Page[ReplyLine]:
    rows = session().execute(select_lines().where(*asked).order_by(Reply.said_at, Reply.id).limit(REPLIES_A_PAGE + 1))
    lines = [ReplyLine(*row) for row in rows]
    later = lines[REPLIES_A_PAGE:]
    return Page(tuple(lines[:REPLIES_A_PAGE]), None, cursor_of(later[0]) if later else None)


def _holds(words: Sequence[str], reader_id: int | None) -> ColumnElement[bool]:
    """Whether all words stand in a reply, or all of them in an answer to it; what was withdrawn holds none."""
    answer = aliased(Reply)
    answered = exists().where(answer.answers_id == Reply.id, is_open_to(reader_id, answer), *_each_in(answer, words))
    return or_(and_(*_each_in(Reply, words)), answered)


def _each_in(reply: Any, words: Sequence[str]) -> list[ColumnElement[bool]]:
    said = folded(reply.source + " " + reply.setting + " " + reply.differed)
    return [reply.withdrawn_at.is_(None), *(said.contains(word, autoescape=True) for word in words)]


def _page_before(asked: list[ColumnElement[bool]], before: str | None) -> Page[ReplyLine]:
    limits = [*asked, _is_before(*_read(before))] if before else asked
    return _ending_with(session().execute(_latest_first(limits)), before)


def _ending_with(rows: Iterable[Any], before: str | None = None) -> Page[ReplyLine]:
    """The page of rows that were read latest first."""
    lines = [ReplyLine(*row) for row in rows][::-1]
    shown = lines[-REPLIES_A_PAGE:]
    return Page(tuple(shown), cursor_of(shown[0]) if len(lines) > len(shown) else None, before)


def _is_from(at: datetime, reply_id: int) -> ColumnElement[bool]:
    return and_(Reply.said_at >= at, or_(Reply.said_at > at, Reply.id >= reply_id))  # the first for the index


def _is_before(at: datetime, reply_id: int) -> ColumnElement[bool]:
    return and_(Reply.said_at <= at, or_(Reply.said_at < at, Reply.id < reply_id))


def _read(cursor: str) -> tuple[datetime, int]:
    at, reply_id = read_cursor(cursor, float, int)
    try:
        return moment(float(at)), int(reply_id)
    except (OverflowError, ValueError, OSError) as problem:
        raise NotVisible from problem


def select_lines() -> Any:  # thirteen columns: more than SQLAlchemy's overloads of select() type
    return select(
        Reply.id, Reply.author_id, Reply.kind, Reply.answers_id, Reply.verdict, Reply.html, Reply.setting,
        Reply.differed, Reply.said_at, Reply.revision, Reply.revised_at, Reply.withdrawn_at,
        Reply.withdrawn_by_id,
    )  # fmt: skip
