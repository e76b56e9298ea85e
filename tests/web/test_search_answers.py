"""The search page: its pages, what it says when there is nothing to show, and what becomes of a lost index."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cop.search.jobs import Indexing
from tests.cast import Cast, add_member, add_reply, add_story
from tests.web.reading import read
from tests.web.searching import found, look
from tests.web.telling import tell_many

Clients = Callable[[int], FlaskClient]
Deliver = Callable[[], int]


PERFUSOR, MINUTE = "The perfusor stood still.", timedelta(minutes=1)


# Pages


def test_twenty_a_page_lead_further_and_closer_without_a_gap(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    tell_many(cast, now, 45, about=PERFUSOR, apart=MINUTE)
    deliver()

    forth, address = [], "/search?q=perfusor&c=bedside-icu"
    while address:
        forth.append(read(client, address))
        address = forth[-1].leads("next")
    back, address = [], forth[-1].leads("prev")
    while address:
        back.append(read(client, address))
        address = back[-1].leads("prev")

    assert [len(found(page)) for page in forth] == [20, 20, 5]
    assert sorted(title for page in forth for title in found(page)) == [f"Night {n:02}" for n in range(45)]
    assert [found(page) for page in reversed(back)] == [found(page) for page in forth[:-1]]
    assert "Further from yours" in forth[0].links()
    assert "Closer to yours" in forth[1].links()
    assert not [page for page in forth if "45" in " ".join(page.words("main//p") + page.words("main//h2"))]


@pytest.mark.parametrize("after", ["zzz", "W10", "%00", "WzEuNSwgMV0"])
def test_a_cursor_that_somebody_has_changed_leads_nowhere(
    cast: Cast, client: FlaskClient, deliver: Deliver, after: str
) -> None:
    deliver()

    assert client.get(f"/search?q=wind&after={after}").status_code == 404


@pytest.mark.parametrize("after", ["Wy01LDFd", "Wzk5OTk5OTk5OTksMV0"])
def test_a_forged_place_is_a_page_like_any_other(cast: Cast, client: FlaskClient, deliver: Deliver, after: str) -> None:
    deliver()

    assert client.get(f"/search?q=wind&after={after}").status_code == 200


def test_a_search_costs_the_same_number_of_statements_with_2_and_20_hits(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver, statements: list[str]
) -> None:
    tell_many(cast, now, 2, about=PERFUSOR, apart=MINUTE)
    told = add_story(cast.maren, cast.bedside, now)
    add_reply(cast.tomasz, told, now, body="Our perfusor, too.")
    deliver()
    statements.clear()
    look(client, "perfusor")
    with_few = len(statements)
    tell_many(cast, now, 18, about=PERFUSOR, apart=MINUTE)
    add_member(cast.otto, cast.bedside, now)
    for person in (cast.otto, cast.caro, cast.joanne):
        add_reply(person, told, now, body="A perfusor is a perfusor.")
    deliver()
    statements.clear()

    page = look(client, "perfusor")

    assert len(found(page)) == 20
    assert len(statements) == with_few


# Without an answer


def test_an_empty_query_shows_the_form_alone(app: Flask, client: FlaskClient) -> None:
    for address in ("/search", "/search?q=", "/search?q=%20%0A"):
        page = read(client, address)

        assert page.status == 200
        assert "Describe your situation, as you would to a colleague" in page.text
        assert "No one has told" not in page.text
        assert "rebuilt" not in page.text


def test_nothing_found_invites_those_who_may_to_tell(cast: Cast, client_of: Clients, deliver: Deliver) -> None:
    deliver()

    of_maren = look(client_of(cast.maren), "zyzzyva", "bedside-icu")
    of_otto = look(client_of(cast.otto), "zyzzyva")

    assert "No one has told of this yet" in of_maren.text
    assert of_maren.links("main//a")["Tell a story"] == "/tell"
    assert of_maren.links()["Widen the search"] == "/search?q=zyzzyva"
    assert "No one has told of this yet" in of_otto.text
    assert "Tell a story" not in of_otto.links("main//a")


def test_without_a_word_to_look_for_the_page_says_so(cast: Cast, client: FlaskClient, deliver: Deliver) -> None:
    deliver()

    for typed in ("!!", "-sedation", '""'):
        assert "There is no word in it to look for" in look(client, typed).text


def test_2000_characters_are_read_and_no_more(cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver) -> None:
    add_story(cast.maren, cast.bedside, now, title="Within", did_why="The perfusor.")
    deliver()

    within = look(client, "x" * 1990 + " perfusor"[:10])
    beyond = look(client, "x " * 1000 + "perfusor")

    assert found(within) == ["Within"]
    assert "longer than we read" not in within.text
    assert found(beyond) == []
    assert "This was longer than we read. We looked for the first 2,000 characters of it." in beyond.text


@pytest.mark.parametrize(
    "typed",
    [
        "*", "*a*", "[a TO z]", "NOT " * 400, "(" * 900, ")" * 900, '"' * 999, "author:anon", "wind~9999", "wind^1e9",
        "wind AND (noon OR", "kind:nothing community:../../etc", "\x00wind\x00", "\ud800wind", "🌬" * 300,
        "a " * 1000, "ِ" * 900, "%s %(x)s {0}", "'; DROP TABLE thread; --", "-" * 900, "wind -wind",
    ],
)  # fmt: skip
def test_a_hostile_query_is_answered(cast: Cast, client: FlaskClient, deliver: Deliver, typed: str) -> None:
    deliver()

    raw = urlencode({"q": typed, "c": typed}, errors="surrogatepass")
    alone, narrowed = client.get(f"/search?{raw.partition('&')[0]}"), client.get(f"/search?{raw}")

    assert (alone.status_code, narrowed.status_code) == (200, 200)


# A lost index


def test_while_there_is_no_index_search_says_so_and_posting_goes_on(
    app: Flask, cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    deliver()
    indexing: Indexing = app.extensions["cop-indexing"]
    shutil.rmtree(indexing.folder)

    page = look(client, "wind")
    told = add_story(cast.maren, cast.bedside, now, title="Told meanwhile", did_why="The perfusor.")
    shown = client.get("/c/bedside-icu/")

    assert page.status == 503
    assert "Search is being rebuilt." in page.text
    assert page.all("textarea")[0].text == "wind"
    assert told
    assert "Told meanwhile" in shown.get_data(as_text=True)

    deliver()

    assert found(look(client, "perfusor")) == ["Told meanwhile"]
    assert found(look(client, "wind noon")) == ["The wind came back at noon"]
