"""Taking back what one said or told, and bringing it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from cop.cli.queries import list_miscounts
from cop.discussions.models import Reply, Thread
from cop.platform import clock
from cop.platform.database import db, reading, session
from cop.platform.ids import spell
from cop.ranking.models import ThreadOrder
from cop.ranking.verification import check_orders
from tests.cast import Cast, add_reply, add_story, add_verdict
from tests.web.reading import read, send

Clients = Callable[[int], FlaskClient]
SECRET = "The blue valve stuck qzvalve"
TITLE = "Kept under a name qztitle"


@pytest.fixture
def told(cast: Cast, now: datetime) -> int:
    return add_story(cast.maren, cast.bedside, now - timedelta(days=2), title=TITLE, noticed="Qznoticed it late.")


@pytest.fixture
def reply(cast: Cast, told: int, now: datetime) -> int:
    return add_reply(cast.tomasz, told, now - timedelta(days=1), body=SECRET)


def keys(thread_id: int) -> dict[str, object]:
    with reading():
        row = session().get_one(ThreadOrder, thread_id)
        names = (column.key for column in ThreadOrder.__table__.columns)
        return {name: getattr(row, name) for name in names if name not in ("told_at", "latest_at", "latest_id")}


def is_whole() -> bool:
    """Whether `cop check` would find nothing."""
    db.session.remove()
    found = list(check_orders())
    with reading():
        return found == [] and list_miscounts(5) == []


# A reply


def test_a_withdrawn_reply_keeps_its_place_and_its_answer_and_only_its_author_reads_it(
    told: int, reply: int, cast: Cast, client: FlaskClient, client_of: Clients
) -> None:
    maren, tomasz = client_of(cast.maren), client_of(cast.tomasz)
    send(maren, f"/t/{spell(told)}/replies", answers=spell(reply), body="I had not seen that.")

    done = send(tomasz, f"/p/{spell(reply)}/withdraw")

    assert done.status == 303
    for browser in (client, maren):
        page = read(browser, f"/t/{spell(told)}/any")
        assert SECRET not in page.html
        assert "Withdrawn by its author" in page.text
        assert "I had not seen that." in page.text
        assert browser.get(f"/p/{spell(reply)}/revisions").status_code == 404
    own = read(tomasz, f"/t/{spell(told)}/any")
    assert SECRET in own.text
    assert f"/p/{spell(reply)}/restore" in own.forms()
    assert tomasz.get(f"/p/{spell(reply)}/edit").status_code == 403
    assert is_whole()


def test_its_words_leave_search_and_come_back(
    told: int, reply: int, cast: Cast, client: FlaskClient, client_of: Clients, deliver: Callable[[], int]
) -> None:
    tomasz = client_of(cast.tomasz)
    deliver()
    assert TITLE in read(client, "/search?q=qzvalve").text

    send(tomasz, f"/p/{spell(reply)}/withdraw")
    assert TITLE not in read(client, "/search?q=qzvalve").text, "before the index knows"
    deliver()
    assert TITLE not in read(client, "/search?q=qzvalve").text
    send(tomasz, f"/p/{spell(reply)}/restore")
    deliver()

    assert TITLE in read(client, "/search?q=qzvalve").text


def test_a_reply_taken_back_was_never_said_and_brought_back_counts_as_before(
    told: int, reply: int, cast: Cast, client_of: Clients
) -> None:
    tomasz = client_of(cast.tomasz)
    with_it = keys(told)

    send(tomasz, f"/p/{spell(reply)}/withdraw")
    without = keys(told)
    assert is_whole()
    send(tomasz, f"/p/{spell(reply)}/restore")

    assert without["k"] < with_it["k"]  # type: ignore[operator]
    assert keys(told) == pytest.approx(with_it)
    assert is_whole()
    send(tomasz, f"/p/{spell(reply)}/withdraw")
    assert keys(told)["k"] == pytest.approx(without["k"])
    assert is_whole()


def test_a_report_taken_back_leaves_the_verdict(
    told: int, cast: Cast, now: datetime, client: FlaskClient, client_of: Clients
) -> None:
    report = add_verdict(cast.tomasz, told, "held", now)
    assert report is not None
    before = keys(told)

    send(client_of(cast.tomasz), f"/p/{spell(report.id)}/withdraw")

    assert keys(told) == before
    assert "Tomasz Wieczorek" in read(client, f"/t/{spell(told)}/any").text
    assert "went as told" not in read(client, "/people/maren-oduya").html
    assert is_whole()


def test_only_the_author_takes_it_back_and_only_for_thirty_days_it_comes_back(
    told: int, reply: int, cast: Cast, now: datetime, client_of: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    tomasz, joanne = client_of(cast.tomasz), client_of(cast.joanne)

    assert send(joanne, f"/p/{spell(reply)}/withdraw").status == 403
    assert send(tomasz, f"/p/{spell(reply)}/restore").status == 403
    assert send(tomasz, f"/p/{spell(reply)}/withdraw").status == 303
    assert send(joanne, f"/p/{spell(reply)}/restore").status == 403
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=31))
    assert "more than thirty days ago" in send(tomasz, f"/p/{spell(reply)}/restore").text


def test_the_author_stands_in_the_row_with_the_moment(
    told: int, reply: int, cast: Cast, now: datetime, client_of: Clients
) -> None:
    send(client_of(cast.tomasz), f"/p/{spell(reply)}/withdraw")

    with reading():
        row = session().get_one(Reply, reply)
        assert (row.withdrawn_at, row.withdrawn_by_id) == (now, cast.tomasz)
        assert session().get_one(Thread, told).replies == 0


# A thread


def test_a_withdrawn_story_is_gone_for_visitors_and_its_words_for_members(
    told: int, reply: int, cast: Cast, client: FlaskClient, client_of: Clients, deliver: Callable[[], int]
) -> None:
    maren, tomasz = client_of(cast.maren), client_of(cast.tomasz)
    for place in ("/", "/c/bedside-icu/", f"/t/{spell(told)}/any", "/people/maren-oduya"):
        assert TITLE in read(client, place).html or place == "/"
    deliver()

    assert send(maren, f"/t/{spell(told)}/withdraw").status == 303

    assert client.get(f"/t/{spell(told)}").status_code == 404
    assert client.get(f"/p/{spell(reply)}").status_code == 404
    for browser in (client, tomasz):
        for place in ("/", "/c/bedside-icu/", "/c/bedside-icu/?sort=new", "/people/maren-oduya", "/search?q=qznoticed"):
            assert TITLE not in read(browser, place).html, place
    page = read(tomasz, f"/t/{spell(told)}", follow_redirects=True)
    assert "Withdrawn by its teller" in page.text
    assert SECRET in page.text
    assert "qztitle" not in page.html.lower()
    assert "qznoticed" not in page.html.lower()
    assert tomasz.get(f"/t/{spell(told)}").headers["Location"].endswith("/withdrawn")
    assert tomasz.get(f"/t/{spell(told)}/revisions").status_code == 404
    assert send(tomasz, f"/t/{spell(told)}/replies", body="And yet.").status == 403
    assert send(tomasz, f"/t/{spell(told)}/verdict", verdict="seen").status == 403
    assert is_whole()


def test_its_teller_finds_it_and_brings_it_back_with_all_that_was_said(
    told: int, reply: int, cast: Cast, client: FlaskClient, client_of: Clients, deliver: Callable[[], int]
) -> None:
    maren = client_of(cast.maren)
    send(maren, f"/t/{spell(told)}/withdraw")
    deliver()
    assert TITLE not in read(client, "/search?q=qzvalve").text
    assert TITLE in read(maren, "/people/maren-oduya").text
    assert f"/t/{spell(told)}/restore" in read(maren, f"/t/{spell(told)}/any").forms()

    assert send(maren, f"/t/{spell(told)}/restore").status == 303
    deliver()

    assert TITLE in read(client, "/c/bedside-icu/").text
    assert TITLE in read(client, "/search?q=qznoticed").text
    assert TITLE in read(client, "/search?q=qzvalve").text
    assert is_whole()


def test_nobody_else_withdraws_a_story(told: int, cast: Cast, client_of: Clients) -> None:
    assert send(client_of(cast.joanne), f"/t/{spell(told)}/withdraw").status == 403
