"""Reads for whoever runs the site: whatever the viewer, and of the whole database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, exists, func, select, text
from sqlalchemy.orm import aliased

from cop.accounts.models import Person
from cop.cases.models import CaseCut
from cop.communities.models import Community, Membership
from cop.discussions.models import ReadMark, Reply, Thread
from cop.discussions.probes.models import ANSWERED, DECLINED, OPEN, WITHDRAWN, Probe
from cop.platform.database import is_sqlite, session
from cop.platform.outbox import OutboxRow


@dataclass(frozen=True, slots=True)
class CommunityLine:
    """A community as `cop community list` shows it."""

    slug: str
    name: str
    visibility: str
    members: int
    threads: int


@dataclass(frozen=True, slots=True)
class Miscount:
    """A thread whose stored number, of replies or of readers, is not what is counted."""

    thread_id: int
    title: str
    stored: int
    counted: int


def list_every_community() -> list[CommunityLine]:
    """All of them, by name."""
    members = select(func.count()).where(Membership.community_id == Community.id).scalar_subquery()
    threads = select(func.count()).where(Thread.community_id == Community.id).scalar_subquery()
    rows = session().execute(
        select(Community.slug, Community.name, Community.visibility, members, threads).order_by(
            Community.name, Community.slug
        )
    )
    return [CommunityLine(*row) for row in rows]


def list_miscounts(limit: int) -> list[Miscount]:
    """Threads whose number of replies has gone wrong."""
    stands = (Reply.thread_id == Thread.id, Reply.withdrawn_at.is_(None), Reply.seal_id.is_(None))
    replies = select(func.count()).where(*stands).scalar_subquery()
    rows = session().execute(
        select(Thread.id, Thread.title, Thread.replies, replies)
        .where(Thread.replies != replies)
        .order_by(Thread.id)
        .limit(limit)
    )
    return [Miscount(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Stray:
    """A row that says something else than what it follows from."""

    thread_id: int
    what: str
    stored: str
    expected: str


def list_stray_probes(limit: int) -> list[Stray]:
    """Probes whose state is not what became of them: withdrawn with their words, answered while an answer stands."""
    answer = aliased(Reply)
    is_answered = exists().where(answer.answers_id == Probe.reply_id, answer.withdrawn_at.is_(None))
    is_withdrawn, is_settled = Reply.withdrawn_at.is_not(None), Probe.settled_at.is_not(None)
    expected = case((is_withdrawn, WITHDRAWN), (is_answered, ANSWERED), (is_settled, DECLINED), else_=OPEN)
    rows = session().execute(
        select(Probe.thread_id, Probe.state, expected)
        .join(Reply, Reply.id == Probe.reply_id)
        .where(Probe.state != expected)
        .order_by(Probe.thread_id, Probe.reply_id)
        .limit(limit)
    )
    return [Stray(row[0], "a probe", row[1], row[2]) for row in rows]


def list_stray_cuts(limit: int) -> list[Stray]:
    """Stories that lead to a case which was not cut from them, or do not lead to one that was."""
    is_cut = exists().where(CaseCut.story_id == Thread.id)
    rows = session().execute(
        select(Thread.id, Thread.was_cut).where(Thread.was_cut != is_cut).order_by(Thread.id).limit(limit)
    )
    return [Stray(row[0], "“was cut”", str(row[1]), str(not row[1])) for row in rows]


def list_misread(limit: int) -> list[Miscount]:
    """Threads whose number of readers who practise has gone wrong."""
    marks = select(func.count()).where(ReadMark.thread_id == Thread.id, ReadMark.is_practitioners).scalar_subquery()
    rows = session().execute(
        select(Thread.id, Thread.title, Thread.readers, marks)
        .where(Thread.readers != marks)
        .order_by(Thread.id)
        .limit(limit)
    )
    return [Miscount(*row) for row in rows]


def count_findable_texts() -> int:
    """How many texts the index should hold: every thread, and every reply that is not sealed, without the withdrawn."""
    stands = Thread.withdrawn_at.is_(None)
    threads = session().scalar(select(func.count(Thread.id)).where(stands)) or 0
    said = select(func.count(Reply.id)).join(Thread, Thread.id == Reply.thread_id)
    replies = session().scalar(said.where(stands, Reply.seal_id.is_(None), Reply.withdrawn_at.is_(None))) or 0
    return threads + replies


def list_sqlite_faults(limit: int) -> list[str]:
    """What SQLite itself finds wrong with its file: damaged pages, and rows that point nowhere."""
    pages = [str(row[0]) for row in session().execute(text(f"PRAGMA quick_check({limit:d})")) if row[0] != "ok"]
    if pages:
        return pages
    orphans = session().execute(text("PRAGMA foreign_key_check")).fetchmany(limit)
    return [f"row {row[1]} of {row[0]} points to a missing row of {row[2]}" for row in orphans]


def read_latest_moment() -> datetime | None:
    """The latest moment at which something was written, by the clock of whoever wrote it."""
    moments = (
        session().scalar(select(func.max(column, type_=column.type)))
        for column in (Reply.said_at, Thread.told_at, OutboxRow.written_at)
    )
    return max((moment for moment in moments if moment), default=None)


def read_first_moment() -> datetime | None:
    """When the first person came."""
    return session().scalar(select(func.min(Person.signed_up_at, type_=Person.signed_up_at.type)))


def read_clock_of_database() -> datetime | None:
    """What the machine of a PostgreSQL says the time is; SQLite has ours."""
    return None if is_sqlite() else session().scalar(select(func.clock_timestamp()))


def read_server(unsafe: Sequence[str]) -> tuple[int, str, bool, bool, bool, tuple[str, ...], int]:
    """What a PostgreSQL says of itself: version, encoding, folding, whether it is a copy, whether its sorting is
    stale, which of these settings are off, and how many more connections fit."""
    version = int(session().scalar(text("SHOW server_version_num")) or 0) // 10_000
    encoding, folds, is_copy = session().execute(_OF_THE_DATABASE, {"capital": "É", "small": "é"}).one()
    asked = text("SELECT name FROM pg_settings WHERE setting = 'off' AND name = ANY(:names) ORDER BY name")
    off = tuple(session().scalars(asked, {"names": list(unsafe)}))
    is_stale = version >= 15 and bool(session().scalar(_SORTING))
    return version, encoding, folds, is_copy, is_stale, off, int(session().scalar(_CONNECTIONS) or 0)


_OF_THE_DATABASE = text(
    "SELECT pg_encoding_to_char(encoding), pg_encoding_to_char(encoding) <> 'UTF8' OR lower(:capital) = :small,"
    " pg_is_in_recovery() FROM pg_database WHERE datname = current_database()"
)
_SORTING = text(
    "SELECT datcollversion <> pg_database_collation_actual_version(oid) FROM pg_database"
    " WHERE datname = current_database()"
)
_CONNECTIONS = text(
    "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
    " - count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
)


def list_connections_called(beginning: str) -> list[str]:
    """What the connections to this PostgreSQL's database call themselves that begin so."""
    asked = text(
        "SELECT DISTINCT application_name FROM pg_stat_activity"
        " WHERE datname = current_database() AND starts_with(application_name, :beginning)"
    )
    return list(session().scalars(asked, {"beginning": beginning}))


def ask_database() -> None:
    """The smallest question there is."""
    session().execute(text("SELECT 1"))


def try_to_write() -> None:
    """The smallest thing that could be written: nothing, but with everything that writing needs."""
    session().execute(delete(OutboxRow).where(OutboxRow.id < 0))
