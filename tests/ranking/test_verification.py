"""`cop check` finds what is not as the acts say, and names it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from cop.platform.database import transaction
from cop.ranking.models import ActRow, Participation, ThreadOrder
from cop.ranking.verification import Finding, check_orders
from tests.cast import Cast
from tests.ranking.stage import act, acts_of, add_thread, keys_of, seats_of


@pytest.fixture
def thread(cast: Cast, now: datetime) -> int:
    """A thread with a dispute, among those of the cast."""
    thread_id = add_thread(cast.bedside, now - timedelta(days=30), teller_id=cast.maren, voice=1.0)
    act(thread_id, cast.tomasz, "held", now - timedelta(days=3))
    act(thread_id, cast.joanne, "failed", now - timedelta(days=2), 0.7)
    act(thread_id, cast.caro, "reply", now - timedelta(days=1), 0.0)
    return thread_id


def test_a_sound_database_has_no_findings(thread: int) -> None:
    assert list(check_orders()) == []


def test_threads_beyond_the_first_batch_are_checked_too(thread: int, cast: Cast, now: datetime) -> None:
    more = [add_thread(cast.bedside, now) for _ in range(4)]
    with transaction() as s:
        s.execute(update(ThreadOrder).values(p_all=77.0))

    found = {finding.thread_id for finding in check_orders(batch=2)}

    assert found == {thread, *more, cast.noise_thread, cast.night_thread, cast.secret_thread}


@pytest.mark.parametrize("key", ["k", "log2_p", "n_all", "q", "r", "e", "rest_at", "check_due"])
def test_a_number_that_is_off_is_named_with_what_it_should_be(thread: int, key: str) -> None:
    right = getattr(keys_of(thread), key)
    wrong = right + 0.01
    with transaction() as s:
        s.execute(update(ThreadOrder).where(ThreadOrder.thread_id == thread).values({key: wrong}))

    [finding] = check_orders()

    assert (finding.thread_id, finding.key, finding.stored) == (thread, key, wrong)
    assert finding.expected == pytest.approx(right, abs=1e-2 if key == "rest_at" else 1e-9)


@pytest.mark.parametrize(
    ("key", "wrong"), [("contested_at", 5), ("practised_at", None), ("dissenters", 0), ("last_verified", 1)]
)
def test_a_moment_or_a_count_that_is_wrong_is_named(thread: int, key: str, wrong: int | None) -> None:
    right = getattr(keys_of(thread), key)
    with transaction() as s:
        s.execute(update(ThreadOrder).where(ThreadOrder.thread_id == thread).values({key: wrong}))

    assert list(check_orders()) == [Finding(thread, key, wrong, right)]


def test_a_seat_that_is_wrong_missing_or_nobodys_is_named(thread: int, cast: Cast) -> None:
    right = seats_of(thread)
    here = Participation.thread_id == thread
    with transaction() as s:
        s.execute(update(Participation).where(here, Participation.seat == cast.maren).values(x=1.5))
        s.execute(delete(Participation).where(here, Participation.seat == cast.tomasz))
        s.add(Participation(thread_id=thread, seat=4711, x=2.5))

    found = {finding.key: (finding.stored, finding.expected) for finding in check_orders()}

    assert found == {
        f"participation {cast.maren}": (1.5, right[cast.maren]),
        f"participation {cast.tomasz}": (None, right[cast.tomasz]),
        "participation 4711": (2.5, None),
    }


def test_a_voice_that_an_act_should_not_count_with_is_named(thread: int) -> None:
    reply = acts_of(thread)[-1][0]
    with transaction() as s:
        s.execute(update(ActRow).where(ActRow.id == reply).values(counts_as=1.0))

    assert list(check_orders()) == [Finding(thread, f"act {reply}", 1.0, 0.0)]


def test_a_thread_without_a_row_of_order_is_named(thread: int) -> None:
    with transaction() as s:
        s.execute(delete(ThreadOrder).where(ThreadOrder.thread_id == thread))

    assert list(check_orders()) == [Finding(thread, "thread_order", None, "a row")]


def test_a_row_that_disagrees_with_its_thread_is_named(thread: int, cast: Cast) -> None:
    with transaction() as s:
        s.execute(
            update(ThreadOrder)
            .where(ThreadOrder.thread_id == thread)
            .values(community_id=cast.organs, is_procedure=True)
        )

    assert list(check_orders()) == [
        Finding(thread, "community_id", cast.organs, cast.bedside),
        Finding(thread, "is_procedure", True, False),
    ]


def test_an_act_that_was_never_folded_is_found(thread: int, cast: Cast, now: datetime) -> None:
    with transaction() as s:
        s.add(
            ActRow(
                thread_id=thread,
                person_id=cast.tomasz,
                kind="reply",
                at=int(now.timestamp()),
                voice=1.0,
                counts_as=1.0,
            )
        )

    keys = {finding.key for finding in check_orders()}

    assert {"latest_id", "latest_at", "practised_at"} <= keys


def test_every_column_of_order_is_named_when_it_is_wrong(thread: int, now: datetime) -> None:
    """One after the other, each put back before the next; a new column fails here until it is compared."""
    columns = [column.name for column in ThreadOrder.__table__.columns if not column.foreign_keys]
    with transaction() as s:
        row = s.get_one(ThreadOrder, thread)
        right = {name: getattr(row, name) for name in columns}

    def write(name: str, value: object) -> None:
        with transaction() as s:
            s.execute(update(ThreadOrder).where(ThreadOrder.thread_id == thread).values({name: value}))

    unnamed = []
    for name, value in right.items():
        wrong = _other_than(name, value, now)
        write(name, wrong)
        unnamed += [name] if name not in {finding.key for finding in check_orders()} else []
        write(name, value)

    assert unnamed == []
    assert list(check_orders()) == []


def _other_than(name: str, value: Any, now: datetime) -> Any:
    if name == "ended_as":
        return "retired"
    if name == "told_at":
        return now
    if isinstance(value, bool):
        return not value
    step = 1e-1 if name in ("rest_at", "check_due") else 3e-9
    return value + step if isinstance(value, float) else (value or 0) + 1
