"""Communities' pages: all of them, one with its threads in three orders, and none that is hidden."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cop.web.caching import forget_all
from tests.cast import Cast, add_community, add_member, add_person, add_story, add_verdict, ask_a_question, silence
from tests.web.reading import Reader, read, send
from tests.web.telling import tell_many

Clients = Callable[[int], FlaskClient]
SORTS = ("living", "endorsed", "new")


def titles(page: Reader) -> list[str]:
    return page.words("ol[@class='threads']/li/div/h3/a")


# Lists and their pages


@pytest.mark.parametrize("sort", SORTS)
def test_pages_hold_each_thread_once_in_each_order(cast: Cast, client: FlaskClient, now: datetime, sort: str) -> None:
    told = tell_many(cast, now, 60)
    for n in (3, 17, 40, 41, 59):
        add_verdict(cast.tomasz, told[n], "held", now - timedelta(hours=n))

    forth, address = [], f"/c/bedside-icu/?sort={sort}"
    while address:
        forth.append(read(client, address))
        address = forth[-1].leads("next")
    back, address = [], forth[-1].leads("prev")
    while address:
        back.append(read(client, address))
        address = back[-1].leads("prev")

    seen = [title for page in forth for title in titles(page)]
    assert sorted(seen) == [f"Night {n:02}" for n in range(60)]
    assert [len(titles(page)) for page in forth] == [25, 25, 10]
    assert [titles(page) for page in reversed(back)] == [titles(page) for page in forth[:-1]]


def test_new_is_newest_first_and_leads_from_newer_to_older(cast: Cast, client: FlaskClient, now: datetime) -> None:
    tell_many(cast, now, 30)

    first = read(client, "/c/bedside-icu/?sort=new")
    second = read(client, first.leads("next") or "")

    assert titles(first) == [f"Night {n:02}" for n in range(25)]
    assert titles(second) == [f"Night {n:02}" for n in range(25, 30)]
    assert (first.leads("prev"), second.leads("next")) == (None, None)
    assert "Older" in first.links()
    assert "Newer" in second.links()


def test_living_puts_what_is_practised_first_and_says_why(cast: Cast, client: FlaskClient, now: datetime) -> None:
    told = tell_many(cast, now, 3)
    add_verdict(cast.tomasz, told[2], "held", now - timedelta(days=2))
    add_verdict(cast.joanne, told[2], "seen", now - timedelta(days=3))

    page = read(client, "/c/bedside-icu/")

    row = page.words("ol[@class='threads']/li")[0]
    assert "Night 02" in row
    assert "3 practitioners this month" in row
    assert "last: a field report 2 days ago" in row


def test_a_thread_that_moves_up_between_two_pages_repeats_nothing(
    cast: Cast, client: FlaskClient, now: datetime
) -> None:
    told = tell_many(cast, now, 60)
    first = read(client, "/c/bedside-icu/")
    for n in (30, 55):
        add_verdict(cast.tomasz, told[n], "held", now)

    second = read(client, first.leads("next") or "")
    third = read(client, second.leads("next") or "")
    again = read(client, "/c/bedside-icu/")

    shown = titles(first) + titles(second) + titles(third)
    assert len(shown) == len(set(shown))
    assert set(shown) == {f"Night {n:02}" for n in range(60)} - {"Night 30", "Night 55"}
    assert {"Night 30", "Night 55"} <= set(titles(again)[:3])


@pytest.mark.parametrize(
    "asked", ["after=zzz", "before=%00", "after=WzFd", "sort=new&after=WyJhIiwgMV0", "after=W10", "after=%F0%9F%98%80"]
)
def test_a_cursor_that_somebody_has_changed_leads_nowhere(cast: Cast, client: FlaskClient, asked: str) -> None:
    assert client.get(f"/c/bedside-icu/?{asked}").status_code == 404


def test_a_cursor_of_another_order_leads_nowhere(cast: Cast, client: FlaskClient, now: datetime) -> None:
    tell_many(cast, now, 30)
    cursor = (read(client, "/c/bedside-icu/?sort=endorsed").leads("next") or "").rpartition("after=")[2]

    assert client.get(f"/c/bedside-icu/?sort=new&after={cursor}").status_code == 404


def test_an_order_that_does_not_exist_is_living(cast: Cast, client: FlaskClient, now: datetime) -> None:
    tell_many(cast, now, 3)

    page = read(client, "/c/bedside-icu/?sort=hot")

    assert page.words("nav/a[@aria-current='page']") == ["Living"]
    assert len(titles(page)) == 3


def test_a_list_is_narrowed_to_a_kind_and_what_is_none_is_not_there(
    cast: Cast, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    add_story(cast.maren, cast.bedside, now, title="Told")
    ask_a_question(cast.maren, cast.bedside, now, title="Asked")

    page, none = read(client, "/c/bedside-icu/?kind=question"), read(client, "/c/bedside-icu/?kind=case&sort=new")

    assert titles(page) == ["Asked"]
    assert page.words("nav[@class='filters']/a[@aria-current]") == ["Questions"]
    assert titles(read(client, page.links("nav[@class='filters']/a")["Stories"])) == ["Told"]
    assert "Nobody has brought a case here yet" in none.text
    for narrowed in ("kind=bogus", "state=bogus", "topic=bogus", "kind=story&state=bogus"):
        assert read(client, f"/c/bedside-icu/?{narrowed}").status == 404
    led = client.get("/c/bedside-icu/?kind=procedure")
    assert (led.status_code, led.headers["Location"]) == (302, "/c/bedside-icu/procedures")
    assert client.get("/c/inner-room-wvxyqj/?kind=procedure").status_code == 404


@pytest.mark.parametrize("sort", SORTS)
def test_a_list_costs_the_same_number_of_statements_with_2_and_25_rows(
    cast: Cast, client: FlaskClient, now: datetime, statements: list[str], sort: str
) -> None:
    told = tell_many(cast, now, 2)
    add_verdict(cast.tomasz, told[0], "held", now)
    forget_all()
    statements.clear()
    client.get(f"/c/bedside-icu/?sort={sort}")
    with_two = len(statements)
    told = tell_many(cast, now, 23)
    add_verdict(cast.tomasz, told[3], "held", now)
    forget_all()
    statements.clear()

    client.get(f"/c/bedside-icu/?sort={sort}")

    assert len(statements) == with_two


def test_a_row_never_tells_how_many_stand_behind_it(cast: Cast, client: FlaskClient, now: datetime) -> None:
    told = tell_many(cast, now - timedelta(days=200), 1)
    for n in range(7):
        person = add_person(f"Seven{n} Times", now)
        add_member(person, cast.bedside, now - timedelta(days=190), vouched_by=cast.joanne)
        add_verdict(person, told[0], "seen", now - timedelta(days=100 + n))

    (row,) = read(client, "/c/bedside-icu/").all("ol[@class='threads']/li")

    assert not re.search(r"\b(7|seven)\b", " ".join("".join(row.itertext()).split()), re.IGNORECASE)
    assert not re.search(r"endorse|have seen|have used|held", "".join(row.itertext()))


def test_an_empty_community_asks_somebody_to_go_first(cast: Cast, client_of: Clients) -> None:
    of_maren = read(client_of(cast.maren), "/c/bedside-icu/")
    of_otto = read(client_of(cast.otto), "/c/bedside-icu/")

    assert "Somebody has to go first" in of_maren.text
    assert "Somebody has to go first" in of_otto.text
    assert of_maren.links()["Tell a story"] == "/c/bedside-icu/new/story"
    assert "/c/bedside-icu/new/story" not in of_otto.html


def test_the_head_counts_people_and_names_the_moderator(cast: Cast, client: FlaskClient) -> None:
    facts = read(client, "/c/bedside-icu/").words("p[@class='facts']")[0]

    assert "4 members" in facts
    assert "3 practitioners" in facts
    assert "Moderator Joanne Pell" in facts


def test_a_silenced_member_reads_on_without_the_button_to_tell(cast: Cast, client_of: Clients, now: datetime) -> None:
    silence(cast.maren, cast.bedside, now + timedelta(days=3))

    page = read(client_of(cast.maren), "/c/bedside-icu/")

    assert page.status == 200
    assert "/c/bedside-icu/new/story" not in page.html


def test_what_people_write_stays_text(cast: Cast, client_of: Clients, now: datetime) -> None:
    add_story(cast.maren, cast.bedside, now, title="<script>alert(1)</script>", noticed="<img src=x onerror=alert(2)>")
    send(client_of(cast.joanne), "/c/bedside-icu/people/caro-mbeki/vouch", line="<b onclick=alert(3)>seen</b>")

    living, people = (read(client_of(cast.maren), f"/c/bedside-icu/{part}") for part in ("", "people"))

    for page, written in ((living, "<script>alert(1)</script>"), (people, "<b onclick=alert(3)>seen</b>")):
        assert written in page.text
        assert written not in page.html
        assert "onerror=alert" not in page.html.replace("&lt;img src=x onerror=alert(2)&gt;", "")


# What is hidden


@pytest.mark.parametrize("name", ["nobody", "otto", "maren", "joanne"])
@pytest.mark.parametrize("slug", ["inner-room-wvxyqj", "no-such-community"])
def test_a_hidden_community_looks_like_one_that_never_was(
    app: Flask, cast: Cast, client_of: Clients, name: str, slug: str
) -> None:
    browser = app.test_client() if name == "nobody" else client_of(getattr(cast, name))

    pages = [read(browser, f"/c/{slug}/{part}") for part in ("", "?sort=new", "people", "people?role=moderator")]
    joined = send(browser, f"/c/{slug}/join")

    assert [page.status for page in pages] == [404] * 4
    assert joined.status == (401 if name == "nobody" else 404)
    canaries = ("wvxyqj", *cast.canaries.values())
    shown = "".join(page.html.replace(slug, "") for page in pages) + read(browser, "/c/").html
    assert not [canary for canary in canaries if canary in shown.lower()]


def test_whoever_is_in_a_hidden_community_finds_it(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.piet)

    assert {"Night Shift Pzqlmn", "Inner Room Wvxyqj"} <= set(read(browser, "/c/").links())
    assert cast.canaries["secret"] in read(browser, "/c/inner-room-wvxyqj/").text


def test_another_community_lends_nothing(cast: Cast, client: FlaskClient, now: datetime) -> None:
    add_story(cast.maren, cast.bedside, now, title="Only in Bedside")

    page = read(client, "/c/bedside-icu/")

    assert titles(page) == ["Only in Bedside"]
    assert "Bea Lindqvist" not in read(client, "/c/bedside-icu/people").text


# All communities


def test_the_list_says_what_one_is_in_each(cast: Cast, client_of: Clients, now: datetime) -> None:
    tell_many(cast, now, 2)

    page = read(client_of(cast.caro), "/c/")

    rows = dict(zip(page.words("li//h2"), page.words("ul[@class='coms']/li"), strict=True))
    assert "You are a newcomer here" in rows["Bedside ICU"]
    assert "3 practitioners, 1 this week" in rows["Bedside ICU"]
    assert "Join Organ Builders" in rows["Organ Builders"]
    assert "1 practitioner, none this week" in rows["Organ Builders"]


def test_a_site_without_communities_says_so(app: Flask, client: FlaskClient) -> None:
    assert "There is no community here yet" in read(client, "/c/").text


def test_many_communities_come_in_pages_and_cost_the_same(
    app: Flask,
    cast: Cast,
    client: FlaskClient,
    now: datetime,
    statements: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(app.config, "TESTING", False)  # under test what is kept is made anew beside it
    client.get("/c/")
    statements.clear()
    client.get("/c/")
    with_two = len(statements)
    for n in range(60):
        add_community(f"Hall {n:02}", f"hall-{n:02}", cast.joanne, now)
    client.get("/c/")  # what is kept is kept in both
    statements.clear()

    first = read(client, "/c/")
    in_all = len(statements)
    second = read(client, first.leads("next") or "")

    names = first.words("li//h2") + second.words("li//h2")
    assert sorted(names) == sorted(
        ["Bedside ICU", "Night Shift Pzqlmn", "Organ Builders", *(f"Hall {n:02}" for n in range(60))]
    )
    assert second.leads("next") is None
    assert in_all == with_two
