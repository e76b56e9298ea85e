"""Every route, from the URL map: who may call it, and what it does with those who may not."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cop.platform.database import Base, reading
from tests.cast import Cast

ARGUMENTS = {
    "need_id": "1",
    "slug": "bedside-icu", "thread_id": "1", "reply_id": "1", "handle": "joanne-pell", "filename": "cop.css",
    "request_id": "1", "removal_id": "1", "invitation_id": "1", "draft_id": "1", "token": "t" * 43, "topic": "handover",
    "waiting_id": "1",
    "condition_id": "1",
    "place": "1",
}  # fmt: skip
DECLARED = ("anyone", "signed in", "operators", "administrators")


def _rules(app: Flask, method: str) -> list[tuple[str, str]]:
    """(endpoint, address) of every route that takes the method."""
    adapter = app.url_map.bind("localhost")
    return [
        (rule.endpoint, adapter.build(rule.endpoint, {name: ARGUMENTS[name] for name in rule.arguments}, method=method))
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ())
    ]


def _counts() -> dict[str, int]:
    with reading() as s:
        return {
            table.name: s.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name != "limit_count"
        }


def test_every_route_declares_who_may_call_it(database: Flask) -> None:
    undeclared = [
        endpoint
        for endpoint, view in database.view_functions.items()
        if endpoint != "static" and getattr(view, "cop_callers", None) not in DECLARED
    ]

    assert undeclared == []


def test_a_form_of_another_site_changes_nothing(app: Flask, cast: Cast, client: FlaskClient) -> None:
    before = _counts()

    answers = {
        endpoint: client.post(
            address, headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        ).status_code
        for endpoint, address in _rules(app, "POST")
    }

    assert set(answers.values()) == {403}
    assert _counts() == before


def test_a_signed_in_form_without_its_token_changes_nothing(app: Flask, cast: Cast, client_of) -> None:  # type: ignore[no-untyped-def]
    browser = client_of(cast.joanne)
    before = _counts()

    answers = {
        endpoint: browser.post(address).status_code
        for endpoint, address in _rules(app, "POST")
        if endpoint != "site.set_theme"  # it changes nothing but the reader's own cookie
    }

    assert set(answers.values()) == {403}
    assert _counts() == before


def test_nobody_gets_past_the_door_of_what_needs_an_account(app: Flask, cast: Cast, client: FlaskClient) -> None:
    before = _counts()
    guarded = {name for name, view in app.view_functions.items() if getattr(view, "cop_callers", "") in DECLARED[1::2]}

    answers = {
        endpoint: client.open(address, method=method)
        for method in ("GET", "POST")
        for endpoint, address in _rules(app, method)
        if endpoint in guarded
    }

    assert guarded
    assert {answer.status_code for answer in answers.values()} <= {302, 303, 401}
    assert all("/signin" in answer.headers.get("Location", "/signin") for answer in answers.values())
    assert _counts() == before


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example:80"])
def test_a_forged_host_is_refused(client: FlaskClient, host: str) -> None:
    answer = client.get("/", headers={"Host": host})

    assert answer.status_code == 400
    assert host.encode() not in answer.data


def test_whoever_is_no_administrator_finds_no_administration(app: Flask, cast: Cast, client_of) -> None:  # type: ignore[no-untyped-def]
    browser = client_of(cast.joanne)
    guarded = {name for name, view in app.view_functions.items() if getattr(view, "cop_callers", "") == DECLARED[3]}

    answers = {address: browser.get(address) for endpoint, address in _rules(app, "GET") if endpoint in guarded}

    assert len(answers) > 3
    assert {answer.status_code for answer in answers.values()} == {404}
    assert all("There is nothing here that you can see" in answer.text for answer in answers.values())
