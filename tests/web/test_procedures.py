"""Procedures: led by what they rest on, after everything else in every list, and looked at by whoever keeps them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from cop.platform.ids import spell
from tests.cast import Cast, add_story
from tests.web.reading import Reader, read, send, words_of

Clients = Callable[[int], FlaskClient]
NEW = "/c/bedside-icu/new/procedure"


@pytest.fixture
def story(cast: Cast, now: datetime) -> int:
    return add_story(cast.maren, cast.bedside, now - timedelta(days=3), title="Cold knees, good numbers")


def add(browser: FlaskClient, story: int, **changed: str) -> Reader:
    boxes = {
        "title": "Turning the patient",
        "rests_on": f"http://localhost/t/{spell(story)}/cold-knees",
        "link": "https://example.org/turning.pdf",
        "text": "A quarter, then stay qzstep.",
        "owner": "joanne-pell",
        "reviewed": "2025-02-11",
    }
    return send(browser, NEW, **{**boxes, **changed})


def where(added: Reader) -> str:
    assert added.status == 303, added.text
    return str(added.response.headers["Location"])


def test_a_procedure_leads_with_what_it_rests_on_then_its_owner_its_age_and_the_document(
    story: int, cast: Cast, client: FlaskClient, client_of: Clients
) -> None:
    page = read(client, where(add(client_of(cast.tomasz), story)))

    assert page.words("h1") == ["Turning the patient"]
    assert "rests on one discussion" in page.words("h2[@id='rests']")[0]
    assert page.text.index("Cold knees, good numbers") < page.text.index("A quarter, then stay")
    assert "Living" in page.words("ul[@class='thin rests']/li")[0]
    assert "Kept by Joanne Pell. Last looked at 11 Feb 2025, more than a year" in page.text
    assert "https://example.org/turning.pdf" in page.links().values()
    assert page.all("section[@id='stand']") == []


def test_it_is_shown_as_it_will_read_before_it_is_added(story: int, cast: Cast, client_of: Clients) -> None:
    shown = add(client_of(cast.tomasz), story, preview="1", text="1. Look at the *knees*.")

    preview = " ".join(shown.words("section[@id='preview']"))
    assert shown.status == 200
    assert "Turning the patient" in preview
    assert "<em>knees</em>" in shown.html
    assert shown.forms()[NEW]["text"].strip() == "1. Look at the *knees*."
    assert "Turning the patient" not in read(client_of(cast.tomasz), "/c/bedside-icu/procedures").text


def test_what_it_rests_on_is_shown_as_it_is_now(
    story: int, cast: Cast, client: FlaskClient, client_of: Clients
) -> None:
    address = where(add(client_of(cast.tomasz), story))
    assert "Cold knees, good numbers" in read(client, address).text

    send(client_of(cast.maren), f"/t/{spell(story)}/withdraw")

    page = read(client, address)
    assert "Cold knees" not in page.html
    assert "has been withdrawn" in page.words("h2[@id='rests']")[0]


def test_it_follows_discussions_in_a_group_of_its_own_in_every_list_and_in_search(
    story: int, cast: Cast, client: FlaskClient, client_of: Clients, deliver: Callable[[], int]
) -> None:
    add(client_of(cast.tomasz), story, title="Cold knees, the procedure")
    deliver()

    for place in ("/c/bedside-icu/", "/c/bedside-icu/?sort=new", "/search?q=cold+knees"):
        page = read(client, place)
        assert page.text.index("Cold knees, good numbers") < page.text.index("Cold knees, the procedure"), place
        assert "Procedures" in page.words("h2"), place
    assert "Cold knees, the procedure" not in read(client_of(cast.joanne), "/").text
    listed = read(client, "/c/bedside-icu/procedures")
    assert listed.words("ol/li/div/h2") == ["Cold knees, the procedure Not looked at for a year"]
    row = listed.words("ol[@class='threads']/li")[0]
    assert "kept by Joanne Pell" in row
    assert "last looked at 11 Feb 2025" in row
    hit = read(client, "/search?q=cold+knees").words("section[@aria-labelledby='procedures']//li")[0]
    assert "Kept by Joanne Pell" in hit
    assert "last looked at 11 Feb 2025 · rests on 1 discussion" in hit
    assert "rests on 1 discussion" in row


def test_it_is_endorsed_by_nobody(story: int, cast: Cast, client_of: Clients) -> None:
    thread = where(add(client_of(cast.tomasz), story)).split("/")[2]

    assert send(client_of(cast.joanne), f"/t/{thread}/verdict", verdict="seen").status == 403


def test_only_its_owner_and_moderators_say_that_they_have_looked_at_it(
    story: int, cast: Cast, client: FlaskClient, client_of: Clients
) -> None:
    address = where(add(client_of(cast.tomasz), story, owner="maren-oduya"))
    thread = address.split("/")[2]

    assert send(client_of(cast.tomasz), f"/t/{thread}/reviewed").status == 403
    assert send(client_of(cast.caro), f"/t/{thread}/reviewed").status == 403
    assert "11 Feb 2025" in read(client, address).text
    assert send(client_of(cast.maren), f"/t/{thread}/reviewed").status == 303

    assert "Last looked at today" in read(client, address).text


def test_a_newcomer_adds_none(story: int, cast: Cast, client_of: Clients) -> None:
    caro = client_of(cast.caro)

    assert caro.get(NEW).status_code == 403
    refused = add(caro, story)
    assert refused.status == 403
    assert "A quarter, then stay" in refused.html


@pytest.mark.parametrize(
    ("box", "text", "says"),
    [
        ("rests_on", "", "at least one discussion"),
        ("rests_on", "nonsense / of no address", "at least one discussion"),
        ("link", "javascript:alert(1)", "beginning with https://"),
        ("text", "x" * 2001, "2000 is the most"),
        ("title", " ", "at least three characters"),
        ("reviewed", "2031-01-01", "cannot lie ahead"),
        ("owner", "bea-lindqvist", "Nobody of this name"),
        ("owner", "%00", "Nobody of this name"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    story: int, cast: Cast, client_of: Clients, box: str, text: str, says: str
) -> None:
    page = add(client_of(cast.tomasz), story, **{box: text})

    assert page.status == 422
    assert says in page.text
    assert "Turning the patient" in page.html or box == "title"


def test_it_cannot_rest_on_what_one_does_not_see_or_what_lies_elsewhere(
    story: int, cast: Cast, client_of: Clients
) -> None:
    tomasz = client_of(cast.tomasz)

    for other in (cast.secret_thread, cast.noise_thread, cast.secret_thread - 1):
        page = add(tomasz, other)
        assert page.status == 422
        assert cast.canaries["secret"] not in page.html
    procedure = where(add(tomasz, story)).split("/")[2]
    assert add(tomasz, story, rests_on=procedure).status == 422


def test_discussions_are_found_by_words_of_their_titles(story: int, cast: Cast, client_of: Clients) -> None:
    tomasz = client_of(cast.tomasz)

    page = add(tomasz, story, rests_on="", look="KNEES good", looking="1")

    assert page.status == 200
    box = next(box for box in page.all("input[@name='ground']"))
    assert box.get("value") == spell(story)
    assert add(tomasz, story, rests_on="", ground=spell(story)).status == 303


def test_its_owner_changes_it_and_the_change_is_kept(
    story: int, cast: Cast, client: FlaskClient, client_of: Clients
) -> None:
    address = where(add(client_of(cast.tomasz), story))
    thread, joanne = address.split("/")[2], client_of(cast.joanne)
    form = read(joanne, f"/t/{thread}/edit-procedure")
    filled = {name: text.strip() for name, text in form.forms()[f"/t/{thread}/edit-procedure"].items() if name != "key"}

    sent = send(joanne, f"/t/{thread}/edit-procedure", **{**filled, "text": "Half, then stay."})

    assert sent.status == 303
    assert "Half, then stay." in read(client, address).text
    assert "Half" in read(client, f"/t/{thread}/revisions").words("ins")[0]
    assert send(client_of(cast.tomasz), f"/t/{thread}/edit-procedure", **filled).status == 403
    assert send(joanne, f"/t/{thread}/edit-procedure", **filled).status == 409


def test_every_change_of_its_owner_grounds_link_and_date_is_shown_with_whoever_made_it(
    story: int, cast: Cast, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    """What it rested on goes by its title only while that stands; a review is a change of its own."""
    other = add_story(cast.tomasz, cast.bedside, now - timedelta(days=2), title="Warm feet, bad numbers")
    thread, joanne = where(add(client_of(cast.tomasz), story)).split("/")[2], client_of(cast.joanne)
    edit = f"/t/{thread}/edit-procedure"
    form = {name: text.strip() for name, text in read(joanne, edit).forms()[edit].items() if name != "key"}
    link = "https://example.org/second.pdf"
    changed = {"ground": spell(other), "link": link, "owner": "maren-oduya", "reviewed": "2026-06-01"}

    assert send(joanne, edit, **{**form, **changed}).status == 303
    assert send(client_of(cast.maren), f"/t/{thread}/reviewed").status == 303
    assert send(client_of(cast.maren), f"/t/{thread}/reviewed").status == 303

    page = read(client, f"/t/{thread}/revisions")
    assert page.words("section[@class='change']/h2") == ["Maren Oduya, today", "Joanne Pell, today"]
    review, change = page.all("section[@class='change']")
    assert [words_of(box) for box in review.findall("h3")] == ["When somebody last looked at it"]
    assert [words_of(box) for box in change.findall("h3")] == [
        "What it rests on", "Where the document is", "Who keeps it", "When somebody last looked at it",
    ]  # fmt: skip
    said = words_of(change)
    for words in ("Cold", "Warm", "second", "turning", "Joanne Pell", "Maren Oduya"):
        assert words in said, words
    assert send(joanne, edit, **{**form, **changed}).status == 409

    assert send(client_of(cast.tomasz), f"/t/{spell(other)}/withdraw").status == 303
    assert "Warm" not in read(client, f"/t/{thread}/revisions").text
    assert "A discussion that was withdrawn" in read(client, f"/t/{thread}/revisions").text.replace("[added: ", "")
