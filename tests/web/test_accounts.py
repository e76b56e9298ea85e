"""Signing in and out, the limits of guessing, and saying what one practises."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cop.accounts.models import Session
from cop.accounts.queries import list_lines
from cop.platform.database import reading
from tests.cast import PASSWORD, Cast, add_person
from tests.conftest import NOW, make_app
from tests.postbox import Postbox
from tests.web.reading import Reader, read, send
from tests.web.signing import COOKIE, FOREIGN, NEW, count, is_signed_in, join, sign_in

Clients = Callable[[int], FlaskClient]
OWN = ("/c/bedside-icu/", "/search?q=cold+knees&c=bedside-icu", "/@evil.example", "/%2f%2fevil.example", "/c/#top")


def set_cookie(answer: Any) -> str:
    return next((line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{COOKIE}=")), "")


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
        add_person("Aoife Brennan", NOW)
        browser = app.test_client()
        spellings = [
            "aoife@example.org",
            "AOIFE@example.org",
            " aoife@example.org ",
            "aoife@EXAMPLE.org",
            "aoife@example.ORG",
        ]

        tries = [sign_in(browser, spelling, "a wrong guess").status_code for spelling in spellings * 2]
        stopped = sign_in(browser, NEW["email"])
        home = app.test_client().post(
            "/signin",
            data={"email": NEW["email"], "password": PASSWORD},
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


def test_a_name_is_shown_as_it_was_typed_and_never_run(app: Flask, client: FlaskClient, post: Postbox) -> None:
    name = "<script>alert('x')</script> & Söhne"
    join(client, post, name=name, practice='"><img src=x onerror=alert(1)>')

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
