"""Help while one writes: what is near, who may be mentioned, and what a mention becomes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cop.discussions.mentions import handles_in, link_mentions
from cop.platform.ids import spell
from cop.platform.markup import Rendered
from tests.cast import SITUATION, Cast, add_story
from tests.web.reading import read, send
from tests.web.test_composer import NEW, STORY

Clients = Callable[[int], FlaskClient]
NEAR = "the ventilator had alarmed twice before midnight"


def names(browser: FlaskClient, begun: str, slug: str = "bedside-icu") -> list[str]:
    answer = browser.get(f"/c/{slug}/mentions", query_string={"q": begun})
    return [one["handle"] for one in answer.json]


# What is near


def test_what_others_told_is_found_from_what_is_written(
    cast: Cast, client_of: Clients, now: datetime, deliver: Callable[[], int]
) -> None:
    for number in range(7):
        add_story(cast.joanne, cast.bedside, now - timedelta(days=number + 1), title=f"A tidy chart {number}")
    deliver()
    browser = client_of(cast.maren)

    part = read(browser, f"/c/bedside-icu/similar?q={NEAR}")

    assert part.words("section/h2") == ["Others have been near this"]
    assert len(part.all("li")) == 5
    assert "ventilator" in [word.lower() for word in part.words("mark")]
    assert part.all("li/a")[0].get("href", "").startswith("/t/")


@pytest.mark.parametrize("text", ["", "alarm", "quarterly tax return paper clip", '"unclosed -kind:story (((', "%00"])
def test_where_nothing_is_near_there_is_nothing(
    cast: Cast, client_of: Clients, now: datetime, deliver: Callable[[], int], text: str
) -> None:
    add_story(cast.joanne, cast.bedside, now)
    deliver()

    answer = client_of(cast.maren).get(f"/c/bedside-icu/similar?q={text}")

    assert (answer.status_code, answer.text.strip()) == (200, "")


def test_without_an_index_the_composer_works_as_ever(app: Flask, cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)

    answer, page = browser.get(f"/c/bedside-icu/similar?q={NEAR}"), send(browser, NEW, **STORY, preview="1")

    assert (answer.status_code, answer.text.strip()) == (200, "")
    assert page.status == 200


def test_the_preview_shows_what_is_near_without_scripts(
    cast: Cast, client_of: Clients, now: datetime, deliver: Callable[[], int]
) -> None:
    add_story(cast.joanne, cast.bedside, now - timedelta(days=2))
    deliver()

    page = send(client_of(cast.maren), NEW, **STORY, preview="1")

    assert "A tidy chart (opens beside this page)" in page.links("section[@id='similar']//a")


def test_only_the_community_that_is_written_in_is_looked_through(
    cast: Cast, client_of: Clients, now: datetime, deliver: Callable[[], int]
) -> None:
    add_story(cast.piet, cast.inner_room, now, title="Inside")
    deliver()

    inside = client_of(cast.piet).get(f"/c/inner-room-wvxyqj/similar?q={NEAR}")
    elsewhere = client_of(cast.piet).get(f"/c/bedside-icu/similar?q={NEAR}")
    outside = client_of(cast.maren).get(f"/c/inner-room-wvxyqj/similar?q={NEAR}")

    assert "Inside" in inside.text
    assert elsewhere.text.strip() == ""
    assert outside.status_code == 404


# Who may be mentioned


def test_people_of_the_community_are_offered_by_handle_name_and_surname(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)

    assert names(browser, "joa") == names(browser, "Pel") == ["joanne-pell"]
    assert names(browser, "w") == ["tomasz-wieczorek"]
    assert names(browser, "") == names(browser, "%") == names(browser, "_") == names(browser, "\x00") == []
    assert names(browser, "bea") == names(browser, "otto") == []


def test_nobody_of_a_community_that_one_does_not_see_is_offered(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)

    hidden, absent = (browser.get(f"/c/{slug}/mentions?q=p") for slug in ("inner-room-wvxyqj", "nowhere"))

    assert hidden.status_code == absent.status_code == 404
    assert names(client_of(cast.piet), "pi", "inner-room-wvxyqj") == ["piet-van-dam"]


# What a mention becomes


def test_a_mention_leads_to_somebody_of_the_community_and_to_nobody_else(
    cast: Cast, client_of: Clients, now: datetime
) -> None:
    story = add_story(cast.joanne, cast.bedside, now)
    browser = client_of(cast.maren)
    body = "As @joanne-pell said, and @Tomasz-Wieczorek; not @bea-lindqvist, nor `@joanne-pell`, nor a@joanne-pell.org."

    sent = send(browser, f"/t/{spell(story)}/replies", body=body, kind="reply")
    page = read(browser, sent.response.headers["Location"])

    links = page.links("div[@class='post-body']//a")
    assert links == {"@joanne-pell": "/people/joanne-pell", "@Tomasz-Wieczorek": "/people/tomasz-wieczorek"}
    assert "not @bea-lindqvist" in page.text


def test_a_story_mentions_too_and_keeps_doing_so_when_revised(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)
    told = send(
        browser, NEW, **{**STORY, "situation": f"{SITUATION} With @joanne-pell.", "noticed": "@joanne-pell left."}
    )
    address = told.response.headers["Location"]
    edit = f"/t/{address.split('/')[2]}/edit"

    before = read(browser, address).links()
    send(browser, edit, **{**read(browser, edit).forms()[edit], "topic": ""})
    after = read(browser, address).links()

    assert before["@joanne-pell"] == after["@joanne-pell"] == "/people/joanne-pell"


def test_a_mention_adds_no_markup_but_its_link() -> None:
    html = (
        '<p title="@ann">@ann &amp; @ANN, <a href="https://x.example/@ann">@ann</a> <code>@ann</code> @ann-b x@ann</p>'
    )

    linked = link_mentions(Rendered("", html, 1), {"ann"}).html

    assert linked == html.replace(
        ">@ann &amp; @ANN,", '><a href="/people/ann">@ann</a> &amp; <a href="/people/ann">@ANN</a>,'
    )


def test_a_text_of_nothing_but_mentions_is_read_once() -> None:
    assert len(handles_in(["@a-b-c " * 9_000, *(f"@person{number}" for number in range(500))])) <= 50
