"""How a thread stands, on its page, on cards, in lists and in search; and what each reader may do about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask.testing import FlaskClient

from cop.communities.members.operations import leave_community
from cop.communities.models import Community
from cop.communities.queries import load_person_as_viewer
from cop.platform.database import transaction
from cop.platform.ids import spell
from cop.ranking.verification import check_orders
from tests.cast import SITUATION, Cast, add_reply, add_story, add_verdict
from tests.postbox import Postbox
from tests.security.stage import point_to
from tests.tending import (
    add_contested_story,
    add_due_story,
    add_practitioner,
    ask_keeper,
    propose,
    retire,
    supersede,
    try_it,
)
from tests.validity import faults_in
from tests.web.reading import Reader, read, send, words_of

Clients = Callable[[int], FlaskClient]
QUESTION = "Does this still hold where you are?"
WHY = "Not on the new pumps: they sound the same whatever happens."


def page_of(browser: FlaskClient, thread_id: int) -> Reader:
    return read(browser, f"/t/{spell(thread_id)}/any")


def titles(browser: FlaskClient, address: str) -> list[str]:
    return [words_of(link) for link in read(browser, address).all("ol[@class='threads']/li//h3/a")]


# Check-ins


def test_only_who_can_tell_is_asked_and_one_word_is_enough(
    cast: Cast, now: datetime, client: FlaskClient, client_of: Clients
) -> None:
    story = add_due_story(cast, now)
    tomasz, maren = client_of(cast.tomasz), client_of(cast.maren)
    others = (client, client_of(cast.joanne), client_of(cast.caro))
    assert all(QUESTION not in page_of(browser, story).text for browser in others)
    assert all("Due for a check-in" in page_of(browser, story).text for browser in others)
    assert QUESTION in page_of(maren, story).text
    assert QUESTION in page_of(tomasz, story).text

    sent = send(tomasz, f"/t/{spell(story)}/check-in", answer="still")
    after = read(tomasz, sent.response.headers["Location"])

    assert sent.status == 303
    assert "You said that it still holds. It is asked again after 9 Jun 2027." in after.text
    assert QUESTION not in after.text
    assert QUESTION not in page_of(maren, story).text
    assert "Due for a check-in" not in page_of(client, story).text
    send(tomasz, f"/t/{spell(story)}/check-in/take-back")
    assert QUESTION in page_of(maren, story).text
    assert QUESTION in page_of(tomasz, story).text


def test_a_reason_stands_in_the_talk_and_is_never_lost(cast: Cast, now: datetime, client_of: Clients) -> None:
    story = add_due_story(cast, now)
    tomasz, maren = client_of(cast.tomasz), client_of(cast.maren)
    door = f"/t/{spell(story)}/check-in"
    assert "Does it still hold" in read(tomasz, f"{door}?answer=depends").text
    refused = send(tomasz, door, answer="no_longer", body=" ")
    assert refused.status == 422
    assert "Say why in a line." in refused.text

    sent = send(tomasz, door, answer="no_longer", body=WHY)
    page = read(tomasz, sent.response.headers["Location"])

    (post,) = [one for one in page.all("ol[@class='posts']/li") if WHY in words_of(one)]
    assert "Holds no longer" in words_of(post)
    late = send(maren, door, answer="depends", body="It is the line, and not the pump.")
    assert late.status == 403
    assert "somebody has answered lately" in late.text
    assert "It is the line, and not the pump." in late.text
    assert "Say it as a reply" in late.text


# Contested, and under a condition


def test_a_contested_story_shows_the_strongest_reason_until_both_sides_agree_on_a_condition(
    cast: Cast, now: datetime, client: FlaskClient, client_of: Clients
) -> None:
    story = add_contested_story(cast, now, title="Cold knees")
    tomasz, maren = client_of(cast.tomasz), client_of(cast.maren)
    page = page_of(client, story)
    (against,) = page.all("section[@aria-labelledby='against-h']")
    assert "It was the tubing, and not the patient." in words_of(against)
    assert titles(client, "/c/bedside-icu/?state=contested") == ["Cold knees"]
    empty = send(tomasz, f"/t/{spell(story)}/condition", sort="holds_when", condition="")
    assert (empty.status, "Say it in a line." in empty.text) == (422, True)

    send(tomasz, f"/t/{spell(story)}/condition", sort="holds_when", condition="The line is new")
    (accepting,) = [to for to in page_of(maren, story).forms() if to.endswith("/accept")]
    assert "Neither its teller nor a moderator has accepted it." in page_of(client, story).text
    assert client.get(f"/t/{spell(story)}/any").text.count("The line is new") == 1
    send(maren, accepting)

    page = page_of(client, story)
    (when,) = page.all("section[@aria-labelledby='when-h']")
    assert "Holds when The line is new" in words_of(when)
    assert page.all("section[@aria-labelledby='against-h']") == []
    assert titles(client, "/c/bedside-icu/?state=contested") == []
    assert list(check_orders()) == []


# Retired and superseded


def test_a_moderator_retires_what_hardly_holds_and_can_take_it_back(
    cast: Cast, now: datetime, client: FlaskClient, client_of: Clients
) -> None:
    story = add_contested_story(cast, now, title="Cold knees")
    add_verdict(add_practitioner(cast, "Ola Nord", now), story, "failed", now, body="Not with us either, twice.")
    joanne, tomasz = client_of(cast.joanne), client_of(cast.tomasz)
    assert "One discussion hardly holds any more." in read(joanne, "/c/bedside-icu/").text
    assert "Cold knees" in read(joanne, "/c/bedside-icu/settings").text
    assert "hardly holds" not in read(tomasz, "/c/bedside-icu/").text
    door = f"/t/{spell(story)}/retire"
    assert send(joanne, door, reason="").status == 422
    too_long = send(joanne, door, reason="so " * 200)
    assert (too_long.status, "so so so" in too_long.text) == (422, True)

    send(joanne, door, reason="The pump is not made any more.")

    page = page_of(client, story)
    assert "Retired on 14 Jun 2026" in page.text
    assert "Joanne Pell: The pump is not made any more." in page.text
    assert titles(client, "/c/bedside-icu/") == []
    assert (
        titles(client, "/c/bedside-icu/?sort=new") == titles(client, "/c/bedside-icu/?state=retired") == ["Cold knees"]
    )
    assert "hardly holds" not in read(joanne, "/c/bedside-icu/").text
    send(joanne, f"/t/{spell(story)}/reopen")
    assert titles(client, "/c/bedside-icu/") == ["Cold knees"]


def test_once_the_successor_is_withdrawn_moderators_and_the_teller_may_let_it_stand_again(
    cast: Cast, now: datetime, client: FlaskClient, client_of: Clients
) -> None:
    old = add_story(cast.maren, cast.bedside, now - timedelta(days=9), title="Cold knees")
    new = add_story(cast.tomasz, cast.bedside, now, title="The line on cold knees")
    supersede(cast.joanne, old, new, now)
    joanne, maren, tomasz = client_of(cast.joanne), client_of(cast.maren), client_of(cast.tomasz)
    offer, door = "Let it stand again", f"/t/{spell(old)}/reopen"
    assert all(offer not in page_of(browser, old).text for browser in (joanne, maren, tomasz))
    assert send(maren, door).status == 403

    send(tomasz, f"/t/{spell(new)}/withdraw")

    assert "by what has been withdrawn since" in page_of(client, old).text
    assert [offer in page_of(browser, old).text for browser in (client, tomasz, joanne, maren)] == [0, 0, 1, 1]
    assert (send(tomasz, door).status, send(maren, door).status) == (403, 303)
    assert titles(client, "/c/bedside-icu/") == ["Cold knees"]
    assert "Superseded" not in page_of(client, old).words("div[@class='signsbar wide']")[0]
    assert list(check_orders()) == []


def test_nobody_is_asked_to_agree_to_a_successor_that_is_gone(cast: Cast, now: datetime, client_of: Clients) -> None:
    old = add_story(cast.maren, cast.bedside, now - timedelta(days=9), title="Cold knees")
    new = add_story(cast.tomasz, cast.bedside, now, title="The line on cold knees")
    assert not supersede(cast.maren, old, new, now)
    joanne, tomasz = client_of(cast.joanne), client_of(cast.tomasz)
    assert "I agree" in page_of(joanne, old).text

    send(tomasz, f"/t/{spell(new)}/withdraw")

    page = page_of(joanne, old)
    assert "What was to take its place has been withdrawn." in page.text
    assert "yet to agree" not in page.text
    assert "I agree" not in page.text
    assert send(joanne, f"/t/{spell(old)}/supersede/drop").status == 303


def test_a_superseded_story_leads_to_its_successor_and_is_found_behind_it(
    cast: Cast, now: datetime, client: FlaskClient, client_of: Clients, deliver: Callable[[], int]
) -> None:
    old = add_story(
        cast.maren, cast.bedside, now - timedelta(days=9), title="Cold knees cold knees", noticed="Cold knees."
    )
    new = add_story(cast.tomasz, cast.bedside, now, title="The line on cold knees")
    deliver()
    maren, tomasz = client_of(cast.maren), client_of(cast.tomasz)
    door = f"/t/{spell(old)}/supersede"
    found = send(maren, door, looking="1", look="line cold", reason="It has the line.")
    assert "The line on cold knees" in found.text
    assert "It has the line." in found.text
    assert send(maren, door, reason="It has the line.").status == 422

    send(maren, door, successor=spell(new), reason="It has the line.")
    assert "A practitioner has yet to agree." in page_of(client, old).text
    send(tomasz, f"{door}/agree")

    page = page_of(client, old)
    assert "Superseded on 14 Jun 2026 by The line on cold knees" in page.text
    assert "Maren Oduya and Tomasz Wieczorek: It has the line." in page.text
    assert titles(client, "/c/bedside-icu/") == ["The line on cold knees"]
    hits = [words_of(link) for link in read(client, "/search?q=cold+knees").all("li[@class='hit']/h3/a")]
    assert hits == ["The line on cold knees", "Cold knees cold knees"]
    only = read(client, "/search?q=cold+knees+state:superseded").all("li[@class='hit']/h3/a")
    assert [words_of(link) for link in only] == ["Cold knees cold knees"]
    alone = read(client, "/search?q=cold+knees+state:superseded").words("li[@class='hit']/p[@class='why']")
    assert alone[0] == "Superseded by The line on cold knees. This one is kept to be read."
    renamed = {"title": "A line above the kneecap", "situation": SITUATION, "seen_revision": "0"}
    send(tomasz, f"/t/{spell(new)}/edit", **renamed)
    assert "Superseded on 14 Jun 2026 by A line above the kneecap" in page_of(client, old).text


def test_a_procedure_says_first_when_what_it_rests_on_does_not_stand(
    cast: Cast, now: datetime, client: FlaskClient
) -> None:
    story = add_story(cast.maren, cast.bedside, now, title="Cold knees")
    procedure = point_to(cast.joanne, cast.bedside, story, now)
    assert "on which this rests" not in page_of(client, procedure).text

    retire(cast.joanne, story, now)

    assert "Cold knees, on which this rests, is retired." in page_of(client, procedure).text


# Keepers


def test_a_practitioner_who_says_yes_looks_after_what_somebody_left(
    cast: Cast, now: datetime, client: FlaskClient, client_of: Clients, post: Postbox
) -> None:
    story = add_due_story(cast, now, title="Cold knees")
    joanne, tomasz = client_of(cast.joanne), client_of(cast.tomasz)
    door = f"/t/{spell(story)}/keeper"
    assert send(joanne, door, handle="tomasz-wieczorek").status == 403
    with transaction() as s:
        leave_community(actor=load_person_as_viewer(cast.maren), community=s.get_one(Community, cast.bedside), now=now)
    for wrong in ("nobody-of-that-name", "caro-mbeki", "\x00"):
        assert send(joanne, door, handle=wrong).status == 422
    post.fetch()

    send(joanne, door, handle="tomasz-wieczorek")
    letter = post.fetch_one("tomasz@example.org", "Will you look after “Cold knees”?")
    assert "Will you look after this?" in read(tomasz, letter.path, follow_redirects=True).text
    assert "Looks after it" not in page_of(client, story).text
    send(tomasz, f"{door}/accept")

    assert "Looks after it since its teller has gone" in page_of(client, story).text
    send(tomasz, f"{door}/release")
    assert "Looks after it" not in page_of(client, story).text


def test_what_a_page_costs_does_not_grow_with_what_is_said(
    cast: Cast, now: datetime, client_of: Clients, statements: list[str]
) -> None:
    browser, costs = client_of(cast.tomasz), []
    for replies in (2, 18):
        story = add_contested_story(cast, now)
        propose(cast.maren, story, now)
        for _ in range(replies):
            add_reply(cast.tomasz, story, now)
        page_of(browser, story)
        statements.clear()
        page_of(browser, story)
        costs.append(len(statements))

    assert costs[0] == costs[1]


def test_what_has_ended_asks_for_no_condition(cast: Cast, now: datetime, client_of: Clients) -> None:
    story, tomasz = add_contested_story(cast, now), client_of(cast.tomasz)
    assert "Propose a condition" in page_of(tomasz, story).text

    retire(cast.joanne, story, now, reason="The pumps are gone")
    refused = send(tomasz, f"/t/{spell(story)}/condition", sort="not_when", condition="The line is new.")

    page = page_of(tomasz, story)
    assert "Propose a condition" not in page.text
    assert "Joanne Pell: The pumps are gone" in page.words("p")
    assert refused.status == 403
    assert "The line is new." in refused.html


def test_every_page_about_how_a_thread_stands_is_valid_html(
    cast: Cast, now: datetime, client: FlaskClient, client_of: Clients
) -> None:
    due, contested = add_due_story(cast, now), add_contested_story(cast, now, title="Cold <knees>")
    propose(cast.tomasz, contested, now, text="The line is <new> & long")
    ended, kept = add_story(cast.maren, cast.bedside, now), add_due_story(cast, now)
    retire(cast.joanne, ended, now, reason="The pump & the <line> are gone.")
    procedure = point_to(cast.joanne, cast.bedside, ended, now)
    with transaction() as s:
        leave_community(actor=load_person_as_viewer(cast.maren), community=s.get_one(Community, cast.bedside), now=now)
    ask_keeper(cast.joanne, kept, "tomasz-wieczorek", now)
    try_it(cast.tomasz, contested, now - timedelta(days=20))
    try_it(cast.tomasz, due, now)
    pages = [f"/t/{spell(one)}/any" for one in (due, contested, ended, kept, procedure)]
    pages += [f"/t/{spell(contested)}/{form}" for form in ("check-in", "condition", "retire", "supersede", "keeper")]
    pages += [f"/t/{spell(due)}/check-in", "/", "/c/bedside-icu/?state=due", "/c/bedside-icu/settings"]
    faults = {}

    for browser in (client, client_of(cast.joanne), client_of(cast.tomasz)):
        for address in pages:
            answer = browser.get(address)
            if answer.mimetype == "text/html" and answer.status_code not in (301, 302, 303):
                faults[address] = faults.get(address, []) + faults_in(answer.data)
                assert answer.text.count("<h1") == 1, address

    assert {address: found for address, found in faults.items() if found} == {}
    assert "&lt;new&gt;" in client.get(pages[1]).text
