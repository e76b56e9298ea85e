"""The search page narrowed, in another order, opened in place, and loosened where it found nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from cop.discussions.models import Reply, Thread
from cop.platform.database import transaction
from cop.ranking.models import ThreadOrder
from cop.web.limiting import SEARCHING
from tests.cast import Cast, add_member, add_reply, add_story, add_verdict, assemble
from tests.conftest import make_app
from tests.search.test_hostile_queries import HOSTILE
from tests.web.reading import Reader, read
from tests.web.searching import bytes_of, found, look
from tests.web.telling import tell_many

Clients = Callable[[int], FlaskClient]
Deliver = Callable[[], int]
SECONDS = 1.0  # security.md B24


def search(browser: FlaskClient, words: str, **fields: str) -> Reader:
    return read(browser, "/search?" + urlencode({"q": words, **fields}))


def make(thread_id: int, **values: object) -> None:
    with transaction() as s:
        s.execute(update(Thread).where(Thread.id == thread_id).values(**values))


def order(thread_id: int, **values: object) -> None:
    with transaction() as s:
        s.execute(update(ThreadOrder).where(ThreadOrder.thread_id == thread_id).values(**values))


# Narrowing


def test_who_said_it_narrows_to_what_they_told_and_said(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    add_story(cast.maren, cast.bedside, now, title="Of Maren", did_why="A perfusor.")
    add_story(cast.bea, cast.organs, now, title="Of Bea", did_why="A perfusor.")
    other = add_story(cast.bea, cast.organs, now, title="Answered by Bea")
    add_reply(cast.bea, other, now, body="Our perfusor.")
    deliver()

    assert found(look(client, "perfusor by:maren-oduya")) == ["Of Maren"]
    assert set(found(search(client, "perfusor", by="@Bea-Lindqvist"))) == {"Of Bea", "Answered by Bea"}
    assert found(look(client, "perfusor by:nobody-at-all")) == []


def test_what_a_former_member_told_is_found_by_no_name(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    told = add_story(cast.maren, cast.bedside, now, title="Unnamed", did_why="A perfusor.")
    make(told, teller_id=None)
    deliver()

    assert found(look(client, "perfusor")) == ["Unnamed"]
    assert found(look(client, "perfusor by:maren-oduya")) == []


@pytest.mark.parametrize("state", ["living", "resting", "contested"])
def test_states_narrow_to_what_the_cards_say(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver, state: str
) -> None:
    told = {
        name: add_story(cast.maren, cast.bedside, now - timedelta(days=90), title=name, did_why="A perfusor.")
        for name in ("living", "resting", "contested")
    }
    order(told["living"], rest_at=now.timestamp() + 60)
    order(told["resting"], rest_at=now.timestamp() - 60)
    order(told["contested"], rest_at=now.timestamp() + 60, contested_at=int(now.timestamp()))
    deliver()

    assert found(look(client, f"perfusor state:{state}")) == found(search(client, "perfusor", s=state)) == [state]


def test_the_fields_mean_what_is_typed_and_show_what_was_chosen(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    told = add_story(cast.maren, cast.bedside, now - timedelta(days=60), title="Old", did_why="A perfusor.")
    add_story(cast.maren, cast.bedside, now, title="New", did_why="A perfusor.")
    add_verdict(cast.tomasz, told, "held", now, body="Our perfusor did the same as theirs, only later.")
    deliver()

    page = search(client, "perfusor", k="report", by="tomasz-wieczorek", **{"from": "2026-06-14", "to": "2027"})

    typed = look(client, "perfusor kind:report by:tomasz-wieczorek after:2026-06-14 before:2027")
    assert found(page) == found(typed) == ["Old"]
    assert [one.get("value") for one in page.all("option") if one.get("selected") is not None] == ["report"]
    assert page.all("input[@id='from']")[0].get("value") == "2026-06-14"
    assert page.all("details[@class='facet']")[0].get("open") is not None
    assert found(search(client, "perfusor", to="2026-05")) == ["Old"]


@pytest.mark.parametrize("field", [{"from": "yesterday"}, {"to": "2026-13"}, {"by": "a b"}, {"k": "poem"}, {"s": "x"}])
def test_a_field_that_makes_no_sense_is_said_beside_it_and_nothing_is_lost(
    cast: Cast, client: FlaskClient, deliver: Deliver, field: dict[str, str]
) -> None:
    deliver()

    page = search(client, "wind noon", **field)

    assert page.status == 422
    assert "One thing before we can look." in page.text
    assert page.all("textarea")[0].text == "wind noon"
    assert page.all("p[@class='err']")
    ((name, value),) = field.items()
    if name not in ("k", "s"):
        assert page.all(f"input[@id='{name}']")[0].get("value") == value


# Order


@pytest.mark.parametrize("by", ["fit", "living", "date"])
def test_in_each_order_pages_lead_forth_and_back_without_a_gap(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver, by: str
) -> None:
    told = tell_many(cast, now, 45, about="The perfusor stood still.", apart=timedelta(minutes=1))
    for place, thread_id in enumerate(told):
        order(thread_id, rest_at=now.timestamp() + place * 7 % 45, r=place * 7 % 45)
    deliver()

    forth, address = [], f"/search?q=perfusor&order={by}"
    while address:
        forth.append(read(client, address))
        address = forth[-1].leads("next")
    back = read(client, forth[1].leads("prev") or "")

    titles = [title for page in forth for title in found(page)]
    assert sorted(titles) == [f"Night {n:02}" for n in range(45)]
    assert found(back) == found(forth[0])
    if by == "date":
        assert titles == sorted(titles)
        assert {"Older", "Newer"} <= set(forth[1].links())
    if by == "living":
        assert titles == sorted(titles, key=lambda title: -(int(title[-2:]) * 7 % 45))
        assert {"Less alive", "More alive"} <= set(forth[1].links())


def test_the_chosen_order_is_marked_and_an_unknown_one_is_the_usual(
    cast: Cast, client: FlaskClient, deliver: Deliver
) -> None:
    deliver()

    assert search(client, "wind", order="date").words("a[@aria-current='true']")[-1] == "Latest first"
    assert search(client, "wind", order="zzz").words("a[@aria-current='true']")[-1] == "Closest first"


def test_procedures_stand_in_a_group_of_their_own_after_the_rest(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    agreed = add_story(cast.maren, cast.bedside, now, title="Perfusor", did_why="Perfusor, perfusor.")
    add_story(cast.maren, cast.bedside, now, title="Lived", did_why="A perfusor, once.")
    make(agreed, kind="procedure")
    deliver()

    for by in ("fit", "living", "date"):
        page = search(client, "perfusor", order=by)
        assert page.words("h2") == ["Discussions", "Procedures"]
        assert found(page) == ["Lived", "Perfusor"]


# What is shown


def test_a_passage_begins_with_its_sentence_and_opens_in_place(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    body = "Nothing was to be seen for an hour or more. " * 9
    told = add_story(cast.maren, cast.bedside, now, title="Silence from bed nine")
    add_reply(cast.tomasz, told, now, body=f"{body}Then the humidifier cracked, and it rained. {body}")
    deliver()

    page = look(client, "humidifier")

    (short,) = page.words("p[@class='snip']")
    (whole,) = page.words("p[@class='snip whole']")
    assert re.match("…(Then|Nothing) ", short)
    assert short.strip("…") in whole
    assert len(whole) > 2 * len(short)
    assert page.words("details[@class='around']/summary") == ["The passage around it: Silence from bed nine"]
    assert "Said in a reply by Tomasz Wieczorek, ICU nurse" in page.text
    assert "in the thread of Maren Oduya" in page.text
    assert not [href for href in page.links("li[@class='hit']//a").values() if "humidifier" in href]


# Nothing found


def test_what_excluded_most_is_named_and_one_step_away(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    add_story(cast.maren, cast.bedside, now, title="Pump", did_why="The perfusor, and sedation.")
    deliver()

    for typed, says in (
        ("perfusor kind:dissent", "Look for every kind"),
        ("perfusor before:2001", "However lately"),
        ("perfusor by:bea-lindqvist", "Whoever said it"),
        ("perfusor state:contested", "In any state"),
        ("perfusor community:organ-builders", "Look in every community"),
        ("perfusor -sedation", "Leave out -sedation"),
        ("perfusor before:2001 kind:dissent", "Look for the words alone"),
    ):
        page = look(client, typed)
        assert page.words("q") == ["perfusor"]
        assert found(read(client, page.links("main//a")[says])) == ["Pump"], typed
    assert found(read(client, search(client, "perfusor", s="contested").links()["In any state"])) == ["Pump"]


def test_nothing_is_offered_to_loosen_where_only_hidden_things_would_be_found(
    cast: Cast, client: FlaskClient, client_of: Clients, deliver: Deliver
) -> None:
    deliver()
    word = cast.canaries["secret"]

    for query in (f"{word} kind:dissent", f"{word} -porter before:2001", f"{word} community:bedside-icu"):
        shown = bytes_of(look(client, query))
        assert shown.replace("cnry", "qqqq") == bytes_of(look(client, query.replace("cnry", "qqqq")))
        assert "once you ask for less" in look(client_of(cast.piet), query).text


def test_a_narrowed_search_costs_the_same_number_of_statements_with_1_and_20_hits(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver, statements: list[str]
) -> None:
    add_member(cast.otto, cast.bedside, now)
    counts = []
    for number in (1, 19):
        tell_many(cast, now, number, about="The perfusor stood still.", apart=timedelta(minutes=1))
        deliver()
        statements.clear()
        page = look(client, "perfusor by:maren-oduya state:living after:2020 kind:story")
        counts.append(len(statements))

    assert len(found(page)) == 20
    assert len(set(counts)) == 1


# What is sent to hurt


@pytest.mark.parametrize("typed", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_search_is_answered_soon(cast: Cast, client: FlaskClient, deliver: Deliver, typed: str) -> None:
    deliver()
    sent = typed.encode("utf-8", "replace")[:6_000]
    began = time.thread_time()

    for address in ("/search", "/search/suggest"):
        assert client.get(address, query_string={"q": sent}).status_code in (200, 400)

    assert time.thread_time() - began < SECONDS


def test_a_visitor_s_network_may_search_only_so_often_and_members_as_they_like(tmp_path: Path, now: datetime) -> None:
    app = make_app(tmp_path, "", limits=True)
    most = int(SEARCHING.split()[0])
    with app.app_context():
        assemble(now)
        visitor = app.test_client()

        statuses = [
            visitor.get("/search", environ_base={"REMOTE_ADDR": "203.0.113.7"}).status_code for _ in range(most)
        ]
        more = Reader(visitor.get("/search?q=wind", environ_base={"REMOTE_ADDR": "203.0.113.9"}))
        elsewhere = visitor.get("/search", environ_base={"REMOTE_ADDR": "198.51.100.1"})

    assert set(statuses) == {200}
    assert more.status == 429
    assert more.response.headers["Retry-After"]
    assert "That was a lot at once" in more.text
    assert elsewhere.status_code == 200


def test_how_to_search_is_told_on_the_page(client: FlaskClient) -> None:
    page = read(client, "/search")

    assert "How to look for words" in page.words("summary")
    assert {"kind:story", "state:living", "before:2026-05", "-sedation"} <= set(page.words("code"))


def test_sealed_replies_are_found_by_nobody_s_name(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    told = add_story(cast.maren, cast.bedside, now)
    reply = add_reply(cast.tomasz, told, now, body="Our perfusor.")
    deliver()
    with transaction() as s:
        s.execute(update(Reply).where(Reply.id == reply).values(seal_id=1))

    assert found(look(client, "perfusor by:tomasz-wieczorek")) == []


def test_what_looks_like_a_command_and_is_none_is_said(cast: Cast, client: FlaskClient, deliver: Deliver) -> None:
    deliver()

    page = look(client, "perfusor state:asleep author:maren")

    said = "Looked for as words, since it asks for nothing we know of: state:asleep, author:maren."
    assert said in page.text
    assert "Looked for as words" not in look(client, "perfusor state:living at 14:30").text
