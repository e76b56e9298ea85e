"""What is kept of pages is used again as long as it is true, and not a moment longer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from cop.accounts.models import Person
from cop.accounts.viewer import Viewer
from cop.communities.models import Community
from cop.communities.operations import found_community
from cop.discussions.marks.operations import store_marks
from cop.discussions.marks.queries import Mark
from cop.discussions.versions import SITE, of_place, of_standing, of_talk, of_thread
from cop.platform import clock, versions
from cop.platform.choices import forget_choices
from cop.platform.database import reading, session, transaction
from cop.platform.errors import NotVisible
from cop.platform.ids import spell
from cop.web.caching import kept_part
from cop.web.marking import waiting_marks
from cop.web.pages import thread_lists
from cop.web.pages.cards import Card
from tests.cast import Cast, add_reply, add_story, add_verdict
from tests.web.reading import send

Clients = Callable[[int], FlaskClient]


@pytest.fixture
def told(cast: Cast, now: datetime) -> int:
    return add_story(cast.maren, cast.bedside, now - timedelta(days=6))


@pytest.fixture
def trusting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a real site: what is kept is sent without being made again to compare."""
    monkeypatch.setitem(app.config, "TESTING", False)


def page(thread_id: int) -> str:
    return f"/t/{spell(thread_id)}/a-tidy-chart"


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("address", ["thread", "/c/bedside-icu/", "/c/bedside-icu/?sort=new"])
def test_a_visitors_second_page_asks_the_database_one_thing(
    told: int, client: FlaskClient, statements: list[str], address: str
) -> None:
    address = page(told) if address == "thread" else address
    first = client.get(address)
    statements.clear()

    second = client.get(address)

    assert second.data == first.data
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.headers["Cache-Control"] == "no-cache"
    assert [line.split()[0] for line in statements if line != "BEGIN"] == ["SELECT"]


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize(("address", "asked"), [("thread", 7), ("/c/bedside-icu/", 4)])
def test_a_members_second_page_asks_for_what_is_theirs_and_little_else(
    told: int, cast: Cast, client_of: Clients, statements: list[str], address: str, asked: int
) -> None:
    """Who they are, where it is, what changed, whether they see it; of a thread what they began, read, said and try."""
    member, address = client_of(cast.tomasz), page(told) if address == "thread" else address
    member.get(address)
    waiting_marks().take_all()
    statements.clear()

    member.get(address)

    assert [line.split()[0] for line in statements if line != "BEGIN"] == ["SELECT"] * asked


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize("address", ["/healthz", "/static/mark.svg"])
def test_what_is_never_kept_asks_the_database_nothing(client: FlaskClient, statements: list[str], address: str) -> None:
    forget_choices()
    statements.clear()

    with client.get(address) as answer:
        assert answer.status_code == 200
    assert statements == []


@pytest.mark.usefixtures("trusting")
def test_what_many_ask_for_at_once_is_made_once(app: Flask) -> None:
    made, asked = [], threading.Barrier(4)

    def make() -> str:
        made.append("made")
        time.sleep(0.2)
        return "what was made"

    def ask() -> str:
        with app.test_request_context():
            asked.wait(5)
            return kept_part("what many ask for", (), make)

    with ThreadPoolExecutor(4) as people:
        answers = [one.result() for one in [people.submit(ask) for _ in range(4)]]

    assert answers == ["what was made"] * 4
    assert made == ["made"]


@pytest.mark.usefixtures("trusting")
def test_who_cannot_make_it_leaves_it_to_the_next(app: Flask) -> None:
    def fail() -> str:
        raise NotVisible

    with app.test_request_context():
        for _ in range(2):
            with pytest.raises(NotVisible):
                kept_part("what cannot be made", (), fail)
        assert kept_part("what cannot be made", (), lambda: "made") == "made"


@pytest.mark.usefixtures("trusting")
def test_a_community_is_found_as_soon_as_it_is_founded(client: FlaskClient, now: datetime) -> None:
    before = client.get("/c/night-watch/").status_code

    with transaction():
        found_community(name="Night watch", slug="night-watch", practice="Watching.", now=now)

    assert [before, client.get("/c/night-watch/").status_code] == [404, 200]


@pytest.mark.usefixtures("trusting")
def test_what_is_said_stands_on_the_next_page_of_a_visitor_and_of_a_member(
    told: int, cast: Cast, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    member = client_of(cast.tomasz)
    for reader in (client, member):
        reader.get(page(told))
        reader.get("/c/bedside-icu/")

    add_reply(cast.caro, told, now, body="Said after both had read it.")

    for reader in (client, member):
        assert "Said after both had read it." in reader.get(page(told)).text
        assert "1 reply" in reader.get("/c/bedside-icu/").text


@pytest.mark.usefixtures("trusting")
def test_a_verdict_changes_the_page_at_once(told: int, cast: Cast, client: FlaskClient, now: datetime) -> None:
    before = client.get(page(told)).text

    add_verdict(cast.tomasz, told, "seen", now)

    assert "has seen this too" not in before
    assert "has seen this too" in client.get(page(told)).text


@pytest.mark.usefixtures("trusting")
def test_a_community_that_turns_private_is_gone_for_visitors_at_once(
    told: int, cast: Cast, client: FlaskClient, client_of: Clients
) -> None:
    addresses = (page(told), "/c/bedside-icu/")
    assert [client.get(one).status_code for one in addresses] == [200, 200]

    with transaction() as s:
        s.execute(update(Community).where(Community.id == cast.bedside).values(visibility="secret"))
        versions.change([of_place(cast.bedside)])

    assert [client.get(one).status_code for one in addresses] == [404, 404]
    assert [client_of(cast.maren).get(one).status_code for one in addresses] == [200, 200]
    assert [client.get(one).status_code for one in addresses] == [404, 404]


@pytest.mark.usefixtures("trusting")
def test_nobody_gets_a_page_that_was_made_for_somebody(
    told: int, cast: Cast, client: FlaskClient, client_of: Clients
) -> None:
    teller = client_of(cast.maren)
    own = [teller.get(page(told)).text for _ in range(2)]
    visitors = [client.get(page(told)).text for _ in range(2)]
    others = client_of(cast.tomasz).get(page(told)).text

    assert all("Revise it" in text for text in own)
    assert not any("Revise it" in text or "csrf_token" in text or "Maren’s" in text for text in visitors)
    assert "Revise it" not in others
    assert "csrf_token" in others


@pytest.mark.usefixtures("trusting")
def test_each_theme_has_its_own_page(told: int, client: FlaskClient) -> None:
    light = client.get(page(told)).text
    client.set_cookie("theme", "dark")

    assert "theme-dark" not in light
    assert "theme-dark" in client.get(page(told)).text


@pytest.mark.usefixtures("trusting")
def test_what_a_robot_asks_with_head_is_the_page_that_people_get(told: int, client: FlaskClient) -> None:
    address = f"{page(told)}?kind=report"

    head = client.head(address)

    assert f'name="back" value="{address}"' in client.get(address).text
    assert head.headers["ETag"] == client.get(address).headers["ETag"]


@pytest.mark.usefixtures("trusting")
def test_a_new_name_stands_everywhere_at_once(told: int, cast: Cast, client: FlaskClient, client_of: Clients) -> None:
    addresses = (page(told), "/c/bedside-icu/")
    for one in addresses:
        client.get(one)

    send(client_of(cast.maren), "/settings/profile", name="Maren Newname", practice="beekeeper", setting="")

    for one in addresses:
        assert "Maren Newname" in client.get(one).text
        assert "Maren Oduya" not in client.get(one).text


@pytest.mark.usefixtures("trusting")
def test_words_for_time_are_at_most_an_hour_old(
    told: int, client: FlaskClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get(page(told))

    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=200))

    assert "Resting since" in client.get(page(told)).text


def test_under_test_something_kept_that_is_no_longer_true_is_found_out(
    told: int, cast: Cast, client: FlaskClient
) -> None:
    client.get(page(told))

    with transaction() as s:
        s.execute(update(Person).where(Person.id == cast.maren).values(name="Somebody Else"))

    assert client.get(page(told)).status_code == 500


def test_every_event_of_a_thread_changes_the_thread_and_the_lists_of_its_community(
    told: int, cast: Cast, now: datetime
) -> None:
    names = (of_thread(told), of_talk(cast.bedside), of_place(cast.bedside), SITE, of_talk(cast.organs))
    with reading():
        before = versions.stamps_of(names)

    add_reply(cast.caro, told, now)

    with reading():
        after = versions.stamps_of(names)
    assert [old != new for old, new in zip(before, after, strict=True)] == [True, True, False, False, False]
    assert after == versions.current_stamps_of(names)


@pytest.mark.parametrize("act", ["reply", "verdict", "reading"])
def test_what_stands_in_a_thread_is_made_anew_only_when_it_may_have_changed(
    told: int, cast: Cast, now: datetime, act: str
) -> None:
    names = (of_thread(told), of_standing(told), of_talk(cast.bedside))
    with reading():
        before = versions.stamps_of(names)

    if act == "reply":
        add_reply(cast.caro, told, now)
    elif act == "verdict":
        add_verdict(cast.caro, told, "seen", now)
    else:
        with transaction():
            store_marks(marks=[Mark(cast.tomasz, told, now, None)])

    with reading():
        after = versions.stamps_of(names)
    expected = {"reply": [True, False, True], "verdict": [True, True, True], "reading": [False, False, True]}[act]
    assert [old != new for old, new in zip(before, after, strict=True)] == expected


@pytest.mark.usefixtures("trusting")
def test_a_reply_in_one_thread_leaves_the_rows_of_the_others_as_they_were(
    told: int, cast: Cast, client: FlaskClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [add_story(cast.maren, cast.bedside, now - timedelta(days=5 + n)) for n in range(3)]
    client.get("/c/bedside-icu/")
    written: list[int] = []
    plain = thread_lists.list_cards

    def noting(viewer: Viewer, ids: Sequence[int], **more: Any) -> list[Card]:
        written.extend(ids)
        return plain(viewer, ids, **more)

    monkeypatch.setattr(thread_lists, "list_cards", noting)
    add_reply(cast.caro, others[1], now)

    rows = client.get("/c/bedside-icu/").text

    assert set(written) == {others[1]}
    assert rows.count('<li class="thread') == 4
    assert "1 reply" in rows


def test_what_was_rolled_back_changes_no_stamp(cast: Cast) -> None:
    before = versions.current_stamps_of([SITE])

    with pytest.raises(ZeroDivisionError), transaction():
        versions.change([SITE])
        session().flush()
        raise ZeroDivisionError

    assert versions.current_stamps_of([SITE]) == before
