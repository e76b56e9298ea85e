"""The search page: what is found and shown, and for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from cop.communities.queries import load_person_as_viewer
from cop.discussions.models import Reply, Thread
from cop.discussions.operations import revise_story
from cop.discussions.stories import StoryDraft, render_story
from cop.platform.database import session, transaction
from tests.cast import SITUATION, Cast, add_reply, add_story, add_verdict
from tests.web.searching import bytes_of, found, look

Clients = Callable[[int], FlaskClient]
Deliver = Callable[[], int]


# What is found


def test_a_story_is_found_by_its_words_and_says_why(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    told = add_story(
        cast.maren, cast.bedside, now - timedelta(days=9), title="Cold knees, good numbers",
        did_why="He was plucking at the sheet, and his kneecaps were marbled.",
    )  # fmt: skip
    add_verdict(cast.tomasz, told, "seen", now - timedelta(days=2))
    deliver()

    page = look(client, "restless, plucks at the sheet")

    (hit,) = page.words("li[@class='hit']")
    assert found(page) == ["Cold knees, good numbers"]
    assert page.words("p[@class='snip']/mark") == ["plucking", "sheet"]
    assert "Near yours because plucks, sheet." in hit
    assert "Told by Maren Oduya, ICU nurse, 14 yrs · Bedside ICU" in hit
    assert "2 practitioners this month · practised 2 days ago" in hit


def test_words_phrases_exclusions_and_communities_are_understood(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    add_story(cast.maren, cast.bedside, now, title="First", did_why="The pump cried occlusion, the line was clear.")
    add_story(cast.maren, cast.bedside, now, title="Second", did_why="Occlusion of the artery; no pump was near.")
    add_story(cast.bea, cast.organs, now, title="Third", did_why="The pump cried, occlusion or not, and the wind fell.")
    deliver()

    assert set(found(look(client, "pump occlusion"))) == {"First", "Second", "Third"}
    assert set(found(look(client, '"cried occlusion" pump'))) == {"First", "Third"}
    assert found(look(client, '"occlusion the line"')) == ["First"]
    assert set(found(look(client, "pump occlusion -artery"))) == {"First", "Third"}
    assert found(look(client, "pump occlusion community:organ-builders")) == ["Third"]
    assert found(look(client, "pump occlusion", "organ-builders")) == ["Third"]
    assert found(look(client, "pump occlusion community:organ-builders", "bedside-icu")) == []


def test_what_is_said_in_a_reply_leads_to_its_thread_and_names_who_said_it(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    told = add_story(cast.maren, cast.bedside, now, title="Silence from bed nine")
    reply = add_reply(cast.tomasz, told, now, body="With us it was the **humidifier**, of all things.")
    deliver()

    page = look(client, "humidifier")

    (hit,) = page.words("li[@class='hit']")
    assert found(page) == ["Silence from bed nine"]
    assert page.words("p[@class='snip']/mark") == ["humidifier"]
    assert "Said in a reply by Tomasz Wieczorek, ICU nurse" in hit
    answer = client.get(page.links()["Said in a reply"])
    assert "silence-from-bed-nine" in answer.location
    assert f"#p{page.links()['Said in a reply'].rpartition('/')[2]}" in answer.location
    assert reply


def test_a_passage_shows_what_people_wrote_as_text(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    add_story(
        cast.maren, cast.bedside, now, title="Brackets & <b>bold</b>",
        did_why="Typed <script>alert(1)</script> into the pump, and `<mark>` came back. Zebra.",
    )  # fmt: skip
    deliver()

    page = look(client, "zebra alert")

    assert "<script>alert(1)</script> into the pump, and <mark> came back." in page.words("p[@class='snip']")[0]
    assert page.words("p[@class='snip']/mark") == ["alert", "Zebra"]
    assert found(page) == ["Brackets & <b>bold</b>"]
    assert "<script>alert" not in page.html


def test_what_was_typed_stands_in_the_box_as_it_was(cast: Cast, client: FlaskClient, deliver: Deliver) -> None:
    deliver()
    typed = '  </textarea><script>alert(1)</script> "wind\n\nat noon" -x '

    page = look(client, typed)

    assert page.all("textarea")[0].text == typed.strip()
    assert "<script>alert" not in page.html


def test_a_cue_is_found_by_its_first_word_and_not_by_our_label(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    add_story(
        cast.maren, cast.bedside, now, title="Two lines",
        noticed="Kneecaps were cold.\n" + "Nothing else in the room said that anything was wrong with him. " * 3,
    )  # fmt: skip
    deliver()

    assert found(look(client, "kneecaps")) == ["Two lines"]
    assert found(look(client, "cue")) == []


def test_a_revised_story_is_found_by_its_new_words_only(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    told = add_story(cast.maren, cast.bedside, now, title="Oldtitle", did_why="It was the giraffe.")
    add_reply(cast.tomasz, told, now, body="We had a hippopotamus.")
    deliver()
    draft = StoryDraft(title="Newtitle", fields={"situation": SITUATION, "did_why": "It was the okapi."})
    story = render_story(draft, now=now)
    with transaction():
        thread = session().get_one(Thread, told)
        actor = load_person_as_viewer(cast.maren)
        revise_story(actor=actor, thread=thread, story=story, seen_revision=0, now=now)
    deliver()

    for old in ("giraffe", "oldtitle", "oldtitle hippopotamus -newtitle"):
        assert found(look(client, old)) == []
    assert found(look(client, "okapi")) == found(look(client, "hippopotamus newtitle")) == ["Newtitle"]


def test_what_is_gone_from_the_database_is_not_shown_even_while_the_index_remembers(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    told = add_story(cast.maren, cast.bedside, now, title="Silence from bed nine")
    reply = add_reply(cast.tomasz, told, now, body="The humidifier.")
    deliver()
    with transaction() as s:
        s.execute(delete(Reply).where(Reply.id == reply))

    page = look(client, "humidifier")

    assert found(page) == []
    assert "No one has told of this yet" in page.text


# Who finds what


@pytest.mark.parametrize("name", ["nobody", "otto", "caro", "maren", "joanne", "bea"])
def test_the_words_of_hidden_communities_find_nothing(
    app: Flask, cast: Cast, client_of: Clients, deliver: Deliver, name: str
) -> None:
    deliver()
    browser = app.test_client() if name == "nobody" else client_of(getattr(cast, name))

    for words in (cast.canaries["members"], cast.canaries["secret"], f"told inside {cast.canaries['secret']}"):
        shown, other = bytes_of(look(browser, words)), bytes_of(look(browser, words.replace("cnry", "qqqq")))
        assert "No one has told of this yet" in shown
        assert shown.replace("cnry", "qqqq") == other
    for slug in ("night-shift-pzqlmn", "inner-room-wvxyqj"):
        narrowed, nowhere = bytes_of(look(browser, "told", slug)), bytes_of(look(browser, "told", "no-such-community"))
        assert narrowed.replace(slug, "no-such-community") == nowhere


def test_whoever_is_in_a_hidden_community_finds_its_words(cast: Cast, client_of: Clients, deliver: Deliver) -> None:
    deliver()
    browser = client_of(cast.piet)

    assert found(look(browser, cast.canaries["secret"])) == [f"Told inside {cast.canaries['secret']}"]
    assert found(look(browser, cast.canaries["secret"], "night-shift-pzqlmn")) == []


def test_searching_writes_nothing_down(cast: Cast, client_of: Clients, deliver: Deliver, statements: list[str]) -> None:
    deliver()
    browser = client_of(cast.maren)
    statements.clear()

    look(browser, "what I would rather not have kept")

    assert statements
    assert not [statement for statement in statements if not statement.upper().startswith(("SELECT", "BEGIN"))]
