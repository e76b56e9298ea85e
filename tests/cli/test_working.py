"""The worker: what waits is delivered, and little stops it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from cop.cli import working
from cop.cli.locks import holding, worker_lock
from cop.cli.working import Worker
from cop.platform import outbox
from cop.platform.database import transaction
from cop.platform.outbox import Job, count_waiting, enqueue, list_dead_letters
from cop.search.port import IndexState
from tests.cast import Cast, add_story
from tests.cli.conftest import Run, Site, wait_until

Work = Callable[..., Worker]


@pytest.fixture
def work(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Work:
    """Lets a worker take so many turns."""
    monkeypatch.setattr(working.time, "sleep", lambda _seconds: None)

    def run(turns: int, jobs: dict[str, Job] | None = None) -> Worker:
        remaining = iter(range(turns))
        worker = Worker(
            app.extensions["cop-jobs"] | (jobs or {}),
            app.extensions["cop-indexing"],
            should_end=lambda: next(remaining, None) is None,
        )
        worker.run()
        return worker

    return run


def test_what_was_said_can_be_found(app: Flask, cast: Cast, work: Work, now: datetime) -> None:
    thread_id = add_story(cast.maren, cast.bedside, now, title="The tap nobody turned")

    work(20)

    assert count_waiting(due_before=now + timedelta(seconds=1)) == 0
    assert app.extensions["cop-indexing"].index.count() == 6
    assert thread_id


def test_mail_goes_on_past_a_job_that_fails(app: Flask, cast: Cast, work: Work, now: datetime) -> None:
    seen: list[int] = []

    def fail(_payloads: object, _now: datetime) -> None:
        seen.append(1)
        raise ConnectionError("the shelf is gone")

    with transaction():
        enqueue("shelve", {}, now=now - timedelta(days=900))

    work(40, {"shelve": Job(fail)})

    assert seen == [1]  # and it waits for its next turn
    assert count_waiting(due_before=now + timedelta(minutes=5)) == 1
    assert list_dead_letters() == []


def test_a_sweep_is_planned_once_however_often_a_worker_starts(app: Flask, work: Work, now: datetime) -> None:
    work(3)
    work(3)

    assert count_waiting(due_before=now + timedelta(seconds=1)) == 0
    hourly = [job for job in app.extensions["cop-jobs"].values() if job.every == timedelta(hours=1)]
    assert count_waiting(due_before=now + timedelta(hours=2)) == len(hourly) > 1


def test_a_lost_index_is_built_anew_though_nothing_waits(
    app: Flask, cast: Cast, deliver: Callable[[], int], work: Work, tmp_path: Path
) -> None:
    deliver()
    indexing = app.extensions["cop-indexing"]
    shutil.rmtree(tmp_path / "index")
    lost = indexing.state()

    work(10)

    assert lost is IndexState.BROKEN
    assert indexing.state() is IndexState.SOUND
    assert indexing.index.count() == 5


def test_a_database_that_comes_back_is_worked_for_again(
    app: Flask, cast: Cast, work: Work, now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    away = [OperationalError("SELECT", {}, Exception("server closed the connection"))] * 3
    deliver_due = working.deliver_due

    def be_away_first(*args: object, **kwargs: object) -> int:
        if away:
            raise away.pop()
        return deliver_due(*args, **kwargs)

    monkeypatch.setattr(working, "deliver_due", be_away_first)
    monkeypatch.setattr(working, "_FIRST_PAUSE", 0.0)

    work(40)

    assert count_waiting(due_before=now + timedelta(seconds=1)) == 0
    assert caplog.text.count("The database does not answer") == 3


def test_what_was_in_hand_when_the_disk_was_full_waits_for_no_lease(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job fails, and that it failed cannot be written down either: its row stays claimed."""
    full = [OperationalError("UPDATE", {}, Exception("database or disk is full"))]
    postpone, done = outbox._postpone, list[int]()

    def be_full_first(*args: Any, **kwargs: Any) -> None:
        if full:
            raise full.pop()
        postpone(*args, **kwargs)

    def shelve(_payloads: object, _now: datetime) -> None:
        if full:
            raise OSError("No space left on device")
        done.append(1)

    monkeypatch.setattr(outbox, "_postpone", be_full_first)
    monkeypatch.setattr(working, "_FIRST_PAUSE", 0.0)
    monkeypatch.setattr(working.time, "sleep", lambda _seconds: None)
    with transaction():
        enqueue("shelve", {}, now=now - timedelta(days=900))
    turns = iter(range(40))
    jobs = {"shelve": Job(shelve)}
    indexing = app.extensions["cop-indexing"]
    Worker(jobs, indexing, should_end=lambda: next(turns, None) is None, folder="a folder").run()

    assert not full
    assert done == [1]


def test_a_second_worker_is_refused(app: Flask, run: Run) -> None:
    with holding(worker_lock(app.extensions["cop-settings"].data), patience=0) as taken:
        refused = run("work")

    assert taken
    assert refused.exit_code == 1
    assert "Another worker is at work" in refused.stderr


def test_a_worker_ends_when_it_is_told_to(site: Site) -> None:
    site.cop("init")
    worker = site.start("work")
    wait_until(lambda: "at work" in site.log.read_text(), "the worker begins")

    worker.terminate()

    assert worker.wait(30) == 0
    assert "has ended" in site.log.read_text()
