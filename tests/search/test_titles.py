"""Titles that are offered while somebody types."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from cop.discussions.models import Thread
from cop.platform.database import transaction
from cop.search.models import LONGEST_START
from cop.search.titles import MOST_STARTS, fold_typed, starts_of
from tests.cast import Cast, add_story

Clients = Callable[[int], FlaskClient]


def offered(browser: FlaskClient, typed: str) -> list[str]:
    answer = browser.get("/search/suggest", query_string={"q": typed})
    assert answer.status_code == 200
    return [one["title"] for one in answer.json["titles"]]


def test_a_title_begins_at_each_of_its_telling_words() -> None:
    assert starts_of("Cold knees, and the Café’s numbers") == {
        0: "cold knees and the cafe numbers", 1: "knees and the cafe numbers", 4: "cafe numbers", 5: "numbers",
    }  # fmt: skip
    long = starts_of("word " * 40 + "x" * 200)
    assert len(long) == MOST_STARTS
    assert max(map(len, long.values())) == LONGEST_START


def test_a_finished_word_ends_where_it_is_finished() -> None:
    assert (fold_typed("Cold  KN"), fold_typed("cold "), fold_typed("!? ")) == ("cold kn", "cold ", "")


def test_titles_are_offered_by_how_they_begin_and_then_by_their_words(
    cast: Cast, client: FlaskClient, now: datetime
) -> None:
    for title in ("Good numbers, cold knees", "Knees first", "Kneeling", "Something else"):
        add_story(cast.maren, cast.bedside, now, title=title)

    assert offered(client, "kne") == ["Kneeling", "Knees first", "Good numbers, cold knees"]
    assert offered(client, "KNEES ") == ["Knees first"]
    assert offered(client, "númbers, co") == ["Good numbers, cold knees"]
    assert offered(client, "k") == offered(client, "") == offered(client, "  ") == offered(client, "%") == []


def test_never_more_than_eight_are_offered_and_each_leads_to_its_thread(
    cast: Cast, client: FlaskClient, now: datetime
) -> None:
    for number in range(12):
        add_story(cast.maren, cast.bedside, now, title=f"Drain drain {number:02}")

    titles = client.get("/search/suggest?q=drain").json["titles"]

    assert [one["title"] for one in titles] == [f"Drain drain {number:02}" for number in range(8)]
    assert {one["community"] for one in titles} == {"Bedside ICU"}
    assert client.get(titles[0]["href"]).status_code == 200


def test_titles_of_hidden_communities_are_offered_to_their_members_only(
    app: Flask, cast: Cast, client: FlaskClient, client_of: Clients
) -> None:
    for word in (f"told inside {cast.canaries['secret']}", cast.canaries["secret"], cast.canaries["secret"][:6]):
        assert offered(client, word) == offered(client_of(cast.maren), word) == []
        assert offered(client_of(cast.piet), word) == [f"Told inside {cast.canaries['secret']}"]


def test_a_title_that_is_gone_is_offered_no_more(cast: Cast, client: FlaskClient, now: datetime) -> None:
    told = add_story(cast.maren, cast.bedside, now, title="Xylophone")
    before = offered(client, "xylo")
    with transaction() as s:
        s.execute(delete(Thread).where(Thread.id == told))

    assert (before, offered(client, "xylo")) == (["Xylophone"], [])


@pytest.mark.parametrize("typed", ["\x00a", "\ud800xx", "a" * 5_000, "'; drop table x; --", "%%__", "ﷺ" * 900])
def test_anything_may_be_typed(cast: Cast, client: FlaskClient, typed: str) -> None:
    assert client.get("/search/suggest", query_string={"q": typed.encode("utf-8", "replace")}).status_code == 200


def test_offering_takes_as_many_statements_whatever_there_is(
    cast: Cast, client: FlaskClient, now: datetime, statements: list[str]
) -> None:
    counts = []
    for number in range(3):
        add_story(cast.maren, cast.bedside, now + timedelta(minutes=number), title=f"Drain {number}")
        statements.clear()
        offered(client, "drain")
        counts.append(len(statements))

    assert len(set(counts)) == 1


def test_the_migration_folds_titles_as_the_site_does() -> None:
    migration = _migration()
    for title in ("Cold knees, good numbers", "O’Brien’s Café: 3 nights", "Straße nach Zürich"):
        assert starts_of(title).items() <= dict(migration.starts_of(title)).items()


def _migration() -> ModuleType:
    path = Path(__file__).parents[2] / "migrations" / "versions" / "0005_title_starts.py"
    spec = importlib.util.spec_from_file_location("title_starts", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
