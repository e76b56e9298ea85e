"""The lists, the pulses and the lines that pages show; another community always stands beside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, insert, text, update

from cop.discussions.models import Thread
from cop.platform.database import ask, db, is_sqlite, reading, transaction
from cop.platform.errors import NotVisible
from cop.platform.pagination import Page, write_cursor
from cop.ranking.models import ThreadOrder
from cop.ranking.queries import (
    _PEOPLE_OF_COMMUNITIES,
    SORTS,
    activity_of,
    list_living_across,
    list_thread_ids,
    order_of,
    pulse_of_communities,
)
from tests.cast import Cast, add_community
from tests.ranking.stage import act, acts_of, add_thread

WEEK = timedelta(weeks=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def story(cast: Cast, now: datetime) -> int:
    """An imported one, so that nobody has been at work on it yet."""
    return add_thread(cast.bedside, now - 20 * WEEK)


def read_activity(thread_ids: list[int], now: datetime) -> dict[int, Any]:
    with reading():
        return activity_of(thread_ids, now=now)


# Signs of life


def test_a_thread_that_nobody_touched_has_twelve_empty_weeks(story: int, now: datetime) -> None:
    activity = read_activity([story], now)[story]

    assert (activity.pulse, activity.month, activity.people) == ((0,) * 12, 0, ())


def test_the_pulse_counts_practitioners_a_week_and_each_once(cast: Cast, story: int, now: datetime) -> None:
    act(story, cast.maren, "reply", now - 11 * WEEK)
    act(story, cast.maren, "reply", now - WEEK)
    act(story, cast.tomasz, "seen", now - WEEK)
    act(story, cast.maren, "probe", now - SECOND)
    act(story, cast.maren, "reply", now)

    activity = read_activity([story], now)[story]

    assert activity.pulse == (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1)
    assert activity.people == (cast.maren, cast.tomasz)


def test_the_month_is_four_weeks_and_not_the_weeks_of_the_calendar(cast: Cast, story: int, now: datetime) -> None:
    act(story, cast.maren, "reply", now - 4 * WEEK)
    act(story, cast.tomasz, "reply", now - 4 * WEEK + SECOND)

    assert read_activity([story], now)[story].month == 1


def test_people_without_voice_are_neither_counted_nor_shown(cast: Cast, story: int, now: datetime) -> None:
    act(story, cast.caro, "reply", now, 0.0)
    act(story, cast.maren, "reply", now - SECOND, 0.0999)
    act(story, None, "answer", now, 0.0)

    activity = read_activity([story], now)[story]

    assert (sum(activity.pulse), activity.month, activity.people) == (0, 0, ())


def test_what_was_deleted_withdrawn_or_banned_leaves_no_pulse(cast: Cast, story: int, now: datetime) -> None:
    act(story, cast.maren, "reply", now)
    act(story, cast.maren, "delete", now, 0.0, ref=acts_of(story)[-1][0])
    act(story, cast.tomasz, "seen", now)
    act(story, cast.tomasz, "withdraw_verdict", now, 0.0)
    act(story, cast.joanne, "reply", now)
    act(story, cast.joanne, "ban", now, 0.0)

    assert sum(read_activity([story], now)[story].pulse) == 0


def test_three_faces_at_most_the_latest_first(cast: Cast, story: int, now: datetime) -> None:
    for minutes, person in enumerate([cast.maren, cast.tomasz, cast.joanne, cast.piet]):
        act(story, person, "reply", now + timedelta(minutes=minutes))

    activity = read_activity([story], now)[story]

    assert activity.people == (cast.piet, cast.joanne, cast.tomasz)
    assert activity.month == 4


def test_many_threads_cost_one_statement(cast: Cast, now: datetime, statements: list[str]) -> None:
    threads = [add_thread(cast.bedside, now) for _ in range(5)]
    for thread in threads:
        act(thread, cast.maren, "reply", now)
    statements.clear()

    activity = read_activity(threads, now)

    assert [statement.split()[0] for statement in statements if "BEGIN" not in statement] == ["SELECT"]
    assert all(activity[thread].month == 1 for thread in threads)


def test_a_community_counts_a_person_once_over_all_its_threads(cast: Cast, now: datetime) -> None:
    one, other = add_thread(cast.bedside, now), add_thread(cast.bedside, now)
    elsewhere = add_thread(cast.organs, now)
    act(one, cast.maren, "reply", now)
    act(other, cast.maren, "reply", now)
    act(other, cast.tomasz, "reply", now - 2 * WEEK)
    act(elsewhere, cast.bea, "reply", now)

    with reading():
        found = pulse_of_communities([cast.bedside, cast.inner_room], now=now)

    assert found[cast.bedside].pulse == (0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1)
    assert (found[cast.bedside].month, found[cast.bedside].week) == (2, 1)
    assert found[cast.inner_room].month == 0


def test_a_community_counts_as_its_threads_do(cast: Cast, story: int, now: datetime) -> None:
    for ago in (timedelta(), WEEK - SECOND, WEEK, 4 * WEEK - SECOND, 4 * WEEK, 11 * WEEK, 13 * WEEK):
        act(story, cast.maren, "reply", now - ago)
        act(story, cast.tomasz, "seen", now - ago - SECOND)
    act(story, cast.joanne, "reply", now, 0.0999)

    with reading():
        of_thread = activity_of([story], now=now)[story]
        of_community = pulse_of_communities([cast.bedside], now=now)[cast.bedside]

    assert (of_community.pulse, of_community.month) == (of_thread.pulse, of_thread.month)
    assert (of_community.month, of_community.week) == (2, 2)


def test_many_communities_cost_one_statement_and_a_row_for_what_was_counted(
    cast: Cast, story: int, now: datetime, statements: list[str]
) -> None:
    for person in (cast.maren, cast.tomasz, cast.joanne):
        act(story, person, "reply", now)
    statements.clear()

    with reading():
        pulse_of_communities([cast.bedside, cast.organs], now=now)
        rows = ask(_PEOPLE_OF_COMMUNITIES, {"asked": [cast.bedside], "start": 0, "month": 0, "week": 0}).all()

    assert [statement.split()[0] for statement in statements if "BEGIN" not in statement] == ["SELECT"] * 2
    assert len(rows) == 3


# Where threads stand


def test_a_line_says_where_a_thread_stands(cast: Cast, now: datetime) -> None:
    thread = add_thread(cast.bedside, now, teller_id=cast.maren, voice=1.0)

    with reading():
        line = order_of([thread])[thread]

    assert line.told_at == line.practised_at.replace(microsecond=now.microsecond) == now
    assert line.contested_at is None
    assert line.check_due == now.replace(microsecond=0) + timedelta(days=180)
    assert line.state(now) == "living"
    assert line.state(line.rest_at + SECOND) == "resting"


def test_a_new_thread_is_living_for_a_fortnight_whoever_told_it(cast: Cast, now: datetime) -> None:
    thread = add_thread(cast.bedside, now)

    with reading():
        line = order_of([thread])[thread]

    assert line.rest_at < now + SECOND
    assert line.is_living(now + timedelta(days=14))
    assert not line.is_living(now + timedelta(days=14, seconds=1))


def test_a_contested_thread_says_so_before_all_else(cast: Cast, now: datetime) -> None:
    thread = add_thread(cast.bedside, now)
    act(thread, cast.maren, "otherwise", now)
    act(thread, cast.tomasz, "failed", now)

    with reading():
        line = order_of([thread])[thread]

    assert line.state(now) == line.state(now + 100 * WEEK) == "contested"


def test_a_time_beyond_all_calendars_is_shown_as_the_last_day_there_is(cast: Cast, now: datetime) -> None:
    thread = add_thread(cast.bedside, now)
    with transaction() as s:
        s.execute(update(ThreadOrder).where(ThreadOrder.thread_id == thread).values(rest_at=1e15, check_due=-1e15))

    with reading():
        line = order_of([thread])[thread]

    assert (line.rest_at.year, line.check_due.year) == (9999, 1)


# The lists


@pytest.fixture
def shelf(cast: Cast, now: datetime) -> list[int]:
    """Seven threads, each with its number as every key (the middle three tie), a procedure, and the noise."""
    threads = [add_thread(cast.bedside, now - timedelta(days=50)) for _ in range(7)]
    add_thread(cast.bedside, now, kind="procedure")
    add_thread(cast.organs, now, teller_id=cast.bea, voice=1.0)
    with transaction() as s:
        for number, thread in enumerate(threads):
            key = 3 if 2 <= number <= 4 else number
            s.execute(
                update(ThreadOrder)
                .where(ThreadOrder.thread_id == thread)
                .values(r=key + 0.1, e=key / 10, k=key + 70.5, told_at=now - timedelta(days=9 - key, microseconds=key))
            )
    ties = sorted(threads[2:5])
    return [threads[6], threads[5], *reversed(ties), threads[1], threads[0]]


def page(community_id: int, sort: str, **where: Any) -> Page[int]:
    with reading():
        return list_thread_ids(community_id, sort=sort, limit=3, **where)


@pytest.mark.parametrize("sort", SORTS)
def test_a_list_goes_down_by_pages_and_up_again_the_same_way(cast: Cast, shelf: list[int], sort: str) -> None:
    first = page(cast.bedside, sort)
    second = page(cast.bedside, sort, after=first.later)
    third = page(cast.bedside, sort, after=second.later)

    assert [*first.items, *second.items, *third.items] == shelf
    assert (first.earlier, third.later) == (None, None)
    assert page(cast.bedside, sort, before=third.earlier).items == second.items
    assert page(cast.bedside, sort, before=second.earlier) == first
    assert page(cast.bedside, sort, before=third.earlier).later == second.later


@pytest.mark.parametrize("sort", SORTS)
def test_what_has_gone_from_below_a_page_leaves_an_empty_one_with_a_way_back(
    cast: Cast, shelf: list[int], sort: str
) -> None:
    second = page(cast.bedside, sort, after=page(cast.bedside, sort).later)
    with transaction() as s:
        s.delete(s.get_one(Thread, shelf[-1]))

    empty = page(cast.bedside, sort, after=second.later)

    assert empty.items == ()
    assert page(cast.bedside, sort, before=empty.earlier).items


def test_endorsed_breaks_ties_by_liveliness(cast: Cast, shelf: list[int]) -> None:
    with transaction() as s:
        s.execute(update(ThreadOrder).where(ThreadOrder.thread_id == shelf[4]).values(k=99.0))

    assert page(cast.bedside, "endorsed").items == (shelf[0], shelf[1], shelf[4])


def test_an_empty_community_has_one_empty_page(cast: Cast, now: datetime) -> None:
    empty = add_community("Empty", "empty", cast.joanne, now)

    assert page(empty, "living") == Page(())
    assert page(empty, "living", after=write_cursor(1.0, 1)) == Page(())
    assert page(empty, "living", before=write_cursor(1.0, 1)) == Page(())


@pytest.mark.parametrize(
    ("sort", "cursor"),
    [
        ("liveliest", None),
        ("living", "nonsense"),
        ("living", write_cursor(0.5, 70.5, 3)),
        ("endorsed", write_cursor(0.5, 3)),
        ("living", write_cursor("0.5", 3)),
        ("new", write_cursor(1e300, 3)),
        ("new", write_cursor(float("nan"), 3)),
    ],
)
def test_what_is_no_sort_and_no_cursor_of_it_is_not_found(cast: Cast, sort: str, cursor: str | None) -> None:
    with pytest.raises(NotVisible):
        page(cast.bedside, sort, after=cursor)


def test_across_communities_what_rests_latest_comes_first_and_what_rests_is_left_out(cast: Cast, now: datetime) -> None:
    resting = add_thread(cast.bedside, now - 50 * WEEK, teller_id=cast.maren, voice=1.0)
    lively = add_thread(cast.bedside, now - 2 * WEEK, teller_id=cast.maren, voice=1.0)
    fresh = add_thread(cast.organs, now - WEEK)
    livelier = add_thread(cast.organs, now - WEEK, teller_id=cast.bea, voice=1.0)
    procedure = add_thread(cast.organs, now, kind="procedure")
    act(livelier, cast.joanne, "held", now)

    with reading():
        found = list_living_across([cast.bedside, cast.organs], now=now, limit=10)
        two = list_living_across([cast.bedside, cast.organs], now=now, limit=2)
        bedside_only = list_living_across([cast.bedside], now=now, limit=10)

    assert found == [livelier, lively, fresh]
    assert two == [livelier, lively]
    assert bedside_only == [lively]
    assert {resting, procedure}.isdisjoint(found)


# Speed


@pytest.fixture
def explained(app: Flask) -> Iterator[list[str]]:
    """How the database means to answer each question about order."""
    plans: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "FROM thread_order" in statement:
            cursor.execute(("EXPLAIN QUERY PLAN " if is_sqlite() else "EXPLAIN ") + statement, parameters)
            plans.append("\n".join(str(row) for row in cursor.fetchall()))

    event.listen(Engine, "before_cursor_execute", note)
    yield plans
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def crowd(cast: Cast, now: datetime) -> None:
    """Four thousand threads in two communities, enough for a planner to think about."""
    order = {
        "told_at": now, "p_all": 0.0, "n_all": 0.0, "dissenters": 0, "firm_dissenters": 0, "q": 0.6, "rest_at": 0.0,
        "last_verified": 0, "base_shelf_days": 180.0, "shelf_days": 180.0, "check_due": 0.0, "latest_at": 0,
        "latest_id": 0, "is_procedure": False,
    }  # fmt: skip
    numbers = range(1, 4001)
    home = [cast.bedside if number % 2 else cast.organs for number in numbers]
    with transaction() as s:
        s.execute(
            insert(Thread),
            [
                {"id": n, "community_id": c, "title": "One", "told_at": now, "shelf_life": "months", "words": 1}
                for n, c in zip(numbers, home, strict=True)
            ],
        )
        s.execute(
            insert(ThreadOrder),
            [
                {**order, "thread_id": n, "community_id": c, "r": n / 7, "e": n / 5000, "k": n / 9}
                for n, c in zip(numbers, home, strict=True)
            ],
        )
        if db.engine.dialect.name == "postgresql":
            s.execute(text("ANALYZE thread_order"))  # without it the planner believes that the table is empty


@pytest.mark.usefixtures("crowd")
def test_what_lives_across_communities_is_read_off_indexes_without_looking_at_the_rest(
    cast: Cast, explained: list[str], now: datetime
) -> None:
    with transaction() as s:
        s.execute(update(ThreadOrder).values(told_at=now - timedelta(days=60)))
        if not is_sqlite():
            s.execute(text("ANALYZE thread_order"))
    explained.clear()

    with reading():
        list_living_across([cast.bedside, cast.organs], now=now, limit=10)

    (plan,) = explained
    assert "ix_thread_order_rest" in plan
    assert re.search("ix_thread_order_(new|ended)", plan)  # what was told lately
    assert "Seq Scan on thread_order" not in plan


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize("sort", SORTS)
def test_a_page_deep_in_a_list_is_read_off_an_index_alone(
    cast: Cast, explained: list[str], sort: str, now: datetime
) -> None:
    key = {"living": (300.0, 2100), "endorsed": (0.42, 233.0, 2100), "new": (now.timestamp(), 2100)}[sort]

    with reading():
        found = list_thread_ids(cast.bedside, sort=sort, after=write_cursor(*key))

    assert len(found.items) == 25
    assert explained
    for plan in explained:
        alone = "USING COVERING INDEX" if is_sqlite() else "Index Only Scan"
        assert re.search(rf"{alone}\b.*ix_thread_order_{sort}\b", plan), plan
        assert "Sort" not in plan
        assert "TEMP B-TREE" not in plan
