"""The search page asked for whatever is of some sort, without a word to look for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

from flask.testing import FlaskClient
from sqlalchemy import update

from cop.discussions.models import Reply, Thread
from cop.platform.database import transaction
from cop.ranking.models import ThreadOrder
from tests.cast import Cast, add_reply, add_story
from tests.web.reading import Reader, read
from tests.web.searching import bytes_of, found, look
from tests.web.telling import tell_many

Clients = Callable[[int], FlaskClient]
Deliver = Callable[[], int]


def ask(browser: FlaskClient, **fields: str) -> Reader:
    return read(browser, "/search?" + urlencode({"q": "", **fields}))


def test_operators_alone_and_the_form_alone_list_what_is_so_the_latest_first(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    old = add_story(cast.maren, cast.bedside, now - timedelta(days=90), title="Old", noticed="A line under it.")
    agreed = add_story(cast.maren, cast.bedside, now - timedelta(days=40), title="Agreed")
    add_story(cast.maren, cast.bedside, now, title="New")
    add_reply(cast.tomasz, old, now, body="Two of ours did the same.")
    sealed = add_reply(cast.joanne, agreed, now, body="Nobody reads this.")
    with transaction() as s:
        s.execute(update(Thread).where(Thread.id == agreed).values(kind="procedure"))
        s.execute(update(Reply).where(Reply.id == sealed).values(seal_id=1))
        s.execute(update(ThreadOrder).where(ThreadOrder.thread_id == old).values(contested_at=int(now.timestamp())))
    deliver()

    by_maren = look(client, "by:maren-oduya")
    assert found(by_maren) == found(ask(client, by="maren-oduya")) == ["New", "Old", "Agreed"]
    assert by_maren.words("h2") == ["Discussions", "Procedures"]
    assert "A line under it." in by_maren.words("p[@class='snip']")
    assert by_maren.words("nav[@class='sorts']/a") == ["Latest first", "Living first"]
    assert found(look(client, "by:tomasz-wieczorek")) == ["Old"]
    assert "Two of ours did the same." in look(client, "by:tomasz-wieczorek").words("p[@class='snip']")
    assert found(look(client, "by:joanne-pell before:2030")) == []
    assert found(look(client, "kind:procedure")) == found(ask(client, k="procedure")) == ["Agreed"]
    assert found(look(client, "state:contested")) == ["Old"]
    assert found(look(client, f"before:{now.date() - timedelta(days=60)} by:maren-oduya")) == ["Old"]
    assert set(found(ask(client, c="bedside-icu"))) == {"New", "Old", "Agreed"}

    narrowed = ask(client, s="contested", by="maren-oduya")
    assert found(narrowed) == ["Old"]
    assert [one.get("value") for one in narrowed.all("option") if one.get("selected") is not None] == ["contested"]
    assert narrowed.all("input[@id='by']")[0].get("value") == "maren-oduya"


def test_a_list_without_words_has_pages_and_costs_the_same_however_long(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver, statements: list[str]
) -> None:
    tell_many(cast, now, 2, about="The perfusor stood still.", apart=timedelta(minutes=1))
    deliver()
    counts = []
    for number in (0, 23):
        tell_many(cast, now, number, about="The perfusor stood still.", apart=timedelta(minutes=1))
        deliver()
        statements.clear()
        page = look(client, "by:maren-oduya state:living")
        counts.append(len(statements))

    further = read(client, page.leads("next") or "")

    assert len(set(counts)) == 1
    assert (len(found(page)), len(found(further))) == (20, 5)
    assert {"Older", "Newer"} & set(page.links()) == {"Older"}


def test_where_nothing_is_so_the_page_says_it_and_what_is_hidden_is_as_if_it_were_not(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    add_story(cast.maren, cast.bedside, now, title="Pump")
    deliver()

    page = look(client, "by:maren-oduya kind:dissent")

    assert "Nothing here is of that sort" in page.text
    assert found(read(client, page.links("main//a")["Look for every kind"])) == ["Pump"]
    alone = look(client, "kind:dissent")
    assert "Nothing here is of that sort" in alone.text
    assert "ask for less" not in alone.text
    hidden = bytes_of(look(client, "community:inner-room"))
    assert hidden.replace("inner-room", "outer-room") == bytes_of(look(client, "community:outer-room"))


def test_what_narrows_is_said_however_it_was_asked(cast: Cast, client: FlaskClient, deliver: Deliver) -> None:
    deliver()

    assert "narrowed as you asked" in look(client, "community:nowhere zyzzyva").text
    assert "narrowed as you asked" in look(client, "zyzzyva", "bedside-icu").text
    assert "narrowed as you asked" not in look(client, "zyzzyva").text


def test_states_add_up(cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver) -> None:
    before = now - timedelta(days=90)
    told = {name: add_story(cast.maren, cast.bedside, before, title=name) for name in ("alive", "asleep", "disputed")}
    with transaction() as s:
        for name, values in {
            "alive": {"rest_at": now.timestamp() + 60},
            "asleep": {"rest_at": now.timestamp() - 60},
            "disputed": {"rest_at": now.timestamp() + 60, "contested_at": int(now.timestamp())},
        }.items():
            s.execute(update(ThreadOrder).where(ThreadOrder.thread_id == told[name]).values(**values))
    deliver()

    def listed(states: str) -> set[str]:
        return set(found(look(client, f"{states} by:maren-oduya")))

    assert listed("state:living state:resting") == {"alive", "asleep"}
    assert listed("state:living state:contested") == {"alive", "disputed"}
    assert listed("state:resting state:contested") == {"asleep", "disputed"}
    assert listed("state:resting") == {"asleep"}


def test_who_quotes_is_not_who_said_it(cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver) -> None:
    told = add_story(cast.maren, cast.bedside, now, title="Quoted", did_why="The humidifier cracked.")
    add_story(
        cast.bea,
        cast.organs,
        now,
        title="Quoting",
        did_why="> The humidifier cracked.\n>\n> [Quuxhaven](https://quuxhaven.example/p/1)\n\nOurs froze.",
    )
    add_reply(
        cast.tomasz,
        told,
        now,
        body="> The humidifier cracked.\n>\n> [Maren](https://quuxhaven.example/)\n\nOurs froze.",
    )
    deliver()

    assert found(look(client, "humidifier")) == ["Quoted"]
    assert found(look(client, "humidifier by:tomasz-wieczorek")) == found(look(client, "quuxhaven")) == []
    answers = look(client, "froze")
    assert set(found(answers)) == {"Quoted", "Quoting"}
    assert "humidifier" not in " ".join(answers.words("p[@class='snip']"))


def test_short_words_are_found_as_they_are(cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver) -> None:
    add_story(cast.maren, cast.bedside, now, title="Both", did_why="It hung on. Nobody told us.")
    add_story(cast.maren, cast.bedside, now, title="Single", did_why="One perfusor alarmed, in use.")
    deliver()

    assert {word.lower() for word in look(client, "one").words("mark")} == {"one"}
    assert {word.lower() for word in look(client, "us").words("mark")} == {"us"}
    assert found(look(client, "us")) == ["Both"]
    assert found(look(client, "using")) == ["Single"]


def test_without_scripts_no_button_takes_away_what_one_types_there(client: FlaskClient) -> None:
    assert read(client, "/search").all("form[@action='/theme']")[0].get("data-scripted") is not None
