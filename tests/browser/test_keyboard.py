"""Everything with the keyboard alone: Tab, Enter, Space, Escape and the arrows, and the focus always to be seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bench.furnishing import HOME, NEWCOMER, PRACTITIONER, WORDS
from bench.look import Looking
from bench.pages import Shot, list_shots
from cop.app import create_app
from cop.settings import Settings
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


MORE = 15  # stops than controls: a date has several, and while one is in the composer more are offered
# Notes what has the focus whenever Tab is pressed, when it has been scrolled to; and what must be among it.
WATCH = """() => {
  const able = "a[href], button, input, select, textarea, summary, [tabindex]";
  const isThere = (one) => one.checkVisibility() && one.getClientRects().length;
  window.stops = [];
  addEventListener("keydown", (event) => {
    const one = document.activeElement;
    if (event.key === "Tab" && one !== document.body) stops.push([one, focused()]);
  }, true);
  window.controls = [...document.querySelectorAll(able)].filter(
    (one) => one.tabIndex >= 0 && !one.disabled && one.type !== "hidden" && isThere(one)
  );
  document.querySelector(".skip").focus();
  return controls.length;
}"""
WALKED = """() => {
  const group = (one) => one.type === "radio" ? [...one.form.elements].filter((each) => each.name === one.name) : [one];
  const visited = stops.map(([one]) => one), all = [...document.querySelectorAll("*")];
  const again = visited.findIndex((one, at) => visited.indexOf(one) < at && one !== visited[at - 1]);  // once around
  const seen = new Set(stops.filter(([, how]) => how.seen && how.shown).map(([one]) => one));
  const missed = controls.filter((one) => one.isConnected && !group(one).some((each) => visited.includes(each)));
  return {
    missed: missed.map((one) => `never reached: ${one.outerHTML.slice(0, 120)}`),
    unseen: visited.filter((one) => !seen.has(one)).map((one) => `not in sight: ${one.outerHTML.slice(0, 120)}`),
    places: (again < 0 ? visited : visited.slice(0, again)).map((one) => all.indexOf(one)),
  };
}"""


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application whose addresses alone are wanted."""
    folder: Path = tmp_path_factory.mktemp("bare")
    return create_app(Settings(data=folder, database_url="", base_url="http://localhost", secret_key="t" * 40))


def one_of_each(bare: Flask, demo: Demo) -> list[Shot]:
    """Every page once, as whoever sees most of it."""
    adapter, pages = bare.url_map.bind("localhost"), {}
    for shot in list_shots(demo.place):
        if shot.status == 200 and not shot.press:
            pages[adapter.match(urlsplit(shot.path).path)[0]] = shot
    return list(pages.values())


@pytest.mark.parametrize(("part", "size"), [(0, PHONE), (1, DESK)], ids=["390", "1280"])
def test_tab_leads_to_every_control_of_every_page_in_order_with_the_focus_in_sight(
    bare: Flask, demo: Demo, chromium: Browser, part: int, size: dict[str, int]
) -> None:
    """And past it: what keeps the focus to itself would leave those behind it unvisited."""
    people, faults = Looking(chromium, demo.base, demo.place, viewport=size), {}
    for shot in one_of_each(bare, demo)[part::2]:
        page = people.page_of(shot.who)
        page.goto(demo.base + shot.path)
        page.evaluate(f"window.focused = {FOCUSED}")
        for _ in range(page.evaluate(WATCH) + MORE):
            page.keyboard.press("Tab")
        walked = page.evaluate(WALKED)
        found = walked["missed"] + walked["unseen"]
        found += ["out of order"] if walked["places"] != sorted(walked["places"]) else []
        faults |= {shot.name: found} if found else {}
    people.close()

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
