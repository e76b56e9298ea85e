"""What is being written outlives a lost session, another tab, a killed server and every button of its page."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy import create_engine, text

from tests.browser.conftest import COP, DESK, PHONE, Site, wait_for
from tests.browser.test_journey import PASSWORD, SITUATION, sign_up

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Place:
    """A community with a story in it, and two people who are in it."""

    site: Site
    tag: str
    slug: str
    teller: BrowserContext
    reader: BrowserContext
    story: str
    open_context: Callable[..., BrowserContext]
    has_script: bool

    @property
    def composer(self) -> str:
        return f"{self.site.base}/c/{self.slug}/new/story"


def execute(site: Site, statement: str, **values: str) -> None:
    """What nobody but the database's owner can do."""
    engine = create_engine(f"sqlite:///{Path(site.environ['COP_DATA'], 'cop.sqlite3')}")
    with engine.begin() as connection:
        connection.execute(text(statement), values)
    engine.dispose()


def end_sessions_of(site: Site, address: str) -> None:
    execute(site, "DELETE FROM session WHERE person_id = (SELECT id FROM person WHERE email = :a)", a=address)


@pytest.fixture(params=[True, False], ids=["javascript", "without"])
def place(request: pytest.FixtureRequest, site: Site, open_context: Callable[..., BrowserContext]) -> Place:
    return settle(site, open_context, javascript=request.param)


def settle(site: Site, open_context: Callable[..., BrowserContext], *, javascript: bool) -> Place:
    """Two people sign up; one is the moderator and tells, the other is let in and vouched for."""
    tag = uuid.uuid4().hex[:8]
    slug = f"ward-{tag}"
    teller, reader = (open_context(PHONE, javascript=javascript) for _ in range(2))
    for context, name in ((teller, "Joanne"), (reader, "Maren")):
        sign_up(context.new_page(), site, f"{name} Pell {tag}", f"{name.lower()}-{tag}@example.org")
    site.run(
        "community", "found", "--slug", slug, "--name", f"Ward {tag}", "--practice", "Nights.",
        "--moderator", f"joanne-{tag}@example.org",
    )  # fmt: skip
    page = teller.pages[0]
    page.goto(f"{site.base}/c/{slug}/new/story")
    page.get_by_label("What was going on?").fill(SITUATION)
    page.get_by_label("What did you notice?").fill("A hum.")
    page.get_by_label("What would you call it?").fill(f"A hum {tag}")
    page.get_by_role("button", name="Tell it").click()
    expect(page.get_by_role("heading", name=f"A hum {tag}")).to_be_visible()
    join = reader.pages[0]
    join.goto(f"{site.base}/c/{slug}/")
    join.get_by_role("main").get_by_role("button", name="Join").first.click()
    return Place(site, tag, slug, teller, reader, page.url, open_context, javascript)


def sign_in_on(page: Page, address: str) -> None:
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in and go on").click()


def test_a_session_deleted_while_writing_costs_nothing(place: Place) -> None:
    """(a) Send pressed after the session is gone, with scripts and without: the text stands in the composer."""
    story, reply = place.reader.new_page(), place.reader.new_page()
    story.goto(place.composer)
    reply.goto(place.story)
    story.get_by_label("What was going on?").fill("It began\nwith “nothing” & a <sound>.")
    reply.get_by_label(re.compile("^Your reply")).fill("The same hum here.")
    address = f"maren-{place.tag}@example.org"

    for page, button, label, words in (
        (story, "Tell it", "What was going on?", "It began\nwith “nothing” & a <sound>."),
        (reply, "Say it", re.compile("^Your reply"), "The same hum here."),
    ):
        end_sessions_of(place.site, address)
        page.locator(".btn-go", has_text=button).click()
        expect(page.get_by_role("heading", name="You were signed out while writing")).to_be_visible()
        sign_in_on(page, address)
        expect(page.get_by_label(label)).to_have_value(words)
        expect(page.get_by_text("You are signed in again, Maren Pell")).to_be_visible()


def test_the_older_of_two_tabs_is_refused_and_neither_text_is_lost(
    site: Site, open_context: Callable[..., BrowserContext]
) -> None:
    """(b) Two tabs of one draft."""
    place = settle(site, open_context, javascript=True)
    one, other = place.reader.new_page(), place.reader.new_page()
    one.goto(place.composer)
    one.get_by_label("What was going on?").fill("What both began with.")
    expect(one.locator(".dock .saved")).to_have_text(re.compile(r"Saved \d\d:\d\d"), timeout=8000)
    other.goto(place.composer)
    expect(other.get_by_label("What was going on?")).to_have_value("What both began with.")

    one.get_by_label("What was going on?").fill("From the first tab.")
    one.get_by_role("button", name="Save draft").click()
    expect(one.locator("#story [name=draft_revision]")).to_have_value("2")
    other.get_by_label("What was going on?").fill("From the second tab.")

    both = other.locator(".both")
    expect(both).to_be_visible(timeout=8000)
    expect(both.get_by_label("What was going on").first).to_have_value("From the first tab.")
    expect(both.get_by_label("What was going on").last).to_have_value("From the second tab.")
    expect(other.locator("form #situation")).to_have_value("From the second tab.")
    expect(other.locator(".dock .saved")).to_contain_text("Not saved: another tab has saved this")

    other.get_by_role("button", name="Keep mine").click()
    expect(other.locator("form #situation")).to_have_value("From the second tab.")
    one.get_by_label("What was going on?").fill("From the first tab, and more.")
    expect(one.locator(".both")).to_be_visible(timeout=8000)
    one.get_by_role("button", name="Take theirs").click()
    expect(one.locator("form #situation")).to_have_value("From the second tab.")


def test_a_killed_server_costs_at_most_five_seconds(
    tmp_path: Path, open_context: Callable[..., BrowserContext]
) -> None:
    """(c) `kill -9` while somebody types a word every half second; what was typed five seconds before is there."""
    data = tmp_path / "data"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    environ = os.environ | {"COP_DATA": str(data), "COP_BASE_URL": base, "COP_LIMITS": "off"}

    def start() -> subprocess.Popen[bytes]:
        with (tmp_path / "log").open("a") as log:
            server = subprocess.Popen(
                [COP, "serve", "--port", str(port)], env=environ, stdout=log, stderr=log, start_new_session=True
            )
        wait_for(f"{base}/readyz", server)
        return server

    server = start()
    try:
        place = settle(Site(base, environ), open_context, javascript=True)
        page = place.reader.pages[0]
        page.goto(place.composer)
        typed: list[tuple[float, int]] = []
        box = page.get_by_label("What was going on?")
        box.click()
        for number in range(26):
            page.keyboard.type(f"word{number} ")
            typed.append((time.monotonic(), number))
            page.wait_for_timeout(500)
        killed_at = time.monotonic()
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(30)
        page.keyboard.type("while it is down ")
        expect(page.locator(".dock .saved")).to_have_text("Not saved: no connection. It is tried again.", timeout=9000)

        server = start()
        other = place.reader.new_page()
        other.goto(place.composer)
        kept = other.get_by_label("What was going on?").input_value()
        expect(page.locator(".dock .saved")).to_have_text(re.compile(r"Saved \d\d:\d\d"), timeout=12000)
        other.reload()

        old_enough = [number for at, number in typed if at <= killed_at - 5]
        assert len(old_enough) > 10
        assert all(f"word{number} " in f"{kept} " for number in old_enough)
        assert other.get_by_label("What was going on?").input_value().strip().endswith("while it is down")
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(30)


def test_no_button_of_the_page_clears_a_box(place: Place) -> None:
    """(d) An error, a chip, a preview, a sort and a vote, with scripts and without."""
    page = place.reader.pages[0]
    page.goto(place.composer)
    situation = page.get_by_label("What was going on?", exact=True)
    situation.fill("Too short to be told.")
    for press in ("What did you expect to see?", "Preview", "Tell it"):
        page.locator("button:visible:not(.vh)", has_text=press).first.click()
        page.wait_for_load_state()
        expect(situation).to_have_value("Too short to be told.")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text(re.compile(r"Saved \d\d:\d\d")).first).to_be_visible()

    page.goto(place.story)
    reply = page.locator("#body")
    for press in ("I have seen this too", "Take it back", "Not now"):
        reply.fill(f"Typed before “{press}”.")
        page.get_by_role("button", name=press, exact=True).click()
        page.wait_for_load_state()
        expect(reply).to_have_value(f"Typed before “{press}”.")

    page.goto(f"{place.story}?show=report")
    for press in ("Everything that came of it", "Field reports", "All, oldest first"):
        if press == "Field reports":
            report_on(place)
            page.goto(place.story)
        reply.fill(f"Typed before “{press}”.")
        page.get_by_role("button", name=press, exact=True).click()
        expect(page).to_have_url(re.compile(r"\?show=report#talk$" if press == "Field reports" else r"#talk$"))
        expect(reply).to_have_value(f"Typed before “{press}”.")


def report_on(place: Place) -> None:
    """Somebody else says how it went, so that there is something to sort."""
    tomasz = place.open_context(PHONE, javascript=False).new_page()
    sign_up(tomasz, place.site, f"Tomasz Pell {place.tag}", f"tomasz-{place.tag}@example.org")
    tomasz.goto(f"{place.site.base}/c/{place.slug}/")
    tomasz.get_by_role("main").get_by_role("button", name="Join").first.click()
    tomasz.goto(f"{place.story.split('/t/')[0]}/t/{place.story.split('/t/')[1].split('/')[0]}/verdict?verdict=held")
    tomasz.get_by_label("Setting").fill("Another ward")
    tomasz.get_by_label(re.compile("What happened")).fill("It hummed here too, at the same hour.")
    tomasz.locator("#verdict-form .btn-go").click()


@dataclass(frozen=True)
class Composer:
    """A composer of one kind: who writes in it, where, and in which box."""

    who: BrowserContext
    address: str
    label: str


def composers_of(place: Place) -> dict[str, Composer]:
    """Those of questions, procedures, their revisions, and an answer; what is revised and answered is made first."""
    base, new, kept = place.site.base, f"{place.site.base}/c/{place.slug}/new", place.teller.new_page()
    kept.goto(f"{new}/question")
    kept.get_by_label("What is going on?").fill("It hums at night.")
    kept.get_by_label("What is the question?").fill("What hums?")
    kept.get_by_role("button", name="Ask it").click()
    question = kept.url
    kept.goto(f"{new}/procedure")
    kept.get_by_label("What is it called?").fill("Listening")
    kept.get_by_label("Or their addresses, one on a line").fill(place.story)
    kept.get_by_label("Or what does it say?").fill("Stand still.")
    kept.get_by_role("button", name="Add it").click()
    expect(kept.get_by_role("heading", name="Listening")).to_be_visible()
    procedure = kept.url
    asking = place.reader.new_page()
    asking.goto(place.story)
    asking.locator("#body").fill("At which hour?")
    asking.locator("#reply .btn-go").click()
    expect(asking.locator(".post-body", has_text="At which hour?")).to_have_count(1)
    asking.close()
    kept.close()
    return {
        "question": Composer(place.reader, f"{new}/question", "What is going on?"),
        "procedure": Composer(place.teller, f"{new}/procedure", "Or what does it say?"),
        "question revised": Composer(place.teller, f"{base}{stem(question)}/edit", "What is going on?"),
        "procedure changed": Composer(place.teller, f"{base}{stem(procedure)}/edit-procedure", "Or what does it say?"),
        "answer": Composer(place.teller, place.story, "Your answer"),
    }


def stem(address: str) -> str:
    return "/t/" + address.split("/t/")[1].split("/")[0]


def test_every_composer_outlives_its_session_another_tab_and_its_own_buttons(place: Place) -> None:
    """(a), (b) and (d) for questions, procedures, their revisions and an answer, with scripts and without."""
    for name, composer in composers_of(place).items():
        if place.has_script and name not in ("question", "procedure"):
            continue  # what scripts do there they do everywhere
        words = f"It began {name}\nwith “nothing” & a <sound>."
        page, other = composer.who.new_page(), composer.who.new_page()
        box, theirs = (tab.get_by_label(re.compile(f"^{re.escape(composer.label)}")) for tab in (page, other))
        open_composer(page, composer, name)
        box.fill("First.")
        if place.has_script:  # it saves by itself
            saved = page.locator("form[data-draft]").filter(has=box).locator(".saved")
            expect(saved).to_have_text(re.compile(r"Saved \d\d:\d\d"), timeout=8000)
        else:
            press(page, box, "Save draft")
        open_composer(other, composer, name)
        box.fill("Second.")
        if name != "answer":
            expect(theirs).to_have_value("First.")
            press(page, box, "Preview" if "question" in name else "Find")
            expect(box).to_have_value("Second.")
        press(page, box, "Save draft")
        theirs.fill("From the other tab.")
        press(other, theirs, "Save draft")
        expect(other.get_by_text("Another tab has saved this meanwhile")).to_be_visible()
        expect(other.locator(".both .field :is(textarea, input)").first).to_have_value("Second.")
        other.close()

        page.goto(f"{place.site.base}/drafts")
        page.locator("ol.drafts li").first.get_by_role("link", name="Go on").click()
        expect(box).to_have_value("Second.")
        box.fill(words)
        moderator = composer.who is place.teller
        address = f"{'joanne' if moderator else 'maren'}-{place.tag}@example.org"
        end_sessions_of(place.site, address)
        form = page.locator("form[data-draft]").filter(has=box)
        form.locator(".btn-go").click()
        expect(page.get_by_role("heading", name="You were signed out while writing")).to_be_visible()
        sign_in_on(page, address)
        expect(box).to_have_value(words)
        page.goto(f"{place.site.base}/drafts")
        page.get_by_role("button", name="Throw away").first.click()
        expect(page.get_by_role("button", name="Throw away")).to_have_count(0)  # Chromium may hang in closing meanwhile
        page.close()


def open_composer(page: Page, composer: Composer, name: str) -> None:
    page.goto(composer.address)
    if name == "answer":
        page.locator("details.answer summary").first.click()


def press(page: Page, box: Locator, button: str) -> None:
    """A button of the form in which this box stands."""
    form = page.locator("form[data-draft]").filter(has=box)
    form.locator("button:visible:not(.vh)", has_text=button).first.click()
    page.wait_for_load_state()


def test_a_double_click_says_it_once_and_leaves_no_draft(place: Place) -> None:
    page = place.reader.pages[0]
    page.goto(place.story)
    page.locator("#body").fill("Said once.")
    page.wait_for_timeout(1500)  # as long as the first save takes

    page.locator("#reply .btn-go").dblclick()

    expect(page.locator(".post-body", has_text="Said once.")).to_have_count(1)
    expect(page.locator("#body")).to_have_value("")
    page.goto(f"{place.site.base}/drafts")
    expect(page.get_by_role("heading", name="No drafts")).to_be_visible()


def test_leaving_the_page_saves_what_was_just_typed(site: Site, open_context: Callable[..., BrowserContext]) -> None:
    place = settle(site, open_context, javascript=True)
    page = place.reader.pages[0]
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.goto(place.composer)
    page.get_by_label("What was going on?").fill("Typed, and gone at once.")
    page.goto(f"{site.base}/c/")

    kept = page.get_by_role("link", name="Typed, and gone at once.").first
    for _ in range(20):  # what a page sends as it is left is not waited for: another may be asked for before it arrives
        page.goto(f"{site.base}/drafts")
        if kept.is_visible():
            break
        page.wait_for_timeout(250)
    expect(kept).to_be_visible()


def test_what_was_sent_at_once_is_among_the_drafts(place: Place) -> None:
    """A fault, a preview, a chip and “Go on”, pressed before anything was saved, and then the page is left."""
    page, base = place.reader.new_page(), place.site.base
    new, story, body = f"{base}/c/{place.slug}/new", "What was going on?", re.compile("^Your reply")
    for address, label, button in (
        (f"{new}/question?anew=1", "What is going on?", "Ask it"),
        (f"{new}/story?anew=1", story, "Preview"),
        (f"{new}/story?anew=1", story, "When would you not do this?"),
        (place.story, body, "Dissent"),
        (place.story, body, "Probe"),
    ):
        if place.has_script and "When" in button:
            continue  # there it sends nothing
        words = f"Sent with {button}, a moment after it was pasted."
        page.goto(address)
        page.get_by_label(label, exact=True).fill(words)
        if address == place.story:
            page.locator("#reply label", has_text=button).click()
        page.locator(
            "#reply .btn-go" if address == place.story else f"button:visible:not(.vh):text('{button}')"
        ).click()
        if place.has_script and button == "Preview":  # until it is saved one is asked before the page is left
            expect(page.locator(".dock .saved")).to_have_text(re.compile(r"Saved \d\d:\d\d"), timeout=8000)
            expect(page.locator("form[data-keeps=yes]:not([data-guard=dirty])")).to_have_count(1)
        page.wait_for_load_state()
        page.goto(f"{base}/drafts")
        expect(page.get_by_role("link", name=re.compile(f"^Sent with {re.escape(button)}")).first).to_be_visible()
        page.get_by_role("link", name=re.compile(f"^Sent with {re.escape(button)}")).first.click()
        expect(page.locator("form[data-draft] textarea", has_text=words).first).to_have_value(words)


def test_what_came_back_and_cannot_be_saved_is_not_left_by_accident(
    site: Site, open_context: Callable[..., BrowserContext]
) -> None:
    place = settle(site, open_context, javascript=True)
    page = place.reader.new_page()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.route("**/drafts", lambda route: route.abort())
    page.goto(f"{site.base}/c/{place.slug}/new/question?anew=1")
    page.get_by_label("What is going on?").fill("Pasted, and asked at once.")
    page.get_by_role("button", name="Ask it").click()
    expect(page.locator(".dock .saved")).to_have_text(re.compile("^Not saved"), timeout=8000)
    page.get_by_label("What is going on?").click()

    page.get_by_role("link", name="Communities").first.click()
    page.wait_for_url(f"{site.base}/c/")

    assert asked == ["beforeunload"]
