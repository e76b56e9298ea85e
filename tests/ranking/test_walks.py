"""What of a list speaks of a topic: the same page whichever way it is read, and a bound to what is looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, insert, text

from cop.communities.models import Topic
from cop.discussions.models import Thread, ThreadTopic
from cop.platform.database import is_sqlite, reading, transaction
from cop.platform.pagination import Page
from cop.ranking.models import ThreadOrder
from cop.ranking.queries import list_thread_ids
from cop.ranking.walks import queries as walks
from tests.cast import Cast

NUMBERS = range(1, 601)  # the liveliest is the last
TOPICS = {
    "few": [n for n in NUMBERS if n % 40 == 0],
    "many": [n for n in NUMBERS if n % 3 == 0],
    "bottom": [n for n in NUMBERS if n <= 150],
}


@pytest.fixture
def topics(app: Flask, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Six hundred threads and three topics, where twenty are few and a stretch has a hundred."""
    monkeypatch.setattr(walks, "FEW", 20)
    monkeypatch.setattr(walks, "STRETCH", 100)
    order = {
        "told_at": now, "p_all": 0.0, "n_all": 0.0, "dissenters": 0, "firm_dissenters": 0, "q": 0.6, "rest_at": 0.0,
        "last_verified": 0, "base_shelf_days": 180.0, "shelf_days": 180.0, "check_due": 0.0, "latest_at": 0,
        "latest_id": 0, "is_procedure": False, "community_id": cast.bedside, "e": 0.0, "k": 0.0,
    }  # fmt: skip
    thread = {"community_id": cast.bedside, "title": "One", "told_at": now, "shelf_life": "months", "words": 1}
    ids = dict(zip(TOPICS, (1, 2, 3), strict=True))
    with transaction() as s:
        s.execute(insert(Thread), [{**thread, "id": n} for n in NUMBERS])
        s.execute(insert(ThreadOrder), [{**order, "thread_id": n, "r": n // 2} for n in NUMBERS])
        s.execute(
            insert(Topic), [{"id": i, "community_id": cast.bedside, "slug": t, "name": t} for t, i in ids.items()]
        )
        spoken = [{"thread_id": n, "topic_id": ids[name]} for name, numbers in TOPICS.items() for n in numbers]
        s.execute(insert(ThreadTopic), spoken)
    if not is_sqlite():
        with transaction() as s:
            s.execute(text("ANALYZE"))
    return ids


@pytest.fixture
def plans(app: Flask) -> Iterator[list[str]]:
    found: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "FROM thread_order" in statement or "FROM thread_topic" in statement:
            cursor.execute(("EXPLAIN QUERY PLAN " if is_sqlite() else "EXPLAIN ") + statement, parameters)
            found.append("\n".join(str(row[-1]) for row in cursor.fetchall()))

    event.listen(Engine, "before_cursor_execute", note)
    yield found
    event.remove(Engine, "before_cursor_execute", note)


def page(community: int, topic: int, **at: str | None) -> Page[int]:
    with reading():
        return list_thread_ids(community, sort="living", limit=7, topic_id=topic, **at)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", TOPICS)
def test_pages_of_a_topic_hold_each_of_its_threads_once_in_both_directions(
    cast: Cast, topics: dict[str, int], name: str
) -> None:
    down, up, cursor = [], [], None
    while True:
        found = page(cast.bedside, topics[name], after=cursor)
        down.append(found.items)
        if found.later is None:
            break
        cursor = found.later
    back = found.earlier
    while back is not None:
        above = page(cast.bedside, topics[name], before=back)
        up.append(above.items)
        back = above.earlier

    assert [n for items in down for n in items] == TOPICS[name][::-1]
    assert up[::-1] == down[:-1]


def test_a_topic_of_another_community_lists_nothing_here(cast: Cast, topics: dict[str, int]) -> None:
    assert [page(cast.organs, topic).items for topic in topics.values()] == [()] * 3


def test_few_are_fetched_by_the_topics_own_index_and_many_are_walked_to_within_a_stretch(
    cast: Cast, topics: dict[str, int], plans: list[str]
) -> None:
    read: dict[str, list[str]] = {}
    for name, topic in topics.items():
        plans.clear()
        page(cast.bedside, topic)
        read[name] = [re.sub(r"\s+", " ", plan) for plan in plans]

    assert (len(read["few"]), len(read["many"]), len(read["bottom"])) == (2, 3, 4)
    if not is_sqlite():  # PostgreSQL weighs the ways by itself, and would rather read six hundred rows through
        return
    own = r"USING COVERING INDEX ix_thread_topic_topic_id_thread_id \(topic_id=\?\)"
    by_topic = f"{own} SEARCH thread_order USING INTEGER PRIMARY KEY"
    walk = r"^SEARCH thread_order USING COVERING INDEX ix_thread_order_living \(.*r>\?\)"
    assert all(re.search(own, plans[0]) for plans in read.values())
    assert re.search(by_topic, read["few"][1])
    for name in ("many", "bottom"):
        assert re.search(walk, read[name][2])
        assert "TEMP B-TREE" not in read[name][1] + read[name][2]
    assert re.search(by_topic, read["bottom"][3])
