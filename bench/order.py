"""What order costs as a community grows: `python -m bench.order`, at 20,000 and at 1,000,000 threads.

    python -m bench.order           both databases, both sizes: some minutes, and three gigabytes while it runs
    python -m bench.order --small   2,000 and 20,000 threads
    python -m bench.order SQLite    one database alone, by its name

All threads are in one community, told over nine hundred days. At both sizes two thousand of them were practised on
lately, and each has ten acts: what grows is what is stored. Everything that is timed goes through the product's own
operations and queries.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Select,
    case,
    cast,
    event,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.sql.selectable import CTE

from bench.endurance.databases import postgresql
from cop.accounts.operations import Practice, sign_up
from cop.accounts.passwords import hash_password
from cop.app import create_app
from cop.communities.models import Topic
from cop.communities.operations import found_community
from cop.discussions.models import Thread, ThreadTopic
from cop.platform import migrating
from cop.platform.clock import seconds
from cop.platform.database import Base, close_connections, db, is_sqlite, reading, transaction
from cop.ranking.acts import DAY, ActKind, Params
from cop.ranking.exploration.queries import list_living_page
from cop.ranking.liveliness import LANDMARK
from cop.ranking.models import ActRow, Participation, ThreadOrder
from cop.ranking.operations import record_act
from cop.ranking.queries import SORTS, list_living_across, list_thread_ids, pulse_of_communities
from cop.settings import Settings
from cop.web import caching

SIZES: Final = (20_000, 1_000_000)
SMALL_SIZES: Final = (2_000, 20_000)
RECENT: Final = 2_000  # threads that were practised on lately, at any size
ACTS_EACH: Final = 10  # on these; one on each other
ROUNDS: Final = 100
NOW: Final = datetime(2026, 6, 14, 21, 8, tzinfo=UTC)
RARE, COMMON, BOTTOM = 1, 2, 3  # topics: a hundred threads, every fifth, and the two thousand at the bottom of Living
Timed = dict[str, tuple[float, int]]  # median milliseconds and statements


def main() -> None:
    sizes = SMALL_SIZES if "--small" in sys.argv else SIZES
    with postgresql() as new_database:
        bases = (("SQLite", lambda: ""), ("PostgreSQL", new_database))
        chosen = [one for one in bases if one[0] in sys.argv] or bases
        for base, url in chosen:
            small, large = (_measure(base, url(), threads) for threads in sizes)
            _show(base, sizes, small, large)


def _measure(base: str, url: str, threads: int) -> Timed:
    folder = Path(tempfile.mkdtemp(prefix="cop-order-"))
    try:
        app = create_app(Settings(data=folder, database_url=url, limits=False))
        with app.app_context():
            begun = time.perf_counter()
            migrating.upgrade()
            community_id, person_id = _found()
            _fill(community_id, person_id, threads)
            print(f"{base}: {threads:,} threads made in {time.perf_counter() - begun:.0f} s", flush=True)
            if threads == max(SIZES) or "--small" in sys.argv:
                _show_plans(base, community_id, threads)
            timed = _time_all(community_id, person_id, threads, app)
            db.session.remove()
            close_connections()
            return timed
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# What there is


def _found() -> tuple[int, int]:
    then = NOW - timedelta(days=900)
    with transaction() as s:
        person_id = sign_up(
            name="Person One",
            email="one@example.org",
            password_hash=hash_password("nobody signs in with this"),
            practice=Practice("engineer"),
            now=then,
        )
        community = found_community(name="Bench", slug="bench", practice="x", now=then, moderator_id=person_id)
        for number in (RARE, COMMON, BOTTOM):
            s.add(Topic(id=number, community_id=community.id, slug=f"t{number}", name=f"Topic {number}"))
        return community.id, person_id


def _fill(community_id: int, person_id: int, threads: int) -> None:
    """Threads, their places, their acts and topics, made by the database itself."""
    n = _numbers(threads)
    i, at = n.c.i, seconds(NOW - timedelta(days=800))
    recent = case((i <= RECENT, seconds(NOW - timedelta(days=3))), else_=at)
    told_at = _dates(i, threads)
    k = (at - LANDMARK) / Params().half_life + 20.0 * _scatter(i, 7_919)
    r = k - 4.0 * _scatter(i, 104_729)
    with db.engine.begin() as connection:
        _take_your_time(connection)
        for row, columns in (
            (Thread, {"id": i, "community_id": community_id, "title": "A pump that hummed", "told_at": told_at,
                      "shelf_life": "months", "words": 60, "kind": "story", "teller_id": person_id}),
            (ThreadOrder, {"thread_id": i, "community_id": community_id, "is_procedure": False, "is_withdrawn": False,
                           "told_at": told_at, "k": k, "p_all": 1.0, "n_all": 0.0, "dissenters": 0,
                           "firm_dissenters": 0, "q": 0.6, "r": r, "e": _scatter(i, 15_485_863), "rest_at": 0.0,
                           "practised_at": recent, "last_verified": at, "base_shelf_days": 180.0, "shelf_days": 180.0,
                           "check_due": 0.0, "latest_at": recent, "latest_id": i}),
            (Participation, {"thread_id": i, "seat": 1, "x": k}),
            (ActRow, {"thread_id": i, "person_id": 1, "kind": "created", "at": at, "voice": 1.0, "counts_as": 1.0}),
        ):  # fmt: skip
            connection.execute(_insert(row, columns, n))
        more = _numbers(min(RECENT, threads) * (ACTS_EACH - 1))
        late = seconds(NOW - timedelta(days=3)) - more.c.i % 1_000
        acts = {"thread_id": more.c.i % RECENT + 1, "person_id": more.c.i % 40 + 1, "kind": "reply", "at": late,
                "voice": 1.0, "counts_as": 1.0}  # fmt: skip
        connection.execute(_insert(ActRow, acts, more))
        for topic_id, every in ((RARE, threads // 100), (COMMON, 5)):
            some = _numbers(threads // every)
            connection.execute(_insert(ThreadTopic, {"thread_id": some.c.i * every, "topic_id": topic_id}, some))
        last = select(ThreadOrder.thread_id, literal(BOTTOM)).order_by(ThreadOrder.r).limit(RECENT)
        connection.execute(insert(ThreadTopic).from_select(["thread_id", "topic_id"], last))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        _take_your_time(connection)
        connection.execute(text("PRAGMA optimize" if is_sqlite() else "VACUUM ANALYZE"))


def _take_your_time(connection: Connection) -> None:
    """The site's limit of how long a statement may take is not meant for this."""
    if not is_sqlite():
        connection.execute(text("SET statement_timeout = 0"))


def _numbers(most: int) -> CTE:
    numbers = select(literal(1, Integer).label("i")).cte("n", recursive=True)
    return numbers.union_all(select(numbers.c.i + 1).where(numbers.c.i < most))


def _scatter(i: Any, by: int) -> ColumnElement[float]:
    """A number from 0 to 1 for each i, in no order."""
    return (cast(i, Thread.id.type) * by % 1_000_003) / literal(1_000_003.0)


def _dates(i: Any, threads: int) -> ColumnElement[Any]:
    """As far apart as they have to be to fill the last nine hundred days, as each database stores a moment."""
    at = seconds(NOW - timedelta(days=900)) + i * (900 * DAY // threads)
    return func.strftime("%Y-%m-%d %H:%M:%S.000000", at, "unixepoch") if is_sqlite() else func.to_timestamp(at)


def _insert(row: type[Base], columns: dict[str, Any], n: CTE) -> Any:
    chosen: Select[Any] = select(
        *(
            value.label(name) if isinstance(value, ColumnElement) else literal(value).label(name)
            for name, value in columns.items()
        )
    ).select_from(n)
    return insert(row).from_select(list(columns), chosen)


# What is timed


def _time_all(community_id: int, person_id: int, threads: int, app: Any) -> Timed:
    timed: Timed = {}
    for sort in SORTS:
        timed[f"{sort}, first page of 25"] = _time(lambda sort=sort: _page(community_id, sort))
        deep = _deep(community_id, sort)
        timed[f"{sort}, a page from the middle"] = _time(lambda sort=sort, deep=deep: _page(community_id, sort, deep))
    timed["Living as it is shown, with what few have read"] = _time(lambda: _living_page(community_id))
    for name, topic_id in (("rare", RARE), ("common", COMMON), ("bottom", BOTTOM)):
        timed[f"living, a {name} topic"] = _time(
            lambda topic_id=topic_id: _page(community_id, "living", topic=topic_id)
        )
        timed[f"the same, as it is shown ({name})"] = _time(
            lambda topic_id=topic_id: _living_page(community_id, topic_id)
        )
    timed["living across one's communities"] = _time(lambda: _across(community_id))
    timed["a community's pulse"] = _time(lambda: _pulse(community_id), rounds=10)
    browser = app.test_client()
    timed["the community's page, nothing kept"] = _time(lambda: _get(browser), rounds=20)
    acts = iter(range(1, 10 * ROUNDS))
    timed["one act"] = _time(lambda: _act(threads, next(acts)))
    return timed


def _page(community_id: int, sort: str, after: str | None = None, topic: int | None = None) -> None:
    with reading():
        list_thread_ids(community_id, sort=sort, after=after, topic_id=topic)


def _living_page(community_id: int, topic: int | None = None) -> None:
    with reading():
        list_living_page(community_id, now=NOW, topic_id=topic)


def _deep(community_id: int, sort: str) -> str:
    """The cursor of a page some hundreds of pages down, as far as there are any."""
    with reading():
        found = list_thread_ids(community_id, sort=sort, limit=1_000)
        found = list_thread_ids(community_id, sort=sort, limit=9_000, after=found.later) if found.later else found
    assert found.earlier or found.later
    return str(found.later or found.earlier)


def _across(community_id: int) -> None:
    with reading():
        list_living_across([community_id], now=NOW, limit=10)


def _pulse(community_id: int) -> None:
    with reading():
        pulse_of_communities([community_id], now=NOW)


def _get(browser: Any) -> None:
    caching.forget_all()
    assert browser.get("/c/bench/").status_code == 200


def _act(threads: int, number: int) -> None:
    """A practitioner replies on some thread, where they have done nothing before."""
    with transaction():
        record_act(
            thread_id=number * 7_919 % threads + 1,
            person_id=1_000 + number,
            kind=ActKind.REPLY,
            at=NOW + timedelta(seconds=number),
            voice=1.0,
        )


def _time(work: Callable[[], None], *, rounds: int = ROUNDS) -> tuple[float, int]:
    """The median of so many rounds in milliseconds, after three to warm up; and how many statements one takes."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    for _ in range(3):
        seen.clear()
        work()
        db.session.remove()
    event.remove(Engine, "before_cursor_execute", note)
    statements, took = len(seen), []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
        db.session.remove()
    return statistics.median(took) * 1_000, statements


# What is shown


def _show_plans(base: str, community_id: int, threads: int) -> None:
    plans: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "FROM thread_order" in statement:
            cursor.execute(("EXPLAIN QUERY PLAN " if is_sqlite() else "EXPLAIN ") + statement, parameters)
            plans.append("; ".join(str(row[-1]).strip() for row in cursor.fetchall()))

    print(f"\nPlans, {base}, {threads:,} threads:")
    event.listen(Engine, "before_cursor_execute", note)
    for sort in SORTS:
        _page(community_id, sort, _deep(community_id, sort))
        print(f"  {sort}: {plans[-2]}")
    for topic in (RARE, COMMON, BOTTOM):
        _page(community_id, "living", topic=topic)
        print(f"  living, topic {topic}: {plans[-1]}")
    _across(community_id)
    print(f"  across: {plans[-1]}")
    event.remove(Engine, "before_cursor_execute", note)
    db.session.remove()


def _show(base: str, sizes: tuple[int, int], small: Timed, large: Timed) -> None:
    print(f"\n| {base} | {sizes[0]:,} threads, ms | {sizes[1]:,} threads, ms | ratio | statements |")
    print("|---|---|---|---|---|")
    for what, (took, statements) in large.items():
        before, same = small[what]
        counted = str(statements) if same == statements else f"{same}, then {statements}"
        print(f"| {what} | {before:.2f} | {took:.2f} | {took / before:.2f} | {counted} |")
    print(flush=True)


if __name__ == "__main__":
    main()
