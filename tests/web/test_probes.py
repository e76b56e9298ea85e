"""Asking the teller: the page on which one asks, the pair beside the story, the queue, and what is pressed there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cop.cli.derived.strays import find_strays
from cop.communities.queries import load_person_as_viewer
from cop.discussions.models import Thread
from cop.discussions.operations import revise_story
from cop.discussions.probes.wordings import wording_of
from cop.discussions.stories import StoryDraft, render_story
from cop.platform.database import session, transaction
from cop.platform.ids import spell
from tests.cast import SITUATION, Cast, add_member, add_person, add_reply, add_story, silence
from tests.postbox import Postbox
from tests.probing import add_probe, answer, decline, wonder
from tests.web.reading import Reader, read, send, words_of

Clients = Callable[[int], FlaskClient]
NOTICED = (
    "The alarm came too evenly.\n\nIt had a gap of exactly nine seconds, and nothing that breathes keeps a gap so."
)
WORDS = "a gap of exactly nine seconds"


def address(thread_id: int, more: str = "") -> str:
    return f"/t/{spell(thread_id)}/any{more}"


def asking(thread_id: int) -> str:
    return f"/t/{spell(thread_id)}/probe"


def posts(page: Reader) -> dict[str, str]:
    """What stands in the talk: the state or kind of each post by its words."""
    return {
        words_of(post.find("div[@class='post-body']")): words_of(post)
        for post in page.all("ol[@class='posts']/li")
        if post.find("div[@class='post-body']") is not None
    }


def beside(page: Reader) -> list[str]:
    return page.words("article/section//aside[@role='note']")


@pytest.fixture
def told(cast: Cast, now: datetime) -> int:
    """A story of Maren's, told ten days ago."""
    return add_story(cast.maren, cast.bedside, now - timedelta(days=10), noticed=NOTICED)


# Asking


def test_one_asks_with_a_question_of_thirteen_kinds_and_words_of_the_story(
    told: int, cast: Cast, client: FlaskClient, client_of: Clients
) -> None:
    tomasz = client_of(cast.tomasz)

    page = read(tomasz, f"{asking(told)}?quote={quote(WORDS)}")
    form = page.forms()[asking(told)]
    chosen = send(tomasz, asking(told), **{**form, "choose": "time"})
    sent = send(tomasz, asking(told), **chosen.forms()[asking(told)])
    story, talk = beside(read(client, address(told))), posts(read(client, address(told)))

    assert len(page.all("button[@name='choose']")) == 13
    assert (form["type"], form["body"].strip(), form["quote"].strip()) == ("cue", wording_of("cue"), WORDS)
    assert chosen.forms()[asking(told)]["body"].strip() == wording_of("time")
    assert sent.status == 303
    assert [line for line in story if "Probe from Tomasz Wieczorek, open" in line and wording_of("time") in line]
    assert f"“{WORDS}”" in talk[wording_of("time")]
    assert "Probe, open" in talk[wording_of("time")]
    assert read(client, address(told)).words("span[@class='mk']") == [WORDS]


def test_another_kind_leaves_words_that_somebody_has_changed_and_a_refusal_loses_nothing(
    told: int, cast: Cast, client_of: Clients
) -> None:
    tomasz = client_of(cast.tomasz)
    form = read(tomasz, asking(told)).forms()[asking(told)]
    mine = {**form, "body": "Which ear was it in?", "quote": "words that stand nowhere"}

    chosen = send(tomasz, asking(told), **{**mine, "choose": "goal"}).forms()[asking(told)]
    refused = send(tomasz, asking(told), **chosen)
    kept = refused.forms()[asking(told)]

    assert (chosen["type"], chosen["body"].strip()) == ("goal", "Which ear was it in?")
    assert refused.status == 422
    assert "These words do not stand there." in refused.words("p[@id='quote-e']")[0]
    assert (kept["body"].strip(), kept["quote"].strip()) == ("Which ear was it in?", "words that stand nowhere")
    assert send(tomasz, asking(told), **{**kept, "type": "", "quote": ""}).status == 422
    assert posts(read(tomasz, address(told))) == {}


def test_an_empty_box_is_asked_for_once_and_its_answer_stands_in_its_place(
    told: int, cast: Cast, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    tomasz = client_of(cast.tomasz)
    invited = next(link for link in read(tomasz, address(told)).links("p[@class='invite']/a").values() if "box" in link)
    ask = "/t/" + spell(told) + "/probe?box=not_when"

    form = read(tomasz, ask).forms()[asking(told)]
    send(tomasz, asking(told), **form)
    waits = read(client, address(told)).words("p[@class='invite']")
    probe = read(client, address(told)).all("ol[@class='posts']/li")[0].get("id", "")[1:]
    send(client_of(cast.maren), f"/t/{spell(told)}/replies", answers=probe, body="With a drain in, never.")
    page = read(client, address(told))

    assert invited.startswith(asking(told))
    assert (form["type"], form["box"]) == ("whatif", "not_when")
    assert waits[0].startswith("Tomasz Wieczorek has asked when not to do this.")
    assert not [line for line in waits if "Nobody has asked yet when not" in line]
    assert "When not to do this" in page.words("h2")
    assert any("With a drain in, never." in line for line in beside(page))
    assert not [line for line in page.words("p[@class='invite']") if "when not to do this" in line]


def test_a_probe_of_the_composer_goes_on_where_its_kind_is_chosen(told: int, cast: Cast, client_of: Clients) -> None:
    tomasz = client_of(cast.tomasz)

    page = send(tomasz, f"/t/{spell(told)}/replies", kind="probe", body="Which ear was it in?")

    assert page.words("h1") == ["Ask Maren Oduya"]
    assert page.forms()[asking(told)]["body"].strip() == "Which ear was it in?"
    assert page.forms()[asking(told)]["type"] == ""
    assert "Probe" in read(tomasz, address(told)).words("form[@id='reply']//label")


def test_nobody_asks_where_there_is_nobody_to_ask(
    told: int, cast: Cast, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    silence(cast.caro, cast.bedside, now + timedelta(days=1))

    assert client.get(asking(told)).status_code in (302, 401)
    for who, why in ((cast.maren, "This is your own."), (cast.caro, "asked you to listen"), (cast.otto, "Join")):
        browser = client_of(who)
        assert why in read(browser, asking(told)).text
        assert send(browser, asking(told), type="cue", body="Which ear?").status == 403
    with transaction() as s:
        s.get_one(Thread, told).teller_id = None
    assert "cannot be asked here" in read(client_of(cast.tomasz), asking(told)).text
    assert send(client_of(cast.tomasz), asking(told), type="cue", body="Which ear?").status == 403


# Answering, declining, wondering


def test_the_tellers_answer_and_the_probe_are_a_pair_beside_the_words(
    told: int, cast: Cast, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    probe = add_probe(cast.tomasz, told, now - timedelta(days=2), quote=WORDS) or 0
    maren, joanne = client_of(cast.maren), client_of(cast.joanne)

    own = read(maren, address(told))
    others = send(joanne, f"/t/{spell(told)}/replies", answers=spell(probe), body="I would say nine.")
    given = send(maren, f"/t/{spell(told)}/replies", answers=spell(probe), body="I counted it aloud.")
    again = send(maren, f"/t/{spell(told)}/replies", answers=spell(probe), body="Twice.")
    pair = beside(read(client, address(told)))

    assert own.words("details[@class='answer']/summary") == ["Answer Tomasz Wieczorek"]
    assert (others.status, given.status, again.status) == (403, 303, 403)
    assert "You have answered this." in again.text
    assert [one for one in pair if "What made you look there first?" in one and "I counted it aloud." in one]
    assert "Ask a further question" in pair[-1]
    assert read(maren, address(told)).all("details[@class='answer']") == []
    assert "Probe, open" not in posts(read(client, address(told)))["What made you look there first?"]


def test_a_probe_is_declined_at_one_press_and_that_is_taken_back_at_another(
    told: int, cast: Cast, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    probe = add_probe(cast.tomasz, told, now, quote=WORDS) or 0
    maren, tomasz = client_of(cast.maren), client_of(cast.tomasz)
    press = f"/p/{spell(probe)}/decline"

    assert press in read(maren, address(told)).forms()
    assert press not in read(tomasz, address(told)).forms()
    assert send(tomasz, press).status == 403
    assert send(maren, press).status == 303
    declined = read(client, address(told))
    assert send(maren, press).status == 403
    assert send(maren, f"/p/{spell(probe)}/reopen").status == 303
    reopened = read(client, address(told))

    assert "Probe, declined" in posts(declined)["What made you look there first?"]
    assert declined.words("span[@class='mk']") == []
    assert "Probe, open" in posts(reopened)["What made you look there first?"]
    send(maren, press)
    sent = send(maren, f"/t/{spell(told)}/replies", answers=spell(probe), body="After all: the gap.")
    assert sent.status == 303
    assert [one for one in beside(read(client, address(told))) if "After all: the gap." in one]


def test_wondering_too_takes_the_place_of_asking_it_again(
    told: int, cast: Cast, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    probe = add_probe(cast.tomasz, told, now - timedelta(days=1), quote=WORDS) or 0
    caro, press = client_of(cast.caro), f"/p/{spell(probe)}/wonder"
    twin = {"type": "cue", "body": "What was there to see?", "quote": WORDS}

    asked = send(caro, asking(told), **twin)
    assert "Tomasz Wieczorek has asked this already" in asked.text
    assert press in read(caro, address(told)).forms()
    for _ in range(2):
        assert send(caro, press).status == 303
    wondered = read(caro, address(told))
    assert send(client_of(cast.tomasz), press).status == 403
    assert send(client_of(cast.maren), press).status == 403
    (queue,) = read(client_of(cast.maren), address(told)).words("section[@aria-labelledby='asked-h']")
    assert "What made you look there first?Tomasz Wieczorek. One more wonders." in queue
    assert "One more wonders." in posts(read(client, address(told)))["What made you look there first?"]
    assert "You wondered too." in wondered.words("div[@class='post-foot probe-acts']")[0]
    assert send(caro, f"/p/{spell(probe)}/stop-wondering").status == 303
    assert "wonders" not in posts(read(client, address(told)))["What made you look there first?"]
    assert send(caro, asking(told), **twin, anyway="1").status == 303
    assert "What was there to see?" in posts(read(client, address(told)))


def test_others_say_how_it_was_in_their_case(
    told: int, cast: Cast, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    probe = add_probe(cast.tomasz, told, now - timedelta(days=1)) or 0
    caro, case = client_of(cast.caro), f"/p/{spell(probe)}/case"

    assert case in read(caro, address(told)).links("div[@class='post-foot probe-acts']/a").values()
    assert send(caro, case, body=" ").status == 422
    assert send(caro, case, body="The tubing, in my first week.").status == 303
    assert send(client_of(cast.maren), case, body="Mine.").status == 403
    said = posts(read(client, address(told)))["The tubing, in my first week."]
    assert "In my case what Tomasz Wieczorek asks" in said
    plain = add_reply(cast.caro, told, now)
    assert caro.get(f"/p/{spell(plain)}/case").status_code == 404


# The queue


@pytest.fixture
def crowd(cast: Cast, now: datetime) -> list[int]:
    """Three more people who are in the community."""
    people = [add_person(f"{name} Crowd", now - timedelta(days=30)) for name in ("Ada", "Ben", "Cleo")]
    for person in people:
        add_member(person, cast.bedside, now - timedelta(days=20))
    return people


def test_two_of_one_person_and_five_in_all_stand_open_and_the_rest_wait_unseen(
    told: int, cast: Cast, crowd: list[int], client: FlaskClient, client_of: Clients, now: datetime,
    deliver: Callable[[], int],
) -> None:  # fmt: skip
    first = [add_probe(cast.tomasz, told, now - timedelta(hours=9), body=f"Tomasz asks number {n}?") for n in "123"]
    rest = [add_probe(who, told, now - timedelta(hours=8), body="And I ask?") for who in crowd]
    late = send(client_of(cast.joanne), asking(told), type="goal", body="Zygote of what?")
    deliver()

    assert [bool(probe) for probe in (*first, *rest)] == [True, True, False, True, True, True]
    assert late.response.headers["Location"].endswith("#waiting")
    waiting = read(client_of(cast.joanne), address(told)).words("section[@id='waiting']")[0]
    assert "Zygote of what?" in waiting
    for browser in (client, client_of(cast.maren), client_of(cast.tomasz)):
        assert "Zygote" not in read(browser, address(told)).html
        assert "Zygote" not in read(browser, "/search?q=zygote+kind:probe").words("main")[0].replace("zygote", "")
    assert "Tomasz asks number 3?" in read(client_of(cast.tomasz), address(told)).words("section[@id='waiting']")[0]

    answer(cast.maren, rest[0] or 0, now)  # a place, but not for Tomasz, of whom two stand open
    assert "Zygote of what?" in posts(read(client, address(told)))
    assert "Tomasz asks number 3?" not in read(client, address(told)).html
    decline(cast.maren, first[0] or 0, now)
    assert "Tomasz asks number 3?" in posts(read(client, address(told)))

    refused = send(client_of(cast.maren), f"/p/{spell(first[0] or 0)}/reopen")
    assert refused.status == 403
    assert "Other questions have taken its place" in refused.text
    deliver()
    assert "Zygote" in read(client, "/search?q=zygote+kind:probe").words("ol")[-1]


def test_what_waits_is_taken_back_into_the_drafts_and_by_nobody_else(
    told: int, cast: Cast, client_of: Clients, now: datetime
) -> None:
    for n in "123":
        add_probe(cast.tomasz, told, now, body=f"Number {n}?")
    tomasz = client_of(cast.tomasz)
    (press,) = [goes for goes in read(tomasz, address(told)).forms() if goes.startswith("/waiting/")]

    assert send(client_of(cast.joanne), press).status == 404
    assert send(tomasz, press).status == 303
    assert read(tomasz, address(told)).all("section[@id='waiting']") == []
    led_to = next(to for words, to in read(tomasz, "/drafts").links().items() if "Number 3?" in words)
    page = read(tomasz, tomasz.get(led_to).headers["Location"])
    assert page.forms()[asking(told)]["body"].strip() == "Number 3?"


def test_a_probe_that_is_withdrawn_leaves_its_place_and_finds_it_again_if_it_is_free(
    told: int, cast: Cast, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    one, _two, three = (add_probe(cast.tomasz, told, now, body=f"Number {n}?") for n in "123")
    tomasz, maren = client_of(cast.tomasz), client_of(cast.maren)

    assert three is None
    assert send(tomasz, f"/p/{spell(one or 0)}/withdraw").status == 303
    talk = posts(read(client, address(told)))
    assert "Number 1?" not in talk
    assert "Number 3?" in talk
    refused = send(tomasz, f"/p/{spell(one or 0)}/restore")
    assert refused.status == 403
    assert "Bring it back when one has been answered" in refused.text
    third = next(
        post.get("id", "")[1:] for post in read(client, address(told)).all("ol[@class='posts']/li")
        if "Number 3?" in words_of(post)
    )  # fmt: skip
    given = send(maren, f"/t/{spell(told)}/replies", answers=third, body="So it was.").response.headers["Location"]
    assert send(tomasz, f"/p/{spell(one or 0)}/restore").status == 303
    assert "Probe, open" in posts(read(client, address(told)))["Number 1?"]

    assert send(maren, f"/p/{given.partition('#p')[2]}/withdraw").status == 303
    assert "Probe, declined" in posts(read(client, address(told)))["Number 3?"]
    assert send(maren, f"/p/{given.partition('#p')[2]}/restore").status == 303
    assert "declined" not in posts(read(client, address(told)))["Number 3?"]


# What changes around it


def rewrite(thread_id: int, noticed: str, cast: Cast, now: datetime) -> None:
    draft = StoryDraft(title="A tidy chart", fields={"situation": SITUATION, "noticed": noticed})
    story = render_story(draft, now=now)
    with transaction():
        thread = session().get_one(Thread, thread_id)
        actor = load_person_as_viewer(cast.maren)
        revise_story(actor=actor, thread=thread, story=story, seen_revision=thread.revision, now=now)


def test_dots_are_no_question_but_a_question_mark_is_a_reply(told: int, cast: Cast, client_of: Clients) -> None:
    caro = client_of(cast.caro)

    dots = send(caro, asking(told), type="cue", body="." * 20)
    mark = send(caro, f"/t/{spell(told)}/replies", kind="reply", body="?")

    assert dots.status == 422
    assert "." * 20 in dots.text
    assert mark.status == 303


def test_words_that_are_changed_away_leave_the_probe_its_quote_and_come_back(
    told: int, cast: Cast, client: FlaskClient, now: datetime
) -> None:
    probe = add_probe(cast.tomasz, told, now, quote=WORDS) or 0
    answer(cast.maren, probe, now)

    rewrite(told, NOTICED.replace("It had", "I sat up. It had"), cast, now)
    assert read(client, address(told)).words("span[@class='mk']") == [WORDS]
    rewrite(told, "The alarm was odd, and it went on for most of the night without anybody saying so.", cast, now)
    page = read(client, address(told))
    assert page.words("span[@class='mk']") == []
    assert [one for one in beside(page) if "have been changed since" in one and WORDS in one and "second hand" in one]
    assert "These words have been changed since." in posts(page)["What made you look there first?"]
    onward = next(link.get("href", "") for link in page.all("aside//a") if "further" in (link.text or ""))
    assert "quote=" not in onward, "nobody can ask about words that are gone"
    rewrite(told, NOTICED, cast, now)
    assert read(client, address(told)).words("span[@class='mk']") == [WORDS]


def test_for_two_days_after_telling_the_teller_sits_back(
    cast: Cast, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    fresh = add_story(cast.maren, cast.bedside, now - timedelta(hours=30), title="Fresh")
    older = add_story(cast.maren, cast.bedside, now - timedelta(hours=49), title="Older")

    assert "Maren Oduya sits back and listens until 15 Jun 2026, 15:08." in read(client, address(fresh)).text
    assert "You sit back until 15 Jun 2026, 15:08" in read(client_of(cast.maren), address(fresh)).text
    assert "sits back" not in read(client, address(older)).text


def test_the_page_costs_the_same_with_one_probe_and_with_six(
    app: Flask, cast: Cast, crowd: list[int], client_of: Clients, now: datetime, statements: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    other, few, many = (add_story(cast.maren, cast.bedside, now - timedelta(days=9), noticed=NOTICED) for _ in range(3))
    for thread, people in ((few, crowd[:1]), (many, [*crowd, *crowd, cast.tomasz])):
        for number, person in enumerate(people):
            probe = add_probe(person, thread, now, quote=WORDS, body=f"Number {number}?")
            if probe and number in (0, 3):
                answer(cast.maren, probe, now)
        for _ in range(3):  # of which one waits
            add_probe(cast.joanne, thread, now)
    browser, costs = client_of(cast.caro), []
    monkeypatch.setitem(app.config, "TESTING", False)  # under test what is kept is made anew beside it
    browser.get(address(other))  # what all threads of a community share is kept from here on

    for thread in (few, many):
        for _ in range(2):
            statements.clear()
            assert browser.get(address(thread)).status_code == 200
            costs.append(len([line for line in statements if line.lstrip().upper().startswith("SELECT")]))

    assert costs[:2] == costs[2:]


# Letters


def test_the_teller_hears_once_a_day_of_what_most_wonder_and_the_asker_of_the_answer(
    cast: Cast, now: datetime, post: Postbox, crowd: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    post.fetch()  # what everybody got when they came
    told = add_story(cast.maren, cast.bedside, now - timedelta(hours=40), title="Told at dusk")
    probes = [add_probe(who, told, now - timedelta(hours=30), body=f"Question {n}?") or 0
              for n, who in enumerate((*crowd, cast.tomasz))]  # fmt: skip
    wonder(cast.caro, probes[3], now - timedelta(hours=29))
    assert post.fetch() == []  # she sits back

    monkeypatch.setattr("tests.conftest.NOW", now + timedelta(hours=9))
    letter = post.fetch_one("maren@example.org", "Told at dusk")
    assert letter.text.index("Question 3?") == letter.text.index("Question ")
    assert "one more person wonders" in letter.text
    assert letter.text.count("Question ") == 3
    assert "One more question stands open there." in letter.text
    assert f"/p/{spell(probes[3])}" in letter.text

    add_probe(cast.joanne, told, now + timedelta(hours=10), body="A late one?")
    answer(cast.maren, probes[3], now + timedelta(hours=10))
    monkeypatch.setattr("tests.conftest.NOW", now + timedelta(hours=11))
    (answered,) = post.fetch()
    assert (answered.to, answered.subject) == ("tomasz@example.org", "Maren Oduya has answered you")
    monkeypatch.setattr("tests.conftest.NOW", now + timedelta(hours=34))
    assert "A late one?" in post.fetch_one("maren@example.org").text


def test_words_that_were_changed_while_a_question_waited_are_said_to_be_gone_when_its_turn_comes(
    cast: Cast, told: int, now: datetime, client_of: Clients
) -> None:
    first = add_probe(cast.tomasz, told, now)
    add_probe(cast.tomasz, told, now, body="And then?")
    assert add_probe(cast.tomasz, told, now, body="Nine, or about nine?", quote=WORDS) is None
    with transaction():
        thread, maren = session().get_one(Thread, told), load_person_as_viewer(cast.maren)
        story = render_story(StoryDraft(title="A tidy chart", fields={"situation": SITUATION}), now=now)
        revise_story(actor=maren, thread=thread, story=story, seen_revision=0, now=now)

    answer(cast.maren, first or 0, now)

    page = read(client_of(cast.tomasz), address(told))
    assert "Nine, or about nine?" in page.text
    assert WORDS in page.text
    assert "These words have been changed since." in posts(page)["Nine, or about nine?"]
    assert list(find_strays()) == []
