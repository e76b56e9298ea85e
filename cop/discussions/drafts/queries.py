"""Reads of drafts. Every one asks whose: a draft of somebody else is none at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select

from cop.accounts.viewer import Viewer
from cop.communities.models import Community
from cop.communities.queries import is_visible
from cop.discussions.drafts.fields import Fields, first_words, read_fields
from cop.discussions.drafts.models import Draft
from cop.discussions.models import Thread
from cop.platform.clock import moment
from cop.platform.database import ask, session
from cop.platform.errors import NotVisible
from cop.platform.pagination import Page, read_cursor, write_cursor

DRAFTS_A_PAGE = 25
THROWN_SHOWN = 10
TAKEN_BACK_FOR = timedelta(hours=1)
KEPT_SIGNED_OUT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft as its owner reads it."""

    id: int
    kind: str
    community_id: int | None
    thread_id: int | None
    reply_id: int | None
    path: str
    fields: Fields
    revision: int
    saved_at: datetime

    @property
    def words(self) -> str:
        return first_words(self.fields)


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in the list: where it belongs stands beside it as far as the owner still sees that."""

    draft: DraftLine
    community: str
    thread: str


def find_draft(actor: Viewer, draft_id: int | None) -> Draft | None:
    """The row of one's own draft, thrown away or not, held against other writers.

    Raises:
        NotVisible: the id is somebody else's.
    """
    found = session().scalar(select(Draft).where(Draft.id == draft_id).with_for_update())
    if found is not None and found.person_id != actor.person_id:
        raise NotVisible
    return found


def find_aimed(actor: Viewer, aim: str | None) -> Draft | None:
    """The row of one's own draft for one thing, held against other writers."""
    if aim is None:
        return None
    return session().scalar(select(Draft).where(Draft.person_id == actor.person_id, Draft.aim == aim).with_for_update())


def count_drafts(person_id: int) -> int:
    return session().scalar(select(func.count()).where(Draft.person_id == person_id, Draft.discarded_at.is_(None))) or 0


def read_draft(viewer: Viewer, draft_id: int | None) -> DraftLine:
    """One's own draft.

    Raises:
        NotVisible: there is none, it is somebody else's, or it was thrown away.
    """
    row = session().execute(_select_own(viewer).where(Draft.id == draft_id)).first()
    if row is None:
        raise NotVisible
    return line_of(row)


def find_begun(viewer: Viewer, aims: Iterable[str]) -> DraftLine | None:
    """What one has begun of these, if anything; the latest."""
    if viewer.id is None:
        return None
    row = ask(_BEGUN, {"person_id": viewer.id, "aims": list(aims)}).first()
    return line_of(row) if row else None


def find_begun_thread(viewer: Viewer, community_id: int, kind: str) -> DraftLine | None:
    """The story, question or whatever it is that one began last in a community."""
    asked = _select_own(viewer).where(Draft.community_id == community_id, Draft.kind == kind, Draft.thread_id.is_(None))
    row = session().execute(asked.order_by(Draft.saved_at.desc(), Draft.id.desc()).limit(1)).first()
    return line_of(row) if row else None


def list_drafts(viewer: Viewer, *, after: str | None = None) -> Page[DraftRow]:
    """One's own drafts, latest first, with the names of where they belong, in one statement."""
    asked = _select_placed(viewer).where(Draft.discarded_at.is_(None)).limit(DRAFTS_A_PAGE + 1)
    if after:
        at, draft_id = _read(after)
        asked = asked.where(or_(Draft.saved_at < at, and_(Draft.saved_at == at, Draft.id < draft_id)))
    rows = [_row_of(row) for row in session().execute(asked)]
    shown = tuple(rows[:DRAFTS_A_PAGE])
    last = shown[-1].draft if len(rows) > len(shown) else None
    return Page(shown, later=write_cursor(last.saved_at.timestamp(), last.id) if last else None)


def list_latest(viewer: Viewer, *, limit: int) -> list[DraftRow]:
    """The few drafts that one saved last."""
    asked = _select_placed(viewer).where(Draft.discarded_at.is_(None)).limit(limit)
    return [_row_of(row) for row in session().execute(asked)]


def list_thrown(viewer: Viewer, *, now: datetime) -> list[DraftRow]:
    """What one threw away within the hour, or left of two versions, latest first; the last few."""
    asked = _select_placed(viewer).where(Draft.discarded_at >= now - TAKEN_BACK_FOR).limit(THROWN_SHOWN)
    return [_row_of(row) for row in session().execute(asked)]


def find_kept(cookie_hash: str, draft_id: int, *, now: datetime) -> DraftLine | None:
    """What a browser sent while nobody was signed in, less than a day ago."""
    asked = _select_lines().where(
        Draft.id == draft_id, Draft.cookie_hash == cookie_hash, Draft.saved_at >= now - KEPT_SIGNED_OUT
    )
    row = session().execute(asked).first()
    return line_of(row) if row else None


def line_of(row: Any) -> DraftLine:
    draft_id, kind, community_id, thread_id, reply_id, path, fields, revision, saved_at = row[:9]
    return DraftLine(draft_id, kind, community_id, thread_id, reply_id, path, read_fields(fields), revision, saved_at)


def _row_of(row: Any) -> DraftRow:
    return DraftRow(line_of(row), row[9] or "", row[10] or "")


def _select_placed(viewer: Viewer) -> Any:
    """One's own drafts, latest first, with the names of where they belong as far as one sees them."""
    return (
        _select_lines()
        .where(Draft.person_id == viewer.id)
        .add_columns(Community.name, Thread.title)
        .outerjoin(Community, and_(Community.id == Draft.community_id, is_visible(viewer)))
        .outerjoin(Thread, and_(Thread.id == Draft.thread_id, Thread.community_id == Community.id))
        .order_by(Draft.saved_at.desc(), Draft.id.desc())
    )


def _select_own(viewer: Viewer) -> Any:
    return _select_lines().where(Draft.person_id == viewer.id, Draft.discarded_at.is_(None))


def _select_lines() -> Select[*tuple[Any, ...]]:
    return select(
        Draft.id, Draft.kind, Draft.community_id, Draft.thread_id, Draft.reply_id, Draft.path, Draft.fields,
        Draft.revision, Draft.saved_at,
    )  # fmt: skip


_BEGUN = (  # asked by every page on which one may reply
    _select_lines()
    .where(Draft.person_id == bindparam("person_id", type_=Draft.id.type), Draft.discarded_at.is_(None))
    .where(Draft.aim.in_(bindparam("aims", expanding=True)))
    .order_by(Draft.saved_at.desc(), Draft.id.desc())
    .limit(1)
)


def _read(cursor: str) -> tuple[datetime, int]:
    at, draft_id = read_cursor(cursor, float, int)
    try:
        return moment(float(at)), int(draft_id)
    except (OverflowError, ValueError, OSError) as problem:
        raise NotVisible from problem
