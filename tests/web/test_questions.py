"""Questions: asked in three boxes, answered in replies, found and listed like stories, endorsed by nobody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.web.reading import Reader, read, send

Clients = Callable[[int], FlaskClient]
ASKED = {
    "title": "How do you tell a leak from a quiet patient?",
    "situation": "The low pressure alarm is silent and the curve is flat qzflat.",
    "noticed": "His lips move.",
    "did_why": "Listened at the mouth, and heard nothing.",
}


def ask(browser: FlaskClient, **changed: str) -> Reader:
    return send(browser, "/c/bedside-icu/new/question", **{**ASKED, **changed})


@pytest.fixture
def caro(cast: Cast, client_of: Clients) -> FlaskClient:
    return client_of(cast.caro)


def test_a_question_reads_as_going_on_noticed_and_tried(caro: FlaskClient, client: FlaskClient) -> None:
    asked = ask(caro)
    page = read(client, asked.response.headers["Location"])

    assert asked.status == 303
    assert page.words("article/section/h2") == ["What is going on", "What I have noticed", "What I have tried"]
    assert page.words("h1") == [ASKED["title"]]
    assert "Question" in page.text
    assert page.words("p[@class='invite']") == []
    assert "What others say" in page.words("h2")


def test_it_stands_in_the_list_and_is_found(caro: FlaskClient, client: FlaskClient, deliver: Callable[[], int]) -> None:
    ask(caro)
    deliver()

    for place in ("/c/bedside-icu/", "/c/bedside-icu/?sort=new", "/search?q=qzflat", "/people/caro-mbeki"):
        assert ASKED["title"] in read(client, place).text, place


def test_it_is_answered_in_replies_and_endorsed_by_nobody(
    caro: FlaskClient, cast: Cast, client_of: Clients, client: FlaskClient
) -> None:
    where = ask(caro).response.headers["Location"]
    thread, joanne = where.split("/")[2], client_of(cast.joanne)

    assert send(joanne, f"/t/{thread}/replies", body="Watch the chest, not the screen.").status == 303
    assert send(joanne, f"/t/{thread}/verdict", verdict="seen").status == 403
    page = read(joanne, where)
    assert "Watch the chest, not the screen." in page.text
    assert page.all("section[@id='stand']") == []
    assert [one.get("value") for one in page.all("input[@name='kind']")] == ["reply", "probe"]
    assert "Answer Joanne Pell" in read(caro, where).words("details[@class='answer']/summary")


@pytest.mark.parametrize(("box", "text"), [("title", "  "), ("situation", "\n"), ("title", "x" * 141)])
def test_what_is_missing_is_said_and_what_was_typed_stays(caro: FlaskClient, box: str, text: str) -> None:
    page = ask(caro, **{box: text})

    assert page.status == 422
    assert page.all(f"p[@id='{box}-e']") != []
    assert "Listened at the mouth" in page.html


def test_whoever_asked_revises_it_in_the_same_boxes(
    caro: FlaskClient, cast: Cast, client: FlaskClient, client_of: Clients
) -> None:
    where = ask(caro).response.headers["Location"]
    thread = where.split("/")[2]
    form = read(caro, f"/t/{thread}/edit", follow_redirects=True)
    filled = form.forms()[f"/t/{thread}/edit-question"]
    assert filled["did_why"].strip() == ASKED["did_why"]

    sent = send(caro, f"/t/{thread}/edit-question", **{**filled, "did_why": "Put a hand on his chest."})

    assert sent.status == 303
    assert "Put a hand on his chest." in read(client, where).text
    assert "hand" in " ".join(read(client, f"/t/{thread}/revisions").words("ins"))
    assert send(caro, f"/t/{thread}/edit-question", **{**filled, "did_why": "Again."}).status == 409
    assert send(client_of(cast.joanne), f"/t/{thread}/edit-question", **{**filled, "seen_revision": "1"}).status == 403


def test_search_leads_here_with_what_was_typed(caro: FlaskClient) -> None:
    page = read(caro, "/c/bedside-icu/new/question?situation=A+flat+curve")

    assert page.forms()["/c/bedside-icu/new/question"]["situation"].strip() == "A flat curve"


def test_nobody_asks_where_they_may_not_tell(cast: Cast, client: FlaskClient, client_of: Clients) -> None:
    assert client_of(cast.otto).get("/c/bedside-icu/new/question").status_code == 403
    assert client_of(cast.joanne).get("/c/inner-room-wvxyqj/new/question").status_code == 404
    assert ask(client_of(cast.otto)).status == 403
