"""What must leave the process leaves it at least once, and what works in the database works once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from cop import wiring
from cop.accounts.models import Session
from cop.accounts.sessions import start_session
from cop.platform import outbox
from cop.platform.database import reading, session, transaction
from cop.platform.outbox import MOST_ATTEMPTS, Job, OutboxRow, Payload
from cop.platform.repeats import SentForm
from tests.cast import Cast

Run = Callable[[Sequence[Payload], datetime], None]


def _enqueue(number: int, now: datetime, *, job: str = "note") -> None:
    with transaction():
        for n in range(number):
            outbox.enqueue(job, {"n": n}, now=now)


def _waiting() -> int:
    with reading() as s:
        return s.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.dead_at.is_(None))) or 0


def _fails(_payloads: Sequence[Payload], _now: datetime) -> None:
    raise ConnectionRefusedError("nobody listens")


def test_rows_are_delivered_in_batches_and_removed(app: Flask, now: datetime) -> None:
    _enqueue(5, now)
    batches: list[list[int]] = []
    jobs = {"note": Job(lambda payloads, _now: batches.append([p["n"] for p in payloads]), batch=3)}

    while outbox.deliver_due(jobs, claim="w", now=now):
        pass

    assert batches == [[0, 1, 2], [3, 4]]
    assert _waiting() == 0


def test_a_row_of_a_failed_transaction_was_never_written(app: Flask, now: datetime) -> None:
    with pytest.raises(RuntimeError, match="after all"), transaction():
        outbox.enqueue("note", {}, now=now)
        raise RuntimeError("not after all")

    assert _waiting() == 0


def test_a_failing_row_waits_longer_each_time_and_ends_as_a_dead_letter(app: Flask, now: datetime) -> None:
    _enqueue(1, now)
    jobs = {"note": Job(_fails)}
    pauses, at = [], now

    for _ in range(MOST_ATTEMPTS):
        assert outbox.deliver_due(jobs, claim="w", now=at) == 1
        with reading() as s:
            due = s.scalar(select(OutboxRow.due_at).where(OutboxRow.dead_at.is_(None)))
        if due:
            pauses.append(due - at)
            at = due

    assert pauses == sorted(pauses)
    assert pauses[0] < timedelta(minutes=1) < pauses[-1]
    assert outbox.deliver_due(jobs, claim="w", now=at + timedelta(days=1)) == 0
    letter = outbox.list_dead_letters()[0]
    assert (letter.job, letter.attempts) == ("note", MOST_ATTEMPTS)
    assert "nobody listens" in letter.fault


def test_a_revived_dead_letter_is_delivered(app: Flask, now: datetime) -> None:
    _enqueue(1, now)
    for n in range(MOST_ATTEMPTS):
        outbox.deliver_due({"note": Job(_fails)}, claim="w", now=now + timedelta(days=n))
    later = now + timedelta(days=30)
    delivered: list[Payload] = []

    assert outbox.revive_dead_letters(now=later) == 1
    outbox.deliver_due({"note": Job(lambda payloads, _now: delivered.extend(payloads))}, claim="w", now=later)

    assert delivered == [{"n": 0}]
    assert outbox.list_dead_letters() == []


def test_one_failing_job_does_not_hold_up_another(app: Flask, now: datetime) -> None:
    _enqueue(1, now, job="broken")
    _enqueue(1, now, job="note")
    done: list[Payload] = []
    jobs = {"broken": Job(_fails), "note": Job(lambda payloads, _now: done.extend(payloads))}

    for _ in range(3):
        outbox.deliver_due(jobs, claim="w", now=now)

    assert len(done) == 1


def test_work_inside_the_database_and_the_removal_of_its_row_are_one_transaction(app: Flask, now: datetime) -> None:
    _enqueue(1, now)

    def work(_payloads: Sequence[Payload], at: datetime) -> None:
        session().add(SentForm(person_id=1, key="once", led_to="/", sent_at=at))
        session().flush()
        if attempts.append(1) or len(attempts) == 1:
            raise RuntimeError("after the work, before the commit")

    attempts: list[int] = []
    jobs = {"note": Job(work, inside=True)}
    outbox.deliver_due(jobs, claim="w", now=now)
    with reading() as s:
        after_failure = s.scalar(select(func.count()).select_from(SentForm))
    outbox.deliver_due(jobs, claim="w", now=now + timedelta(minutes=1))

    with reading() as s:
        assert (after_failure, s.scalar(select(func.count()).select_from(SentForm))) == (0, 1)
    assert _waiting() == 0


def test_two_workers_never_hold_the_same_row(app: Flask, now: datetime) -> None:
    _enqueue(1, now)
    seen: list[str] = []

    def work(_payloads: Sequence[Payload], at: datetime) -> None:
        seen.append("first")
        assert outbox.deliver_due({"note": Job(lambda _p, _n: seen.append("second"))}, claim="other", now=at) == 0

    outbox.deliver_due({"note": Job(work)}, claim="w", now=now)

    assert seen == ["first"]


def _die_in_the_middle(now: datetime) -> None:
    """What a killed worker leaves: a claim that nobody will ever give back."""
    with transaction() as s:
        s.execute(update(OutboxRow).values(claimed_at=now, claim="dead worker", attempts=OutboxRow.attempts + 1))


def test_what_a_killed_worker_held_is_delivered_by_the_next(app: Flask, now: datetime) -> None:
    _enqueue(1, now)
    _die_in_the_middle(now)
    delivered: list[Payload] = []
    jobs = {"note": Job(lambda payloads, _now: delivered.extend(payloads))}

    assert outbox.deliver_due(jobs, claim="w", now=now + timedelta(seconds=30)) == 0
    outbox.deliver_due(jobs, claim="w", now=now + outbox.LEASE + timedelta(seconds=1))

    assert delivered == [{"n": 0}]


def test_a_mail_is_repeated_at_most_once_after_crashes(app: Flask, now: datetime) -> None:
    """Each crash may have come after the sending: sent at most twice, then shown as a dead letter."""
    _enqueue(1, now)
    sent: list[Payload] = []

    def send_and_die(payloads: Sequence[Payload], _now: datetime) -> None:
        sent.extend(payloads)
        raise KeyboardInterrupt  # not an Exception: nothing is tidied up, as after kill -9

    jobs = {"note": Job(send_and_die, once_more=True)}
    at = now
    for _ in range(5):
        with pytest.raises(KeyboardInterrupt) if len(sent) < 2 else _nothing():
            outbox.deliver_due(jobs, claim="w", now=at)
        at += outbox.LEASE + timedelta(seconds=1)

    assert len(sent) == 2
    assert [letter.job for letter in outbox.list_dead_letters()] == ["note"]


class _nothing:  # noqa: N801  # reads as a word in a with statement
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def test_a_recurring_job_plans_itself_once(app: Flask, now: datetime) -> None:
    jobs = app.extensions["cop-jobs"]
    for _ in range(3):
        with transaction():
            outbox.plan_recurring(jobs, now=now)
    while outbox.deliver_due(jobs, claim="w", now=now):
        pass

    with reading() as s:
        planned = s.execute(select(OutboxRow.job, OutboxRow.due_at)).all()
    assert {tuple(row) for row in planned} == {
        ("sweep", now + wiring.SWEEP_EVERY),
        ("cases.ask", now + timedelta(hours=1)),
        ("trying.remind", now + wiring.REMIND_EVERY),
        ("check_ins.ask", now.replace(day=now.day + 1, hour=wiring.CHECK_IN_AT, minute=0)),
        ("callbacks.years", now.replace(day=now.day + 1, hour=wiring.YEARS_AT, minute=0)),
        ("search.verify", now.replace(day=now.day + 1, hour=wiring.VERIFY_AT, minute=0)),
        ("ranking.measure_all_standing", now.replace(day=now.day + 1, hour=wiring.MEASURE_AT, minute=0)),
    }
    assert len(planned) == 7


def test_heavy_work_waits_for_its_hour_and_does_not_begin_with_the_start(app: Flask, now: datetime) -> None:
    """Nobody is to wait because a server that was down at three compares its index when it comes back at nine."""
    done: list[datetime] = []
    jobs = {"heavy": Job(lambda _payloads, at: done.append(at), every=timedelta(days=1), at_hour=3)}
    three = datetime(2026, 6, 15, 3, tzinfo=UTC)

    for at in (now, three - timedelta(minutes=1), three, three + timedelta(days=1, hours=6)):
        with transaction():  # each time the worker has just been started
            outbox.plan_recurring(jobs, now=at)
        outbox.deliver_due(jobs, claim="w", now=at)
        outbox.deliver_due(jobs, claim="w", now=at + timedelta(minutes=20))

    assert done == [three + timedelta(minutes=19), three + timedelta(days=1, hours=6, minutes=20)]


def test_the_sweep_forgets_what_has_run_out_and_nothing_else(app: Flask, cast: Cast, now: datetime) -> None:
    with transaction() as s:
        start_session(person_id=cast.maren, stays=False, now=now - timedelta(days=2))
        start_session(person_id=cast.maren, stays=True, now=now - timedelta(days=2))
        s.add(SentForm(person_id=1, key="old", led_to="/", sent_at=now - timedelta(days=3)))
        s.add(SentForm(person_id=1, key="new", led_to="/", sent_at=now))
    with transaction():
        outbox.enqueue("sweep", {}, now=now)
    outbox.deliver_due({"sweep": app.extensions["cop-jobs"]["sweep"]}, claim="w", now=now)

    with reading() as s:
        assert s.scalar(select(func.count()).select_from(Session)) == 1
        assert list(s.scalars(select(SentForm.key))) == ["new"]
