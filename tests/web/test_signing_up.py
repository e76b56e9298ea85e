"""Signing up: a letter, a password, and what is said of what is wrong; the same to whoever has an account already."""

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
from cop.platform.outbox import OutboxRow
from tests.cast import Cast
from tests.conftest import make_app
from tests.postbox import Mail, Postbox
from tests.web.reading import Reader, read
from tests.web.signing import FOREIGN, NEW, NEW_PASSWORD, count, is_signed_in, join, sign_in


def ask(browser: FlaskClient, post: Postbox, **fields: str) -> Mail:
    browser.post("/signup", data=NEW | fields)
    return post.fetch_one((NEW | fields)["email"])


def test_somebody_signs_up_by_a_letter_and_is_in(cast: Cast, client: FlaskClient, post: Postbox) -> None:
    answer = join(client, post, practice="SRE", since="2019", setting="Payments, on call")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    person = read(client, "/people/aoife-brennan")
    assert person.words("h1") == ["Aoife Brennan"]
    assert "SRE, 7 yrs. Payments, on call." in person.text


def test_there_is_no_account_before_the_letter_is_opened(cast: Cast, client: FlaskClient, post: Postbox) -> None:
    before = count(Person)

    answer = client.post("/signup", data=NEW)
    letter = post.fetch_one(NEW["email"])
    opened = read(client, letter.path)

    assert answer.headers["Location"] == "/signup/sent"
    assert read(client, "/signup/sent").words("h1") == ["Look in your mail"]
    assert opened.words("h1") == ["Make your account"]
    assert (count(Person), is_signed_in(client)) == (before, False)


def test_signing_up_leads_on_to_where_one_was_going(cast: Cast, client: FlaskClient, post: Postbox) -> None:
    door = read(client, "/signin?next=/c/bedside-icu/").links()["Make an account"]
    form = read(client, door).forms()["/signup"]

    answer = join(client, post, **(form | NEW))

    assert answer.headers["Location"] == "/c/bedside-icu/"


@pytest.mark.parametrize("elsewhere", FOREIGN)
def test_signing_up_never_leads_to_another_site(app: Flask, client: FlaskClient, post: Postbox, elsewhere: str) -> None:
    assert join(client, post, next=elsewhere).headers["Location"] == "/"


def test_an_address_has_one_spelling(app: Flask, client: FlaskClient, post: Postbox) -> None:
    join(client, post, email="  AOIFE@Example.ORG ")
    other = client.application.test_client()

    sign_in(other, "aoife@example.org", NEW_PASSWORD)

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
        ("name", "www.aoife", "reads like an address"),
        ("name", "see evil.example", "reads like an address"),
        ("name", "A\u043eife Brennan", "more than one alphabet"),
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
    assert (count(Person), count(OutboxRow)) == (0, 0)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("short", "at least 8"),
        ("password123", "Many people use that one"),
        ("metallica", "Many people use that one"),
        ("Aoife Brennan-Ruiz", "That is your name"),
        ("aoife@example.org", "That is your name"),
        ("x" * 10_000, "at most 128"),
    ],
)
def test_a_weak_password_is_refused_and_the_letter_still_works(
    app: Flask, client: FlaskClient, post: Postbox, password: str, fault: str
) -> None:
    letter = ask(client, post, practice="SRE")

    refused = Reader(
        client.post(letter.path, data={"name": "Aoife Brennan-Ruiz", "practice": "x", "new_password": password})
    )
    taken = client.post(letter.path, data={"name": "Aoife B", "new_password": NEW_PASSWORD})

    assert refused.status == 422
    assert any(fault in said for said in refused.words("p[@class='err']"))
    assert refused.forms()[letter.path]["name"] == "Aoife Brennan-Ruiz"
    assert refused.forms()[letter.path]["new_password"] == ""
    assert taken.status_code == 303


def test_an_address_that_has_an_account_gets_the_same_answer_and_no_second_account(
    cast: Cast, app: Flask, post: Postbox
) -> None:
    before = count(Person)
    known, unknown = app.test_client(), app.test_client()

    answers = [
        known.post("/signup", data=NEW | {"email": "Maren@example.org"}),
        unknown.post("/signup", data=NEW | {"email": "nobody@example.org"}),
    ]
    letters = {mail.to: mail for mail in post.fetch()}

    assert answers[0].status_code == answers[1].status_code
    assert answers[0].data == answers[1].data
    assert set(dict(answers[0].headers)) == set(dict(answers[1].headers))
    assert letters["maren@example.org"].subject == "You have an account at CoP"
    assert "/letters/" not in letters["maren@example.org"].text
    assert count(Person) == before


def test_namesakes_get_pages_of_their_own(app: Flask, post: Postbox) -> None:
    for number in range(3):
        join(app.test_client(), post, email=f"aoife{number}@example.org")

    with reading() as s:
        assert set(s.scalars(select(Person.handle))) == {"aoife-brennan", "aoife-brennan-2", "aoife-brennan-3"}


def _at_once(app: Flask, paths: list[str]) -> list[int]:
    """Make the accounts of the letters from as many browsers at the same moment."""
    ready = Barrier(len(paths))

    def make(path: str) -> int:
        browser = app.test_client()
        ready.wait()
        return browser.post(path, data={"name": NEW["name"], "new_password": NEW_PASSWORD}).status_code

    with ThreadPoolExecutor(len(paths)) as pool:
        return list(pool.map(make, paths))


def test_one_letter_used_by_many_at_once_makes_one_account(app: Flask, client: FlaskClient, post: Postbox) -> None:
    statuses = _at_once(app, [ask(client, post).path] * 8)

    assert sorted(statuses) == [303] + [404] * 7
    assert count(Person) == 1


def test_namesakes_who_sign_up_at_once_all_get_in(app: Flask, client: FlaskClient, post: Postbox) -> None:
    statuses = _at_once(app, [ask(client, post, email=f"aoife{n}@example.org").path for n in range(8)])

    assert statuses == [303] * 8
    with reading() as s:
        assert len(set(s.scalars(select(Person.handle)))) == 8


@pytest.mark.parametrize(
    ("signup", "said"),
    [("closed", "No new accounts can be made here"), ("invited", "Accounts are made by invitation here")],
)
def test_a_closed_site_says_so_and_sends_no_letter(tmp_path: Path, signup: str, said: str) -> None:
    app = make_app(tmp_path, "", signup=signup)
    client = app.test_client()

    pages = [read(client, "/signup"), Reader(client.post("/signup", data=NEW))]

    assert [page.status for page in pages] == [403, 403]
    assert all(said in page.text for page in pages)
    assert "Make an account" not in read(client, "/signin").text
    assert "/signup" not in read(client, "/").html
    with app.app_context():
        assert count(OutboxRow) == 0
