"""Topics in search: as an operator, as a field, among what is offered; and the question for what nobody has told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import parse_qs, urlencode, urlsplit

from flask.testing import FlaskClient

from tests.cast import PASSWORD, Cast, add_member, add_story, add_topic
from tests.web.reading import Reader, read
from tests.web.searching import found, look

Clients = Callable[[int], FlaskClient]
Deliver = Callable[[], int]


def search(browser: FlaskClient, words: str, **fields: str) -> Reader:
    return read(browser, "/search?" + urlencode({"q": words, **fields}))


def offered(browser: FlaskClient, typed: str) -> list[tuple[str, str]]:
    answer = browser.get("/search/suggest", query_string={"q": typed})
    return [(one["title"], one["community"]) for one in answer.json["topics"]]


def asked_in(page: Reader) -> dict[str, str]:
    """The links to the composer of questions: what each says, and with which words it begins."""
    return {
        says: parse_qs(urlsplit(to).query)["situation"][0]
        for says, to in page.links("main//a").items()
        if "/new/question" in to
    }


def test_a_topic_narrows_typed_or_chosen_and_can_be_left_out(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    for community, moderator in ((cast.bedside, cast.joanne), (cast.organs, cast.bea)):
        add_topic(moderator, community, "Handover", now)
        add_topic(moderator, community, "Nights", now)
    add_story(cast.maren, cast.bedside, now, title="Handed over", did_why="A perfusor.", about=["handover"])
    add_story(cast.maren, cast.bedside, now, title="By night", did_why="A perfusor.", about=["nights"])
    add_story(cast.bea, cast.organs, now, title="Of organs", did_why="A perfusor.", about=["handover"])
    deliver()

    chosen = search(client, "perfusor", t="handover", c="bedside-icu")
    nothing = look(client, "perfusor topic:handover topic:nothing-like-it by:tomasz-wieczorek")

    assert set(found(look(client, "perfusor topic:Handover"))) == {"Handed over", "Of organs"}
    assert len(found(look(client, "perfusor topic:handover topic:nights"))) == 3
    assert found(chosen) == found(look(client, "perfusor topic:handover community:bedside-icu")) == ["Handed over"]
    assert chosen.words("select[@id='t']/option") == ["Any", "Handover", "Nights"]
    assert [one.get("value") for one in chosen.all("option") if one.get("selected") is not None] == ["handover"]
    assert search(client, "perfusor").all("select[@id='t']") == []  # topics belong to one community
    left = search(client, "perfusor", t="handover")
    assert left.words("select[@id='t']/option") == ["Any", "handover"]
    assert "Whoever said it" in nothing.links()
    assert found(read(client, look(client, "perfusor topic:rounds").links()["Whatever it speaks of"]))
    assert search(client, "perfusor", t="a b").status == 422


def test_topics_are_offered_by_their_words_to_whoever_sees_them(
    cast: Cast, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    add_topic(cast.joanne, cast.bedside, "Zürich übergibt", now)
    add_topic(cast.joanne, cast.bedside, "The 100% rule", now)
    add_topic(cast.piet, cast.inner_room, "Zurich inside", now)

    assert offered(client, "zur") == offered(client, "ZÜRICH ") == [("Zürich übergibt", "a topic in Bedside ICU")]
    assert offered(client, "uberg") == offered(client, "ÜBERG") == [("Zürich übergibt", "a topic in Bedside ICU")]
    assert {name for name, _where in offered(client_of(cast.piet), "zurich")} == {"Zürich übergibt", "Zurich inside"}
    assert offered(client, "rich") == offered(client, "%%") == offered(client, "z%rich") == []
    (one,) = client.get("/search/suggest?q=zurich").json["topics"]
    assert client.get(one["href"]).status_code == 200


def test_what_nobody_has_told_can_be_asked_where_one_may(
    cast: Cast, client: FlaskClient, client_of: Clients, now: datetime, deliver: Deliver
) -> None:
    deliver()
    words = "zeugma over the bay"
    maren = client_of(cast.maren)
    add_member(cast.caro, cast.organs, now)

    one = look(maren, f"{words} kind:report -sedation")
    several = look(client_of(cast.caro), words)
    narrowed = look(client_of(cast.caro), words, "organ-builders")

    assert "No one has told of this yet" in one.text
    assert asked_in(one) == {"Ask this as a question": words}
    composer = read(maren, next(to for to in one.links("main//a").values() if "/new/question" in to))
    assert composer.all("textarea[@id='situation']")[0].text.strip() == words
    assert asked_in(several) == {"Bedside ICU": words, "Organ Builders": words}
    assert asked_in(narrowed) == {"Ask this as a question": words}
    assert asked_in(look(client_of(cast.otto), words)) == asked_in(look(maren, words, "organ-builders")) == {}
    assert asked_in(look(maren, "wind noon")) == {"Ask this as a question": "wind noon"}


def test_a_visitor_signs_in_first_and_then_asks(cast: Cast, client: FlaskClient, deliver: Deliver) -> None:
    deliver()
    words = "zeugma\nüber 100% of it " * 70

    page = look(client, words, "bedside-icu")
    to_sign_in = client.get(page.links("main//a")["Sign in and ask this as a question"])
    form = read(client, to_sign_in.headers["Location"]).forms()["/signin"]
    led = client.post("/signin", data={**form, "email": "maren@example.org", "password": PASSWORD})
    composer = read(client, led.headers["Location"])

    begun = composer.all("textarea[@id='situation']")[0].text.strip()
    assert len(begun) > 600
    assert words.split()[: len(begun.split())] == begun.split()
    elsewhere = look(client.application.test_client(), "zeugma")
    assert elsewhere.links("main//a")["Sign in and ask this as a question"] == "/signin?next=/search?q%3Dzeugma"
