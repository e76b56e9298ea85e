"""Telling a story, and revising it: what the composer asks, keeps and refuses."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from cop.discussions.models import FIELDS
from cop.platform.ids import spell
from tests.cast import SITUATION, Cast, add_story, silence
from tests.web.reading import Reader, read, send

Clients = Callable[[int], FlaskClient]
NEW = "/c/bedside-icu/new/story"
STORY = {
    "situation": SITUATION,
    "noticed": "The alarm came too evenly.\nNobody looked up.",
    "title": "Every five minutes",
    "redacted": "y",
}
CHIPS = {"expected", "options", "watch_for", "not_when", "shelf_life"}


def typed(page: Reader, name: str) -> str:
    """What stands in a box of the form."""
    for box in page.all("*[@name]"):
        if box.get("name") == name and box.tag in ("textarea", "input"):
            return (box.text or "").strip() if box.tag == "textarea" else box.get("value", "")
    raise AssertionError(f"there is no box {name}")


def opened(page: Reader) -> set[str]:
    """The boxes behind chips that stand open."""
    boxes = {chip: page.all(f"*[@id='box-{chip}']")[0] for chip in CHIPS}
    return {chip for chip, box in boxes.items() if "hidden" not in box.attrib}


def faults(page: Reader) -> list[str]:
    return page.words("div[@role='alert']//li")


def titles(browser: FlaskClient) -> list[str]:
    return read(browser, "/c/bedside-icu/").words("ol[@class='threads']/li/div/h3/a")


# Telling


def test_what_may_point_at_somebody_is_shown_before_it_is_told_and_stops_nobody(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.caro)
    story = {**STORY, "redacted": "", "noticed": "The alarm came too evenly, and Dr Patel said so to Tomasz."}
    plain = {**STORY, "redacted": ""}

    preview, asked = send(browser, NEW, **story, preview="1"), send(browser, NEW, **story)
    again = send(browser, NEW, **{**asked.forms()[NEW], **story})

    for page in (preview, asked, again):
        assert page.status == 200
        assert page.words("div[@id='people']//li") == [
            "“Dr Patel” looks like somebody’s name.", "“Tomasz” is the name of somebody here.",
        ]  # fmt: skip
        assert typed(page, "noticed") == story["noticed"]
    assert "It is not told yet" in asked.words("div[@role='alert']/div/h2")[0]
    assert titles(browser) == []
    assert send(browser, NEW, **{**story, "redacted": "y"}).status == 303
    assert "Two places we would look at again" not in read(browser, f"{NEW}?anew=1").text
    assert send(browser, NEW, **{**plain, "title": "Nobody in it"}).status == 303


def test_both_questions_are_asked_at_once(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.caro)
    story = {**STORY, "redacted": "", "noticed": "", "did_why": "I asked Dr Patel."}

    asked = send(browser, NEW, **story)
    told = send(browser, NEW, **{**asked.forms()[NEW], **story, "redacted": "y"})

    assert len(asked.all("div[@role='alert']")) == 2
    assert told.status == 303


def test_a_story_is_told_and_stands_under_ones_name(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.caro)
    boxes = {name: f"In {name}, *this*." for name in FIELDS if name not in STORY}

    sent = send(browser, NEW, **STORY, **boxes, happened="May 2025", shelf_life="years")
    page = read(browser, sent.response.headers["Location"])

    assert sent.status == 303
    assert page.words("h1") == ["Every five minutes"]
    assert page.words("main/div[@role='status']") == ["Told."]
    assert page.words("header/div/p")[0] == "The alarm came too evenly."
    assert "Happened in May 2025." in page.text
    assert "Ages over years" in page.text
    assert "Caro Mbeki" in page.words("div[@class='byline']")[0]
    assert len(page.all("article/section")) == len(FIELDS)
    assert "<em>this</em>" in page.html


def test_a_double_click_makes_one_story(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)
    guard = {name: value for name, value in read(browser, NEW).forms()[NEW].items() if name in ("csrf_token", "key")}

    answers = [browser.post(NEW, data={**guard, **STORY}) for _ in range(2)]

    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert titles(browser) == ["Every five minutes"]


def test_what_happened_may_be_unknown_and_nothing_is_promised(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)

    composer = read(browser, NEW)
    page = read(browser, send(browser, NEW, **STORY, outcome_unknown="y").response.headers["Location"])

    assert "I don’t know yet" in composer.text
    assert "30 days" not in composer.text
    assert "What happened is not known yet." in page.text


# What keeps it from being told


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"situation": ""}, "What was going on?: Say what was going on. A line is enough to begin."),
        ({"title": "Hm"}, "What would you call it?: Give it a title of at least three characters."),
        ({"title": "x" * 141}, "What would you call it?: This is 141 characters; 140 is the most."),
        ({"hook": "x" * 63}, "The line that makes a colleague stop: This is 63 characters; 62 is the most."),
        (
            {"happened": "July 2026"},
            "When did it happen?: Write a month and a year, such as May 2023, or only the year. It cannot lie ahead.",
        ),
        ({"shelf_life": "minutes"}, "How fast does this age?: Choose one of the four."),
        (
            {"title": "\u200b\u200d\u3164\u2800"},
            "What would you call it?: Give it a title of at least three characters.",
        ),
    ],
)
def test_a_fault_is_said_above_and_beside_its_box_and_all_text_stays(
    cast: Cast, client_of: Clients, change: dict[str, str], says: str
) -> None:
    browser = client_of(cast.maren)

    page = send(browser, NEW, **{**STORY, **change})

    assert page.status == 422
    assert faults(page) == [says]
    (name,) = change
    leads = page.all("div[@role='alert']//a")[0].get("href", "")[1:]
    assert leads == name
    assert page.all(f"*[@id='{leads}']")
    for box in ("situation", "noticed", "title"):
        assert typed(page, box) == {**STORY, **change}[box]
    assert titles(browser) == []


@pytest.mark.parametrize(("words", "status"), [(59, 422), (60, 303)])
def test_sixty_words_are_enough_and_one_fewer_is_counted(
    cast: Cast, client_of: Clients, words: int, status: int
) -> None:
    told = {**STORY, "situation": "word " * (words - 3), "noticed": "three more words"}

    page = send(client_of(cast.maren), NEW, **told)

    assert page.status == status
    if status == 422:
        assert faults(page) == ["What was going on?: It has 59 words; 60 are needed."]


def test_a_story_of_more_than_64_kb_is_refused_with_every_letter(cast: Cast, client_of: Clients) -> None:
    long = "wörd " * 11_000

    page = send(client_of(cast.maren), NEW, **{**STORY, "situation": long})

    assert page.status == 422
    assert "longer than 64 kB" in faults(page)[0]
    assert typed(page, "situation") == long.strip()


def test_every_fault_stands_in_one_summary(cast: Cast, client_of: Clients) -> None:
    page = send(client_of(cast.maren), NEW, happened="soon")

    assert len(faults(page)) == 3
    assert page.words("div[@role='alert']//b") == ["3 things before it can go on."]


def test_an_empty_noticed_is_asked_about_once(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)
    told = {**STORY, "noticed": ""}

    asked = send(browser, NEW, **told)
    form = asked.forms()[NEW]

    assert "Was there a first sign, even a small one?" in asked.text
    assert "Tell it as it is" in asked.words("button")
    assert typed(asked, "situation") == SITUATION
    assert titles(browser) == []
    answered = send(browser, NEW, **told, anyway=form["anyway"])
    assert answered.status == 303
    assert titles(browser) == ["Every five minutes"]


# Chips and the preview, without script


def test_a_chip_comes_back_with_its_box_open_and_everything_typed(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)
    half = {"situation": "Half a sentence <b>& no more", "title": "", "outcome_unknown": "y"}

    shut = read(browser, NEW)
    one = send(browser, NEW, **half, open="not_when")
    two = send(browser, NEW, **half, opened="not_when", open="shelf_life")
    closed = send(browser, NEW, **half, opened="not_when", open="not_when")
    filled = send(browser, NEW, **half, not_when="By day.", opened="not_when", open="not_when")

    assert opened(shut) == set()
    assert (one.status, opened(one)) == (200, {"not_when"})
    assert typed(one, "opened") == "not_when"
    assert opened(two) == {"not_when", "shelf_life"}
    assert opened(closed) == set()
    assert opened(filled) == {"not_when"}
    assert typed(one, "situation") == half["situation"]
    assert "checked" in next(b for b in one.all("input") if b.get("name") == "outcome_unknown").attrib
    assert faults(one) == []
    assert titles(browser) == []


def test_chips_are_small_buttons_that_say_whether_their_box_is_open(cast: Cast, client_of: Clients) -> None:
    page = send(client_of(cast.maren), NEW, open="options")

    chips = {chip.get("value"): chip.get("aria-expanded") for chip in page.all("ul[@class='chips']//button")}
    assert chips == dict.fromkeys(CHIPS, "false") | {"options": "true"}


def test_the_preview_reads_like_the_story_and_tells_nobody(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)
    draft = {"situation": "It was **late**.\n<script>x</script>", "noticed": "A hum.", "title": "A hum"}

    page = send(browser, NEW, **draft, preview="1")

    assert page.status == 200
    preview = html.unescape(page.words("section[@id='preview']")[0])
    assert "A hum A hum. The situation It was late." in preview.replace("readA", "read A").replace("humA", "hum A")
    assert page.all("section[@id='preview']//strong")
    assert page.all("main//script") == []
    assert typed(page, "situation") == draft["situation"]
    assert titles(browser) == []


# Who may tell


def test_visitors_are_sent_to_sign_in_and_come_back(cast: Cast, client: FlaskClient) -> None:
    answer = client.get(NEW)

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/signin?next={NEW}"


def test_a_story_sent_after_the_session_ended_is_not_lost(cast: Cast, client: FlaskClient) -> None:
    page = Reader(client.post(NEW, data=STORY))

    assert page.status == 401
    assert "The alarm came too evenly." in page.text


def test_whoever_has_not_joined_reads_why_and_how(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.otto)

    page = read(browser, NEW)
    join = page.forms()["/c/bedside-icu/join"]
    joined = browser.post("/c/bedside-icu/join", data=join)

    assert page.status == 403
    assert page.words("h1") == ["Join the community to take part"]
    assert joined.headers["Location"] == NEW
    assert read(browser, NEW).status == 200


def test_what_somebody_typed_without_being_in_stays_in_the_composer(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.otto)

    page = send(browser, NEW, **STORY)

    assert page.status == 403
    assert "Join the community to take part." in page.words("div[@role='alert']")[0]
    assert typed(page, "situation") == SITUATION
    assert titles(browser) == []


def test_somebody_who_is_to_listen_cannot_tell(cast: Cast, client_of: Clients, now: datetime) -> None:
    silence(cast.maren, cast.bedside, now + timedelta(days=1))
    browser = client_of(cast.maren)

    page = send(browser, NEW, **STORY)

    assert (read(browser, NEW).status, page.status) == (403, 403)
    assert "asked you to listen" in page.text
    assert typed(page, "title") == STORY["title"]
    assert titles(browser) == []


@pytest.mark.parametrize("slug", ["inner-room-wvxyqj", "night-shift-pzqlmn", "nowhere"])
def test_there_is_no_composer_in_what_one_cannot_see(cast: Cast, client_of: Clients, slug: str) -> None:
    browser = client_of(cast.maren)

    assert read(browser, f"/c/{slug}/new/story").status == 404
    assert send(browser, f"/c/{slug}/new/story", **STORY).status == 404


# Revising


@pytest.fixture
def edit(cast: Cast, now: datetime) -> str:
    """Where Maren revises a story of hers."""
    story = add_story(
        cast.maren, cast.bedside, now - timedelta(days=9), title="As it was", noticed="One sign.", not_when="Never."
    )
    return f"/t/{spell(story)}/edit"


def test_a_story_is_revised_from_what_it_says(cast: Cast, client_of: Clients, edit: str) -> None:
    browser = client_of(cast.maren)
    page = read(browser, edit)
    form = page.forms()[edit]

    changed = {
        **form,
        "title": "As it is",
        "noticed": "One sign.\nAnd a second.",
        "not_when": "",
        "shelf_life": "weeks",
    }
    sent = send(browser, edit, **changed)
    story = read(browser, sent.response.headers["Location"])

    assert (form["title"], form["noticed"].strip(), form["not_when"].strip()) == ("As it was", "One sign.", "Never.")
    assert opened(page) == {"not_when", "shelf_life"}
    assert sent.status == 303
    assert story.words("h1") == ["As it is"]
    assert "And a second." in story.text
    assert "Never." not in story.text
    assert "Revised today" in story.text
    assert "Ages over weeks" in story.text


def test_two_revisions_lose_neither(cast: Cast, client_of: Clients, edit: str) -> None:
    browser = client_of(cast.maren)
    first, second = read(browser, edit).forms()[edit], read(browser, edit).forms()[edit]

    send(browser, edit, **{**first, "title": "The first tab"})
    page = send(browser, edit, **{**second, "title": "The second tab", "situation": SITUATION + " And more."})
    again = send(browser, edit, **page.forms()[edit])

    assert page.status == 409
    assert "Somebody else has changed this since you opened it" in page.text
    assert "The first tab" in page.words("section[@class='stands-now']")[0]
    assert typed(page, "title") == "The second tab"
    assert typed(page, "situation").endswith("And more.")
    assert page.html.index("The first tab") < page.html.index("The second tab")
    assert again.status == 303
    assert titles(browser) == ["The second tab"]


def test_a_revision_obeys_the_same_rules_and_keeps_the_text(cast: Cast, client_of: Clients, edit: str) -> None:
    browser = client_of(cast.maren)

    page = send(browser, edit, seen_revision="0", title="As it is", situation="Too short.")

    assert page.status == 422
    assert faults(page) == ["What was going on?: It has 2 words; 60 are needed."]
    assert typed(page, "seen_revision") == "0"
    assert titles(browser) == ["As it was"]


@pytest.mark.parametrize("seen", ["", "x", "1", "99999999999999999999999"])
def test_a_revision_of_a_revision_that_never_was_is_a_conflict(
    cast: Cast, client_of: Clients, edit: str, seen: str
) -> None:
    browser = client_of(cast.maren)

    page = send(browser, edit, **{**STORY, "seen_revision": seen})

    assert page.status == 409
    assert typed(page, "seen_revision") == "0"
    assert titles(browser) == ["As it was"]


def test_only_the_teller_revises(cast: Cast, client_of: Clients, edit: str) -> None:
    browser = client_of(cast.joanne)

    asked, sent = read(browser, edit), send(browser, edit, **STORY, seen_revision="0")

    assert (asked.status, sent.status) == (403, 403)
    assert "Only the teller can revise a story" in asked.text
    assert "Only the teller can revise a story" in sent.text
    assert titles(browser) == ["As it was"]
    assert "Revise it" not in read(browser, edit.replace("edit", "any")).links()


def test_taking_the_people_out_is_a_reminder_and_not_a_condition(cast: Cast, client_of: Clients) -> None:
    page = send(client_of(cast.maren), NEW, **{**STORY, "redacted": ""})

    assert page.status == 303
