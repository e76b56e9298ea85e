"""A person's page: what somebody practises, who says so, and who may see it at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cop.accounts.operations import Practice, leave_site, say_practice
from cop.accounts.permissions import Ties
from cop.platform import ids
from cop.platform.database import transaction
from cop.platform.ids import spell
from tests.cast import Cast, add_member, add_person, add_reply, add_story, add_verdict
from tests.web.reading import read, send

Clients = Callable[[int], FlaskClient]
EVERYBODY = ("nobody", "otto", "caro", "maren", "tomasz", "joanne", "bea", "piet")
# Whose page is there for whom: those of public communities for everybody, the rest for those who share a place.
SEEN_BY = {
    "joanne-pell": set(EVERYBODY),
    "caro-mbeki": set(EVERYBODY),
    "bea-lindqvist": set(EVERYBODY),
    "otto-lindgren": {"otto"},
    "piet-van-dam": {"piet"},
    "nora-of-the-night": {"piet"},
}


@pytest.mark.parametrize("handle", list(SEEN_BY))
def test_a_page_is_there_for_those_who_may_know_of_the_person(
    cast: Cast, client_of: Clients, client: FlaskClient, now: datetime, handle: str
) -> None:
    add_member(add_person("Nora of the Night", now), cast.night_shift, now)

    seen = {
        who
        for who in EVERYBODY
        if read(client if who == "nobody" else client_of(getattr(cast, who)), f"/people/{handle}").status == 200
    }

    assert seen == SEEN_BY[handle]


def test_a_page_that_may_not_be_seen_looks_like_one_that_never_was(cast: Cast, client: FlaskClient) -> None:
    hidden, missing = client.get("/people/piet-van-dam"), client.get("/people/nobody-at-all")

    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.data.replace(b"piet-van-dam", b"") == missing.data.replace(b"nobody-at-all", b"")


NEAR_MISSES = (
    "Maren-Oduya", "MAREN-ODUYA", "maren", "maren-oduy_", "maren%2doduya/", "maren-oduya%00", "%00", "a" * 300,
    "maren-oduya%20", "%C4%B1", "-", "maren--oduya",
)  # fmt: skip


@pytest.mark.parametrize("handle", NEAR_MISSES)
def test_only_the_exact_handle_finds_somebody(cast: Cast, client: FlaskClient, handle: str) -> None:
    assert client.get(f"/people/{handle}").status_code == 404


def test_a_page_says_what_somebody_practises_and_where(cast: Cast, client: FlaskClient, now: datetime) -> None:
    add_member(cast.maren, cast.organs, now)

    page = read(client, "/people/maren-oduya")

    assert page.words("h1") == ["Maren Oduya"]
    assert "ICU nurse, 14 yrs. Surgical unit, 18 beds." in page.text
    assert "Practises in Bedside ICU" in page.text
    assert "Reads in Organ Builders" in page.text
    assert "Here since 2025" in page.text


def test_communities_that_the_viewer_may_not_know_of_are_left_out(
    cast: Cast, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    add_member(cast.maren, cast.night_shift, now, vouched_by=cast.piet)
    add_story(cast.maren, cast.night_shift, now, title="Only for the night")

    outside, inside = read(client, "/people/maren-oduya"), read(client_of(cast.piet), "/people/maren-oduya")

    for words in ("Night Shift", "Piet van Dam", "Only for the night"):
        assert words not in outside.html
        assert words in inside.html


def test_standing_is_told_in_the_words_of_those_who_vouched(cast: Cast, client: FlaskClient) -> None:
    page = read(client, "/people/maren-oduya")

    assert page.words("dt") == ["A practitioner of Bedside ICU"]
    assert page.words("dd") == [
        "Known here as someone who does this work. Joanne Pell said so in June 2025: “I have seen the work.”"
    ]
    assert page.links("dd/a") == {"Joanne Pell": "/people/joanne-pell"}


def test_a_newcomer_has_no_standing_yet_and_a_moderator_looks_after_a_community(
    cast: Cast, client: FlaskClient
) -> None:
    assert "Standing" not in read(client, "/people/caro-mbeki").text
    assert read(client, "/people/joanne-pell").words("dt") == ["A moderator of Bedside ICU"]


def test_stories_and_what_others_did_with_them_are_shown_failures_too(
    cast: Cast, client: FlaskClient, now: datetime
) -> None:
    story = add_story(cast.maren, cast.bedside, now - timedelta(days=40), title="Cold knees, good numbers")
    other = add_story(cast.joanne, cast.bedside, now - timedelta(days=40), title="Not hers")
    add_verdict(cast.tomasz, story, "failed", now - timedelta(days=2), body="Warm knees throughout, *lactate six*.")
    add_verdict(cast.tomasz, other, "held", now, body="Said of another story.")

    page = read(client, "/people/maren-oduya")

    assert page.words("ol/li//h3/a") == ["Cold knees, good numbers"]
    report = page.words("li[@class='post']")
    assert len(report) == 1
    for said in (
        "Tomasz Wieczorek",
        "Did not hold",
        "2 days ago",
        "throughout, lactate six.",
        "Another ward, by night",
    ):
        assert said in report[0]
    assert "Not hers" not in page.text


def test_a_record_holds_dissent_the_questions_one_helped_with_and_what_one_has_been_near(
    cast: Cast, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    """On the profile of everything, on the member’s page of one community alone; who has left is a former member."""
    maren = client_of(cast.maren)
    send(client_of(cast.joanne), "/c/bedside-icu/topics", name="Weaning")
    story = add_story(cast.maren, cast.bedside, now - timedelta(days=40), title="Cold knees, good numbers")
    edit = f"/t/{spell(story)}/edit"
    form = read(maren, edit).forms()[edit]
    assert send(maren, edit, **{**form, "topic": "weaning", "anyway": "1"}).status == 303
    add_verdict(cast.tomasz, story, "otherwise", now, body="I would have waited for the morning.")
    send(client_of(cast.caro), "/c/bedside-icu/new/question", title="How do you tell a leak?", situation="It hisses.")
    asked = read(client, "/people/caro-mbeki").links("ol//a")["How do you tell a leak?"].split("/")[2]
    for words, at in (("Put your ear to it.", now - timedelta(hours=1)), ("And then to the other one.", now)):
        add_reply(cast.maren, ids.read(asked) or 0, at, body=words)
    add_member(cast.maren, cast.organs, now)
    add_story(cast.maren, cast.organs, now, title="A pipe that spoke late")

    whole, here = read(client, "/people/maren-oduya"), read(client, "/c/bedside-icu/people/maren-oduya")

    for page in (whole, here):
        assert "I would do otherwise" in page.words("li[@class='post post-otherwise']")[0]
        assert page.words("section[@aria-labelledby='helped']//li") == [
            "How do you tell a leak?todayAnd then to the other one."
        ]
        assert page.links("p[@class='topics']/a") == {"Weaning": "/c/bedside-icu/?topic=weaning"}
    assert "A pipe that spoke late" in whole.text
    assert "A pipe that spoke late" not in here.text
    assert "Told last: Cold knees, good numbers" in read(client, "/c/bedside-icu/people").text
    assert read(client, "/people/caro-mbeki").words("section/h2") == ["Questions they asked"]
    leaving = cast.viewer("tomasz")
    with transaction():
        leave_site(actor=leaving, ties=Ties(), now=now)
    assert "Tomasz" not in read(client, "/people/maren-oduya").html
    assert "A former member" in read(client, "/people/maren-oduya").words("li[@class='post post-otherwise']")[0]


def test_ones_own_page_leads_to_changing_it_and_nobody_elses_does(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.otto)

    own, others = read(browser, "/people/otto-lindgren"), read(browser, "/people/maren-oduya")

    assert "You have not said yet what you practise." in own.text
    assert own.links("main//a")["Say what you practise"] == "/settings/profile"
    assert "/settings/profile" not in others.links("main//a").values()


def test_what_somebody_says_of_themselves_is_text(cast: Cast, client: FlaskClient, now: datetime) -> None:
    practice, maren = Practice("<b>nurse</b>", 2012, "'\"><script>alert(1)</script>"), cast.viewer("maren")
    with transaction():
        say_practice(actor=maren, name="<script>alert(1)</script>", practice=practice, now=now)

    page = read(client, "/people/maren-oduya")

    assert page.words("h1") == ["<script>alert(1)</script>"]
    assert not [script for script in page.all("script") if not script.get("src")]
    assert not page.all("main//b")


def test_a_page_costs_the_same_however_much_somebody_told(
    cast: Cast, client: FlaskClient, now: datetime, statements: list[str]
) -> None:
    costs = []
    for number in (1, 12):
        for _ in range(number):
            add_verdict(cast.tomasz, add_story(cast.maren, cast.bedside, now), "held", now)
        statements.clear()
        assert read(client, "/people/maren-oduya").status == 200
        costs.append(len(statements))

    assert costs[0] == costs[1]


def test_a_visitors_page_is_made_afresh_and_may_be_asked_about(app: Flask, cast: Cast, client: FlaskClient) -> None:
    first = client.get("/people/maren-oduya")

    again = client.get("/people/maren-oduya", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "no-cache"
    assert again.status_code == 304


def test_a_page_leads_to_why_somebody_stands_where_they_do_for_those_who_share_the_place(
    cast: Cast, client: FlaskClient, client_of: Clients
) -> None:
    words = "Why they stand where they do in Bedside ICU"
    for browser, handle in ((client_of(cast.caro), "tomasz-wieczorek"), (client_of(cast.maren), "caro-mbeki")):
        page = read(browser, f"/people/{handle}")
        assert page.links()[words] == f"/c/bedside-icu/people/{handle}/why"
        assert read(browser, page.links()[words]).status == 200
    assert "Why you stand where you do in Bedside ICU" in read(client_of(cast.caro), "/people/caro-mbeki").links()
    for browser in (client, client_of(cast.otto)):
        assert words not in read(browser, "/people/tomasz-wieczorek").text
