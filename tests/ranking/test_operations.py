"""Acts in the database: the keys they leave, what one act costs, and that replays and steps agree."""

from __future__ import annotations

import random
import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from cop.platform.clock import moment
from cop.platform.database import db, reading, transaction
from cop.ranking.acts import TABLE_B1, ActKind
from cop.ranking.liveliness import POOL
from cop.ranking.operations import record_act
from cop.ranking.queries import activity_of, order_of
from cop.ranking.states import BASE_SHELF_DAYS
from cop.ranking.verification import check_orders
from tests.cast import Cast, add_community
from tests.ranking.scenarios import is_near, outcome, scenarios
from tests.ranking.stage import act, acts_of, add_thread, keys_of, seats_of, set_community

SHELF_LIVES = {days: name for name, days in BASE_SHELF_DAYS.items()}
NOT_ONE_TELLER = {"thread-033"}  # co-tellers are told of nowhere yet
SECONDS, DAY = timedelta(seconds=1), timedelta(days=1)


def play(scenario: dict[str, Any], community_id: int, teller_id: int) -> int:
    """Put a scenario of the golden vectors into the database, act by act as it arrives; the thread's id."""
    given = scenario["input"]
    told_by = given["thread"]["tellers"][0]
    created = next(event for event in given["events"] if event["kind"] == "created")
    thread_id = add_thread(
        community_id,
        moment(given["thread"]["created_at"]),
        teller_id=teller_id,
        voice=created["voice"],
        shelf_life=SHELF_LIVES[given["thread"]["shelf_days"]],
    )
    people = {told_by: teller_id}
    stored = {created["id"]: acts_of(thread_id)[0][0]}
    for event in given["events"]:
        if event["id"] in stored:
            continue
        person = people.setdefault(event["user"], 1000 + len(people))
        more = {name: event[name] for name in ("role",) if name in event}
        if "ref" in event:
            more["ref"] = stored[event["ref"]]
        try:
            act(thread_id, person, event["kind"], moment(event["at"]), event.get("voice") or 0.0, **more)
        except ValueError:
            assert person == teller_id  # a verdict on one's own thread is refused
            continue
        stored[event["id"]] = acts_of(thread_id)[-1][0]
    return thread_id


def test_the_golden_vectors_hold_in_the_database(cast: Cast, now: datetime) -> None:
    misses: dict[str, object] = {}
    communities: dict[tuple[float, ...], int] = {}
    for scenario in scenarios("thread"):
        if scenario["id"] in NOT_ONE_TELLER:
            continue
        params = tuple(scenario["input"]["params"].values())
        if params not in communities:
            slug = f"vectors-{len(communities)}"
            communities[params] = add_community(slug, slug, cast.joanne, now)
            set_community(
                communities[params],
                half_life_days=params[0],
                verdict_half_life_days=params[1],
                quality_weight=params[2],
            )

        thread_id = play(scenario, communities[params], cast.maren)

        read_at = moment(scenario["input"]["now"])
        got = outcome(keys_of(thread_id), [], scenario["input"])
        with reading():
            got["pulse"] = list(activity_of([thread_id], now=read_at)[thread_id].pulse)
            line = order_of([thread_id])[thread_id]
        got["state"] = "living" if line.is_living(read_at) else "resting"
        got["contested"] = line.state(read_at) == "contested"
        for name, value in scenario["expected"].items():
            if not is_near(name, got[name], value):
                misses[f"{scenario['id']} {name}"] = (got[name], value)

    assert misses == {}
    assert list(check_orders()) == []


def test_a_story_of_nobody_here_starts_on_the_pool_seat(cast: Cast, now: datetime) -> None:
    thread = add_thread(cast.bedside, now)

    assert list(seats_of(thread)) == [POOL]
    assert keys_of(thread).practised_at is None


def test_a_practitioner_has_a_seat_and_a_newcomer_shares_the_pool(cast: Cast, now: datetime) -> None:
    thread = add_thread(cast.bedside, now, teller_id=cast.maren, voice=1.0)

    act(thread, cast.tomasz, "reply", now + SECONDS, 1.0)
    act(thread, cast.caro, "reply", now + 2 * SECONDS, 0.0)

    assert set(seats_of(thread)) == {cast.maren, cast.tomasz, POOL}


def written(statements: list[str]) -> list[str]:
    """Which tables were written, in order."""
    writing = [statement for statement in statements if statement.split()[0] in ("INSERT", "UPDATE", "DELETE")]
    return [f"{words[0]} {words[1] if words[0] == 'UPDATE' else words[2]}" for words in map(str.split, writing)]


@pytest.mark.parametrize("kind", ["reply", "seen"])
def test_p11_a_new_act_writes_itself_one_row_of_order_and_one_seat(
    cast: Cast, now: datetime, statements: list[str], kind: str
) -> None:
    thread = add_thread(cast.bedside, now, teller_id=cast.maren, voice=1.0)
    act(thread, cast.tomasz, kind, now + SECONDS)  # from the first one on it will have to be asked whether it holds
    statements.clear()
    act(thread, 1999, kind, now + SECONDS)
    when_young = len(statements)
    for number in range(40):
        act(thread, 2000 + number % 20, "reply", now + number * SECONDS)
    statements.clear()

    act(thread, cast.joanne, kind, now + 50 * SECONDS)

    assert written(statements) == ["INSERT act", "UPDATE thread_order", "INSERT participation"]
    assert len(statements) == when_young


def test_a_second_reply_raises_the_seat_it_has(cast: Cast, now: datetime, statements: list[str]) -> None:
    thread = add_thread(cast.bedside, now, teller_id=cast.maren, voice=1.0)
    statements.clear()

    act(thread, cast.maren, "reply", now + SECONDS)

    assert written(statements) == ["INSERT act", "UPDATE thread_order", "UPDATE participation"]


def test_a_teller_gives_no_verdict_and_nothing_is_written(cast: Cast, now: datetime) -> None:
    thread = add_thread(cast.bedside, now, teller_id=cast.maren, voice=1.0)
    before = keys_of(thread)

    with pytest.raises(ValueError, match="own thread"):
        act(thread, cast.maren, "held", now + SECONDS)

    assert keys_of(thread) == before
    assert [kind for _, kind, _, _ in acts_of(thread)] == ["created"]


def test_undone_acts_stay_in_the_ledger_and_count_for_nothing(cast: Cast, now: datetime) -> None:
    thread = add_thread(cast.bedside, now, teller_id=cast.maren, voice=1.0)
    before = keys_of(thread)
    act(thread, cast.tomasz, "held", now + SECONDS)
    act(thread, cast.joanne, "reply", now + 2 * SECONDS)
    reply = acts_of(thread)[-1][0]

    act(thread, cast.tomasz, "withdraw_verdict", now + 3 * SECONDS, 0.0)
    act(thread, cast.joanne, "delete", now + 4 * SECONDS, 0.0, ref=reply)

    after = keys_of(thread)
    assert (after.k, after.q, after.e) == (before.k, before.q, before.e)
    assert set(seats_of(thread)) == {cast.maren}
    assert [counts_as for _, _, _, counts_as in acts_of(thread)] == [1.0, None, None, None, None]


def test_a_ban_reaches_only_the_thread_it_is_recorded_on(cast: Cast, now: datetime) -> None:
    one = add_thread(cast.bedside, now, teller_id=cast.maren, voice=1.0)
    other = add_thread(cast.bedside, now, teller_id=cast.maren, voice=1.0)
    for thread in (one, other):
        act(thread, cast.tomasz, "failed", now + SECONDS)

    act(one, cast.tomasz, "ban", now + 2 * SECONDS, 0.0)

    assert keys_of(one).n_all == 0
    assert keys_of(other).n_all == 3


def test_any_history_leaves_exactly_what_the_independent_rebuild_finds(cast: Cast, now: datetime) -> None:
    dice = random.Random(20260614)
    threads = [add_thread(cast.bedside, now, teller_id=cast.maren, voice=1.0) for _ in range(3)]
    kinds = sorted(TABLE_B1 - {ActKind.CREATED}) * 3 + sorted(set(ActKind) - TABLE_B1)
    for _ in range(150):
        thread, kind = dice.choice(threads), dice.choice(kinds)
        person = dice.choice([cast.tomasz, cast.joanne, cast.caro, 31, 32, 33])
        more = {}
        if kind is ActKind.DELETE:
            more["ref"] = dice.choice(acts_of(thread))[0]
        if kind is ActKind.ACCEPT_CONDITION:
            more["role"] = dice.choice(["teller", "moderator", "dissenter"])
        at = now + timedelta(days=dice.randrange(400), seconds=dice.randrange(3))
        act(thread, person, kind, at, dice.choice([0.0, 0.1, 0.4, 0.5, 0.83, 1.0]), **more)

    assert list(check_orders()) == []
    assert any(keys_of(thread).contested_at or keys_of(thread).dissenters for thread in threads)


@pytest.mark.usefixtures("app")
def test_two_acts_on_one_thread_at_once_are_both_counted(app: Flask, cast: Cast, now: datetime) -> None:
    """Each of eight people replies in a thread of execution of their own."""
    from concurrent.futures import ThreadPoolExecutor

    thread = add_thread(cast.bedside, now, teller_id=cast.maren, voice=1.0)

    def reply(person: int) -> None:
        with app.app_context():
            act(thread, person, "reply", now + SECONDS)
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(reply, range(3000, 3008)))

    assert len(seats_of(thread)) == 9
    assert list(check_orders()) == []


def test_who_waited_for_another_of_the_same_seat_counts_what_they_did(app: Flask, cast: Cast, now: datetime) -> None:
    """The seat of everybody with little voice is one row, raised by an act of which the second cannot know yet."""
    thread = add_thread(cast.bedside, now - 9 * DAY, teller_id=cast.maren, voice=1.0)
    act(thread, 1001, "reply", now - 8 * DAY, 0.2)
    waits = threading.Thread(target=_reply_in, args=(app, thread, now - DAY))

    with transaction():
        record_act(thread_id=thread, person_id=1002, kind=ActKind.REPLY, at=now - 2 * DAY, voice=0.2)
        waits.start()
        time.sleep(0.5)
    waits.join()

    with reading():
        assert list(check_orders()) == []
    assert len(acts_of(thread)) == 4


def _reply_in(app: Flask, thread_id: int, at: datetime) -> None:
    with app.app_context(), transaction():
        record_act(thread_id=thread_id, person_id=1003, kind=ActKind.REPLY, at=at, voice=0.2)
