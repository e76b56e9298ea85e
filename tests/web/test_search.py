"""The search page: what is found and shown, for whom, and what becomes of a lost index."""

from __future__ import annotations

import dataclasses
import re
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from cop.communities.models import Community
from cop.communities.queries import load_person_as_viewer
from cop.discussions.models import Reply, Thread
from cop.discussions.operations import revise_story, tell_story
from cop.discussions.stories import StoryDraft, render_story
from cop.platform.database import session, transaction
from cop.search.jobs import Indexing
from tests.cast import SITUATION, Cast, add_member, add_reply, add_story, add_verdict
from tests.web.reading import Reader, read

Clients = Callable[[int], FlaskClient]
Deliver = Callable[[], int]


def look(browser: FlaskClient, words: str, *slugs: str) -> Reader:
    return read(browser, "/search?" + urlencode([("q", words), *(("c", slug) for slug in slugs)]))


def bytes_of(page: Reader) -> str:
    """The page without the keys that no two forms share."""
    return re.sub(r'name="(?:key|csrf_token)" value="[^"]*"', "", page.html)


def found(page: Reader) -> list[str]:
    return page.words("li[@class='hit']/h3/a")


def tell_many(cast: Cast, now: datetime, number: int, *, about: str) -> None:
    story = render_story(StoryDraft(title="", fields={"situation": f"{about} {SITUATION}"}), now=now)
    with transaction():
        maren, community = load_person_as_viewer(cast.maren), session().get_one(Community, cast.bedside)
        for n in range(number):
            tell_story(
                actor=maren,
                community=community,
                story=dataclasses.replace(story, title=f"Night {n:02}"),
                now=now - timedelta(hours=n),
            )


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


# Pages


def test_twenty_a_page_lead_further_and_closer_without_a_gap(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    tell_many(cast, now, 45, about="The perfusor stood still.")
    deliver()

    forth, address = [], "/search?q=perfusor&c=bedside-icu"
    while address:
        forth.append(read(client, address))
        address = forth[-1].leads("next")
    back, address = [], forth[-1].leads("prev")
    while address:
        back.append(read(client, address))
        address = back[-1].leads("prev")

    assert [len(found(page)) for page in forth] == [20, 20, 5]
    assert sorted(title for page in forth for title in found(page)) == [f"Night {n:02}" for n in range(45)]
    assert [found(page) for page in reversed(back)] == [found(page) for page in forth[:-1]]
    assert "Further from yours" in forth[0].links()
    assert "Closer to yours" in forth[1].links()
    assert not [page for page in forth if "45" in " ".join(page.words("main//p") + page.words("main//h2"))]


@pytest.mark.parametrize("after", ["zzz", "W10", "%00", "WzEuNSwgMV0"])
def test_a_cursor_that_somebody_has_changed_leads_nowhere(
    cast: Cast, client: FlaskClient, deliver: Deliver, after: str
) -> None:
    deliver()

    assert client.get(f"/search?q=wind&after={after}").status_code == 404


@pytest.mark.parametrize("after", ["Wy01LDFd", "Wzk5OTk5OTk5OTksMV0"])
def test_a_forged_place_is_a_page_like_any_other(cast: Cast, client: FlaskClient, deliver: Deliver, after: str) -> None:
    deliver()

    assert client.get(f"/search?q=wind&after={after}").status_code == 200


def test_a_search_costs_the_same_number_of_statements_with_2_and_20_hits(
    cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver, statements: list[str]
) -> None:
    tell_many(cast, now, 2, about="The perfusor stood still.")
    told = add_story(cast.maren, cast.bedside, now)
    add_reply(cast.tomasz, told, now, body="Our perfusor, too.")
    deliver()
    statements.clear()
    look(client, "perfusor")
    with_few = len(statements)
    tell_many(cast, now, 18, about="The perfusor stood still.")
    add_member(cast.otto, cast.bedside, now)
    for person in (cast.otto, cast.caro, cast.joanne):
        add_reply(person, told, now, body="A perfusor is a perfusor.")
    deliver()
    statements.clear()

    page = look(client, "perfusor")

    assert len(found(page)) == 20
    assert len(statements) == with_few


# Without an answer


def test_an_empty_query_shows_the_form_alone(app: Flask, client: FlaskClient) -> None:
    for address in ("/search", "/search?q=", "/search?q=%20%0A"):
        page = read(client, address)

        assert page.status == 200
        assert "Describe your situation, as you would to a colleague" in page.text
        assert "No one has told" not in page.text
        assert "rebuilt" not in page.text


def test_nothing_found_invites_those_who_may_to_tell(cast: Cast, client_of: Clients, deliver: Deliver) -> None:
    deliver()

    of_maren = look(client_of(cast.maren), "zyzzyva", "bedside-icu")
    of_otto = look(client_of(cast.otto), "zyzzyva")

    assert "No one has told of this yet" in of_maren.text
    assert of_maren.links("main//a")["Tell a story"] == "/tell"
    assert of_maren.links()["Widen the search"] == "/search?q=zyzzyva"
    assert "No one has told of this yet" in of_otto.text
    assert "Tell a story" not in of_otto.links("main//a")


def test_without_a_word_to_look_for_the_page_says_so(cast: Cast, client: FlaskClient, deliver: Deliver) -> None:
    deliver()

    for typed in ("!!", "-sedation", '""', "kind:story"):
        assert "There is no word in it to look for" in look(client, typed).text


def test_2000_characters_are_read_and_no_more(cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver) -> None:
    add_story(cast.maren, cast.bedside, now, title="Within", did_why="The perfusor.")
    deliver()

    within = look(client, "x" * 1990 + " perfusor"[:10])
    beyond = look(client, "x " * 1000 + "perfusor")

    assert found(within) == ["Within"]
    assert "longer than we read" not in within.text
    assert found(beyond) == []
    assert "This was longer than we read. We looked for the first 2,000 characters of it." in beyond.text


@pytest.mark.parametrize(
    "typed",
    [
        "*", "*a*", "[a TO z]", "NOT " * 400, "(" * 900, ")" * 900, '"' * 999, "author:anon", "wind~9999", "wind^1e9",
        "wind AND (noon OR", "kind:nothing community:../../etc", "\x00wind\x00", "\ud800wind", "🌬" * 300,
        "a " * 1000, "ِ" * 900, "%s %(x)s {0}", "'; DROP TABLE thread; --", "-" * 900, "wind -wind",
    ],
)  # fmt: skip
def test_a_hostile_query_is_answered(cast: Cast, client: FlaskClient, deliver: Deliver, typed: str) -> None:
    deliver()

    raw = urlencode({"q": typed, "c": typed}, errors="surrogatepass")
    alone, narrowed = client.get(f"/search?{raw.partition('&')[0]}"), client.get(f"/search?{raw}")

    assert (alone.status_code, narrowed.status_code) == (200, 200)


# A lost index


def test_while_there_is_no_index_search_says_so_and_posting_goes_on(
    app: Flask, cast: Cast, client: FlaskClient, now: datetime, deliver: Deliver
) -> None:
    deliver()
    indexing: Indexing = app.extensions["cop-indexing"]
    shutil.rmtree(indexing.folder)

    page = look(client, "wind")
    told = add_story(cast.maren, cast.bedside, now, title="Told meanwhile", did_why="The perfusor.")
    shown = client.get("/c/bedside-icu/")

    assert page.status == 503
    assert "Search is being rebuilt." in page.text
    assert page.all("textarea")[0].text == "wind"
    assert told
    assert "Told meanwhile" in shown.get_data(as_text=True)

    deliver()

    assert found(look(client, "perfusor")) == ["Told meanwhile"]
    assert found(look(client, "wind noon")) == ["The wind came back at noon"]
