"""`cop work`: delivers what waits in the outbox. `cop serve` starts one; web processes never deliver."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import time
from collections.abc import Callable, Mapping
from types import FrameType

import click
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from cop.cli.commands import Command, Failure, settings
from cop.cli.database_servers import name_connections, warn_of_strangers
from cop.cli.forked import Forked
from cop.cli.locks import holding, name_of, worker_lock
from cop.cli.schema import require_schema
from cop.platform import clock
from cop.platform.database import transaction
from cop.platform.errors import Busy
from cop.platform.outbox import Job, deliver_due, plan_recurring, release_claims
from cop.search.jobs import Indexing
from cop.search.reactions import INDEX

log = logging.getLogger(__name__)

NAME = "cop work"  # of its process, where a server has started it
_IDLE = 0.2  # seconds until the next look when nothing was due
_INDEX_RESTS = 1.0  # seconds between two batches of texts, so that under load more come together
_LOOKS_AT_INDEX = 5.0  # seconds between two looks whether the index is sound
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0  # seconds while the database does not answer
_LOCK_PATIENCE = 2.0  # seconds: `cop check` holds the lock for an instant to see whether it is free


@click.command("work", cls=Command)
def work() -> None:
    """Deliver what waits: mail, the search index, clearing up. Ends on SIGTERM, after the batch in hand."""
    deliver()


def start_worker() -> Forked:
    """The same work in a process that goes on from this one, which is the server, and ends with it."""
    server = os.getpid()
    return Forked(lambda: deliver(server), NAME)


def deliver(server: int | None = None) -> None:
    """Be the worker of this data folder until a signal comes.

    Args:
        server: the process that started it; the work ends when it does.

    Raises:
        Failure: there is another worker.
    """
    require_schema()
    with holding(worker_lock(settings().data), patience=_LOCK_PATIENCE) as taken:
        if not taken:
            raise Failure(f"Another worker is at work on {settings().data}; one is enough.")
        folder = name_of(worker_lock(settings().data))
        name_connections(folder)
        warn_of_strangers(folder)
        worker = Worker(
            current_app.extensions["cop-jobs"],
            current_app.extensions["cop-indexing"],
            should_end=_listen_for_end(server),
            folder=folder,
        )
        worker.run()


class Worker:
    """Delivers until it should end. A job that fails waits in the outbox; a database that is away is waited for.

    Args:
        should_end: asked between two batches.
        folder: the name of the data folder whose one worker this is; what dead ones had claimed is done again.
    """

    def __init__(
        self, jobs: Mapping[str, Job], indexing: Indexing, *, should_end: Callable[[], bool], folder: str = ""
    ) -> None:
        self._jobs, self._indexing, self._should_end, self._folder = jobs, indexing, should_end, folder
        self._claim = f"{folder or secrets.token_hex(6)} {os.getpid()} {secrets.token_hex(4)}"
        self._has_planned = False
        self._looked_at = -_LOOKS_AT_INDEX

    def run(self) -> None:
        log.info("The worker is at work.")
        failures = 0
        while not self._should_end():
            try:
                self._take_turn()
                failures = 0
            except (SQLAlchemyError, Busy) as problem:
                failures += 1
                self._has_planned = False  # what was in hand could not be put back; it is not left for the lease to end
                self._wait_for_database(problem, failures)
        log.info("The worker has ended.")

    def _take_turn(self) -> None:
        if not self._has_planned:
            self._begin()
        if not deliver_due(self._rested_jobs(), claim=self._claim, now=clock.now()):
            self._heal_index()
            time.sleep(_IDLE)

    def _rested_jobs(self) -> Mapping[str, Job]:
        """All but the index for a while after it was written to: one commit of it costs what a hundred texts cost."""
        if time.monotonic() - self._indexing.written_at >= _INDEX_RESTS:
            return self._jobs
        return {name: job for name, job in self._jobs.items() if name != INDEX}

    def _begin(self) -> None:
        if self._folder and (freed := release_claims(f"{self._folder} ")):
            log.info("%d rows that a worker had in hand when it died are delivered again.", freed)
        with transaction():
            plan_recurring(self._jobs, now=clock.now())
        self._has_planned = True

    def _heal_index(self) -> None:
        """An index that was lost is built anew, whatever was said meanwhile; a failure must not stop mail."""
        if time.monotonic() - self._looked_at < _LOOKS_AT_INDEX:
            return
        self._looked_at = time.monotonic()
        try:
            self._indexing.heal()
        except (SQLAlchemyError, Busy):
            raise
        except Exception as problem:
            log.warning("The search index could not be built: %s: %s", type(problem).__name__, problem)

    def _wait_for_database(self, problem: Exception, failures: int) -> None:
        pause = min(_FIRST_PAUSE * 2 ** (failures - 1), _LONGEST_PAUSE)
        lines = str(problem).splitlines() or [type(problem).__name__]
        log.warning("The database does not answer (%s); the worker tries again in %g seconds.", lines[0], pause)
        ends = time.monotonic() + pause
        while time.monotonic() < ends and not self._should_end():
            time.sleep(_IDLE)


def _listen_for_end(server: int | None) -> Callable[[], bool]:
    """Whether a signal has come, or the server that started us is gone."""
    signals: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        signals.append(number)  # and nothing more: the batch in hand goes on

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, note)
    return lambda: bool(signals) or (server is not None and os.getppid() != server)
