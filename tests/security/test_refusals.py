"""security.md A08, A09, A37, A40: a refusal says nothing, whatever way one asks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from cop.discussions.models import Reply
from cop.platform.database import reading
from cop.platform.ids import spell
from tests.cast import Cast

Clients = Callable[[int], FlaskClient]


@pytest.fixture
def private(cast: Cast) -> list[str]:
    """The addresses of what is inside the secret community."""
    return [f"/t/{spell(cast.secret_thread)}/any", "/c/inner-room-wvxyqj/", "/c/inner-room-wvxyqj/people"]


@pytest.mark.parametrize("who", ["nobody", "otto"])
def test_A08_no_other_way_of_asking_gets_past_a_refusal(
    cast: Cast, client: FlaskClient, client_of: Clients, private: list[str], who: str
) -> None:
    browser, insider = client if who == "nobody" else client_of(cast.otto), client_of(cast.piet)

    browser.get("/")  # whatever a first visit sets is set

    for address in private:
        seen = insider.get(address)
        refused, absent = browser.get(address), browser.get("/t/0000000000000/any")
        asked = [
            browser.head(address),
            browser.get(address, headers={"If-None-Match": seen.headers.get("ETag", '"x"')}),
            browser.get(address, headers={"If-Modified-Since": "Mon, 01 Jan 2035 00:00:00 GMT"}),
            browser.get(address, headers={"Range": "bytes=0-10"}),
        ]
        assert seen.status_code == 200
        assert {answer.status_code for answer in (refused, absent, *asked)} == {404}, address
        assert not any("ETag" in answer.headers for answer in (refused, *asked))
        assert [name for name, _ in refused.headers] == [name for name, _ in absent.headers]


@pytest.mark.parametrize("accept", ["application/json", "application/atom+xml", "text/markdown", "image/png"])
def test_A09_no_other_form_of_a_private_page_is_there(
    cast: Cast, client: FlaskClient, private: list[str], accept: str
) -> None:
    for address in private:
        for tried in (address, f"{address}?raw=1", f"{address}.json", f"{address}?print=1&embed=1"):
            answer = client.get(tried, headers={"Accept": accept})
            assert answer.status_code == 404, tried
            assert cast.canaries["secret"] not in answer.text


def test_A37_robots_are_told_to_leave_private_pages_alone(
    cast: Cast, client_of: Clients, client: FlaskClient, private: list[str]
) -> None:
    for address in private:
        page = client_of(cast.piet).get(address)
        assert page.headers["X-Robots-Tag"] == "noindex"
        assert page.headers["Cache-Control"] == "private, no-store"
        assert "og:" not in page.text
        assert "application/ld+json" not in page.text
    assert "X-Robots-Tag" not in client.get("/c/bedside-icu/").headers


@pytest.mark.parametrize("what", ["thread", "community", "people", "reply"])
def test_A40_the_database_is_asked_the_same_for_what_is_hidden_and_what_is_not_there(
    cast: Cast, client: FlaskClient, statements: list[str], what: str
) -> None:
    """Time is spent where statements are: equal ones leave nothing to measure from outside."""
    with reading() as s:
        reply_id = s.scalar(select(Reply.id).where(Reply.thread_id == cast.night_thread)) or 0
    hidden, absent = {
        "thread": (f"/t/{spell(cast.secret_thread)}/any", f"/t/{spell(cast.secret_thread - 1)}/any"),
        "community": ("/c/inner-room-wvxyqj/", "/c/inner-room-aaaaaa/"),
        "people": ("/c/inner-room-wvxyqj/people", "/c/inner-room-aaaaaa/people"),
        "reply": (f"/p/{spell(reply_id)}", f"/p/{spell(reply_id - 1)}"),
    }[what]
    asked = []
    for address in (hidden, absent):
        client.get(address)
        statements.clear()
        client.get(address)
        asked.append(list(statements))

    assert asked[0] == asked[1]
