"""Looking after the site: its settings, its people, its communities from outside, and the very first page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cop.accounts.administration import appoint_administrator
from cop.platform.choices import site_settings
from cop.platform.database import db, transaction
from tests.cast import Cast, add_person
from tests.conftest import NOW
from tests.web.reading import read, send

Clients = Callable[[int], FlaskClient]


@pytest.fixture
def administrator(cast: Cast, client_of: Clients) -> FlaskClient:
    db.session.remove()
    with transaction():
        appoint_administrator(person_id=cast.otto, now=NOW)
    return client_of(cast.otto)


def test_the_very_first_page_says_how_an_administrator_is_made_until_there_is_one(
    app: Flask, client: FlaskClient
) -> None:
    first = read(client, "/")
    person_id = add_person("Otto Lindgren", NOW)
    with transaction():
        appoint_administrator(person_id=person_id, now=NOW)
    then = read(client, "/")

    assert first.words("h1") == ["No administrator yet"]
    assert first.words("code") == ["cop admin create ADDRESS"]
    assert first.response.headers["Cache-Control"] == "private, no-store"
    assert then.words("h1") == ["The manual says what to do. People know when not to."]
    assert read(client, "/readyz").status == 200


def test_a_site_with_communities_keeps_its_front_page_without_an_administrator(cast: Cast, client: FlaskClient) -> None:
    assert read(client, "/").words("h1") == ["The manual says what to do. People know when not to."]


def test_the_name_of_the_site_is_chosen_on_a_page(administrator: FlaskClient, client: FlaskClient) -> None:
    send(administrator, "/admin/", site_name="  Night   School ", signup="closed", found="anyone")

    page = read(client, "/c/")
    assert page.words("title")[0].endswith("Night School")
    assert site_settings().found == "anyone"
    assert "Join" not in read(client, "/").links()


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("site_name", " ", "Give the site a name."),
        ("site_name", "n" * 61, "61 characters; 60 is the most."),
        ("signup", "everybody", "Choose one."),
        ("found", "", "Choose one."),
    ],
)
def test_settings_with_a_fault_change_nothing(administrator: FlaskClient, field: str, value: str, fault: str) -> None:
    sound = {"site_name": "Other", "signup": "open", "found": "admins"}

    page = send(administrator, "/admin/", **(sound | {field: value}))

    assert page.status == 422
    assert fault in page.text
    assert site_settings().site_name == "CoP"


@pytest.mark.parametrize("wanted", ["maren-oduya", "MAREN@example.org", "oduya", "Maren O"])
def test_somebody_is_found_by_name_handle_or_address(administrator: FlaskClient, wanted: str) -> None:
    page = read(administrator, "/admin/people", query_string={"q": wanted})

    assert "maren@example.org" in page.text
    assert "tomasz@example.org" not in page.text


@pytest.mark.parametrize("wanted", ["%", "_", "maren@example", "\\", "\x00", "zzyzx"])
def test_signs_of_a_search_mean_themselves(administrator: FlaskClient, wanted: str) -> None:
    page = read(administrator, "/admin/people", query_string={"q": wanted})

    assert page.status == 200
    assert wanted == "\x00" or "maren@example.org" not in page.text


def test_people_come_in_pages_without_a_gap(administrator: FlaskClient) -> None:
    for number in range(60):
        add_person(f"N{number:02} Person", NOW)
    seen: list[str] = []
    address: str | None = "/admin/people"
    while address:
        page = read(administrator, address)
        seen += [words.split(" · ")[0] for words in page.words("small") if "@example.org" in words]
        address = page.leads("next")

    assert len(seen) == len(set(seen)) == 67


def test_communities_are_shown_from_outside(administrator: FlaskClient, cast: Cast) -> None:
    page = read(administrator, "/admin/communities")

    assert "Inner Room Wvxyqj" in page.text
    assert "members; nobody else knows of it" in page.text
    assert not [word for word in cast.canaries.values() if word in page.html]
    assert "/c/inner-room-wvxyqj/" not in page.links("main//a").values()
    assert read(administrator, "/c/inner-room-wvxyqj/").status == 404


def test_suspending_needs_a_reason(administrator: FlaskClient) -> None:
    page = send(administrator, "/admin/people/maren-oduya/suspend", reason="  ")

    assert page.status == 422
    assert "Say why, in a line." in page.text


def test_nobody_is_invited_to_a_closed_site(administrator: FlaskClient) -> None:
    send(administrator, "/admin/", site_name="CoP", signup="closed", found="admins")

    page = send(administrator, "/admin/people", email="aoife@example.org")

    assert page.status == 422
    assert "Nobody can make an account here now." in page.text
    assert page.forms()["/admin/people"]["email"] == "aoife@example.org"
