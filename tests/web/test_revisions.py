"""What was changed: every change with the words taken out and added, for whoever sees what stands now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from cop.discussions.models import Thread
from cop.discussions.operations import revise_reply, revise_story
from cop.discussions.queries import get_reply, get_thread
from cop.discussions.replies import ReplyDraft, render_reply
from cop.discussions.stories import StoryDraft, render_story
from cop.platform.database import reading, session, transaction
from cop.platform.ids import spell
from tests.cast import SITUATION, Cast, add_reply, add_story
from tests.web.reading import read

Clients = Callable[[int], FlaskClient]


def change(cast: Cast, thread_id: int, now: datetime, *, title: str = "A tidy chart", **fields: str) -> None:
    story = render_story(StoryDraft(title=title, fields={"situation": SITUATION, **fields}), now=now)
    maren = cast.viewer("maren")
    with transaction():
        thread = get_thread(maren, thread_id)
        revise_story(actor=maren, thread=thread, story=story, seen_revision=thread.revision, now=now)


@pytest.fixture
def told(cast: Cast, now: datetime) -> int:
    return add_story(cast.maren, cast.bedside, now - timedelta(days=9), noticed="His knee was cold and mottled.")


def test_a_change_shows_who_made_it_and_which_words_went_and_came(
    told: int, cast: Cast, now: datetime, client: FlaskClient
) -> None:
    change(cast, told, now, noticed="His knee was cold, and the cold began at a line.", title="A very tidy chart")

    story = read(client, f"/t/{spell(told)}/any")
    page = read(client, story.links()["Revised"])

    assert "Maren Oduya" in page.words("section/h2")[0]
    assert page.words("del")[-1] == "[taken out: mottled ]" or "mottled" in " ".join(page.words("del"))
    assert any("began at a line" in added for added in page.words("ins"))
    assert any("very" in added for added in page.words("ins"))
    assert "Second night in a row" not in page.text, "what did not change is not shown"


def test_many_changes_are_read_page_by_page_the_latest_first(
    told: int, cast: Cast, now: datetime, client: FlaskClient, statements: list[str]
) -> None:
    for n in range(12):
        change(cast, told, now + timedelta(minutes=n), title=f"Title {n:02}")

    seen, where = [], f"/t/{spell(told)}/revisions"
    while where:
        page = read(client, where)
        seen += page.words("ins")
        where = page.leads("next") or ""

    assert len([words for words in seen if any(c.isdigit() for c in words)]) == 12
    assert "Revised 12 times" in read(client, f"/t/{spell(told)}/any").text


def test_what_was_written_is_never_markup(told: int, cast: Cast, now: datetime, client: FlaskClient) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    change(cast, told, now, title=f"Now {attack}", noticed=attack)
    change(cast, told, now, title="Later", noticed="Nothing.")

    page = read(client, f"/t/{spell(told)}/revisions")

    assert "alert(1)" in page.text
    assert "<script>alert" not in page.html
    assert "<img" not in page.html


def test_a_reply_has_its_changes_too_and_a_former_member_no_name(
    told: int, cast: Cast, now: datetime, client: FlaskClient
) -> None:
    said = add_reply(cast.tomasz, told, now, body="The knee was warm.")
    tomasz = cast.viewer("tomasz")
    text = render_reply(ReplyDraft("The knee was cold."))
    with transaction():
        reply = get_reply(tomasz, said)
        revise_reply(actor=tomasz, reply=reply, community_id=cast.bedside, text=text, seen_revision=0, now=now)

    page = read(client, f"/p/{spell(said)}/revisions")

    assert "warm" in page.words("del")[0]
    assert "cold" in page.words("ins")[0]
    assert any(
        link.endswith(f"/p/{spell(said)}/revisions") for link in read(client, f"/t/{spell(told)}/any").links().values()
    )


def test_changes_of_what_one_cannot_see_do_not_exist(cast: Cast, client: FlaskClient, client_of: Clients) -> None:
    for browser in (client, client_of(cast.joanne)):
        assert browser.get(f"/t/{spell(cast.secret_thread)}/revisions").status_code == 404
        assert browser.get(f"/t/{spell(cast.secret_thread - 1)}/revisions").status_code == 404


def test_nothing_is_kept_of_a_change_that_failed(told: int, cast: Cast, now: datetime, client: FlaskClient) -> None:
    with reading():
        assert session().get_one(Thread, told).revision == 0

    assert "It stands as it was first written" in read(client, f"/t/{spell(told)}/revisions").text
