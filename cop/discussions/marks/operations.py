"""Writing how far people have read. It shows to nobody else; that few practitioners have read a thread shows.

A mark that was made as a practitioner is counted once, in the thread's row, so that nobody need ever count marks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from cop.accounts.events import AccountClosed
from cop.communities.models import MODERATOR, PRACTITIONER, Membership
from cop.discussions.events import PractitionerRead
from cop.discussions.marks.queries import Mark
from cop.discussions.models import ReadMark, Thread
from cop.platform.database import is_sqlite, session
from cop.platform.events import publish

FEW_READERS: Final = 8  # practitioners; fewer, and a young thread is one that few have read (domain.md B6)


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
    _count_practitioners(marks)


def recount_readers(*, thread_id: int) -> None:
    """Count a thread's readers from the marks themselves."""
    marks = select(func.count()).where(ReadMark.thread_id == thread_id, ReadMark.is_practitioners)
    session().execute(update(Thread).where(Thread.id == thread_id).values(readers=marks.scalar_subquery()))


def forget_marks_of(left: AccountClosed) -> None:
    """Whoever has left reads nothing any more."""
    counted = select(ReadMark.thread_id).where(ReadMark.person_id == left.person_id, ReadMark.is_practitioners)
    session().execute(update(Thread).where(Thread.id.in_(counted)).values(readers=Thread.readers - 1))
    session().execute(delete(ReadMark).where(ReadMark.person_id == left.person_id))


def _count_practitioners(marks: Sequence[Mark]) -> None:
    """Count whoever reads as a practitioner here for the first time: one statement, and one for each such thread."""
    role = select(Membership.role).where(
        Membership.person_id == ReadMark.person_id, Membership.community_id == Thread.community_id
    )
    practises = (
        select(Thread.id)
        .where(
            Thread.id == ReadMark.thread_id,
            Thread.teller_id.is_distinct_from(ReadMark.person_id),
            role.correlate(ReadMark, Thread).scalar_subquery().in_((PRACTITIONER, MODERATOR)),
        )
        .correlate(ReadMark)
    )
    read = session().scalars(
        update(ReadMark)
        .where(
            ReadMark.person_id.in_({mark.person_id for mark in marks}),
            ReadMark.thread_id.in_({mark.thread_id for mark in marks}),
            ReadMark.is_practitioners.is_(False),
            practises.exists(),
        )
        .values(is_practitioners=True)
        .returning(ReadMark.thread_id),
        execution_options={"synchronize_session": False},
    )
    at = max(mark.at for mark in marks)
    for thread_id, number in sorted(Counter(read).items()):
        _add_readers(thread_id, number, at)


def _add_readers(thread_id: int, number: int, at: datetime) -> None:
    row = session().execute(
        update(Thread)
        .where(Thread.id == thread_id)
        .values(readers=Thread.readers + number)
        .returning(Thread.readers, Thread.community_id),
        execution_options={"synchronize_session": False},
    ).one()  # fmt: skip
    if row.readers - number < FEW_READERS:
        publish(PractitionerRead(thread_id=thread_id, community_id=row.community_id, at=at))


def _key(mark: Mark) -> tuple[int, int]:
    """In one order, so that two processes never wait for each other in a circle."""
    return mark.person_id, mark.thread_id
