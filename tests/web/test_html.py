"""Every page is valid HTML, carries the headers that browsers need, and is what it says it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from bench.pages import NO_PAGE
from cop.accounts.administration import appoint_administrator
from cop.communities.invitations.operations import invite_by_link
from cop.communities.models import Community
from cop.communities.queries import load_person_as_viewer
from cop.discussions.drafts.models import Draft
from cop.platform import ids
from cop.platform.database import transaction
from cop.platform.ids import spell
from tests.cases.stage import add_case, choose
from tests.cast import Cast, add_reply, add_story, add_verdict, ask_a_question
from tests.postbox import Postbox
from tests.probing import add_probe, answer
from tests.security.stage import point_to
from tests.security.surfaces import addresses_of
from tests.validity import faults_in

MORE = (  # besides one address of every route: the same pages asked otherwise, and what is nowhere
    "/c/bedside-icu/?sort=endorsed",
    "/c/bedside-icu/?sort=new",
    "/c/bedside-icu/?sort=needs-you",
    "/c/bedside-icu/",
    "/c/organ-builders/",
    "/c/night-shift-pzqlmn/",
    "/drafts/1",
    "/search?q=chart",
    "/search?q=zzyzx",
    "/search?q=chart&from=never",
    "/no/such/page",
)
OF_A_STORY = (
    "/any?kind=report", "/any?show=open", "/any?find=told", "/probe?quote=One&type=goal", "/verdict?verdict=held",
    "/verdict?verdict=otherwise", "/edit", "/revisions", "/any",
)  # fmt: skip


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


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what is written out is the same on both
def test_every_page_is_valid_html_for_everybody(
    app: Flask,
    cast: Cast,
    thread: str,
    client: FlaskClient,
    client_of: Callable[[int], FlaskClient],
    post: Postbox,
    now: datetime,
) -> None:
    invitation = furnish(cast, thread, now)
    client.post("/reset", data={"email": "caro@example.org"})
    letter = post.fetch_one("caro@example.org", "Another password").path
    browsers = [client, *(client_of(who) for who in (cast.otto, cast.caro, cast.maren, cast.joanne, cast.tomasz))]
    more = (*MORE, letter, f"/invitations/{invitation}", *(f"/t/{thread}{page}" for page in OF_A_STORY))
    faults, shown = {}, set()

    for browser in browsers:
        seen = set()
        for address in (*more, *addresses_of(app, cast, "GET")):
            endpoint = _endpoint(app, address)
            if endpoint in NO_PAGE or (endpoint in seen and address not in more):
                continue
            answer = browser.get(address)
            if answer.mimetype == "text/html" and answer.status_code not in (301, 302, 303):
                faults[address] = faults.get(address, []) + faults_in(answer.data)
                assert answer.text.count("<h1") == 1, address
                seen |= {endpoint} if answer.status_code == 200 else set()
        shown |= seen

    assert {address: found for address, found in faults.items() if found} == {}
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods} - NO_PAGE.keys()
    others = {"check_ins.ask_check_in", "keepers.name_keeper", "decisions.compose_question"}
    assert shown == pages - others  # at which test_tending.py and test_asking_panels.py look


def furnish(cast: Cast, thread: str, now: datetime) -> str:
    """What else there are pages of: cases told and open, a question, a procedure, a draft; an invitation's token."""
    for teller, outcome in ((cast.maren, "It was the tubing"), (cast.joanne, "")):
        case = add_case(teller, cast.bedside, now, outcome=outcome)
        choose(cast.tomasz, case, now)
    ask_a_question(cast.maren, cast.bedside, now)
    point_to(cast.maren, cast.bedside, ids.read(thread) or 0, now)
    with transaction() as s:
        appoint_administrator(person_id=cast.tomasz, now=now)
        s.add(Draft(person_id=cast.maren, kind="sent", path="/", fields="[]", begun_at=now, saved_at=now))
    with transaction() as s:
        place, host = s.get_one(Community, cast.inner_room), load_person_as_viewer(cast.piet)
        return invite_by_link(actor=host, community=place, now=now)


def _endpoint(app: Flask, address: str) -> str:
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(address).path)[0])
    except HTTPException:
        return ""


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
