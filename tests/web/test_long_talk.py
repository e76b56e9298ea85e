"""A thread at length: pages, jumps, permalinks into the middle, looking for words, and how far one has read."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from cop.discussions.marks.operations import store_marks
from cop.discussions.marks.queries import Mark, find_mark
from cop.discussions.models import Reply
from cop.discussions.versions import of_thread
from cop.platform import versions
from cop.platform.database import db, transaction
from cop.platform.ids import spell
from cop.web.marking import write_marks
from tests.cast import Cast, add_reply, add_story
from tests.web.long_talk import add_many_replies
from tests.web.reading import Reader, read, send

Clients = Callable[[int], FlaskClient]


def address(thread_id: int, more: str = "") -> str:
    return f"/t/{spell(thread_id)}/a-tidy-chart{more}"


def said(page: Reader) -> list[str]:
    return page.words("div[@class='post-body']")


def numbers(page: Reader) -> list[int]:
    return [int(found) for text in said(page) for found in re.findall(r"number (\d+)", text)]


@pytest.fixture
def told(cast: Cast, now: datetime) -> int:
    return add_story(cast.maren, cast.bedside, now - timedelta(days=10))


@pytest.fixture
def long(cast: Cast, told: int, now: datetime) -> int:
    add_many_replies(told, [cast.tomasz, cast.caro], 10_000, now - timedelta(days=9))
    return told


# Pages


def test_a_long_talk_opens_at_its_end_and_leads_to_its_beginning(long: int, client: FlaskClient) -> None:
    newest = read(client, address(long))
    first = read(client, newest.links()["First"])
    second = read(client, first.leads("next") or "")

    assert numbers(newest) == list(range(9_980, 10_000))
    assert numbers(first) == list(range(20))
    assert numbers(second) == list(range(20, 40))
    assert "First" not in first.links()
    assert second.links()["Newest"] == address(long, "#newest")
    assert len(newest.all("span[@id='newest']")) == 1
    assert second.all("span[@id='newest']") == []


def test_a_permalink_into_the_middle_shows_what_was_said_around_it(long: int, client: FlaskClient) -> None:
    answer = client.get(f"/p/{spell(5_001)}")
    page = read(client, answer.headers["Location"].partition("#")[0])

    assert numbers(page) == list(range(5_000, 5_020))
    assert numbers(read(client, page.leads("prev") or "")) == list(range(4_980, 5_000))


def test_every_page_of_ten_thousand_replies_costs_what_the_first_costs(
    long: int, cast: Cast, client_of: Clients, client: FlaskClient, now: datetime, statements: list[str]
) -> None:
    short = add_story(cast.maren, cast.bedside, now, title="Short")
    middling = add_story(cast.maren, cast.bedside, now, title="Middling")
    add_reply(cast.tomasz, short, now)
    add_reply(cast.caro, short, now)
    add_many_replies(middling, [cast.tomasz], 50, now - timedelta(days=1), first_id=50_000)
    browser = client_of(cast.joanne)
    browser.get("/c/")
    costs = {}

    for name, path in {
        "of 2": address(short), "of 50": address(middling), "of 10,000": address(long),
        "first": address(long, "?at=first"),
        "second": read(client, read(client, address(long, "?at=first")).leads("next") or "").leads("next") or "",
        "middle": browser.get(f"/p/{spell(5_001)}").headers["Location"].partition("#")[0],
    }.items():  # fmt: skip
        browser.get(path)
        statements.clear()
        begun = time.perf_counter()
        assert browser.get(path).status_code == 200
        costs[name] = (
            len([one for one in statements if one.lstrip().startswith("SELECT")]),
            time.perf_counter() - begun,
        )

    counts = {name: count for name, (count, _) in costs.items()}
    assert counts["of 2"] == counts["of 50"] == counts["of 10,000"] == counts["first"]
    assert counts["second"] == counts["middle"]
    assert costs["middle"][1] < costs["second"][1] * 4 + 0.1


# Looking for words


def test_words_are_found_in_this_thread_whatever_their_capitals(
    long: int, cast: Cast, client: FlaskClient, now: datetime
) -> None:
    add_reply(cast.tomasz, long, now, body="Über dem Bett, 100% sure_ly.")

    assert len(said(read(client, address(long, "?find=ÜBER+bett")))) == 1
    assert len(said(read(client, address(long, "?find=100%25")))) == 1
    assert said(read(client, address(long, "?find=1_0%25"))) == []
    assert "Nobody has said that here" in read(client, address(long, "?find=dialysis")).text


def test_what_is_found_goes_on_over_pages_and_each_leads_to_its_place(long: int, client: FlaskClient) -> None:
    latest = read(client, address(long, "?find=number+77"))
    earlier = read(client, latest.leads("prev") or "")

    assert numbers(latest)[-1] == 9_977
    assert all("77" in str(n) for n in numbers(latest) + numbers(earlier))
    assert max(numbers(earlier)) < min(numbers(latest))
    assert latest.all("input[@id='find-here']")[0].get("value") == "number 77"


def test_a_page_looks_through_a_stretch_and_leads_on_from_it(
    told: int, cast: Cast, client: FlaskClient, now: datetime, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    add_many_replies(told, [cast.tomasz, cast.caro], 100, now - timedelta(days=9))
    monkeypatch.setattr("cop.discussions.talks.queries.LOOKED_THROUGH", 40)
    pages: dict[str, list[list[int]]] = {"prev": [], "next": []}
    costs: dict[str, set[int]] = {"prev": set(), "next": set()}

    for way, begins in (("prev", "?find=number+1"), ("next", "?find=number+1&at=first")):
        page: Reader | None = read(client, address(told, begins))
        while page:
            pages[way].append(numbers(page))
            statements.clear()
            page = read(client, to) if (to := page.leads(way)) else None
            costs[way].add(len([one for one in statements if one.lstrip().startswith("SELECT")]))
    nothing = read(client, address(told, "?find=dialysis"))

    assert pages["prev"] == [[61, 71, 81, 91], [21, 31, 41, 51], [1, *range(10, 20)]]
    assert pages["next"] == [[1, *range(10, 20), 21, 31], [41, 51, 61, 71], [81, 91]]
    assert "Not in this stretch" in nothing.text
    assert nothing.leads("prev")
    assert [len(of_pages - {0}) for of_pages in costs.values()] == [1, 1]


def test_words_that_stand_in_the_teller_s_answer_are_found_with_what_it_answers(
    told: int, cast: Cast, client: FlaskClient, now: datetime
) -> None:
    asked = add_reply(cast.tomasz, told, now, body="What did you see?")
    add_reply(cast.caro, told, now, body="Something else.")
    answered = add_reply(cast.maren, told, now, body="A mottled knee.")
    with transaction() as s:
        s.execute(update(Reply).where(Reply.id == answered).values(kind="answer", answers_id=asked))
        versions.change([of_thread(told)])

    page = read(client, address(told, "?find=MOTTLED"))

    assert said(page) == ["What did you see?", "A mottled knee."]


def test_looking_in_the_thread_keeps_the_reply_that_stands_in_the_box(
    long: int, cast: Cast, client_of: Clients
) -> None:
    joanne = client_of(cast.joanne)
    page = read(joanne, address(long))
    form = page.forms()[f"/t/{spell(long)}/replies#reply"]
    hidden = {name: form[name] for name in ("draft", "draft_revision", "draft_path")}
    (box,), (button, *_others) = page.all("input[@id='find-here']"), page.all("button[@name='finds']")

    assert box.get("form") == button.get("form") == "reply"
    led = send(
        joanne, button.get("formaction") or "", **hidden, body="Half", find="number 77", finds=button.get("value")
    )
    found = read(joanne, led.response.headers["Location"])

    assert said(found)[-1] == "Said as number 9977."
    assert [(one.text or "").strip() for one in found.all("textarea[@id='body']")] == ["Half"]
    assert found.all("input[@id='find-here']")[0].get("value") == "number 77"


def test_enter_in_the_reply_s_form_presses_no_button_that_says_or_gives_anything(
    told: int, cast: Cast, client_of: Clients
) -> None:
    page = read(client_of(cast.joanne), address(told))
    form = page.all("form[@id='reply']")[0]

    buttons = [one for one in page.all("button") if one.get("form") == "reply" or one in form.iter("button")]

    assert any(one.get("formaction", "").endswith("/verdict") for one in buttons)
    assert (buttons[0].get("name"), buttons[0].get("formaction")) == ("finds", "/drafts")


def test_looking_for_what_no_database_takes_finds_everything(told: int, client: FlaskClient) -> None:
    assert client.get(address(told, "?find=%00")).status_code == 200


# How far one has read


def unread(page: Reader) -> dict[str, str]:
    return {words: to for words, to in page.links().items() if "new since" in words}


def test_somebody_who_comes_back_is_led_to_the_first_they_have_not_read(
    told: int, app: Flask, cast: Cast, client_of: Clients, now: datetime
) -> None:
    add_many_replies(told, [cast.tomasz], 30, now - timedelta(days=6))
    joanne, maren = client_of(cast.joanne), client_of(cast.maren)
    assert unread(read(joanne, address(told))) == {}
    write_marks(app)
    _set_back(cast.joanne, told, now - timedelta(days=5))
    add_many_replies(told, [cast.tomasz], 50, now - timedelta(days=1), first_id=1_000)

    page = read(joanne, address(told))
    assert unread(page) == {"50 new since Tuesday": f"/p/{spell(1_000)}"}
    assert unread(read(joanne, address(told))) != {}, "what was leaped over stays unread"
    resumed = read(joanne, f"/p/{spell(1_000)}", follow_redirects=True)
    assert numbers(resumed)[0] == 0
    assert unread(read(joanne, address(told))) == {"30 new since Tuesday": f"/p/{spell(1_020)}"}
    assert unread(read(maren, address(told))) == {}, "a mark is one's own"


def test_what_one_said_oneself_and_what_was_taken_back_is_not_new(
    told: int, app: Flask, cast: Cast, client_of: Clients, now: datetime
) -> None:
    joanne, caro = client_of(cast.joanne), client_of(cast.caro)
    read(joanne, address(told))
    write_marks(app)
    add_reply(cast.joanne, told, now)
    taken_back = add_reply(cast.caro, told, now)
    guard = read(caro, "/c/").forms()["/signout"]
    assert caro.post(f"/p/{spell(taken_back)}/withdraw", data=guard).status_code == 303

    assert unread(read(joanne, address(told))) == {}


def test_no_more_than_ninety_nine_are_counted(
    told: int, app: Flask, cast: Cast, client_of: Clients, now: datetime
) -> None:
    joanne = client_of(cast.joanne)
    read(joanne, address(told))
    add_many_replies(told, [cast.tomasz], 300, now - timedelta(hours=1))

    assert list(unread(read(joanne, address(told)))) == ["99+ new since 21:08"]


def test_reading_writes_nothing_until_all_marks_are_written_together(
    told: int, app: Flask, cast: Cast, client_of: Clients, statements: list[str]
) -> None:
    joanne, caro = client_of(cast.joanne), client_of(cast.caro)
    read(joanne, "/c/")
    read(caro, "/c/")
    statements.clear()

    read(joanne, address(told))
    read(caro, address(told))
    assert [one for one in statements if not one.startswith(("SELECT", "BEGIN"))] == []
    write_marks(app)

    assert len([one for one in statements if "INSERT INTO read_mark" in one]) == 1
    assert find_mark(cast.joanne, told) is not None
    assert find_mark(cast.caro, told) is not None


def _set_back(person_id: int, thread_id: int, at: datetime) -> None:
    """As if the mark had been written then."""
    mark = find_mark(person_id, thread_id)
    assert mark is not None
    db.session.remove()
    with transaction() as s:
        s.execute(db.text("DELETE FROM read_mark"))
        store_marks(marks=[Mark(person_id, thread_id, at, mark.reply_id)])
