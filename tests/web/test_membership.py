"""Joining, who practises in a community, vouching, and where to tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cop.communities.queries import find_place
from cop.platform.database import reading
from tests.cast import Cast, add_member, add_person, silence
from tests.web.reading import read, send

Clients = Callable[[int], FlaskClient]
LINE = "She saw the cold before the numbers did, and said so."


# Joining


def test_joining_takes_one_click(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.otto)
    page = read(browser, "/c/bedside-icu/")

    answer = browser.post("/c/bedside-icu/join", data=page.forms()["/c/bedside-icu/join"])

    assert (answer.status_code, answer.location) == (303, "/c/bedside-icu/")
    after = read(browser, answer.location)
    assert "You are in." in after.text
    assert "You are a newcomer here" in after.text
    assert "/c/bedside-icu/join" not in after.forms()
    assert cast.viewer("otto").place_in(cast.bedside) is not None


def test_joining_twice_is_joining_once(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.otto)
    form = read(browser, "/c/bedside-icu/").forms()["/c/bedside-icu/join"]

    answers = [browser.post("/c/bedside-icu/join", data=form) for _ in range(2)]
    later = send(browser, "/c/bedside-icu/join")

    assert [answer.status_code for answer in answers] == [303, 303]
    assert later.status == 303
    assert "5 members" in read(browser, "/c/bedside-icu/").text


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        ("/tell", "/tell"),
        ("/c/bedside-icu/?sort=new", "/c/bedside-icu/?sort=new"),
        ("https://evil.example/", "/c/bedside-icu/"),
        ("//evil.example/", "/c/bedside-icu/"),
        ("/\\evil.example", "/c/bedside-icu/"),
        ("/" + "x" * 600, "/c/bedside-icu/"),
        ("", "/c/bedside-icu/"),
    ],
)
def test_joining_leads_back_only_within_the_site(cast: Cast, client_of: Clients, back: str, leads_to: str) -> None:
    assert send(client_of(cast.otto), "/c/bedside-icu/join", back=back).response.location == leads_to


def test_a_visitor_is_led_through_signing_in(cast: Cast, client: FlaskClient) -> None:
    page = read(client, "/c/bedside-icu/")

    assert page.links()["Join Bedside ICU"] == "/signin?next=/c/bedside-icu/"
    assert client.post("/c/bedside-icu/join").status_code == 401


# People and vouching


def test_people_stand_by_role_with_the_word_of_whoever_vouched(cast: Cast, client: FlaskClient) -> None:
    page = read(client, "/c/bedside-icu/people")

    groups = dict(zip(page.words("section/h2"), page.words("section/div"), strict=True))
    assert list(groups) == ["Moderators", "Practitioners", "Newcomers"]
    assert "Joanne Pell ICU charge nurse, 22 yrs. Mixed ICU" in groups["Moderators"]
    assert "Maren Oduya ICU nurse, 14 yrs" in groups["Practitioners"]
    assert "“I have seen the work.” Joanne Pell" in groups["Practitioners"]
    assert "Caro Mbeki newly qualified" in groups["Newcomers"]


@pytest.mark.parametrize(
    ("actor", "handle", "status", "role"),
    [
        ("joanne", "caro-mbeki", 303, "practitioner"),
        ("joanne", "joanne-pell", 403, "moderator"),
        ("joanne", "maren-oduya", 403, "practitioner"),
        ("joanne", "otto-lindgren", 404, None),
        ("joanne", "no-such-person", 404, None),
        ("maren", "caro-mbeki", 303, "newcomer"),
        ("caro", "caro-mbeki", 403, "newcomer"),
        ("caro", "maren-oduya", 403, "practitioner"),
        ("otto", "caro-mbeki", 403, "newcomer"),
        ("bea", "caro-mbeki", 403, "newcomer"),
        ("piet", "caro-mbeki", 403, "newcomer"),
        ("nobody", "caro-mbeki", 401, "newcomer"),
    ],
)
def test_who_may_vouch_for_whom(
    app: Flask, cast: Cast, client_of: Clients, actor: str, handle: str, status: int, role: str | None
) -> None:
    browser = app.test_client() if actor == "nobody" else client_of(getattr(cast, actor))

    answer = send(browser, f"/c/bedside-icu/people/{handle}/vouch", line=LINE)

    with reading():
        place = find_place(cast.bedside, getattr(cast, handle.partition("-")[0], 0))
    assert answer.status == status
    assert (place and place.role) == role


def test_a_vouch_stands_beside_the_name_and_their_word_weighs_from_now_on(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.joanne)
    forms = read(browser, "/c/bedside-icu/people").forms()
    address = "/c/bedside-icu/people/caro-mbeki/vouch"

    answer = browser.post(address, data={**forms[address], "line": f"  {LINE}\n"})

    page = read(browser, answer.location)
    groups = dict(zip(page.words("section/h2"), page.words("section/div"), strict=True))
    assert "Your word stands beside their name." in page.text
    assert f"“{LINE}” Joanne Pell" in groups["Practitioners"]
    assert groups["Newcomers"] == "No newcomers at present."
    assert cast.viewer("caro").voice_in(cast.bedside) == 1.0


def test_practitioners_are_asked_for_a_word_and_on_the_list_only_for_newcomers(cast: Cast, client_of: Clients) -> None:
    def vouches(name: str) -> list[str]:
        page = read(client_of(getattr(cast, name)), "/c/bedside-icu/people")
        return [action for action in page.forms() if action.endswith("/vouch")]

    assert vouches("joanne") == vouches("maren") == ["/c/bedside-icu/people/caro-mbeki/vouch"]
    assert vouches("caro") == vouches("bea") == []


@pytest.mark.parametrize(
    ("line", "says"),
    [("", "Say in one line"), (" \n ", "Say in one line"), ("x" * 281, "This is 281 characters; 280 is the most.")],
)
def test_a_word_that_cannot_stand_is_given_back(cast: Cast, client_of: Clients, line: str, says: str) -> None:
    page = send(client_of(cast.joanne), "/c/bedside-icu/people/caro-mbeki/vouch", line=line)

    assert page.status == 422
    assert says in page.text
    assert page.forms()["/c/bedside-icu/people/caro-mbeki/vouch"]["line"].strip() == line.strip()
    assert cast.viewer("caro").voice_in(cast.bedside) == 0.0


def test_280_characters_are_a_line(cast: Cast, client_of: Clients) -> None:
    assert send(client_of(cast.joanne), "/c/bedside-icu/people/caro-mbeki/vouch", line="x" * 280).status == 303


def test_newcomers_come_in_pages_of_50_without_a_gap(
    cast: Cast, client: FlaskClient, now: datetime, statements: list[str]
) -> None:
    statements.clear()
    client.get("/c/bedside-icu/people")
    with_few = len(statements)
    for n in range(60):
        add_member(add_person(f"Number{n:02} Newcomer", now), cast.bedside, now - timedelta(days=n // 3))
    client.get("/c/")  # what is read anew every five seconds is read now
    statements.clear()

    first = read(client, "/c/bedside-icu/people")
    in_all = len(statements)
    second = read(client, first.leads("next") or "")

    names = [words for page in (first, second) for words in page.words("li[@class='who']/div/a")]
    newcomers = [name for name in names if name.endswith("Newcomer")]
    assert sorted(newcomers) == [f"Number{n:02} Newcomer" for n in range(60)]
    assert len(second.words("section/h2")) == 1
    assert second.leads("next") is None
    assert in_all == with_few


@pytest.mark.parametrize("asked", ["role=admin", "role=newcomer&after=zzz", "role=newcomer&after=WzFlMzAwLCAxXQ"])
def test_a_group_that_does_not_exist_leads_nowhere(cast: Cast, client: FlaskClient, asked: str) -> None:
    assert client.get(f"/c/bedside-icu/people?{asked}").status_code == 404


# Where to tell


def test_whoever_is_in_no_community_is_shown_which_to_join(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.otto)
    page = read(browser, "/tell")

    answer = browser.post("/c/bedside-icu/join", data=page.forms()["/c/bedside-icu/join"])

    assert "You are in none yet." in page.text
    assert answer.location == "/tell"
    assert browser.get("/tell").location == "/c/bedside-icu/new/story"


def test_whoever_is_in_several_chooses(cast: Cast, client_of: Clients, now: datetime) -> None:
    add_member(cast.maren, cast.organs, now)
    silence(cast.maren, cast.organs, now + timedelta(days=1))

    page = read(client_of(cast.maren), "/tell")

    rows = dict(zip(page.words("li//h2"), page.words("ul[@class='coms']/li"), strict=True))
    assert "/c/bedside-icu/new/story" in page.links().values()
    assert "/c/organ-builders/new/story" not in page.links().values()
    assert "A moderator has asked you to listen for a while." in rows["Organ Builders"]


def test_telling_needs_an_account(client: FlaskClient) -> None:
    assert client.get("/tell").location == "/signin?next=/tell"
