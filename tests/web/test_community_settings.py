"""Founding, what moderators may change, topics, and invitations as pages."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cop.communities.queries import find_community_by_slug
from cop.communities.topics.queries import find_topic
from cop.discussions.models import ThreadTopic
from cop.platform.database import reading, transaction
from cop.ranking.queries import order_of
from cop.ranking.verification import check_orders
from tests.cast import Cast, add_story, add_verdict
from tests.web.reading import read, send
from tests.web.telling import tell_many

Clients = Callable[[int], FlaskClient]
SETTINGS = "/c/bedside-icu/settings"
NEW = {
    "name": "Wards by Night", "slug": "", "practice": "What is done after midnight.", "visibility": "members",
    "welcome": "Say what you **saw**.", "ink": "sepia", "shelf_life": "years",
}  # fmt: skip


@pytest.fixture
def open_to_all(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = dataclasses.replace(app.extensions["cop-settings"], found="anyone")
    monkeypatch.setitem(app.extensions, "cop-settings", settings)


def settings_of(browser: FlaskClient) -> dict[str, str]:
    """The form as it stands; of radio buttons the one that is chosen."""
    page = read(browser, SETTINGS)
    chosen = {one.get("name", ""): one.get("value", "") for one in page.all("input") if "checked" in one.attrib}
    return {**page.forms()[SETTINGS], **chosen}


# Founding


@pytest.mark.usefixtures("open_to_all")
def test_the_founder_moderates_and_practises(cast: Cast, client_of: Clients) -> None:
    otto = client_of(cast.otto)

    answer = send(otto, "/c/new", **NEW)

    page = read(otto, answer.response.location)
    assert answer.response.location == "/c/wards-by-night/"
    assert "You are a moderator here" in page.text
    assert "<strong>saw</strong>" in page.html
    assert "ink-sepia" in page.html


@pytest.mark.usefixtures("open_to_all")
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"name": ""}, "Give it a name."),
        ({"practice": " "}, "Say in a line what is practised there."),
        ({"slug": "No Slug!"}, "The short name takes"),
        ({"slug": "bedside-icu"}, "The short name bedside-icu cannot be had here. Choose another."),
        ({"slug": "new"}, "The short name new cannot be had here. Choose another."),
        ({"slug": "inner-room-wvxyqj"}, "The short name inner-room-wvxyqj cannot be had here. Choose another."),
        ({"visibility": "everybody"}, "Choose one of these."),
        ({"ink": "red"}, "Choose one of these."),
        ({"name": "x" * 81}, "80 is the most"),
    ],
)
def test_what_cannot_be_founded_is_given_back(
    cast: Cast, client_of: Clients, changed: dict[str, str], says: str
) -> None:
    page = send(client_of(cast.otto), "/c/new", **(NEW | changed))

    assert page.status == 422
    assert says in page.text
    assert page.forms()["/c/new"]["welcome"].strip() == NEW["welcome"]


def test_by_default_administrators_found(cast: Cast, client_of: Clients) -> None:
    otto = client_of(cast.otto)

    assert "/c/new" not in read(otto, "/c/").links().values()
    assert otto.get("/c/new").status_code == 403
    assert send(otto, "/c/new", **NEW).status == 403
    with reading():
        assert find_community_by_slug("wards-by-night") is None


# Settings


@pytest.mark.parametrize(("who", "status"), [("maren", 403), ("otto", 403), ("bea", 403), ("joanne", 200)])
def test_only_its_moderators_settle_what_it_is(cast: Cast, client_of: Clients, who: str, status: int) -> None:
    assert client_of(getattr(cast, who)).get(SETTINGS).status_code == status


def test_what_was_changed_stands(cast: Cast, client_of: Clients) -> None:
    joanne = client_of(cast.joanne)

    answer = send(
        joanne, SETTINGS, **(settings_of(joanne) | {"name": "Bedside", "welcome": "*Slowly.*", "ink": "sepia"})
    )

    page = read(joanne, "/c/bedside-icu/")
    assert answer.status == 303
    assert page.words("h1") == ["Bedside"]
    assert "<em>Slowly.</em>" in page.html


def test_a_community_that_closes_vanishes_at_once(
    cast: Cast, client_of: Clients, client: FlaskClient, now: datetime
) -> None:
    tell_many(cast, now, 2)
    joanne = client_of(cast.joanne)

    send(joanne, SETTINGS, **(settings_of(joanne) | {"visibility": "secret"}))

    assert client.get("/c/bedside-icu/").status_code == 404
    assert "Bedside ICU" not in read(client, "/c/").text
    assert client.get("/people/maren-oduya").status_code == 404
    assert "Night 00" in read(client_of(cast.maren), "/c/bedside-icu/").text


@pytest.mark.parametrize("days", ["6", "181", "", "x", "30.5", "1e2", "٣٠"])
def test_a_half_life_that_cannot_be_is_given_back(cast: Cast, client_of: Clients, days: str) -> None:
    joanne = client_of(cast.joanne)

    page = send(joanne, SETTINGS, **(settings_of(joanne) | {"half_life_days": days}))

    assert page.status == 422
    assert "A whole number of days, from 7 to 180." in page.text


def test_another_half_life_puts_every_thread_in_its_place_anew(
    cast: Cast, client_of: Clients, now: datetime, deliver: Callable[[], int]
) -> None:
    told = tell_many(cast, now - timedelta(days=100), 45)
    add_verdict(cast.tomasz, told[3], "held", now)
    joanne = client_of(cast.joanne)
    with reading():
        before = order_of(told)

    send(joanne, SETTINGS, **(settings_of(joanne) | {"half_life_days": "7"}))
    deliver()

    with reading():
        after = order_of(told)
    assert all(after[thread].k != before[thread].k for thread in told)
    assert list(check_orders()) == []


# Topics


def add_topic(browser: FlaskClient, name: str) -> int:
    return send(browser, "/c/bedside-icu/topics", name=name).status


def test_a_story_is_told_of_topics_and_the_list_narrows_to_them(
    cast: Cast, client_of: Clients, client: FlaskClient, now: datetime
) -> None:
    for name in ("Handover", "Families"):
        assert add_topic(client_of(cast.joanne), name) == 303
    add_story(cast.maren, cast.bedside, now, title="Of nothing in particular")
    maren = client_of(cast.maren)
    composer = read(maren, "/c/bedside-icu/new/story")
    told = send(
        maren, "/c/bedside-icu/new/story", title="Said at the door", situation="word " * 70, anyway="1", redacted="y",
        topic="handover",
    )  # fmt: skip

    page = read(client, "/c/bedside-icu/?topic=handover")

    assert {"Handover", "Families"} <= set(composer.words("label/span"))
    assert page.words("ol[@class='threads']/li/div/h3/a") == ["Said at the door"]
    assert "Handover" in read(client, told.response.location).links()
    assert "Nobody has told of this yet" in read(client, "/c/bedside-icu/?topic=families").text
    assert client.get("/c/bedside-icu/?topic=no-such").status_code == 404


def test_revising_keeps_and_changes_topics(cast: Cast, client_of: Clients, now: datetime) -> None:
    for name in ("Handover", "Families"):
        add_topic(client_of(cast.joanne), name)
    maren = client_of(cast.maren)
    told = send(
        maren,
        "/c/bedside-icu/new/story",
        title="Said at the door",
        situation="word " * 70,
        anyway="1",
        topic="handover",
    )
    edit = told.response.location.rpartition("/")[0] + "/edit"
    form = read(maren, edit)
    checked = [one.get("value") for one in form.all("input") if one.get("name") == "topic" and "checked" in one.attrib]
    fields = {name: value for name, value in form.forms()[edit].items() if name not in ("topic", "preview")}

    maren.post(edit, data={**fields, "topic": "families"})

    links = read(maren, told.response.location).links()
    assert checked == ["handover"]
    assert "Families" in links
    assert "Handover" not in links


def test_six_topics_are_one_too_many(cast: Cast, client_of: Clients) -> None:
    names = ["One", "Two", "Three", "Four", "Five", "Six"]
    for name in names:
        add_topic(client_of(cast.joanne), name)
    maren = client_of(cast.maren)
    guard = read(maren, "/c/").forms()["/signout"]
    sent = {"title": "Of everything", "situation": "word " * 70, "anyway": "1", "topic": [n.lower() for n in names]}

    answer = maren.post("/c/bedside-icu/new/story", data=guard | sent)

    assert answer.status_code == 422
    assert "Choose at most 5." in answer.get_data(as_text=True)


def test_pages_of_a_topic_leave_none_out_and_cost_no_more(
    cast: Cast, client_of: Clients, client: FlaskClient, now: datetime, statements: list[str]
) -> None:
    add_topic(client_of(cast.joanne), "Handover")
    told = tell_many(cast, now, 60)
    with transaction() as s:
        topic = find_topic(cast.bedside, "handover")
        assert topic
        s.add_all(ThreadTopic(thread_id=thread, topic_id=topic.id) for thread in told[::2])
    for sort in ("living", "endorsed", "new"):
        first = read(client, f"/c/bedside-icu/?topic=handover&sort={sort}")
        statements.clear()
        second = read(client, first.leads("next") or "")
        narrowed = len(statements)
        titles = first.words("ol[@class='threads']/li/div/h3/a") + second.words("ol[@class='threads']/li/div/h3/a")
        assert sorted(titles) == [f"Night {n:02}" for n in range(0, 60, 2)]
        assert narrowed < 25


def test_a_retired_topic_is_offered_no_more_and_can_be_taken_up_again(cast: Cast, client_of: Clients) -> None:
    joanne = client_of(cast.joanne)
    add_topic(joanne, "Handover")
    send(joanne, "/c/bedside-icu/topics/handover/rename", name="Handing over")
    send(joanne, "/c/bedside-icu/topics/handover/retire")
    retired = read(client_of(cast.maren), "/c/bedside-icu/new/story").text

    add_topic(joanne, "Handing over")

    assert "Handing over" not in retired
    assert "Handing over" in read(client_of(cast.maren), "/c/bedside-icu/new/story").text
    assert joanne.get("/c/bedside-icu/?topic=handover").status_code == 200


@pytest.mark.parametrize("name", ["", "x" * 41, "HANDOVER"])
def test_a_topic_that_cannot_be_is_given_back(cast: Cast, client_of: Clients, name: str) -> None:
    joanne = client_of(cast.joanne)
    add_topic(joanne, "Handover")

    page = send(joanne, "/c/bedside-icu/topics", name=name)

    assert page.status == 422
    assert page.forms()["/c/bedside-icu/topics"]["name"] == name


@pytest.mark.parametrize("act", ["topics", "topics/handover/rename", "topics/handover/retire"])
def test_topics_are_kept_by_moderators(cast: Cast, client_of: Clients, act: str) -> None:
    add_topic(client_of(cast.joanne), "Handover")

    assert send(client_of(cast.maren), f"/c/bedside-icu/{act}", name="Mine").status == 403


# Invitations


def link_from(browser: FlaskClient, slug: str = "inner-room-wvxyqj") -> str:
    answer = send(browser, f"/c/{slug}/invitations/link")
    found = re.search(r"http://localhost(/invitations/[\w-]+)", read(browser, answer.response.location).text)
    assert found
    return found[1]


def test_a_link_shows_a_button_and_looking_spends_nothing(cast: Cast, client_of: Clients, client: FlaskClient) -> None:
    link = link_from(client_of(cast.piet))
    otto = client_of(cast.otto)
    for _ in range(3):
        assert "Piet van Dam invites you to Inner Room Wvxyqj" in read(otto, link).text
    visitor = read(client, link)

    answer = otto.post(link, data=read(otto, link).forms()[link])

    assert answer.location == "/c/inner-room-wvxyqj/"
    assert f"/signin?next={link}" in visitor.links().values()
    assert "You are a newcomer here" in read(otto, answer.location).text
    assert client.get(link).status_code == 404
    assert otto.get(link).status_code == 404


def test_an_unknown_a_used_and_a_revoked_invitation_look_the_same(
    cast: Cast, client_of: Clients, client: FlaskClient
) -> None:
    piet = client_of(cast.piet)
    link = link_from(piet)
    (revoke,) = [action for action in read(piet, "/c/inner-room-wvxyqj/people").forms() if action.endswith("/revoke")]
    send(piet, revoke)

    revoked, unknown = (client.get(address) for address in (link, "/invitations/none"))

    assert revoked.status_code == unknown.status_code == 404
    assert revoked.data.replace(link.encode(), b"") == unknown.data.replace(b"/invitations/none", b"")


def test_whoever_has_another_address_learns_no_name(
    cast: Cast, client_of: Clients, deliver: Callable[[], int], letters: Callable[[], list[str]]
) -> None:
    send(client_of(cast.piet), "/c/inner-room-wvxyqj/invitations/mail", email=" Otto@Example.org ")
    deliver()
    link = re.findall(r"(/invitations/\S+)", "".join(letters()))[0]
    caro = client_of(cast.caro)

    page = read(caro, link)
    sent = send(caro, link)

    assert "another address" in page.text
    assert "Inner Room" not in page.text
    assert sent.status == 403
    assert read(client_of(cast.otto), link).forms()[link]


@pytest.mark.parametrize("email", ["", "nobody", "a@b"])
def test_an_address_that_is_none_is_given_back(cast: Cast, client_of: Clients, email: str) -> None:
    page = send(client_of(cast.piet), "/c/inner-room-wvxyqj/invitations/mail", email=email)

    assert page.status == 422
    assert page.forms()["/c/inner-room-wvxyqj/invitations/mail"]["email"] == email
