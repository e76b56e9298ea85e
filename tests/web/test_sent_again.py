"""What was sent and comes back (a fault, a preview, a chip, “Go on”) is a draft from then on, scripts or not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from cop.platform import clock
from cop.platform.ids import spell
from tests.cast import SITUATION, Cast, add_reply, add_story
from tests.web.reading import Reader, read, send
from tests.web.test_drafts import box, composer, how_many, save, script

Clients = Callable[[int], FlaskClient]
NEW = "/c/bedside-icu/new"


@pytest.fixture
def story(cast: Cast, now: datetime) -> int:
    return add_story(cast.joanne, cast.bedside, now - timedelta(days=3))


def answer_of(browser: FlaskClient, page: str, action: str, **sent: str) -> tuple[Reader, dict[str, str]]:
    """What a composer that is sent answers, and the marks of the draft that its form carries then."""
    marks = composer(browser, page, action)
    answer = send(browser, action.split("#")[0], **marks, **sent)
    again = answer.forms()[action]
    return answer, {name: again[name] for name in marks}


def drafted(browser: FlaskClient, marks: dict[str, str]) -> list[str]:
    """What stands in the boxes when one goes on with a draft."""
    page = Reader(browser.get(f"/drafts/{marks['draft']}", follow_redirects=True))
    return [(area.text or "").removeprefix("\n") for area in page.all("textarea")]


def check_kept(browser: FlaskClient, page: str, action: str, status: int, **sent: str) -> None:
    """It is a draft, the next save of the page fits, and nothing but this one draft is left."""
    words = next(value for value in sent.values() if " " in value)
    answer, marks = answer_of(browser, page, action, **sent)

    assert answer.status == status
    assert [form.get("data-guard") for form in answer.all("form[@data-draft]") if form.get("action") == action] == [
        "dirty"
    ]
    assert marks["draft_revision"] == "1"
    assert words in drafted(browser, marks)
    written = {name: value for name, value in sent.items() if len(value) > 20}
    assert script(browser, marks, **written, title="And more").json["revision"] == 2
    send(browser, f"/drafts/{marks['draft']}/discard")


@pytest.mark.parametrize(
    ("kind", "presses"),
    [
        ("story", ({"preview": "1"}, {"open": "not_when"}, {"anyway": ""})),
        ("question", ({"preview": "1"}, {"title": ""})),
        ("case", ({"more": "fork"}, {"title": ""})),
        ("procedure", ({"looking": "1"}, {"title": ""})),
    ],
)
def test_a_new_thread_that_comes_back_is_a_draft(
    cast: Cast, client_of: Clients, kind: str, presses: tuple[dict[str, str], ...]
) -> None:
    browser, new = client_of(cast.tomasz), f"{NEW}/{kind}"
    box = "text" if kind == "procedure" else "situation"

    for pressed in presses:
        status = 422 if "title" in pressed or "anyway" in pressed else 200
        check_kept(browser, f"{new}?anew=1", new, status, **{box: "Pasted, and pressed at once."}, **pressed)


def test_a_story_asked_what_was_noticed_is_a_draft(cast: Cast, client_of: Clients) -> None:
    check_kept(client_of(cast.tomasz), f"{NEW}/story?anew=1", f"{NEW}/story", 200, situation=SITUATION, title="A night")


def test_what_is_said_in_a_thread_and_comes_back_is_a_draft(
    cast: Cast, client_of: Clients, story: int, now: datetime
) -> None:
    maren, joanne, thread = client_of(cast.maren), client_of(cast.joanne), f"/t/{spell(story)}"
    reply = f"/p/{spell(add_reply(cast.maren, story, now - timedelta(days=1)))}"
    door, words = f"{thread}/verdict", "Pasted, and pressed at once."

    check_kept(maren, f"{door}?verdict=held", door, 422, what_happened=words)
    check_kept(maren, f"{door}?verdict=otherwise", door, 422, body=words, setting="x" * 250, verdict="otherwise")
    check_kept(maren, f"{thread}/probe", f"{thread}/probe", 200, body=words, type="cue", choose="goal")
    check_kept(maren, f"{thread}/probe", f"{thread}/probe", 422, body=words, type="nothing")
    check_kept(maren, f"{reply}/edit", f"{reply}/edit", 409, body=words, seen_revision="7")
    check_kept(joanne, f"{thread}/edit", f"{thread}/edit", 200, situation=words, preview="1", seen_revision="0")


@pytest.mark.parametrize("kind", ["report", "dissent", "probe"])
def test_go_on_makes_the_reply_a_draft_of_what_it_goes_on_to(
    cast: Cast, client_of: Clients, story: int, kind: str
) -> None:
    browser, thread = client_of(cast.maren), f"/t/{spell(story)}"
    door = f"{thread}/{'probe' if kind == 'probe' else 'verdict'}"
    marks = composer(browser, f"{thread}/any", f"{thread}/replies#reply")
    script(browser, marks, body="Half of")

    led = send(browser, f"{thread}/replies", **marks | {"draft_revision": "1"}, body="Half of it, and more.", kind=kind)
    form = {name: led.forms()[door][name] for name in marks}

    assert form == {"draft": marks["draft"], "draft_revision": "2", "draft_path": door}
    assert "Half of it, and more." in drafted(browser, form)
    assert box(read(browser, f"{thread}/any"), "body") == ""
    assert how_many() == 1


@pytest.mark.parametrize("kind", ["report", "probe"])
def test_go_on_with_nothing_is_no_draft(cast: Cast, client_of: Clients, story: int, kind: str) -> None:
    browser, thread = client_of(cast.maren), f"/t/{spell(story)}"

    led = send(browser, f"{thread}/replies", **composer(browser, f"{thread}/any", f"{thread}/replies#reply"), kind=kind)

    assert led.status == 200
    assert how_many() == 0


def test_go_on_beside_a_dissent_begun_before_loses_neither(cast: Cast, client_of: Clients, story: int) -> None:
    browser, thread = client_of(cast.maren), f"/t/{spell(story)}"
    door = f"{thread}/verdict"
    save(browser, composer(browser, f"{door}?verdict=otherwise", door), body="Begun last week.", verdict="otherwise")
    marks = composer(browser, f"{thread}/any", f"{thread}/replies#reply")

    led = send(browser, f"{thread}/replies", **marks, body="Typed just now.", kind="dissent")
    form = {name: led.forms()[door][name] for name in marks}
    again = send(browser, door, **form, body="Typed just now.", setting="x" * 250, verdict="otherwise")
    listed = read(browser, "/drafts").text
    both = script(browser, form | {"draft_revision": "2"}, body="Typed just now.", verdict="otherwise")

    assert again.status == 422
    assert "Begun last week." in listed
    assert "Typed just now." in listed
    assert how_many() == 2  # the fault wrote on in the second one
    assert both.status_code == 409


def test_a_preview_in_the_older_of_two_tabs_loses_neither(cast: Cast, client_of: Clients) -> None:
    browser, new = client_of(cast.maren), f"{NEW}/story"
    save(browser, composer(browser, new, new), situation="What both began with.")
    other = composer(browser, new, new)
    save(browser, composer(browser, new, new), situation="From the first tab.")

    page = send(browser, new, **other, situation="From the second tab.", preview="1")
    marks = {name: page.forms()[new][name] for name in other}
    again = send(browser, new, **marks, situation="From the second tab, and more.", preview="1")

    assert again.status == 200
    assert {"From the first tab.", "From the second tab, and more."} == set(
        read(browser, "/drafts").words("ol[@class='drafts']/li/div/h2")
    )


def test_what_came_back_and_is_told_then_is_a_draft_no_more(cast: Cast, client_of: Clients) -> None:
    browser, new = client_of(cast.maren), f"{NEW}/question"

    _fault, marks = answer_of(browser, new, new, situation="Pasted, and pressed at once.")
    sent = {**marks, "situation": "Pasted, and pressed at once.", "title": "What is it?", "key": "one"}
    told = [send(browser, new, **sent).response.headers["Location"] for _ in range(2)]

    assert told[0] == told[1]
    assert how_many() == 0


def test_what_is_too_long_for_a_draft_comes_back_all_the_same(cast: Cast, client_of: Clients) -> None:
    browser, new = client_of(cast.maren), f"{NEW}/story"

    page, marks = answer_of(browser, new, new, situation="x" * 66_000, preview="1")

    assert box(page, "situation") == "x" * 66_000
    assert marks["draft_revision"] == "0"
    assert how_many() == 0


def test_the_same_words_said_again_after_back_are_said_once(
    cast: Cast, client_of: Clients, story: int, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each page has a key of its own, so the words alone tell that it is the same reply."""
    browser, thread = client_of(cast.maren), f"/t/{spell(story)}"

    def say(body: str) -> str:
        marks = composer(browser, f"{thread}/any", f"{thread}/replies#reply")
        return str(send(browser, f"{thread}/replies", **marks, body=body).response.headers["Location"])

    first, again, other = say("Said once."), say("Said once."), say("Said otherwise.")
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=11))
    later = say("Said once.")

    assert first == again
    assert len({first, other, later}) == 3
    assert how_many() == 0


@pytest.mark.parametrize("sent", [{"preview": "1"}, {"body": "too long " * 9_000}])
def test_where_nothing_can_be_said_any_more_the_words_come_back_too(
    cast: Cast, client_of: Clients, story: int, sent: dict[str, str]
) -> None:
    maren = client_of(cast.maren)
    send(client_of(cast.joanne), f"/t/{spell(story)}/withdraw")

    answer = send(maren, f"/t/{spell(story)}/replies", **{"body": "What I wanted to say.", **sent})

    assert answer.status == 403
    assert sent.get("body", "What I wanted to say.")[:20] in answer.html
