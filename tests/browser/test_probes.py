"""Asking the teller on a phone, with scripts and without: a question beside its words, answered, declined, waiting."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PHONE, Site
from tests.browser.test_drafts import settle

pytestmark = pytest.mark.browser
WORDS = "the person who wrote the consumer had left in spring"
GRAVE = ("serious", "critical")


def faults(page: Page) -> list[str]:
    found = [one["id"] for one in Axe().run(page).response["violations"] if one["impact"] in GRAVE]
    wide = page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]
    return found + (["scrolls sideways"] if wide else [])


def choose_words(page: Page, words: str) -> None:
    """Select words of the story as a reader would."""
    page.evaluate(
        """words => {
            for (const paragraph of document.querySelectorAll("article .prose p")) {
                const text = paragraph.firstChild, at = text.textContent.indexOf(words);
                if (at < 0) continue;
                getSelection().setBaseAndExtent(text, at, text, at + words.length);
            }
        }""",
        words,
    )


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "without"])
def test_a_newcomer_asks_and_the_teller_answers_beside_the_words(
    site: Site, open_context: Callable[..., BrowserContext], javascript: bool
) -> None:
    place = settle(site, open_context, javascript=javascript)
    teller, page = place.teller.pages[0], place.reader.pages[0]

    # The reader chooses words, a kind of question, and changes what it says.
    page.goto(place.story)
    if javascript:
        choose_words(page, WORDS)
        page.get_by_role("link", name="Ask about this").click()
        expect(page.get_by_label("The words you ask about")).to_have_value(WORDS)
    else:
        page.get_by_role("link", name=re.compile("^Ask Joanne")).click()
        page.get_by_label("The words you ask about").fill(f"“{WORDS}”")
    page.get_by_role("button", name="How much time?").click()
    expect(page.get_by_role("button", name="How much time?")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Your question")).to_have_value(re.compile("^How much time pressure was there"))
    expect(page.get_by_label("The words you ask about")).to_have_value(re.compile(WORDS))
    page.get_by_label("Your question").fill("How long was spring ago?")
    page.get_by_role("button", name="What if…?").click()
    expect(page.get_by_label("Your question")).to_have_value("How long was spring ago?")
    assert not javascript or faults(page) == []
    page.locator("#probe .btn-go").click()

    # It stands below the paragraph that holds its words.
    pair = page.locator("article aside.probe")
    expect(pair).to_contain_text("How long was spring ago?")
    expect(page.locator("article .mk")).to_have_text(WORDS)
    below, words = pair.bounding_box(), page.locator("article .mk").bounding_box()
    assert below
    assert words
    assert below["y"] > words["y"]
    assert below["width"] <= PHONE["width"]
    expect(page.locator(".posts")).to_contain_text("Probe, open")

    # One more stands open, the third waits; nobody but the reader sees it.
    for question in ("Who was on with you?", "What did the runbook leave out?"):
        page.get_by_role("link", name=re.compile("^Ask Joanne")).click()
        page.get_by_label("Your question").fill(question)
        page.locator("#probe .btn-go").click()
    expect(page.locator("#waiting")).to_contain_text("What did the runbook leave out?")
    assert not javascript or faults(page) == []

    # The teller answers the first and declines the second, which lets the third be asked.
    teller.goto(place.story)
    expect(teller.get_by_text("You sit back until")).to_be_visible()
    expect(teller.locator("body")).not_to_contain_text("What did the runbook leave out?")
    post = teller.locator("li.post", has_text="How long was spring ago?")
    post.get_by_text(re.compile("^Answer Maren")).click()
    post.get_by_label("Your answer").fill("Seven weeks. Nobody had read it since.")
    post.get_by_role("button", name="Answer", exact=True).click()
    expect(teller.locator("article aside.probe")).to_contain_text("Seven weeks. Nobody had read it since.")
    expect(teller.locator("li.post", has_text="What did the runbook leave out?")).to_contain_text("Probe, open")
    teller.locator("li.post", has_text="Who was on with you?").get_by_role("button", name="Decline").click()
    expect(teller.get_by_text("Declined. Nobody is told why")).to_be_visible()
    declined = teller.locator("li.post", has_text="Who was on with you?")
    declined.get_by_role("button", name="Take it back").click()
    expect(teller.locator("li.post", has_text="Who was on with you?")).to_contain_text("Probe, open")
    assert not javascript or faults(teller) == []

    page.goto(place.story)
    expect(page.locator("#waiting")).to_have_count(0)
    expect(page.locator("article aside.probe")).to_contain_text("Seven weeks. Nobody had read it since.")
