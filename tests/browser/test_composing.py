"""What helps while one writes, in a browser: discussions that are near, people by @, quoting, and the keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import PHONE, Site
from tests.browser.test_drafts import settle

pytestmark = pytest.mark.browser


def test_help_comes_while_writing_and_never_in_the_way(site: Site, open_context: Callable[..., BrowserContext]) -> None:
    place = settle(site, open_context, javascript=True)
    page = place.reader.pages[0]
    page.goto(place.composer)

    page.get_by_label("What was going on?").fill("The consumer of the shipping queue had fallen behind, on the rota.")
    expect(page.get_by_role("link", name=f"A hum {place.tag}")).to_be_visible(timeout=15000)
    expect(page.get_by_label("What was going on?")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    page.get_by_label("What did you notice?").click()
    page.keyboard.type("I asked @joa")
    people = page.get_by_role("listbox")
    expect(people.get_by_role("option", name=re.compile("Joanne Pell"))).to_be_visible()
    box = people.get_by_role("option").first.bounding_box()
    assert box
    assert box["height"] >= 44
    page.keyboard.press("Escape")
    expect(people).to_be_hidden()
    page.keyboard.type("n")
    expect(people).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_label("What did you notice?")).to_have_value(f"I asked @joanne-pell-{place.tag} ")


def test_a_selection_is_quoted_by_the_keyboard_and_sent_by_it(
    site: Site, open_context: Callable[..., BrowserContext]
) -> None:
    place = settle(site, open_context, javascript=True)
    teller, page = place.teller.pages[0], place.reader.pages[0]
    teller.goto(place.story)
    teller.locator("#body").fill("It began before the handover, I think.")
    teller.locator("#reply .btn-go").click()
    page.goto(place.story)

    page.evaluate("getSelection().selectAllChildren(document.querySelector('.post-body p'))")
    quote = page.get_by_role("button", name="Quote")
    expect(quote).to_be_visible()
    quote.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#body")).to_be_focused()
    expect(page.locator("#body")).to_have_value(
        re.compile(r"^> It began before the handover, I think\.\n>\n> \[Joanne")
    )
    page.keyboard.type("So it did here.")
    page.keyboard.press("Control+Enter")

    said = page.locator(".post-body", has_text="So it did here.")
    expect(said.locator("blockquote")).to_contain_text("It began before the handover")
    expect(said.locator("blockquote a")).to_have_attribute("href", re.compile(r"/p/"))


def test_two_quotations_stay_two_and_the_button_stands_below_what_is_selected(
    site: Site, open_context: Callable[..., BrowserContext]
) -> None:
    place = settle(site, open_context, javascript=True)
    page = place.reader.pages[0]
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(place.story)

    for chosen in ("#title", ".prose p"):
        page.evaluate("what => getSelection().selectAllChildren(document.querySelector(what))", chosen)
        words, bar = page.locator(chosen).first.bounding_box(), page.locator(".quoting").bounding_box()
        assert words
        assert bar
        assert 0 <= bar["y"] - words["y"] - words["height"] < 48
        assert abs(bar["x"] - words["x"]) < 4
        page.get_by_role("button", name="Quote").click()
    page.keyboard.type("Both, then.")
    page.keyboard.press("Control+Enter")

    said = page.locator(".post-body", has_text="Both, then.")
    expect(said.locator("blockquote")).to_have_count(2)
