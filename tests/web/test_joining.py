"""Asking to join, being answered, leaving, being removed; what stands outside a members community; one's own page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cop.accounts.operations import Practice, sign_up
from cop.communities.operations import appoint_moderator
from cop.platform.database import transaction
from tests.cast import Cast, add_person
from tests.web.reading import read, send

Clients = Callable[[int], FlaskClient]
NIGHT = "/c/night-shift-pzqlmn/"
WHY = "Eleven years of nights; I would like to listen first."


def ask(browser: FlaskClient, line: str = WHY) -> None:
    assert send(browser, f"{NIGHT}ask", line=line).status == 303


def form_of(browser: FlaskClient, address: str, ending: str) -> tuple[str, dict[str, str]]:
    forms = read(browser, address).forms()
    return next((action, fields) for action, fields in forms.items() if action.endswith(ending))


def press(browser: FlaskClient, address: str, ending: str, **fields: str) -> int:
    action, hidden = form_of(browser, address, ending)
    return browser.post(action, data={**hidden, **fields}).status_code


# Outside


@pytest.mark.parametrize("who", ["nobody", "otto", "maren"])
def test_of_a_members_community_anybody_learns_its_name_and_practice_and_nothing_else(
    app: Flask, cast: Cast, client_of: Clients, who: str
) -> None:
    browser = app.test_client() if who == "nobody" else client_of(getattr(cast, who))

    page = read(browser, NIGHT)

    assert page.status == 200
    assert page.words("h1") == ["Night Shift Pzqlmn"]
    assert "What is done in Night Shift Pzqlmn." in page.text
    assert "Ask to join" in page.text
    assert not [word for word in ("Piet", "member ", "practitioner", "Told by night", "Welcome") if word in page.text]


@pytest.mark.parametrize("part", ["people", "about", "people/piet-van-dam", "leave", "settings", "new/story"])
def test_inside_of_it_there_is_nothing_to_see(cast: Cast, client_of: Clients, part: str) -> None:
    assert client_of(cast.otto).get(f"{NIGHT}{part}").status_code == 404


def test_its_row_among_all_communities_shows_no_number_and_no_sign_of_life(cast: Cast, client: FlaskClient) -> None:
    page = read(client, "/c/")

    rows = dict(zip(page.words("li//h2"), page.words("ul[@class='coms']/li"), strict=True))
    assert "Only members read it" in rows["Night Shift Pzqlmn"]
    assert "practitioner" not in rows["Night Shift Pzqlmn"]
    assert "Inner Room Wvxyqj" not in rows


def test_the_front_page_and_the_choice_of_where_to_tell_do_not_speak_of_it(
    cast: Cast, client: FlaskClient, client_of: Clients
) -> None:
    for page in (read(client, "/"), read(client_of(cast.otto), "/"), read(client_of(cast.otto), "/tell")):
        assert "Night Shift" not in page.text


# Asking


def test_somebody_asks_is_let_in_and_is_told(
    cast: Cast, client_of: Clients, deliver: Callable[[], int], letters: Callable[[], list[str]]
) -> None:
    otto, piet = client_of(cast.otto), client_of(cast.piet)
    ask(otto)
    waiting = read(otto, NIGHT)
    listed = read(piet, f"{NIGHT}people")

    status = press(piet, f"{NIGHT}people", "/approve")
    deliver()

    assert "You have asked to join" in waiting.text
    assert WHY in waiting.text
    assert WHY in listed.text
    assert status == 303
    assert "You are a newcomer here" in read(otto, NIGHT).text
    assert [one for one in letters() if "To: otto@" in one and "You are in Night Shift Pzqlmn" in one]


def test_somebody_is_refused_with_a_sentence_and_may_ask_again(
    cast: Cast, client_of: Clients, deliver: Callable[[], int], letters: Callable[[], list[str]]
) -> None:
    otto, piet = client_of(cast.otto), client_of(cast.piet)
    ask(otto)

    press(piet, f"{NIGHT}people", "/refuse", sentence="We are the porters of one house.")
    deliver()

    page = read(otto, NIGHT)
    assert "We are the porters of one house." in page.text
    assert f"{NIGHT}ask" in page.forms()
    assert [one for one in letters() if "To: otto@" in one and "We are the porters of one house." in one]
    assert cast.viewer("otto").place_in(cast.night_shift) is None


def test_a_refusal_without_a_sentence_is_given_back(cast: Cast, client_of: Clients) -> None:
    otto, piet = client_of(cast.otto), client_of(cast.piet)
    ask(otto)

    assert press(piet, f"{NIGHT}people", "/refuse", sentence=" ") == 422
    assert "You have asked to join" in read(otto, NIGHT).text


def test_one_request_is_open_at_a_time_and_can_be_taken_back(cast: Cast, client_of: Clients) -> None:
    otto = client_of(cast.otto)
    ask(otto)

    again = send(otto, f"{NIGHT}ask", line="Once more.")
    press(otto, NIGHT, "/ask/withdraw")

    assert again.status == 403
    assert f"{NIGHT}ask" in read(otto, NIGHT).forms()
    assert WHY not in read(client_of(cast.piet), f"{NIGHT}people").text


@pytest.mark.parametrize(("line", "says"), [("", "Say in a line"), ("x" * 281, "280 is the most")])
def test_what_cannot_be_asked_is_given_back(cast: Cast, client_of: Clients, line: str, says: str) -> None:
    page = send(client_of(cast.otto), f"{NIGHT}ask", line=line)

    assert page.status == 422
    assert says in page.text
    assert page.forms()[f"{NIGHT}ask"]["line"] == line


@pytest.mark.parametrize(("slug", "status"), [("inner-room-wvxyqj", 404), ("no-such-one", 404), ("bedside-icu", 403)])
def test_there_is_nothing_to_ask_elsewhere(cast: Cast, client_of: Clients, slug: str, status: int) -> None:
    assert send(client_of(cast.otto), f"/c/{slug}/ask", line=WHY).status == status


def test_a_request_is_settled_once(cast: Cast, client_of: Clients) -> None:
    ask(client_of(cast.otto))
    piet = client_of(cast.piet)
    approve, fields = form_of(piet, f"{NIGHT}people", "/approve")
    piet.post(approve, data=fields)

    assert send(piet, approve.replace("/approve", "/refuse"), sentence="Changed my mind.").status == 409
    assert cast.viewer("otto").place_in(cast.night_shift) is not None


def test_many_who_ask_cost_no_more_statements(
    cast: Cast, client_of: Clients, now: datetime, statements: list[str]
) -> None:
    piet = client_of(cast.piet)
    ask(client_of(cast.otto))
    read(piet, f"{NIGHT}people")
    statements.clear()
    read(piet, f"{NIGHT}people")
    with_one = len(statements)
    for n in range(5):
        ask(client_of(add_person(f"Number{n} Asking", now)))
    statements.clear()

    page = read(piet, f"{NIGHT}people")

    assert page.text.count(WHY) == 6
    assert len(statements) == with_one


# Going


def test_leaving_is_asked_about_once(cast: Cast, client_of: Clients) -> None:
    maren = client_of(cast.maren)

    status = press(maren, "/c/bedside-icu/leave", "/leave")

    assert status == 303
    assert cast.viewer("maren").place_in(cast.bedside) is None
    assert "Join Bedside ICU" in read(maren, "/c/bedside-icu/").text


def test_the_last_moderator_is_told_whom_they_could_appoint(cast: Cast, client_of: Clients) -> None:
    page = read(client_of(cast.joanne), "/c/bedside-icu/leave")

    assert "You are the last moderator here." in page.text
    assert "/c/bedside-icu/people/maren-oduya" in page.links().values()
    assert "/c/bedside-icu/leave" not in page.forms()
    assert send(client_of(cast.joanne), "/c/bedside-icu/leave").status == 403


def test_a_removed_person_is_told_why_asks_and_is_let_in_again(cast: Cast, client_of: Clients) -> None:
    joanne, caro = client_of(cast.joanne), client_of(cast.caro)
    press(joanne, "/c/bedside-icu/people/caro-mbeki", "/remove", reason="Names of patients, twice.")

    out = read(caro, "/c/bedside-icu/")
    joined = send(caro, "/c/bedside-icu/join")
    asked = send(caro, "/c/bedside-icu/ask", line="I have understood.")
    people = read(joanne, "/c/bedside-icu/people")
    press(joanne, "/c/bedside-icu/people", "/approve")

    assert "Names of patients, twice." in out.text
    assert "/c/bedside-icu/join" not in out.forms()
    assert (joined.status, asked.status) == (403, 303)
    assert "Removed before, because: Names of patients, twice." in people.text
    assert "You are a newcomer here" in read(caro, "/c/bedside-icu/").text


def test_a_removal_is_taken_back_with_the_role_that_was(cast: Cast, client_of: Clients) -> None:
    joanne = client_of(cast.joanne)
    press(joanne, "/c/bedside-icu/people/maren-oduya", "/remove", reason="By mistake.")
    gone = cast.viewer("maren").place_in(cast.bedside)

    press(joanne, "/c/bedside-icu/people", "/take-back")

    place = cast.viewer("maren").place_in(cast.bedside)
    assert gone is None
    assert place is not None
    assert (place.role, place.voice) == ("practitioner", 1.0)
    assert "By mistake." not in read(joanne, "/c/bedside-icu/people").text


def test_why_somebody_was_removed_is_nobody_elses_business(cast: Cast, client_of: Clients) -> None:
    press(client_of(cast.joanne), "/c/bedside-icu/people/caro-mbeki", "/remove", reason="Names of patients, twice.")

    for who in (cast.maren, cast.otto):
        browser = client_of(who)
        shown = read(browser, "/c/bedside-icu/people").text + read(browser, "/c/bedside-icu/").text
        assert "Names of patients" not in shown


# A member's page


def test_a_members_page_says_who_says_so_and_what_they_told(cast: Cast, client: FlaskClient) -> None:
    page = read(client, "/c/bedside-icu/people/maren-oduya")

    assert "practises here" in page.text
    assert "“I have seen the work.” Joanne Pell, moderator" in page.text
    assert page.forms().keys() == {"/search", "/theme"}


def test_ones_own_page_says_what_is_missing(cast: Cast, client_of: Clients) -> None:
    caro = client_of(cast.caro)
    before = read(caro, "/c/bedside-icu/people/caro-mbeki").text
    send(client_of(cast.maren), "/c/bedside-icu/people/caro-mbeki/vouch", line="She saw it first.")
    after_one = read(caro, "/c/bedside-icu/people/caro-mbeki").text
    send(client_of(cast.tomasz), "/c/bedside-icu/people/caro-mbeki/vouch", line="So did I see her.")
    after_two = read(caro, "/c/bedside-icu/people/caro-mbeki").text
    press(client_of(cast.tomasz), "/c/bedside-icu/people/caro-mbeki", "/vouch/withdraw")
    after_all = read(caro, "/c/bedside-icu/people/caro-mbeki").text

    assert "When one moderator, or two practitioners" in before
    assert "One more practitioner’s word" in after_one
    assert "You are a practitioner here: your word is counted." in after_two
    assert "Tomasz Wieczorek took back the word they gave for you" in after_all
    assert "You are a newcomer here" in after_all


def test_a_moderator_appoints_and_dismisses(cast: Cast, client_of: Clients) -> None:
    joanne, page = client_of(cast.joanne), "/c/bedside-icu/people/maren-oduya"

    press(joanne, page, "/appoint")
    appointed = cast.viewer("maren").place_in(cast.bedside)
    press(joanne, page, "/dismiss")
    dismissed = cast.viewer("maren").place_in(cast.bedside)

    assert appointed is not None
    assert dismissed is not None
    assert (appointed.role, dismissed.role) == ("moderator", "practitioner")


def test_somebody_of_another_community_has_no_page_here(cast: Cast, client: FlaskClient) -> None:
    assert client.get("/c/bedside-icu/people/bea-lindqvist").status_code == 404


def test_a_look_alike_is_told_why_they_cannot_join(cast: Cast, client_of: Clients, now: datetime) -> None:
    with transaction():
        twin = sign_up(name="MAREN Oduya", email="twin@example.org", password_hash="x", practice=Practice(), now=now)

    page = send(client_of(twin), "/c/bedside-icu/join")

    assert page.status == 403
    assert "goes by a name like yours" in page.text


def test_the_words_of_about_follow_who_reads(cast: Cast, client: FlaskClient, client_of: Clients) -> None:
    assert "Anybody reads what is told here" in read(client, "/c/bedside-icu/about").text
    assert "Only members read what is told here." in read(client_of(cast.piet), f"{NIGHT}about").text
    assert "They were invited." in read(client_of(cast.piet), "/c/inner-room-wvxyqj/about").text


def test_two_moderators_may_each_step_back_but_not_both(cast: Cast, client_of: Clients, now: datetime) -> None:
    with transaction():
        appoint_moderator(community_id=cast.bedside, person_id=cast.maren, now=now)
    page = "/c/bedside-icu/people/maren-oduya/dismiss"

    assert send(client_of(cast.maren), page).status == 303
    assert send(client_of(cast.joanne), "/c/bedside-icu/people/joanne-pell/dismiss").status == 403
