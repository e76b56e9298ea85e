"""A text outlives the session in which it was written: it is carried through signing in and sent on from there."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from cop.discussions.models import Reply
from cop.discussions.queries import get_reply
from cop.platform.database import reading
from cop.platform.ids import spell
from tests.cast import PASSWORD, Cast, add_story
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


def test_what_is_too_long_to_be_kept_is_said_to_be_too_long(client: FlaskClient, cast: Cast) -> None:
    """It must not be promised that it goes on from there."""
    answer = client.post(f"/t/{spell(cast.noise_thread)}/replies", data={"body": "x" * 600_000})

    assert answer.status_code == 413


def test_a_forged_parcel_that_no_page_could_show_is_dropped(client: FlaskClient, cast: Cast) -> None:
    kept = json.dumps([f"/t/{spell(cast.noise_thread)}/replies", "k", [["body", "x \ud800 y"]]])

    answer = client.post("/signin", data={"email": "nobody@example.org", "password": "wrong one", "kept": kept})

    assert answer.status_code == 422
