"""The outbox: what must leave this process, written as a row in the transaction that caused it.

The worker delivers each row at least once. A job that works inside the database does so in the very transaction that
removes its row, so its effect happens once. A job that works outside (the index, mail) may be repeated after a crash;
one that must not be repeated without end says so with `once_more`. A job whose other side is away, and not its rows at
fault, raises `Away`: they wait and are tried again, for days if need be.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Index, String, Text, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base, ask, reading, session, table_of, transaction

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)  # a claim older than this belongs to a worker that died; see also `release_claims`
AWAY_PAUSE = timedelta(seconds=20)  # until what was away is asked again
MOST_ATTEMPTS = 10  # then the row is a dead letter that `cop check` shows
AFTER_START = timedelta(minutes=15)  # before what was missed while nobody worked is done, if it is heavy
_FIRST_PAUSE = timedelta(seconds=2)
_LONGEST_PAUSE = timedelta(hours=1)

Payload = dict[str, Any]


class Away(Exception):
    """What a job delivers to cannot be reached. Its rows have done nothing wrong and are not counted as failed."""


@dataclass(frozen=True, slots=True)
class Job:
    """How rows of one name are delivered.

    Args:
        run: takes the payloads of a batch and the moment; raises when they could not be delivered.
        batch: the most rows given to `run` at once.
        inside: the work is in the database and is committed together with the removal of its rows.
        once_more: after a crash in the middle of `run` a row is tried once more and no oftener.
        every: a job that is planned again, this much later, whenever it has been done; see `plan_recurring`.
        at_hour: the hour of UTC at which a daily job is due, for heavy work that has its time when people sleep.
    """

    run: Callable[[Sequence[Payload], datetime], None]
    batch: int = 1
    inside: bool = False
    once_more: bool = False
    every: timedelta | None = None
    at_hour: int | None = None

    def next_after(self, now: datetime) -> datetime:
        """When a recurring job is due again."""
        if self.at_hour is None:
            return now + (self.every or timedelta())
        today = now.replace(hour=self.at_hour, minute=0, second=0, microsecond=0)
        return today if today > now else today + timedelta(days=1)


class OutboxRow(Base):
    """One thing to deliver. Delivered rows are removed; a row with `dead_at` waits for a person."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "dead_at", "due_at", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(60))
    payload: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    crashes: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None]
    claim: Mapped[str | None] = mapped_column(String(40))
    dead_at: Mapped[datetime | None]
    fault: Mapped[str] = mapped_column(Text, default="")


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A row that could not be delivered, for `cop check`."""

    id: int
    job: str
    attempts: int
    fault: str
    dead_at: datetime | None


@dataclass(frozen=True, slots=True)
class PutOff:
    """Rows of one job that have failed and wait for another try, for `cop check`."""

    job: str
    rows: int
    written_at: datetime  # the oldest
    fault: str


_ENQUEUED = insert(table_of(OutboxRow))


def enqueue(job: str, payload: Mapping[str, Any], *, now: datetime, due_at: datetime | None = None) -> None:
    """Write an outbox row in the running transaction."""
    ask(_ENQUEUED, {"job": job, "payload": json.dumps(payload), "written_at": now, "due_at": due_at or now})


def plan_recurring(jobs: Mapping[str, Job], *, now: datetime) -> None:
    """See that every recurring job has a row; the worker asks for it when it starts.

    What has an hour of its own waits for it; where that was missed, it does not begin with the start either, when
    everybody comes back at once, but a while after.
    """
    for name, job in jobs.items():
        if not job.every:
            continue
        if session().scalar(select(OutboxRow.id).where(OutboxRow.job == name).limit(1)) is None:
            enqueue(name, {}, now=now, due_at=now if job.at_hour is None else job.next_after(now))
        elif job.at_hour is not None:
            missed = (OutboxRow.job == name) & (OutboxRow.due_at < now + AFTER_START)
            session().execute(update(OutboxRow).where(missed).values(due_at=now + AFTER_START))


def deliver_due(jobs: Mapping[str, Job], *, claim: str, now: datetime) -> int:
    """Deliver one batch of what is due; the number of rows that were tried, 0 when nothing is due."""
    claimed = _claim(jobs, claim=claim, now=now)
    if not claimed:
        return 0
    name, rows = claimed
    job = jobs[name]
    try:
        if job.inside:
            with transaction():
                job.run(list(rows.values()), now)
                _settle(name, job, rows, claim, now)
        else:
            job.run(list(rows.values()), now)
            with transaction():
                _settle(name, job, rows, claim, now)
    except Away as problem:
        _postpone(list(rows), claim, str(problem), now, counts=False)
    except Exception as problem:  # whatever a job raises, its rows must wait and be seen, and the worker go on
        log.warning("outbox: %s failed for %d row(s): %s: %s", name, len(rows), type(problem).__name__, problem)
        _postpone(list(rows), claim, f"{type(problem).__name__}: {problem}", now)
    return len(rows)


def release_claims(of: str) -> int:
    """Free what dead workers of one data folder had claimed; its living worker asks when it starts.

    Their claims begin with the folder's name, and only one of them can live, so nothing need wait for the lease.
    """
    with transaction() as s:
        theirs = OutboxRow.claim.startswith(of, autoescape=True) & OutboxRow.claimed_at.is_not(None)
        return _count(s.execute(update(OutboxRow).where(theirs).values(claimed_at=None)))


def list_put_off(limit: int = 20) -> list[PutOff]:
    """What failed and is going to be tried again, by job, with what one of them failed of."""
    struggles = (OutboxRow.dead_at.is_(None)) & (OutboxRow.fault != "")
    with reading() as s:
        rows = s.execute(
            select(
                OutboxRow.job, func.count(), func.min(OutboxRow.written_at, type_=OutboxRow.written_at.type),
                func.max(OutboxRow.fault),
            )
            .where(struggles)
            .group_by(OutboxRow.job)
            .order_by(OutboxRow.job)
            .limit(limit)
        )  # fmt: skip
        return [PutOff(*row) for row in rows]


def list_dead_letters(limit: int = 20) -> list[DeadLetter]:
    """What the worker has given up on, latest first."""
    with reading() as s:
        rows = s.execute(
            select(OutboxRow.id, OutboxRow.job, OutboxRow.attempts, OutboxRow.fault, OutboxRow.dead_at)
            .where(OutboxRow.dead_at.is_not(None))
            .order_by(OutboxRow.dead_at.desc())
            .limit(limit)
        )
        return [DeadLetter(*row) for row in rows]


def count_waiting(*, due_before: datetime) -> int:
    """How many living rows have been due since before the given moment."""
    with reading() as s:
        return s.scalar(select(func.count()).where(OutboxRow.dead_at.is_(None), OutboxRow.due_at < due_before)) or 0


def revive_dead_letters(*, now: datetime) -> int:
    """Try everything that was given up on again; how many rows that were."""
    with transaction() as s:
        revived = s.execute(
            update(OutboxRow)
            .where(OutboxRow.dead_at.is_not(None))
            .values(dead_at=None, attempts=0, crashes=0, due_at=now, claim=None, claimed_at=None)
        )
        return _count(revived)


def _claim(jobs: Mapping[str, Job], *, claim: str, now: datetime) -> tuple[str, dict[int, Payload]] | None:
    """Mark a batch of due rows of one job as ours, by compare and set; None when there is nothing to do."""
    free = (OutboxRow.claimed_at.is_(None)) | (OutboxRow.claimed_at < now - LEASE)
    due = (OutboxRow.dead_at.is_(None)) & (OutboxRow.due_at <= now) & free & OutboxRow.job.in_(list(jobs))
    with reading() as s:
        first = s.execute(
            select(OutboxRow.id, OutboxRow.job).where(due).order_by(OutboxRow.due_at, OutboxRow.id).limit(1)
        ).first()
    if first is None:
        return None
    name = first.job
    with transaction() as s:
        chosen = list(
            s.execute(
                select(OutboxRow)
                .where(due, OutboxRow.job == name)
                .order_by(OutboxRow.due_at, OutboxRow.id)
                .limit(jobs[name].batch)
                .with_for_update(skip_locked=True)
            ).scalars()
        )
        kept: dict[int, Payload] = {}
        for row in chosen:
            if row.claim is not None:
                row.crashes += 1
            if jobs[name].once_more and row.crashes > 1:
                row.dead_at, row.fault = now, "The worker died twice while delivering it; it may have been delivered."
                continue
            row.attempts += 1
            row.claimed_at, row.claim = now, claim
            kept[row.id] = json.loads(row.payload)
    return (name, kept) if kept else None


def _settle(name: str, job: Job, rows: Mapping[int, Payload], claim: str, now: datetime) -> None:
    """Remove what was delivered, and plan what recurs."""
    session().execute(delete(OutboxRow).where(OutboxRow.id.in_(list(rows)), OutboxRow.claim == claim))
    if job.every:
        enqueue(name, {}, now=now, due_at=job.next_after(now))


def _postpone(ids: Sequence[int], claim: str, fault: str, now: datetime, *, counts: bool = True) -> None:
    with transaction() as s:
        for row in s.scalars(select(OutboxRow).where(OutboxRow.id.in_(ids), OutboxRow.claim == claim)):
            row.claimed_at = row.claim = None
            row.fault = fault[:2000]
            if not counts:
                row.attempts, row.due_at = row.attempts - 1, now + AWAY_PAUSE
            elif row.attempts >= MOST_ATTEMPTS:
                row.dead_at = now
            else:
                row.due_at = now + min(_FIRST_PAUSE * 2 ** (row.attempts - 1), _LONGEST_PAUSE)


def _count(result: Any) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
