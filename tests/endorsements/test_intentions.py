"""“I’m going to try this”: known to nobody else, asked about once, and ended by saying how it went."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from cop.endorsements.intentions.operations import remind_of_trying
from cop.platform.database import reading, transaction
from cop.platform.ids import spell
from cop.ranking.queries import order_of
from tests.cast import Cast, add_story
from tests.postbox import Postbox
from tests.tending import try_it
from tests.web.reading import read, send

Clients = Callable[[int], FlaskClient]


def test_trying_is_begun_at_one_click_seen_by_nobody_else_and_ended_by_the_report(
    app: Flask, cast: Cast, now: datetime, client: FlaskClient, client_of: Clients
) -> None:
    story = add_story(cast.maren, cast.bedside, now - timedelta(days=10))
    address = f"/t/{spell(story)}"
    tomasz, maren = client_of(cast.tomasz), client_of(cast.maren)
    places = (f"{address}/a-tidy-chart", "/c/bedside-icu/", "/people/tomasz-wieczorek")
    before = [client.get(place).data for place in places]
    with reading():
        stood = order_of([story])[story]

    sent = send(tomasz, f"{address}/try")
    page = read(tomasz, sent.response.headers["Location"])

    assert "You are going to try this." in page.text
    assert "You are going to try" in read(tomasz, "/").text
    assert [client.get(place).data for place in places] == before
    assert "going to try this." not in read(maren, f"{address}/any").text
    with reading():
        assert order_of([story])[story] == stood
    send(tomasz, f"{address}/verdict", verdict="held", setting="A ward", what_happened="It held all night.")
    assert "You are going to try" not in read(tomasz, "/").text


def test_after_two_weeks_one_letter_and_a_line_on_home_ask_how_it_went(
    cast: Cast, now: datetime, post: Postbox, client_of: Clients
) -> None:
    story = add_story(cast.maren, cast.bedside, now - timedelta(days=60), title="Cold knees")
    other = add_story(cast.maren, cast.bedside, now - timedelta(days=60), title="Warm hands")
    try_it(cast.tomasz, story, now - timedelta(days=15))
    try_it(cast.tomasz, other, now - timedelta(days=3))
    post.fetch()
    browser = client_of(cast.tomasz)

    for _hour in range(2):
        with transaction():
            remind_of_trying([], now)
    letter = post.fetch_one("tomasz@example.org", "How did “Cold knees” go?")

    assert "How did it go?" in read(browser, "/").text
    assert "How it went" in read(browser, letter.path).text or "What became of it?" in read(browser, letter.path).text
    led = send(browser, f"/t/{spell(story)}/try/end", back="/")
    assert led.response.headers["Location"] == "/"
    assert "Cold knees" not in read(browser, "/").text.split("Alive in")[0]
    assert "Warm hands" in read(browser, "/").text
