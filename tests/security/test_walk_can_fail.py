"""The walk proves something only if it fails when a query forgets whom it reads for: each of them is made to forget.

Some stand behind one another: what one lets through the next still holds back. Those are made to forget together.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from types import FunctionType

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, true

from cop.cases.models import Fork
from cop.communities import queries as communities
from cop.communities.topics import queries as topics
from cop.discussions import queries as discussions
from cop.discussions.drafts import queries as drafts
from cop.discussions.models import Reply
from cop.platform.database import reading
from cop.platform.ids import spell
from cop.search import queries as search
from cop.web.caching import forget_all
from tests.cast import Cast
from tests.security.test_walk import SEALED, furnish, seal, walk_as

RULE = "is_visible(viewer)"
THREADS, REPLIES = discussions.visible_threads, discussions.visible_replies
LINES, TOLD = discussions._select_thread_lines, discussions.list_told_by
OFFERED = search.list_offered_titles
ROWS = communities.visible_communities
LOOSENED: dict[FunctionType, tuple[FunctionType, ...]] = {  # with those that would still catch what it lets through
    communities.is_listed: (),
    ROWS: (),
    communities.visible_ids: (THREADS, REPLIES, ROWS, LINES),
    communities.get_community: (),
    communities.list_words_for: (ROWS,),
    THREADS: (ROWS,),
    REPLIES: (THREADS, ROWS),
    LINES: (TOLD,),
    TOLD: (LINES,),
    discussions.list_reports_on: (),
    discussions.list_helped_by: (),
    OFFERED: (),
    topics.list_offered_topics: (),
    drafts._select_placed: (),
}


def loosen(monkeypatch: pytest.MonkeyPatch, query: FunctionType) -> None:
    """Put the query in place without the rule, wherever it is called."""
    source = inspect.getsource(query)
    assert source.count(RULE) == 1, query.__name__
    namespace = {**query.__globals__, "true": true}
    exec(compile(source.replace(RULE, "true()"), "<loosened>", "exec"), namespace)
    for name, module in list(sys.modules.items()):
        if name.startswith("cop.") and vars(module).get(query.__name__) is query:
            monkeypatch.setattr(module, query.__name__, namespace[query.__name__])
    communities.written.cache_clear()


@pytest.fixture(autouse=True)
def _written_anew() -> Iterator[None]:
    """A statement that was written with the rule, or without it, is not kept for the next test."""
    yield
    communities.written.cache_clear()


def test_every_query_with_the_rule_is_among_them() -> None:
    named = {
        query
        for module in list(sys.modules.values())
        if module is not None and module.__name__.startswith("cop.") and module.__name__.endswith("queries")
        for query in vars(module).values()
        if isinstance(query, FunctionType) and query.__module__ == module.__name__
        if RULE in inspect.getsource(query).replace(f"def {RULE}", "")
    }

    assert named == set(LOOSENED)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # it proves the walk, which runs on both
@pytest.mark.parametrize("query", LOOSENED, ids=lambda query: query.__name__)
def test_the_walk_finds_the_query_that_forgets_whom_it_reads_for(
    app: Flask,
    cast: Cast,
    now: datetime,
    client: FlaskClient,
    client_of: Callable[[int], FlaskClient],
    deliver: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
    query: FunctionType,
) -> None:
    furnish(cast, now)
    deliver()
    browsers = (client, client_of(cast.otto))

    def leaks() -> Iterator[tuple[str, str]]:
        forget_all()
        return (leak for browser in browsers for leaks in walk_as(app, cast, browser, set()) for leak in leaks)

    for other in LOOSENED[query]:
        loosen(monkeypatch, other)
    before = set(leaks()) if LOOSENED[query] else set()
    loosen(monkeypatch, query)

    assert any(leak not in before for leak in leaks())


@pytest.mark.parametrize("rule", ["is_open_to", "list_opened"])
def test_the_walk_finds_a_seal_that_forgets_for_whom_it_is_open(
    app: Flask,
    cast: Cast,
    now: datetime,
    client_of: Callable[[int], FlaskClient],
    monkeypatch: pytest.MonkeyPatch,
    rule: str,
) -> None:
    """All that is sealed hangs on two functions: the clause for replies, and how far somebody has come in a case."""
    case = seal(cast, now)
    replies = {"is_open_to": lambda *_of: true(), "list_opened": lambda viewer, thread_id: opened}
    maren = client_of(cast.maren)
    with reading() as s:
        opened = dict.fromkeys(s.scalars(select(Fork.id).where(Fork.thread_id == case).order_by(Fork.place)), "skipped")

    for name, module in list(sys.modules.items()):
        if name.startswith("cop.") and hasattr(module, rule):
            monkeypatch.setattr(module, rule, replies[rule])

    with maren.get(f"/t/{spell(case)}/any") as page:
        shown = SEALED in page.get_data(as_text=True)
    found = [maren.get(f"/p/{spell(reply)}").status_code for reply in _replies_of(case)]
    assert {"is_open_to": 302 in found, "list_opened": shown}[rule]


def _replies_of(case: int) -> list[int]:
    with reading() as s:
        return list(s.scalars(select(Reply.id).where(Reply.thread_id == case)))
