"""Signing up, in and out, saying what one practises, and what becomes of a text when the session ended meanwhile."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cop.accounts.models import Person, Session
from cop.accounts.queries import list_lines
from cop.discussions.models import Reply
from cop.discussions.queries import get_reply
from cop.platform.database import reading
from cop.platform.ids import spell
from tests.cast import PASSWORD, Cast, add_story
from tests.conftest import make_app
from tests.web.reading import Reader, read, send

Clients = Callable[[int], FlaskClient]
COOKIE = "cop_session"
NEW = {"name": "Aoife Brennan", "email": "aoife@example.org", "password": "four dull grey herons"}
TEXT = "Each step was the same height.\r\n\r\n“Nobody” downstream had <b>complained</b> & that was a 'sign': \\o/ 冷."
FOREIGN = (
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/c/",
    "https:evil.example",
    "javascript:alert(1)",
    "evil.example",
    "@evil.example",
    "/\t/evil.example",
    "/c/\r\nSet-Cookie: a=b",
    "/c/\x00",
    " /c/",
    "/\u2028/evil.example",
    "/c/" + "a" * 5000,
)
OWN = ("/c/bedside-icu/", "/search?q=cold+knees&c=bedside-icu", "/@evil.example", "/%2f%2fevil.example", "/c/#top")


def sign_in(browser: FlaskClient, email: str = "maren@example.org", password: str = PASSWORD, **fields: str) -> Any:
    return browser.post("/signin", data={"email": email, "password": password, **fields})


def is_signed_in(browser: FlaskClient) -> bool:
    return browser.get("/settings/profile").status_code == 200


def count(model: type[Any]) -> int:
    with reading() as s:
        return s.scalar(select(func.count()).select_from(model)) or 0


def told(thread_id: int) -> list[str]:
    """The replies of a thread as they were written."""
    with reading() as s:
        return list(s.scalars(select(Reply.source).where(Reply.thread_id == thread_id).order_by(Reply.said_at)))


def set_cookie(answer: Any) -> str:
    return next((line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{COOKIE}=")), "")


# Signing up


def test_somebody_signs_up_and_is_in_at_once(cast: Cast, client: FlaskClient) -> None:
    answer = client.post("/signup", data=NEW | {"practice": "SRE", "since": "2019", "setting": "Payments, on call"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    person = read(client, "/people/aoife-brennan")
    assert person.words("h1") == ["Aoife Brennan"]
    assert "SRE, 7 yrs. Payments, on call." in person.text


def test_signing_up_leads_on_to_where_one_was_going(cast: Cast, client: FlaskClient) -> None:
    door = read(client, "/signin?next=/c/bedside-icu/").links()["Make an account"]
    form = read(client, door).forms()["/signup"]

    answer = client.post("/signup", data=form | NEW)

    assert answer.headers["Location"] == "/c/bedside-icu/"


@pytest.mark.parametrize("elsewhere", FOREIGN)
def test_signing_up_never_leads_to_another_site(app: Flask, client: FlaskClient, elsewhere: str) -> None:
    assert client.post("/signup", data=NEW | {"next": elsewhere}).headers["Location"] == "/"


def test_an_address_has_one_spelling(app: Flask, client: FlaskClient) -> None:
    client.post("/signup", data=NEW | {"email": "  AOIFE@Example.ORG "})
    other = client.application.test_client()

    sign_in(other, "aoife@example.org", NEW["password"])

    assert is_signed_in(other)


@pytest.mark.parametrize(
    ("field", "typed", "fault"),
    [
        ("name", "", "Say what people here should call you."),
        ("name", "\u200b\u200b\u200b", "nobody can see"),
        ("name", "1234", "A name needs letters."),
        ("name", "Administrator", "means somebody else"),
        ("name", "a" * 81, "81 characters"),
        ("email", "aoife", "Write an address"),
        ("email", "aoife@example", "Write an address"),
        ("email", "ao\x00ife@example.org", "Write an address"),
        ("password", "short", "at least 8"),
        ("password", "password123", "Many people use that one"),
        ("password", "Aoife Brennan", "That is your name"),
        ("password", "x" * 10_000, "at most 128"),
        ("practice", "n" * 121, "121 characters; 120 is the most"),
        ("setting", "n" * 161, "161 characters; 160 is the most"),
        ("since", "2027", "It cannot lie ahead"),
        ("since", "14 years", "Write the year"),
        ("since", "-199", "Write the year"),
        ("since", "²²²²", "Write the year"),
        ("since", "1400", "Write the year"),
    ],
)
def test_what_is_wrong_stands_beside_its_box_and_the_rest_stays(
    app: Flask, client: FlaskClient, field: str, typed: str, fault: str
) -> None:
    page = Reader(client.post("/signup", data=NEW | {"practice": "SRE <5 yrs"} | {field: typed}))

    assert page.status == 422
    assert any(fault in said for said in page.words("p[@class='err']"))
    kept = page.forms()["/signup"]
    assert kept["name"] == (typed if field == "name" else NEW["name"])
    assert kept["practice"] == (typed if field == "practice" else "SRE <5 yrs")
    assert kept["password"] == ""
    assert count(Person) == 0


def test_an_address_that_has_an_account_gets_no_second_one(cast: Cast, client: FlaskClient) -> None:
    before = count(Person)

    page = Reader(client.post("/signup", data=NEW | {"email": "Maren@example.org"}))

    assert page.status == 422
    assert "That address has an account here already. Sign in with it." in page.text
    assert (count(Person), is_signed_in(client)) == (before, False)


def test_a_double_click_makes_one_account_and_leads_in_twice(app: Flask) -> None:
    first, second = app.test_client(), app.test_client()

    answers = [browser.post("/signup", data=NEW).status_code for browser in (first, second)]

    assert answers == [303, 303]
    assert count(Person) == 1
    assert is_signed_in(first)
    assert is_signed_in(second)


def test_namesakes_get_pages_of_their_own(app: Flask) -> None:
    for number in range(3):
        app.test_client().post("/signup", data=NEW | {"email": f"aoife{number}@example.org"})

    with reading() as s:
        assert set(s.scalars(select(Person.handle))) == {"aoife-brennan", "aoife-brennan-2", "aoife-brennan-3"}


def _at_once(app: Flask, forms: list[dict[str, str]]) -> list[int]:
    """Send the forms for signing up from as many browsers at the same moment."""
    ready = Barrier(len(forms))

    def sign_up(form: dict[str, str]) -> int:
        browser = app.test_client()
        ready.wait()
        return browser.post("/signup", data=form).status_code

    with ThreadPoolExecutor(len(forms)) as pool:
        return list(pool.map(sign_up, forms))


def test_one_address_taken_by_many_at_once_makes_one_account(app: Flask) -> None:
    statuses = _at_once(app, [NEW | {"password": f"four dull grey herons {n}"} for n in range(8)])

    assert sorted(statuses) == [303] + [422] * 7
    assert count(Person) == 1


def test_namesakes_who_sign_up_at_once_all_get_in(app: Flask) -> None:
    statuses = _at_once(app, [NEW | {"email": f"aoife{n}@example.org"} for n in range(8)])

    assert statuses == [303] * 8
    with reading() as s:
        assert len(set(s.scalars(select(Person.handle)))) == 8


def test_a_closed_site_says_so_and_makes_no_account(tmp_path: Path) -> None:
    app = make_app(tmp_path, "", signup="closed")
    client = app.test_client()

    pages = [read(client, "/signup"), Reader(client.post("/signup", data=NEW))]

    assert [page.status for page in pages] == [403, 403]
    assert all("No new accounts can be made here" in page.text for page in pages)
    assert "Make an account" not in read(client, "/signin").text
    assert "/signup" not in read(client, "/").html
    with app.app_context():
        assert count(Person) == 0


# Signing in and out


@pytest.mark.parametrize("elsewhere", FOREIGN)
def test_signing_in_never_leads_to_another_site(cast: Cast, client: FlaskClient, elsewhere: str) -> None:
    assert sign_in(client, next=elsewhere).headers["Location"] == "/"


@pytest.mark.parametrize("path", OWN)
def test_signing_in_leads_on_to_where_one_was_going(cast: Cast, client: FlaskClient, path: str) -> None:
    assert sign_in(client, next=path).headers["Location"] == path


@pytest.mark.parametrize("elsewhere", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_whoever_is_signed_in_is_not_led_to_another_site_either(cast: Cast, client_of: Clients, elsewhere: str) -> None:
    answer = client_of(cast.maren).get("/signin", query_string={"next": elsewhere})

    assert answer.headers["Location"] == "/"


def test_a_known_and_an_unknown_address_get_the_same_answer(cast: Cast, client: FlaskClient) -> None:
    known = sign_in(client, "maren@example.org", "not her password")
    unknown = sign_in(client, "nobody@example.org", "not her password")

    assert known.status_code == unknown.status_code == 422
    assert "That address and password do not go together. Try again." in Reader(known).text
    assert known.get_data(as_text=True).replace("maren@", "nobody@") == unknown.get_data(as_text=True)
    assert set(dict(known.headers)) == set(dict(unknown.headers))


def test_an_unknown_address_costs_the_same_work(
    cast: Cast, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda *given: checked.append(given[2]) or verify(*given))

    sign_in(client, "maren@example.org", "wrong for one who is here")
    sign_in(client, "nobody@example.org", "wrong for one who is not")
    sign_in(client, "no address \x00 at all", "wrong for no address")

    assert checked == ["wrong for one who is here", "wrong for one who is not", "wrong for no address"]


def test_a_session_ends_with_the_browser_unless_one_asks_to_stay(cast: Cast, client: FlaskClient) -> None:
    passing, staying = set_cookie(sign_in(client)), set_cookie(sign_in(client.application.test_client(), stay="y"))

    assert "Max-Age" not in passing
    assert f"Max-Age={60 * 24 * 3600}" in staying
    for cookie in (passing, staying):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


def test_a_planted_cookie_is_not_taken_over(cast: Cast, client: FlaskClient) -> None:
    planted = "p" * 43
    client.set_cookie(COOKIE, planted)

    answer = sign_in(client)

    assert planted not in set_cookie(answer)
    other = client.application.test_client()
    other.set_cookie(COOKIE, planted)
    assert not is_signed_in(other)


def test_a_copied_cookie_is_dead_after_signing_out(cast: Cast, client: FlaskClient) -> None:
    sign_in(client, stay="y")
    copied = client.get_cookie(COOKIE)
    thief = client.application.test_client()
    assert copied is not None
    thief.set_cookie(COOKIE, copied.value)
    assert is_signed_in(thief)

    answer = send(client, "/signout").response

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert client.get_cookie(COOKIE) is None
    assert not is_signed_in(thief)
    assert answer.headers["Clear-Site-Data"] == '"cache"'


def test_signing_out_on_one_device_leaves_the_others(cast: Cast, client_of: Clients) -> None:
    ward, phone = client_of(cast.maren), client_of(cast.maren)

    send(ward, "/signout")

    assert (is_signed_in(ward), is_signed_in(phone)) == (False, True)


def test_opening_the_page_for_signing_out_signs_nobody_out(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)

    page = read(browser, "/signout")

    assert "On this device Maren Oduya is signed in." in page.text
    assert is_signed_in(browser)


def test_a_visitor_who_signs_out_is_led_to_the_front_page(client: FlaskClient, app: Flask) -> None:
    assert client.post("/signout").headers["Location"] == "/"


def test_what_needs_an_account_asks_for_it_and_leads_back(cast: Cast, client: FlaskClient) -> None:
    asked = client.get("/c/bedside-icu/new/story?open=expected")

    form = read(client, asked.headers["Location"]).forms()["/signin"]
    answer = sign_in(client, next=form["next"])

    assert answer.headers["Location"] == "/c/bedside-icu/new/story?open=expected"


def test_a_page_for_signing_in_left_open_does_not_take_over_somebody_elses_session(
    cast: Cast, client_of: Clients
) -> None:
    browser = client_of(cast.maren)

    page = Reader(sign_in(browser, "tomasz@example.org"))

    assert page.status == 403
    assert "Maren Oduya has, since you opened that page. If that is not you, sign out first." in page.text
    assert "Maren Oduya" in read(browser, "/signout").text


@pytest.mark.parametrize("path", ["/signin", "/signup"])
def test_what_no_page_of_ours_sends_is_refused_and_breaks_nothing(app: Flask, client: FlaskClient, path: str) -> None:
    answers = [
        client.post(path, json=[1, 2]),
        client.post(path, json={"email": "maren@example.org", "password": PASSWORD}),
        client.post(path, data={"email": ["a", "b"], "password": ["c", "d"], "name[]": "x"}),
        client.post(
            path, data={"email": "a\x00@example.org", "password": "\x00" * 9, "name": "\x00\x01", "kept": "\x00"}
        ),
        client.post(path, data=b"\xff\xfe=%00%ff", content_type="application/x-www-form-urlencoded"),
        client.post(path, data=b"--x", content_type="multipart/form-data; boundary=y"),
    ]

    assert {answer.status_code for answer in answers} <= {400, 422}
    assert count(Session) == 0


# Limits


def test_guessing_stops_after_ten_tries_but_not_for_somebody_elsewhere(tmp_path: Path) -> None:
    app = make_app(tmp_path, "", limits=True)
    with app.app_context():
        browser = app.test_client()
        browser.post("/signup", data=NEW)
        send(browser, "/signout")
        spellings = [
            "aoife@example.org",
            "AOIFE@example.org",
            " aoife@example.org ",
            "aoife@EXAMPLE.org",
            "aoife@example.ORG",
        ]

        tries = [sign_in(browser, spelling, "a wrong guess").status_code for spelling in spellings * 2]
        stopped = sign_in(browser, NEW["email"], NEW["password"])
        home = app.test_client().post(
            "/signin",
            data={"email": NEW["email"], "password": NEW["password"]},
            environ_base={"REMOTE_ADDR": "192.0.2.9"},
        )

    assert tries == [422] * 10
    assert stopped.status_code == 429
    assert int(stopped.headers["Retry-After"]) == 15 * 60
    assert home.status_code == 303


def test_one_address_in_two_unicode_forms_is_one_account_to_guess_at(tmp_path: Path) -> None:
    app = make_app(tmp_path, "", limits=True)
    composed = "zo\u00eb@example.org"
    with app.app_context():
        browser = app.test_client()
        for spelling in (composed, unicodedata.normalize("NFD", composed)) * 5:
            sign_in(browser, spelling, "a wrong guess")

        assert sign_in(browser, composed, "a wrong guess").status_code == 429


def test_a_text_on_its_way_through_signing_in_outlives_the_limit(tmp_path: Path, now: datetime) -> None:
    app = make_app(tmp_path, "", limits=True)
    with app.app_context():
        client = app.test_client()
        page = Reader(client.post("/c/any/new/story", data={"situation": TEXT}))
        carried = page.forms()["/signin"]["kept"]

        for _ in range(10):
            page = Reader(sign_in(client, password="wrong", kept=carried))
        stopped = Reader(sign_in(client, password="wrong", kept=carried))

    assert (page.status, stopped.status) == (422, 429)
    assert TEXT.replace("\r\n", "\n") in [area.text for area in stopped.all("textarea")]
    assert json.loads(stopped.forms()["/signin"]["kept"]) == json.loads(carried)


# The session ends while somebody writes


def _lose_session(browser: FlaskClient) -> None:
    browser.delete_cookie(COOKIE)


def test_a_text_outlives_a_lost_session_and_a_wrong_password_and_is_told_once(
    cast: Cast, client_of: Clients, now: datetime
) -> None:
    story = add_story(cast.joanne, cast.bedside, now)
    browser, address = client_of(cast.maren), f"/t/{spell(story)}/replies"
    form = read(browser, f"/t/{spell(story)}/a-tidy-chart").forms()[f"{address}#reply"]
    _lose_session(browser)

    lost = Reader(browser.post(address, data=form | {"kind": "reply", "body": TEXT}))
    wrong = Reader(sign_in(browser, password="not it", kept=lost.forms()["/signin"]["kept"]))
    again = Reader(sign_in(browser, kept=wrong.forms()["/signin"]["kept"]))
    before = told(story)
    sending = again.forms()[address]
    answers = [browser.post(address, data=sending) for _ in range(2)]

    assert [page.status for page in (lost, wrong, again)] == [401, 422, 200]
    assert lost.words("h1") == wrong.words("h1") == ["You were signed out while writing"]
    assert again.words("h1") == ["You are signed in again"]
    for page in (lost, wrong, again):
        assert TEXT.replace("\r\n", "\n") in [(area.text or "").removeprefix("\n") for area in page.all("textarea")]
    assert before == []
    assert told(story) == [TEXT.replace("\r\n", "\n")]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1


def test_every_field_of_a_long_story_comes_through(cast: Cast, client_of: Clients) -> None:
    browser, address = client_of(cast.maren), "/c/bedside-icu/new/story"
    fields = {
        "situation": 'ü"\\\r\n' * 9_000,
        "title": "The “queue” <grew>",
        "noticed": "\r\n\r\nfirst\r\n",
        "redacted": "y",
    }
    _lose_session(browser)

    lost = Reader(browser.post(address, data=fields | {"csrf_token": "old", "key": "k1", "password": "never this"}))
    again = Reader(
        browser.post(
            "/signin",
            data={"email": "maren@example.org", "password": PASSWORD, "kept": lost.forms()["/signin"]["kept"]},
            content_type="multipart/form-data",
        )
    )

    assert "never this" not in lost.html + again.html
    sent = again.forms()[address]
    assert sent.pop("csrf_token") != "old"
    assert sent.pop("key") == "k1"
    assert {name: value.replace("\r\n", "\n") for name, value in sent.items()} == {
        name: value.replace("\r\n", "\n") for name, value in fields.items()
    }


def test_a_button_pressed_after_the_session_ended_needs_one_more_press(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.otto)
    _lose_session(browser)

    lost = Reader(browser.post("/c/bedside-icu/join"))
    again = Reader(sign_in(browser, "otto@example.org", kept=lost.forms()["/signin"]["kept"]))
    joined = browser.post("/c/bedside-icu/join", data=again.forms()["/c/bedside-icu/join"])

    assert lost.words("h1") == ["Sign in to go on"]
    assert joined.status_code == 303
    assert "Reads in Bedside ICU" in read(browser, "/people/otto-lindgren").text


def test_a_text_is_kept_when_somebody_signed_in_beside_it(cast: Cast, client_of: Clients, now: datetime) -> None:
    story = add_story(cast.joanne, cast.bedside, now)
    browser, address = client_of(cast.maren), f"/t/{spell(story)}/replies"
    _lose_session(browser)
    lost = Reader(browser.post(address, data={"body": TEXT}))
    sign_in(browser)

    page = Reader(sign_in(browser, kept=lost.forms()["/signin"]["kept"]))
    sent = browser.post(address, data=page.forms()[address])

    assert page.status == 403
    assert sent.status_code == 303
    assert told(story) == [TEXT.replace("\r\n", "\n")]


@pytest.mark.parametrize(
    "kept",
    [
        json.dumps(["//evil.example/t/1/replies", "", [["body", "x"]]]),
        json.dumps(["https://evil.example/t/1/replies", "", [["body", "x"]]]),
        json.dumps(["/\\evil.example", "", [["body", "x"]]]),
        json.dumps(["/signin", "", [["email", "x"]]]),
        json.dumps(["/theme", "", [["theme", "dark"]]]),
        json.dumps(["/healthz", "", [["body", "x"]]]),
        json.dumps(["/static/cop.css", "", [["body", "x"]]]),
        json.dumps(["/c/bedside-icu/join", "", [["password", "x"]]]),
        json.dumps(["/c/bedside-icu/join", "", [["csrf_token", "x"]]]),
        json.dumps(["/c/bedside-icu/join", "", [["body", 1]]]),
        json.dumps(["/c/bedside-icu/join", "", [["a", "b"]] * 201]),
        json.dumps(["/c/bedside-icu/join", 1, []]),
        json.dumps({"path": "/c/bedside-icu/join"}),
        "[" * 100_000,
        "null",
        "nonsense",
    ],
)
def test_only_forms_of_this_site_are_carried_through_signing_in(cast: Cast, client: FlaskClient, kept: str) -> None:
    answer = sign_in(client, kept=kept)

    assert (answer.status_code, answer.headers.get("Location")) == (303, "/")


# What one practises


def test_somebody_changes_what_is_said_of_them(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)
    form = read(browser, "/settings/profile").forms()["/settings/profile"]
    assert (form["name"], form["practice"], form["since"]) == ("Maren Oduya", "ICU nurse", "2012")

    answer = browser.post(
        "/settings/profile", data=form | {"practice": "  ICU   charge nurse ", "since": "", "setting": ""}
    )

    page = read(browser, answer.headers["Location"])
    assert "ICU charge nurse." in page.text
    assert "Kept." in page.text
    with reading():
        assert list_lines([cast.maren])[cast.maren].practising_since is None


def test_a_profile_with_a_fault_changes_nothing_and_keeps_what_was_typed(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)

    page = send(browser, "/settings/profile", name="Maren O.", practice="retired", since="next year")

    assert page.status == 422
    assert page.forms()["/settings/profile"]["since"] == "next year"
    assert page.forms()["/settings/profile"]["practice"] == "retired"
    with reading():
        assert list_lines([cast.maren])[cast.maren].practice == "ICU nurse"


def test_a_name_is_shown_as_it_was_typed_and_never_run(app: Flask, client: FlaskClient) -> None:
    name = "<script>alert('x')</script> & Söhne"
    client.post("/signup", data=NEW | {"name": name, "practice": '"><img src=x onerror=alert(1)>'})

    pages = [
        read(client, path) for path in ("/", "/settings/profile", "/signout", "/people/script-alert-x-script-sohne")
    ]

    assert [page.status for page in pages] == [200] * 4
    assert pages[3].words("h1") == [name]
    for page in pages:
        assert not [script for script in page.all("script") if not script.get("src")]
        assert not page.all("img")


def test_pages_for_one_person_are_stored_nowhere(cast: Cast, client_of: Clients, client: FlaskClient) -> None:
    answers = [client_of(cast.maren).get("/settings/profile"), sign_in(client, password="wrong")]

    assert [answer.headers["Cache-Control"] for answer in answers] == ["private, no-store"] * 2


def test_the_token_of_a_session_is_kept_only_as_a_hash(cast: Cast, client: FlaskClient) -> None:
    token = re.match(rf"{COOKIE}=([^;]+)", set_cookie(sign_in(client)))

    with reading() as s:
        stored = set(s.scalars(select(Session.token_hash)))

    assert token
    assert stored
    assert token[1] not in stored


def test_a_reply_that_was_kept_belongs_to_whoever_signed_in(cast: Cast, client_of: Clients, now: datetime) -> None:
    story = add_story(cast.joanne, cast.bedside, now)
    browser, address = client_of(cast.maren), f"/t/{spell(story)}/replies"
    _lose_session(browser)
    lost = Reader(browser.post(address, data={"body": TEXT}))

    again = Reader(sign_in(browser, "tomasz@example.org", kept=lost.forms()["/signin"]["kept"]))
    browser.post(address, data=again.forms()[address])

    assert "This is what you had sent, Tomasz Wieczorek." in again.text
    with reading() as s:
        reply_id = s.scalar(select(Reply.id).where(Reply.thread_id == story))
        assert get_reply(cast.viewer("nobody"), reply_id).author_id == cast.tomasz
