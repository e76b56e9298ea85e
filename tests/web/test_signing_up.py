"""Signing up: who gets in, what is said of what is wrong, and what happens when many come at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cop.accounts.models import Person
from cop.platform.database import reading
from tests.cast import Cast
from tests.conftest import make_app
from tests.web.reading import Reader, read
from tests.web.signing import FOREIGN, NEW, count, is_signed_in, sign_in


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
