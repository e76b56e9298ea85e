"""Reads of replies: pages by keys, so that the last of ten thousand costs what the first costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from cop.discussions.models import Reply
from cop.discussions.seals.queries import is_open_to
from cop.platform.clock import moment
from cop.platform.database import folded, session
from cop.platform.errors import NotVisible
from cop.platform.pagination import Page, read_cursor, write_cursor

REPLIES_A_PAGE = 20


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


def list_replies(
    thread_id: int,
    *,
    kind: str | None = None,
    words: Sequence[str] = (),
    before: str | None = None,
    start: str | None = None,
    first: bool = False,
    reader_id: int | None = None,
) -> Page[ReplyLine]:
    """A page of a thread's replies in order of time, without the teller's answers, which stand below them.

    Args:
        kind: only field reports or only dissents.
        words: only those that hold all of these, themselves or in the teller's answer to them; in small letters.
        before: a cursor; the page that ends just before it. Without anything, the latest page.
        start: a cursor; the page that begins with it.
        first: the page that begins with the first of all.
        reader_id: for whom, where some may be sealed; nobody in particular reads no sealed one.

    Returns:
        the replies, oldest first, with the cursors of the earlier page (for `before`) and the later (for `start`).
    """
    asked = [Reply.thread_id == thread_id, Reply.kind != "answer", is_open_to(reader_id)]
    if kind:
        asked.append(Reply.kind == kind)
    if words:
        asked.append(_holds(thread_id, words, reader_id))
    if start:
        return _page_from(asked, start)
    if first:
        return _first_page(asked)
    return _page_before(asked, before)


def list_answers(reply_ids: Iterable[int], *, reader_id: int | None = None) -> dict[int, list[ReplyLine]]:
    """The teller's answers to the given replies, oldest first, one statement."""
    wanted = list(reply_ids)
    if not wanted:
        return {}
    rows = session().execute(
        select_lines().where(Reply.answers_id.in_(wanted), is_open_to(reader_id)).order_by(Reply.said_at, Reply.id)
    )
    answers: dict[int, list[ReplyLine]] = {}
    for line in (ReplyLine(*row) for row in rows):
        answers.setdefault(line.answers_id or 0, []).append(line)
    return answers


def list_kinds_said(thread_id: int, *, reader_id: int | None = None) -> frozenset[str]:
    """Which kinds of replies a thread has: what its page can be narrowed to."""
    said = select(Reply.kind).where(Reply.thread_id == thread_id, is_open_to(reader_id)).distinct()
    return frozenset(session().scalars(said))


def cursor_of(reply: Reply | ReplyLine) -> str:
    """Where a reply stands in its thread; an answer stands where what it answers does, so ask for that one."""
    return write_cursor(reply.said_at.timestamp(), reply.id)


def _page_from(asked: list[ColumnElement[bool]], start: str) -> Page[ReplyLine]:
    at, reply_id = _read(start)
    here = and_(Reply.said_at >= at, or_(Reply.said_at > at, Reply.id >= reply_id))  # the first for the index
    rows = session().execute(
        select_lines().where(*asked, here).order_by(Reply.said_at, Reply.id).limit(REPLIES_A_PAGE + 1)
    )
    lines = [ReplyLine(*row) for row in rows]
    shown, later = lines[:REPLIES_A_PAGE], lines[REPLIES_A_PAGE:]
    has_earlier = session().execute(select(Reply.id).where(*asked, _is_before(at, reply_id)).limit(1)).first()
    return Page(tuple(shown), start if has_earlier else None, cursor_of(later[0]) if later else None)


def _first_page(asked: list[ColumnElement[bool]]) -> Page[ReplyLine]:
    rows = session().execute(select_lines().where(*asked).order_by(Reply.said_at, Reply.id).limit(REPLIES_A_PAGE + 1))
    lines = [ReplyLine(*row) for row in rows]
    later = lines[REPLIES_A_PAGE:]
    return Page(tuple(lines[:REPLIES_A_PAGE]), None, cursor_of(later[0]) if later else None)


def _holds(thread_id: int, words: Sequence[str], reader_id: int | None) -> ColumnElement[bool]:
    """Whether all words stand in a reply, or all of them in an answer to it; what was withdrawn holds none."""
    answer = aliased(Reply)
    answered = select(answer.answers_id).where(
        answer.thread_id == thread_id,
        answer.kind == "answer",
        is_open_to(reader_id, answer),
        *_each_in(answer, words),
    )
    return or_(and_(*_each_in(Reply, words)), Reply.id.in_(answered))


def _each_in(reply: Any, words: Sequence[str]) -> list[ColumnElement[bool]]:
    said = folded(reply.source + " " + reply.setting + " " + reply.differed)
    return [reply.withdrawn_at.is_(None), *(said.contains(word, autoescape=True) for word in words)]


def _page_before(asked: list[ColumnElement[bool]], before: str | None) -> Page[ReplyLine]:
    limits = [*asked, _is_before(*_read(before))] if before else asked
    rows = session().execute(
        select_lines().where(*limits).order_by(Reply.said_at.desc(), Reply.id.desc()).limit(REPLIES_A_PAGE + 1)
    )
    lines = [ReplyLine(*row) for row in rows][::-1]
    shown = lines[-REPLIES_A_PAGE:]
    return Page(tuple(shown), cursor_of(shown[0]) if len(lines) > len(shown) else None, before)


def _is_before(at: datetime, reply_id: int) -> ColumnElement[bool]:
    return and_(Reply.said_at <= at, or_(Reply.said_at < at, Reply.id < reply_id))


def _read(cursor: str) -> tuple[datetime, int]:
    at, reply_id = read_cursor(cursor, float, int)
    try:
        return moment(float(at)), int(reply_id)
    except (OverflowError, ValueError, OSError) as problem:
        raise NotVisible from problem


def select_lines() -> Any:  # twelve columns: more than SQLAlchemy's overloads of select() type
    return select(
        Reply.id, Reply.author_id, Reply.kind, Reply.answers_id, Reply.verdict, Reply.html, Reply.setting,
        Reply.differed, Reply.said_at, Reply.revision, Reply.revised_at, Reply.withdrawn_at,
    )  # fmt: skip
