"""Writing how far people have read. It shows to nobody else, so nothing is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from cop.accounts.events import AccountClosed
from cop.discussions.marks.queries import Mark
from cop.discussions.models import ReadMark
from cop.platform.database import is_sqlite, session


def store_marks(*, marks: Sequence[Mark]) -> None:
    """Write marks; one that is there is replaced, unless it is newer."""
    if not marks:
        return
    insert = (sqlite_insert if is_sqlite() else postgresql_insert)(ReadMark)
    upsert = insert.on_conflict_do_update(
        index_elements=[ReadMark.person_id, ReadMark.thread_id],
        set_={"at": insert.excluded.at, "reply_id": insert.excluded.reply_id},
        where=insert.excluded.at >= ReadMark.at,
    )
    session().execute(upsert, [asdict(mark) for mark in sorted(marks, key=_key)])


def forget_marks_of(left: AccountClosed) -> None:
    """Whoever has left reads nothing any more."""
    session().execute(delete(ReadMark).where(ReadMark.person_id == left.person_id))


def _key(mark: Mark) -> tuple[int, int]:
    """In one order, so that two processes never wait for each other in a circle."""
    return mark.person_id, mark.thread_id
