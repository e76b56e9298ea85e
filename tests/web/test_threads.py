"""A thread's page: where it stands, the story in all its parts, and how alive it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from cop.accounts.models import Person
from cop.communities.models import Community
from cop.discussions.operations import import_story
from cop.discussions.stories import StoryDraft, render_story
from cop.platform.database import session, transaction
from cop.platform.ids import spell
from cop.web.caching import forget_all
from tests.cast import SITUATION, Cast, add_reply, add_story, add_verdict
from tests.web.reading import Reader, read

Clients = Callable[[int], FlaskClient]
ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def address(thread_id: int, more: str = "") -> str:
    return f"/t/{spell(thread_id)}/any{more}"


def headings(page: Reader) -> list[str]:
    return page.words("article/section/h2")


def invitations(page: Reader) -> list[str]:
    return page.words("p[@class='invite']")


@pytest.fixture
def told(cast: Cast, now: datetime) -> int:
    """A story of Maren's, told ten days ago."""
    return add_story(cast.maren, cast.bedside, now - timedelta(days=10), noticed="The alarm came too evenly.")


# Where it stands


def test_the_short_address_leads_to_the_one_with_the_title(told: int, client: FlaskClient) -> None:
    answer = client.get(f"/t/{spell(told)}")

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/t/{spell(told)}/a-tidy-chart"


def test_a_wrong_slug_still_shows_the_thread_and_names_the_right_one(told: int, client: FlaskClient) -> None:
    page = read(client, address(told))

    assert page.words("h1") == ["A tidy chart"]
    canonical = next(link.get("href") for link in page.all("link") if link.get("rel") == "canonical")
    assert canonical == f"http://localhost/t/{spell(told)}/a-tidy-chart"


@pytest.mark.parametrize("who", ["nobody", "otto", "joanne"])
def test_no_redirect_tells_the_title_of_what_one_cannot_see(
    cast: Cast, client: FlaskClient, client_of: Clients, now: datetime, who: str
) -> None:
    reply = add_reply(cast.piet, cast.secret_thread, now)
    browser = client if who == "nobody" else client_of(getattr(cast, who))

    for hidden in (f"/t/{spell(cast.secret_thread)}", f"/p/{spell(reply)}"):
        answer = browser.get(hidden)
        assert answer.status_code == 404
        assert cast.canaries["secret"] not in (str(answer.headers) + answer.text).lower()
        assert "Location" not in answer.headers


@pytest.mark.parametrize("title", ["Edit", "Verdict"])
def test_a_story_called_like_a_page_of_ours_is_read(cast: Cast, client_of: Clients, now: datetime, title: str) -> None:
    story = add_story(cast.maren, cast.bedside, now, title=title)

    answer = client_of(cast.maren).get(f"/t/{spell(story)}", follow_redirects=True)

    assert answer.status_code == 200
    assert f"{title}</h1>" in answer.text
    assert "Second night in a row on the same bay" in answer.text


@pytest.mark.parametrize("nonsense", ["?start=x", "?before=W10", "?start=WzEsMl0", "?before=WzFlMzA4LDFd"])
def test_a_cursor_that_somebody_made_up_leads_nowhere(told: int, client: FlaskClient, nonsense: str) -> None:
    assert client.get(address(told, nonsense)).status_code == 404


# The story


def test_sections_stand_in_the_order_in_which_a_story_is_read(cast: Cast, client: FlaskClient, now: datetime) -> None:
    boxes = ("watch_for", "not_when", "outcome", "did_why", "options", "expected", "noticed")
    story = add_story(cast.maren, cast.bedside, now, **{box: f"Told in {box}." for box in boxes})

    page = read(client, address(story))

    assert headings(page) == [
        "The situation", "What I noticed", "What I expected", "What else I considered", "What I did, and why",
        "What happened", "When not to do this", "What I would watch for",
    ]  # fmt: skip
    assert invitations(page) == []


def test_a_story_of_one_box_has_no_headings(cast: Cast, client: FlaskClient, now: datetime) -> None:
    story = add_story(cast.maren, cast.bedside, now)

    page = read(client, address(story))

    assert headings(page) == []
    assert SITUATION[:40] in page.text


def test_cues_stand_beside_what_follows_them(cast: Cast, client: FlaskClient, now: datetime) -> None:
    story = add_story(cast.maren, cast.bedside, now, noticed=f"Cold knees.\n{SITUATION}")

    page = read(client, address(story))

    assert page.words("div[@class='passage']/aside") == ["CueCold knees."]


def test_empty_boxes_invite_readers_to_ask_and_the_teller_to_add(
    told: int, cast: Cast, client: FlaskClient, client_of: Clients
) -> None:
    asked, own = read(client, address(told)), read(client_of(cast.maren), address(told))

    assert invitations(asked)[0] == "Nobody has asked yet when not to do this. Ask"
    assert len(invitations(asked)) == len(invitations(own)) == 3
    assert asked.links("p[@class='invite']/a")["Ask"].startswith(f"/t/{spell(told)}/probe?box=")
    assert asked.all("*[@id='reply']")
    added = own.all("p[@class='invite']/a")[0].get("href", "")
    assert added == f"/t/{spell(told)}/edit?open=not_when#box-not_when"
    box = read(client_of(cast.maren), added).all("div[@id='box-not_when']")[0]
    assert "hidden" not in box.attrib


def test_an_outcome_that_is_not_known_yet_is_said_so(cast: Cast, client: FlaskClient, now: datetime) -> None:
    story = render_story(StoryDraft("Not over", {"situation": SITUATION}, outcome_unknown=True), now=now)
    with transaction():
        here = session().get_one(Community, cast.bedside)
        thread = import_story(
            community=here, story=story, told_at=now, external_id="1", attribution="", source_url="", now=now
        ).id

    assert invitations(read(client, address(thread)))[0] == "What happened is not known yet."


@pytest.mark.parametrize(
    ("source", "leads"),
    [("https://example.com/story", ["https://example.com/story"]), ("javascript:alert(1)", [])],
)
def test_an_imported_story_says_where_it_came_from(
    cast: Cast, client: FlaskClient, now: datetime, source: str, leads: list[str]
) -> None:
    story = render_story(StoryDraft("From elsewhere", {"situation": SITUATION}), now=now)
    with transaction():
        here = session().get_one(Community, cast.bedside)
        thread = import_story(
            community=here,
            story=story,
            told_at=now,
            external_id="1",
            attribution="Example & Sons",
            source_url=source,
            now=now,
        ).id

    page = read(client, address(thread))

    assert "Example & Sons" in page.text
    links = page.all("div[@class='byline']//a")
    assert [link.get("href") for link in links] == leads
    assert all(link.get("rel") == "nofollow ugc noopener" for link in links)


def test_the_byline_says_who_told_it_when_and_how_long_it_lasts(told: int, cast: Cast, client: FlaskClient) -> None:
    byline = read(client, address(told)).words("div[@class='byline']")[0]

    assert "Maren Oduya ICU nurse, 14 yrs. Surgical unit, 18 beds" in byline.replace("Oduya", "Oduya ")
    assert "Told 4 Jun 2026, 1 min read Ages over months" in byline


def test_the_vital_strip_speaks_of_practitioners_and_of_rest(cast: Cast, client: FlaskClient, now: datetime) -> None:
    resting = add_story(cast.maren, cast.bedside, now - timedelta(days=300), title="Long ago")
    living = add_story(cast.maren, cast.bedside, now - timedelta(days=30), title="Just now")
    add_reply(cast.tomasz, living, now - timedelta(days=2))

    strip = "div[@class='signsbar wide']"
    assert "Living" in read(client, address(living)).words(strip)[0]
    assert "1 practitioner this month" in read(client, address(living)).words(strip)[0]
    assert "2 days ago" in read(client, address(living)).words(strip)[0]
    assert "Resting since" in read(client, address(resting)).words(strip)[0]
    assert "none this month" in read(client, address(resting)).words(strip)[0]


def test_a_demonstration_says_so_under_the_byline(
    app: Flask, told: int, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.jinja_env.globals, "is_demo", True)

    line = "Invented for this demonstration; not clinical advice."
    assert read(client, address(told)).words("p[@class='invented']") == [line]
    monkeypatch.setattr("cop.web.templating.CLINICAL", frozenset())
    forget_all()
    assert read(client, address(told)).words("p[@class='invented']") == ["Invented for this demonstration."]


def test_nothing_that_people_write_is_run(cast: Cast, client_of: Clients, now: datetime) -> None:
    with transaction() as s:
        s.execute(update(Person).where(Person.id == cast.tomasz).values(name=ATTACK[:80], setting=ATTACK))
    story = add_story(
        cast.tomasz, cast.bedside, now, title=f"Title {ATTACK}", situation=f"{SITUATION} {ATTACK}", noticed=ATTACK
    )
    add_reply(cast.tomasz, story, now, body=ATTACK)
    add_verdict(cast.maren, story, "otherwise", now, body=f"{ATTACK} and that is the reason for it.")

    page = read(client_of(cast.joanne), address(story))

    assert page.all("main//script") == page.all("main//img") == []
    assert page.html.count("&lt;script&gt;") >= 6
