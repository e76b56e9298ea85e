"""What a community owes people who are half in and half out: names, words, requests, addresses."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from cop.accounts.operations import Practice, leave_site, sign_up
from cop.accounts.permissions import Ties
from cop.communities.members.operations import leave_community
from cop.communities.models import Community, JoinRequest, Vouch
from cop.communities.queries import find_place, load_person_as_viewer
from cop.platform.database import reading, session, transaction
from cop.platform.ids import spell
from tests.cast import Cast
from tests.web.reading import Reader, read, send

Clients = Callable[[int], FlaskClient]
BEDSIDE, NIGHT = "/c/bedside-icu/", "/c/night-shift-pzqlmn/"
FOUND = {"practice": "What is done.", "ink": "iron", "shelf_life": "months", "welcome": ""}


def test_the_word_of_somebody_who_has_left_the_site_is_a_former_members(
    app: Flask, cast: Cast, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    send(client_of(cast.tomasz), f"{BEDSIDE}people/caro-mbeki/vouch", line="Sat with a family all night.")
    with transaction():
        leave_site(actor=load_person_as_viewer(cast.tomasz), ties=Ties(), now=now)

    said = read(client, f"{BEDSIDE}people/caro-mbeki").words("ul[@class='says']/li")

    assert len(said) == 1
    assert said[0].startswith("“Sat with a family all night.” A former member, practitioner")


def test_a_moderator_reads_that_it_is_the_other_name_that_must_change(
    cast: Cast, client_of: Clients, now: datetime
) -> None:
    with transaction():
        twin = sign_up(name="Piet van Darn", email="twin@example.org", password_hash="x", practice=Practice(), now=now)
    send(client_of(twin), f"{NIGHT}ask", line="Let me in.")
    with reading() as s:
        request = s.scalar(select(JoinRequest.id)) or 0

    page = send(client_of(cast.piet), f"{NIGHT}requests/{spell(request)}/approve")

    assert page.status == 403
    assert "Somebody here goes by a name like Piet van Darn already." in page.text
    assert "Your practice" not in page.text


def test_a_request_to_what_has_become_secret_is_seen_and_taken_back_and_lets_nobody_in(
    cast: Cast, client: FlaskClient, client_of: Clients
) -> None:
    otto, piet = client_of(cast.otto), client_of(cast.piet)
    send(otto, f"{NIGHT}ask", line="Let me in.")
    with transaction() as s:
        s.execute(update(Community).where(Community.id == cast.night_shift).values(visibility="secret"))
        request = s.scalar(select(JoinRequest.id)) or 0

    moderators = read(piet, f"{NIGHT}people")
    refused = send(piet, f"{NIGHT}requests/{spell(request)}/approve")
    own, others = read(otto, NIGHT), [read(browser, NIGHT).status for browser in (client, client_of(cast.caro))]
    taken_back = send(otto, f"{NIGHT}ask/withdraw")

    assert "They asked before this community was secret" in moderators.text
    assert f"{NIGHT}requests/{spell(request)}/approve" not in moderators.forms()
    assert refused.status == 403
    assert (own.status, others) == (200, [404, 404])
    assert "Let me in." in own.text
    assert "Night Shift" not in own.text
    assert f"{NIGHT}ask/withdraw" in own.forms()
    assert taken_back.response.headers["Location"] == "/c/"
    assert (read(otto, NIGHT).status, send(otto, f"{NIGHT}ask/withdraw").status) == (404, 404)
    with reading():
        assert find_place(cast.night_shift, cast.otto) is None


def test_a_word_is_taken_back_from_somebody_who_has_gone(cast: Cast, client_of: Clients, now: datetime) -> None:
    joanne = client_of(cast.joanne)
    with transaction():
        community = session().get_one(Community, cast.bedside)
        leave_community(actor=load_person_as_viewer(cast.tomasz), community=community, now=now)
    path = f"{BEDSIDE}people/tomasz-wieczorek/vouch/withdraw"
    before = read(joanne, f"{BEDSIDE}people")

    stranger = send(client_of(cast.maren), path)
    page = send(joanne, path)

    assert before.words("section[@aria-labelledby='absent']//b") == ["Tomasz Wieczorek"]
    assert path in before.forms()
    assert stranger.status == 404
    assert page.response.headers["Location"] == f"{BEDSIDE}people"
    assert read(joanne, f"{BEDSIDE}people").all("section[@aria-labelledby='absent']") == []
    with reading() as s:
        assert s.scalar(select(Vouch.withdrawn_at).where(Vouch.for_id == cast.tomasz)) == now


@pytest.mark.parametrize("visibility", ["public", "secret"])
def test_a10_founding_tells_nothing_of_a_secret_community(
    app: Flask, cast: Cast, client_of: Clients, monkeypatch: pytest.MonkeyPatch, visibility: str
) -> None:
    """Whoever founds “Oncology” where a secret one is called so gets the answer they would get anywhere."""
    settings = dataclasses.replace(app.extensions["cop-settings"], found="anyone")
    monkeypatch.setitem(app.extensions, "cop-settings", settings)

    def found(browser: FlaskClient, visible: str) -> Reader:
        return send(browser, "/c/new", **FOUND, name="Oncology", slug="oncology", visibility=visible)

    hidden = found(client_of(cast.piet), "secret").response.headers["Location"]

    page = found(client_of(cast.otto), visibility)

    assert hidden.startswith("/c/oncology-")
    assert page.status == 303
    assert page.response.headers["Location"] != hidden
    taken, reserved = (
        send(client_of(cast.otto), "/c/new", **FOUND, name="Mine", slug=slug, visibility="public")
        for slug in ("inner-room-wvxyqj", "new")
    )
    assert all("cannot be had here. Choose another." in words.text for words in (taken, reserved))
