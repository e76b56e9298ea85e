"""A text outlives the session in which it was written: kept, claimed by signing in, it stands in its composer again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from cop.discussions.drafts.models import Draft
from cop.discussions.drafts.operations import forget_old_drafts
from cop.discussions.models import Reply
from cop.discussions.queries import get_reply
from cop.platform import clock
from cop.platform.database import reading, transaction
from cop.platform.ids import spell
from tests.cast import Cast, add_story
from tests.conftest import make_app
from tests.web.reading import Reader, read
from tests.web.signing import COOKIE, sign_in

Clients = Callable[[int], FlaskClient]
TEXT = "Each step was the same height.\r\n\r\n“Nobody” downstream had <b>complained</b> & that was a 'sign': \\o/ 冷."


def told(thread_id: int) -> list[str]:
    """The replies of a thread as they were written."""
    with reading() as s:
        return list(s.scalars(select(Reply.source).where(Reply.thread_id == thread_id).order_by(Reply.said_at)))


def _lose_session(browser: FlaskClient) -> None:
    browser.delete_cookie(COOKIE)


def follow(browser: FlaskClient, answer: Any) -> Reader:
    """Where signing in leads in the end, as a browser goes there."""
    while answer.status_code in (302, 303):
        answer = browser.get(answer.headers["Location"])
    return Reader(answer)


def typed(page: Reader) -> list[str]:
    """What stands in the big boxes of a page."""
    return [(area.text or "").removeprefix("\n") for area in page.all("textarea")]


def test_a_text_outlives_a_lost_session_and_a_wrong_password_and_is_told_once(
    cast: Cast, client_of: Clients, now: datetime
) -> None:
    story = add_story(cast.joanne, cast.bedside, now)
    browser, address = client_of(cast.maren), f"/t/{spell(story)}/replies"
    form = read(browser, f"/t/{spell(story)}/a-tidy-chart").forms()[f"{address}#reply"]
    _lose_session(browser)

    lost = Reader(browser.post(address, data=form | {"kind": "reply", "body": TEXT}))
    wrong = Reader(sign_in(browser, password="not it", kept=lost.forms()["/signin"]["kept"]))
    again = follow(browser, sign_in(browser, kept=wrong.forms()["/signin"]["kept"]))
    before = told(story)
    sending = again.forms()[f"{address}#reply"] | {"kind": "reply"}
    answers = [browser.post(address, data=sending) for _ in range(2)]

    assert [page.status for page in (lost, wrong, again)] == [401, 422, 200]
    assert lost.words("h1") == wrong.words("h1") == ["You were signed out while writing"]
    assert "You are signed in again, Maren Oduya." in again.text
    for page in (lost, wrong, again):
        assert TEXT.replace("\r\n", "\n") in typed(page)
    assert before == []
    assert told(story) == [TEXT.replace("\r\n", "\n")]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert "No drafts" in read(browser, "/drafts").text


def test_every_field_of_a_long_story_comes_through(cast: Cast, client_of: Clients) -> None:
    browser, address = client_of(cast.maren), "/c/bedside-icu/new/story"
    fields = {
        "situation": 'ü"\\\r\n' * 9_000,
        "title": "The “queue” <grew>",
        "noticed": "\r\n\r\nfirst\r\n",
        "expected": "x" * 70_000,  # longer than can be told: it is to be made shorter, not lost
        "redacted": "y",
    }
    _lose_session(browser)

    lost = Reader(browser.post(address, data=fields | {"csrf_token": "old", "key": "k1", "password": "never this"}))
    again = follow(browser, sign_in(browser, kept=lost.forms()["/signin"]["kept"]))

    assert "never this" not in lost.html + again.html
    sent = again.forms()[address]
    assert sent["csrf_token"] != "old"
    assert {name: sent[name] for name in fields if name != "redacted"} == {
        name: value.replace("\r\n", "\n") for name, value in fields.items() if name != "redacted"
    }
    assert "checked" in again.all("input[@id='redacted']")[0].attrib


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
        "//evil.example/t/1/replies",
        "https://evil.example/t/1/replies",
        "/\\evil.example",
        "/signin",
        "/theme",
        "/healthz",
        "/static/cop.css",
        "/c/bedside-icu/join\x00",
        "[" * 100_000,
        "1",
        "zzzzzzzzzzzzz",
        "x \x00 y",
        "null",
        "nonsense",
    ],
)
def test_only_forms_of_this_site_are_carried_through_signing_in(cast: Cast, client: FlaskClient, kept: str) -> None:
    answer = sign_in(client, kept=kept)

    assert (answer.status_code, answer.headers.get("Location")) == (303, "/")


@pytest.mark.parametrize("what", ["another browser", "another page", "a day later"])
def test_what_was_kept_needs_the_browser_and_the_page_and_the_day(
    cast: Cast, client_of: Clients, now: datetime, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """A ward's computer is shared: whoever signs in there next on a page of their own gets nothing of it."""
    browser = client_of(cast.maren)
    _lose_session(browser)
    lost = Reader(browser.post(f"/t/{spell(cast.noise_thread)}/replies", data={"body": TEXT}))
    kept = lost.forms()["/signin"]["kept"]
    if what == "another browser":
        browser.delete_cookie("cop_draft")
    if what == "another page":
        kept = ""
        assert "first thing" not in read(browser, "/signin").text
    if what == "a day later":
        monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=25))

    page = follow(browser, sign_in(browser, "tomasz@example.org", kept=kept))

    assert "complained" not in page.html + read(browser, "/drafts").html
    cookie = lost.response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=86400" in cookie


def test_what_nobody_signs_in_for_is_forgotten_in_a_day(cast: Cast, client: FlaskClient, now: datetime) -> None:
    client.post(f"/t/{spell(cast.noise_thread)}/replies", data={"body": TEXT})

    left = []
    for later in (timedelta(hours=23), timedelta(hours=25)):
        with transaction():
            forget_old_drafts(now=now + later)
        with reading() as s:
            left.append(len(list(s.scalars(select(Draft.id)))))

    assert left == [1, 0]


def test_a_reply_that_was_kept_belongs_to_whoever_signed_in(cast: Cast, client_of: Clients, now: datetime) -> None:
    story = add_story(cast.joanne, cast.bedside, now)
    browser, address = client_of(cast.maren), f"/t/{spell(story)}/replies"
    _lose_session(browser)
    lost = Reader(browser.post(address, data={"body": TEXT}))

    again = follow(browser, sign_in(browser, "tomasz@example.org", kept=lost.forms()["/signin"]["kept"]))
    browser.post(address, data=again.forms()[f"{address}#reply"] | {"kind": "reply"})

    assert "You are signed in again, Tomasz Wieczorek." in again.text
    with reading() as s:
        reply_id = s.scalar(select(Reply.id).where(Reply.thread_id == story))
        assert get_reply(cast.viewer("nobody"), reply_id).author_id == cast.tomasz


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
    assert stopped.forms()["/signin"]["kept"] == carried


def test_what_is_too_long_to_be_kept_is_said_to_be_too_long(client: FlaskClient, cast: Cast) -> None:
    """It must not be promised that it goes on from there."""
    answer = client.post(f"/t/{spell(cast.noise_thread)}/replies", data={"body": "x" * 600_000})

    assert answer.status_code == 413
