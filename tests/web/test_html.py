"""Every page is valid HTML, carries the headers that browsers need, and is what it says it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient

from cop.accounts.administration import appoint_administrator
from cop.platform.database import transaction
from cop.platform.ids import spell
from tests.cast import Cast, add_reply, add_story, add_verdict
from tests.postbox import Postbox
from tests.probing import add_probe, answer

PAGES = (
    "/",
    "/c/",
    "/c/bedside-icu/",
    "/c/bedside-icu/?sort=endorsed",
    "/c/bedside-icu/?sort=new",
    "/c/bedside-icu/?sort=needs-you",
    "/became",
    "/c/bedside-icu/people",
    "/c/bedside-icu/new/story",
    "/c/organ-builders/",
    "/drafts",
    "/drafts/1",
    "/search",
    "/search?q=chart",
    "/search?q=zzyzx",
    "/people/maren-oduya",
    "/signin",
    "/signup",
    "/signout",
    "/tell",
    "/settings/profile",
    "/settings/account",
    "/settings/sessions",
    "/settings/preferences",
    "/settings/deactivate",
    "/signup/sent",
    "/reset",
    "/reset/sent",
    "/letters/none",
    "/admin/",
    "/admin/people",
    "/admin/communities",
    "/admin/people/caro-mbeki/suspend",
    "/t/0",
    "/no/such/page",
)


@pytest.fixture
def thread(app: Flask, cast: Cast, now: datetime) -> str:
    """A story with everything in it, its title full of what HTML minds."""
    fields = {
        "noticed": "A short cue & <b>.\n" + "A long line that says much more than a cue would ever say " * 3,
        "did_why": "I *waited*.\n\n> she said so\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        "options": "One\nTwo",
        "outcome": "```python\nprint('<&>')\n```",
    }
    title = "A \"tidy\" <chart> & 'more'"
    thread_id = add_story(cast.maren, cast.bedside, now, title=title, **fields)
    add_reply(cast.caro, thread_id, now, body="<script>alert(1)</script> & <b>bold</b>")
    for kind, person in (("held", cast.tomasz), ("otherwise", cast.joanne)):
        add_verdict(person, thread_id, kind, now, body="Here it was different & not as <told> at all, by night.")
    add_probe(cast.tomasz, thread_id, now, body="Which *one* & <why>?", quote="I waited")
    answer(cast.maren, add_probe(cast.joanne, thread_id, now, quote="A long line") or 0, now, body="- so\n- and so")
    add_probe(cast.caro, thread_id, now, box="not_when")
    for _ in range(2):  # of which one waits
        add_probe(cast.caro, thread_id, now, body="And <then>?")
    return spell(thread_id)


def _faults(document: bytes) -> list[tuple[object, ...]]:
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(document)
    return [(place, code, details) for place, code, details in parser.errors]


@pytest.mark.parametrize("who", ["nobody", "otto", "caro", "maren", "joanne", "tomasz"])
def test_every_page_is_valid_html(
    cast: Cast,
    thread: str,
    client: FlaskClient,
    client_of: Callable[[int], FlaskClient],
    post: Postbox,
    now: datetime,
    who: str,
) -> None:
    if who == "tomasz":
        with transaction():
            appoint_administrator(person_id=cast.tomasz, now=now)
    client.post("/reset", data={"email": "caro@example.org"})
    browser = client if who == "nobody" else client_of(getattr(cast, who))
    more = (
        f"/t/{thread}/any",
        f"/t/{thread}/any?kind=report",
        f"/t/{thread}/edit",
        f"/t/{thread}/revisions",
        f"/t/{thread}/probe?quote=One&type=goal",
        f"/t/{thread}/any?show=open",
        f"/t/{thread}/any?find=told",
        "/c/bedside-icu/new/question",
        "/c/bedside-icu/new/procedure",
        "/c/bedside-icu/procedures",
        post.fetch_one("caro@example.org", "Another password").path,
        f"/t/{thread}/verdict?verdict=held",
    )
    faults = {}

    for address in (*PAGES, *more, f"/t/{thread}/verdict?verdict=otherwise"):
        answer = browser.get(address)
        if answer.mimetype == "text/html" and answer.status_code not in (301, 302, 303):
            faults[address] = _faults(answer.data)
            assert answer.text.count("<h1") == 1, address

    assert {address: found for address, found in faults.items() if found} == {}
    assert len(faults) > 12


def test_what_people_wrote_never_becomes_markup(cast: Cast, thread: str, client: FlaskClient) -> None:
    page = client.get(f"/t/{thread}/any").text

    assert "<script>alert" not in page
    assert "<chart>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize(
    ("address", "status"),
    [("/", 200), ("/signin", 200), ("/no/such/page", 404), ("/static/cop.css", 200), ("/c/bedside-icu/join", 405)],
)
def test_every_class_of_answer_carries_the_headers(cast: Cast, client: FlaskClient, address: str, status: int) -> None:
    with client.get(address) as answer:
        assert answer.status_code == status
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "nonce" not in policy


def test_pages_of_somebody_signed_in_are_kept_by_nobody(cast: Cast, client_of: Callable[[int], FlaskClient]) -> None:
    answer = client_of(cast.maren).get("/c/bedside-icu/")

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in answer.headers["Vary"]


def test_a_visitors_page_is_asked_for_again_and_sent_only_when_it_has_changed(
    cast: Cast, now: datetime, client: FlaskClient
) -> None:
    first = client.get("/c/bedside-icu/")
    again = client.get("/c/bedside-icu/", headers={"If-None-Match": first.headers["ETag"]})
    add_story(cast.maren, cast.bedside, now, title="Something new")
    changed = client.get("/c/bedside-icu/", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in first.headers
    assert (again.status_code, again.data) == (304, b"")
    assert changed.status_code == 200
