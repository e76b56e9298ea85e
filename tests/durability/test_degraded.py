"""R9: while something is away people go on reading and writing, or are told why not; what comes back is used again."""

from __future__ import annotations

import dataclasses
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from bench.endurance.mailboxes import silent_server, taking_server
from cop import wiring
from cop.accounts.models import Session
from cop.cli.working import Worker
from cop.platform import clock, mail
from cop.platform.database import close_connections, db, reading, transaction
from cop.platform.ids import spell
from cop.platform.outbox import AWAY_PAUSE, Job, OutboxRow, deliver_due, enqueue
from tests.cast import Cast, add_story
from tests.cli.conftest import free_port
from tests.web.reading import read, send

Clients = Callable[[int], FlaskClient]


@pytest.fixture
def mailing(app: Flask) -> Iterator[Callable[[int], dict[str, Job]]]:
    """The worker's jobs, with mail going to a port of this machine."""

    def jobs(port: int) -> dict[str, Job]:
        settings = dataclasses.replace(app.extensions["cop-settings"], smtp_url=f"smtp://127.0.0.1:{port}")
        return wiring.jobs(settings, app.extensions["cop-indexing"])

    yield jobs
    mail.Post._away.clear()


def _deliver(jobs: dict[str, Job], now: datetime) -> None:
    while deliver_due(jobs, claim="w", now=now):
        pass


def test_letters_outlast_a_mail_server_that_refuses_and_leave_soon_after_it_is_back(
    app: Flask, cast: Cast, mailing: Callable[[int], dict[str, Job]], now: datetime
) -> None:
    """However often it was tried in vain, it does not count, so none of them ever becomes a dead letter."""
    port = free_port()
    jobs, at = mailing(port), now
    for _ in range(3):
        _deliver(jobs, at)
        mail.Post._away.clear()  # its ten seconds are over
        at += AWAY_PAUSE

    with reading() as s:
        waiting = list(s.scalars(select(OutboxRow).where(OutboxRow.fault != "")))
    with taking_server(port) as taken:
        _deliver(jobs, at)

    assert len(waiting) > 5
    assert "ConnectionRefusedError" in waiting[0].fault
    assert {row.attempts for row in waiting} == {0}
    assert len(taken) == len(waiting)
    assert timedelta(seconds=30) >= AWAY_PAUSE
    assert app.extensions["cop-indexing"].index.count() == 5  # what was said is found meanwhile


def test_a_mail_server_that_hangs_holds_the_worker_once_and_not_for_each_letter(
    cast: Cast, mailing: Callable[[int], dict[str, Job]], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "_PATIENCE", 0.3)
    with silent_server() as port:
        begun = time.monotonic()
        _deliver(mailing(port), now)
        took = time.monotonic() - begun

    with reading() as s:
        assert s.scalar(select(OutboxRow.id).where(OutboxRow.job == "search.index")) is None
        assert len(list(s.scalars(select(OutboxRow.id).where(OutboxRow.fault != "")))) > 5
    assert took < 5


def test_what_a_dead_worker_had_in_hand_is_done_by_the_next_at_once(app: Flask, now: datetime) -> None:
    with transaction() as s:
        enqueue("note", {}, now=now)
        s.execute(update(OutboxRow).values(claim="a1b2c3 4711 dead", claimed_at=now, attempts=1))
    seen: list[int] = []
    turns = iter(range(2))

    Worker(
        {"note": Job(lambda payloads, _now: seen.append(len(payloads)))},
        app.extensions["cop-indexing"],
        should_end=lambda: next(turns, None) is None,
        folder="a1b2c3",
    ).run()

    assert seen == [1]


def test_without_an_index_people_read_and_write_and_search_says_why(
    app: Flask, cast: Cast, client_of: Clients, now: datetime, tmp_path: Path
) -> None:
    thread = add_story(cast.maren, cast.bedside, now)
    browser = client_of(cast.tomasz)
    (tmp_path / "index").mkdir(exist_ok=True)
    (tmp_path / "index" / "current").write_text("nonsense")

    page = read(browser, f"/t/{spell(thread)}/a-tidy-chart")
    answer = _reply(browser, thread, "Said without an index.")
    found = browser.get("/search?q=chart")
    shutil.rmtree(tmp_path / "index")

    assert page.status == 200
    assert answer.status_code == 303
    for answer in (found, browser.get("/search?q=chart")):
        assert answer.status_code == 503
        assert "Search is being rebuilt." in answer.text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_on_a_full_disk_people_read_and_are_told_why_nothing_can_be_stored(
    cast: Cast, client_of: Clients, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person has not been seen for hours: that it cannot be noted either must not stop them reading."""
    thread = add_story(cast.maren, cast.bedside, now)
    browser = client_of(cast.tomasz)
    with transaction() as s:
        s.execute(update(Session).values(last_seen_at=now - timedelta(hours=9)))
    address = f"/t/{spell(thread)}/a-tidy-chart"
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=1))

    with full_disk():
        page = browser.get(address)
        refused = _reply(browser, thread, "Worth keeping. " * 2000)
        again = browser.get(address)
    taken = _reply(browser, thread, "Worth keeping. " * 2000)

    assert page.status_code == again.status_code == 200
    assert refused.status_code == 503
    assert "The server has no room left" in refused.text
    assert "Nothing is lost: send it again" in refused.text
    assert refused.text.count("Worth keeping.") >= 2000
    assert "Retry-After" in refused.headers
    assert taken.status_code == 303


@contextmanager
def full_disk() -> Iterator[None]:
    """SQLite may not make its file longer, and every page of it is taken: none is left free by earlier tests."""
    db.session.remove()
    plain = db.engine.raw_connection()
    plain.cursor().execute("VACUUM")
    plain.close()

    def fill(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute("PRAGMA max_page_count=1")  # which SQLite raises to what there is

    for engine in db.engines.values():
        event.listen(engine, "checkout", fill)
    try:
        yield
    finally:
        for engine in db.engines.values():
            event.remove(engine, "checkout", fill)
        db.session.remove()
        close_connections()  # the limit belongs to a connection, and lasts as long


def _reply(browser: FlaskClient, thread: int, body: str):  # type: ignore[no-untyped-def]
    return send(browser, f"/t/{spell(thread)}/replies", kind="reply", body=body).response
