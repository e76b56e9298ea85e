"""Everything with the keyboard alone: Tab, Enter, Space, Escape and the arrows, and the focus always to be seen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bench.furnishing import HOME, NEWCOMER, PRACTITIONER, WORDS
from tests.browser.conftest import DESK, PHONE, Demo

pytestmark = pytest.mark.browser
# What has the focus: what it is called, whether a ring is drawn around it or around what stands for it, and where.
FOCUSED = """() => {
  const one = document.activeElement, ringed = [one, one.nextElementSibling].filter(Boolean);
  const seen = ringed.some((each) => {
    const style = getComputedStyle(each), box = each.getBoundingClientRect();
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && box.width > 2 && box.height > 2;
  });
  const box = one.getBoundingClientRect();
  const called = one.getAttribute("aria-label") || one.labels?.[0]?.textContent || one.textContent;
  return {
    name: called.replace(/\\s+/g, " ").trim(),
    tag: one.tagName.toLowerCase(), id: one.id, type: one.type ?? "", seen, isPage: one === document.body,
    shown: box.bottom > 0 && box.top < innerHeight, inMain: !!one.closest("main"),
    place: [...document.querySelectorAll("*")].indexOf(one),
  };
}"""


def sign_in(demo: Demo, context: BrowserContext, who: str) -> Page:
    context.add_cookies([{"name": "cop_session", "value": demo.place.sessions[who], "url": demo.base}])
    return context.new_page()


def tab_to(page: Page, name: str, *, tag: str = "", most: int = 150) -> None:
    """Press Tab until something of this name has the focus; it must be seen to have it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if re.search(name, focused["name"]) and tag in ("", focused["tag"]):
            assert focused["seen"], focused
            return
    raise AssertionError(f"Tab does not lead to “{name}”")


def type_into(page: Page, name: str, text: str) -> None:
    tab_to(page, name)
    page.keyboard.insert_text(text)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1280"])
def test_tab_leads_through_every_page_in_order_with_the_focus_in_sight(
    demo: Demo, open_context: Callable[..., BrowserContext], size: dict[str, int]
) -> None:
    page = sign_in(demo, open_context(size, reduced_motion="reduce"), PRACTITIONER)
    own, case = demo.place.threads["own story"], demo.place.threads["case"]
    faults = {}
    for path in (f"/c/{HOME}/", own, case, f"/c/{HOME}/new/story?anew=1", "/search?q=alarm+night", "/drafts"):
        page.goto(demo.base + path)
        places, unseen, last = [], [], None
        for _ in range(260):
            page.keyboard.press("Tab")
            last = page.evaluate(FOCUSED)
            if last["isPage"] or last["place"] in places:
                break
            places.append(last["place"])
            unseen += [] if last["seen"] and last["shown"] else [last["name"] or last["id"]]
        if unseen or places != sorted(places) or len(places) < 12:
            faults[path] = (unseen, places == sorted(places), len(places))

    assert faults == {}


def test_the_first_stop_skips_to_what_the_page_is_about(
    demo: Demo, open_context: Callable[..., BrowserContext]
) -> None:
    for javascript in (True, False):
        page = sign_in(demo, open_context(DESK, javascript=javascript), PRACTITIONER)
        page.goto(f"{demo.base}/c/{HOME}/")
        page.keyboard.press("Tab")
        assert page.locator(".skip").is_visible()
        assert page.locator(".skip").bounding_box()["x"] == 0  # type: ignore[index]
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")

        assert page.locator("main :focus").count() == 1


def test_a_story_is_told_found_and_endorsed_with_the_keyboard_alone(
    demo: Demo, open_context: Callable[..., BrowserContext]
) -> None:
    page = sign_in(demo, open_context(DESK), NEWCOMER)
    page.goto(f"{demo.base}/c/{HOME}/")
    tab_to(page, "^Tell a story$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/new/story")

    # Too soon: what is missing is said, and leads to where it is missing.
    tab_to(page, "^Tell it$", tag="button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.evaluate("document.activeElement.closest('[role=alert]') !== null")
    tab_to(page, "^What was going on")
    page.keyboard.press("Enter")
    expect(page.locator("#situation")).to_be_focused()

    # A chip opens its box, and shuts it.
    page.keyboard.insert_text(WORDS)
    type_into(page, "^What did you notice", "It was quiet.\nThe lamp was green.")
    tab_to(page, "^What did you expect")
    page.keyboard.press("Enter")
    expect(page.locator("#expected")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    for _ in range(8):
        if "What did you expect" in page.evaluate(FOCUSED)["name"]:
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(page.locator("#expected")).to_be_hidden()

    type_into(page, "^What would you call it", "The printer nobody heard")
    tab_to(page, "^I have read it as a colleague")
    page.keyboard.press("Space")
    tab_to(page, "^Tell it$", tag="button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The printer nobody heard", level=1)).to_be_visible()
    told = page.url

    # Somebody else comes by the search field in the head, and has seen it too.
    reader = sign_in(demo, open_context(DESK), PRACTITIONER)
    reader.goto(f"{demo.base}/c/")
    type_into(reader, "^Describe your situation", "The printer no")
    for _ in range(10):
        if reader.locator(".titles li", has_text="The printer nobody heard").count():
            break
        reader.wait_for_timeout(500)
        reader.keyboard.press("End")
        reader.keyboard.type(" ")
        reader.keyboard.press("Backspace")
        reader.wait_for_timeout(400)
    reader.keyboard.press("ArrowDown")
    reader.keyboard.press("Escape")
    expect(reader.locator(".titles")).to_be_hidden()
    reader.keyboard.type(" ")
    reader.keyboard.press("Backspace")
    reader.wait_for_selector(".titles li")
    reader.keyboard.press("ArrowDown")
    reader.keyboard.press("Enter")
    reader.wait_for_url(told.split("?")[0])
    tab_to(reader, "^I have seen this too")
    reader.keyboard.press("Enter")
    expect(reader.get_by_text("You have seen this too")).to_be_visible()

    # They reply, choosing by arrows what they add; then take it back behind a fold that opens by Enter.
    tab_to(reader, "^Reply$")
    reader.keyboard.press("ArrowRight")
    assert reader.evaluate(FOCUSED)["name"] == "Probe"
    reader.keyboard.press("ArrowLeft")
    type_into(reader, "^Your reply", "Ours hum when they sleep.")
    tab_to(reader, "^Say it$")
    reader.keyboard.press("Enter")
    expect(reader.locator(".post-body", has_text="Ours hum when they sleep.")).to_be_visible()
    tab_to(reader, "^Withdraw$", tag="summary")
    reader.keyboard.press("Enter")
    tab_to(reader, "^Withdraw it$", tag="button")
    reader.keyboard.press("Shift+Tab")
    reader.keyboard.press("Space")
    expect(reader.get_by_role("button", name="Withdraw it")).to_be_hidden()


def test_every_fold_opens_and_shuts_by_enter_and_by_space(
    demo: Demo, open_context: Callable[..., BrowserContext]
) -> None:
    page = sign_in(demo, open_context(DESK), PRACTITIONER)
    for path in (f"/c/{HOME}/", "/search?q=alarm+night", f"/c/{HOME}/people", demo.place.threads["own story"]):
        page.goto(demo.base + path)
        for fold in page.locator("main details").all():
            was = fold.evaluate("fold => fold.open")
            fold.locator("summary").first.focus()
            for key in ("Enter", "Space"):
                page.keyboard.press(key)
                was = not was
                assert fold.evaluate("fold => fold.open") is was, (path, fold.inner_text()[:60])


def test_somebody_is_mentioned_by_the_arrows_and_the_list_shuts_by_escape(
    demo: Demo, open_context: Callable[..., BrowserContext]
) -> None:
    page = sign_in(demo, open_context(PHONE), PRACTITIONER)
    page.goto(demo.base + demo.place.threads["question"])
    box = page.locator("#body")
    box.focus()
    page.keyboard.type("As @")
    page.keyboard.type("n", delay=30)
    page.wait_for_selector(".mentions:not([hidden]) li")
    page.keyboard.press("Escape")
    expect(page.locator(".mentions:not([hidden])")).to_have_count(0)
    page.keyboard.type("o", delay=30)
    page.wait_for_selector(".mentions:not([hidden]) li")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")

    expect(box).to_have_value(re.compile(r"As @no[\w-]+ $"))
