"""Every page of the demonstration, looked at by axe: at 390 and 1280, light and dark; and read without its scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from bench.furnishing import HOST, PRIVATE
from bench.look import Looking, list_faults, open_shot
from bench.pages import list_shots
from tests.browser.conftest import DESK, PHONE, Demo
from tests.browser.test_screen_reader import faults_of
from tests.validity import faults_in

pytestmark = pytest.mark.browser


# What a page says must not need scripts: the same words, every way a link or a form, and nothing lost on the way.
WITHOUT_SCRIPTS = """sent => {
  const still = new DOMParser().parseFromString(sent, "text/html"), faults = [];
  const words = (page) => {
    const main = page.querySelector("main").cloneNode(true);
    main.querySelectorAll("[data-similar], .mentions, .titles, .saved").forEach((part) => part.remove());
    return main.textContent.replace(/\\s+/g, " ").trim();
  };
  if (words(still) !== words(document)) faults.push("says something else with scripts");
  for (const form of still.forms) { // one with one line is sent by Enter, and a button may belong to another form
    const lines = [...form.elements].filter((one) => /^(text|search|email|password)$/.test(one.type));
    const sends = [...form.elements].some((one) => one.type === "submit") || form.querySelector("button[formaction]");
    if (!sends && lines.length !== 1) faults.push(`cannot be sent: ${form.action}`);
  }
  for (const button of still.querySelectorAll("button"))
    if (button.type !== "submit" || !button.form) faults.push(`a button that does nothing: ${button.outerHTML}`);
  for (const link of still.querySelectorAll("a"))
    if (!link.getAttribute("href") || /^(#|javascript:)$/.test(link.getAttribute("href"))) faults.push(link.outerHTML);
  for (const link of still.querySelectorAll("a[href^='#']"))
    if (!still.getElementById(link.hash.slice(1))) faults.push(`leads nowhere: ${link.outerHTML}`);
  const ids = [...still.querySelectorAll("[id]")].map((one) => one.id);
  faults.push(...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `twice: #${id}`));
  const typed = "main form[method=post] :is(textarea, input:not([type=hidden], [type=checkbox], [type=radio]))";
  const theme = still.querySelector("button[data-theme]").form;
  if (still.querySelector(typed) && !("scripted" in theme.dataset)) faults.push("the theme's button loses words");
  return faults;
}"""
PARTS = 6  # of the pages, so that no one test is long and the workers share them
COLOURS = ("color-contrast", "link-in-text-block")  # what of axe's rules another theme can break


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_sound(demo: Demo, chromium: Browser, part: int) -> None:
    """Of every page: no grave fault by axe, valid HTML, everything named as it is read out, and no need of scripts.

    Everything on a phone by day and on a desk by night; of the other two what a theme can change there. `make look`
    does it all four ways.
    """
    people, faults = Looking(chromium, demo.base, demo.place, viewport=PHONE), {}
    for shot in list_shots(demo.place)[part::PARTS]:
        page, said = people.page_of(shot.who), []
        page.on("console", lambda message, said=said: said.append(message.text) if message.type == "error" else None)
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        page.emulate_media(color_scheme="light")
        answer = open_shot(page, demo.base, shot)
        sent = answer.text()
        found = list_faults(page) + page.evaluate(WITHOUT_SCRIPTS, sent) + faults_of(page) + faults_in(sent)
        page.emulate_media(color_scheme="dark")
        found += list_faults(page, COLOURS)
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
        found += list_faults(page)
        page.emulate_media(color_scheme="light")
        found += list_faults(page, COLOURS)
        found += ["is another page"] if answer.request.redirected_from else []
        found += [text for text in said if "status of 4" not in text]
        faults |= {shot.name: found} if found else {}
    people.close()

    assert faults == {}


def test_a_click_on_the_theme_changes_it_at_once_and_for_the_next_page(
    demo: Demo, open_context: Callable[..., BrowserContext]
) -> None:
    for javascript in (True, False):
        page = open_context(DESK, javascript=javascript, color_scheme="light").new_page()
        page.goto(f"{demo.base}/c/")
        page.get_by_role("button", name="Switch between light and dark").click()
        page.goto(f"{demo.base}/signin")

        assert page.locator("html").get_attribute("class") == "theme-dark"
        assert page.url == f"{demo.base}/signin"


def test_without_scripts_no_button_of_the_head_takes_away_what_is_being_written(
    demo: Demo, open_context: Callable[..., BrowserContext]
) -> None:
    """The theme waits for a script where one writes; the settings have it, and the draft is there afterwards."""
    page = open_context(PHONE, javascript=False, color_scheme="light").new_page()
    page.context.add_cookies([{"name": "cop_session", "value": demo.place.sessions[HOST], "url": demo.base}])
    theme = page.get_by_role("button", name="Switch between light and dark")
    page.goto(f"{demo.base}/c/{PRIVATE}/new/story")
    page.get_by_label("What was going on?").fill("Half a story, not saved yet.")

    expect(theme).to_be_hidden()
    page.get_by_role("button", name="Save draft").click()
    for chosen, seen in (("dark", "theme-dark"), ("auto", None)):
        page.goto(f"{demo.base}/settings/preferences")
        expect(theme).to_be_visible()
        page.locator("select[name=theme]").select_option(chosen)
        page.get_by_role("button", name="Keep it so").click()
        page.goto(f"{demo.base}/c/{PRIVATE}/new/story")
        assert page.locator("html").get_attribute("class") == seen
        expect(page.get_by_label("What was going on?")).to_have_value("Half a story, not saved yet.")


def test_a_stranger_loads_nothing_from_anywhere_else(
    demo: Demo, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    page = open_context(DESK).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/", "/c/", "/c/bedside-icu/", "/search?q=lag"):
        page.goto(demo.base + path)

    assert asked
    assert [address for address in asked if not address.startswith(demo.base)] == []


def test_titles_are_offered_while_one_types_and_can_be_chosen_by_keyboard(
    demo: Demo, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context(DESK).new_page()
    page.goto(f"{demo.base}/c/")
    field = page.locator("#find-q")
    field.press_sequentially("the", delay=20)
    page.wait_for_selector(".titles li")

    field.press("ArrowDown")
    title = page.locator(".titles [aria-selected=true]").evaluate("row => row.firstChild.textContent")
    assert field.get_attribute("aria-expanded") == "true"
    assert page.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-activedescendant')) != null"
    )
    field.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    field.press_sequentially(" ", delay=20)
    field.press("Backspace")
    page.wait_for_selector(".titles li")
    field.press("ArrowDown")
    field.press("Enter")

    page.wait_for_url("**/t/**")
    assert page.locator("h1").inner_text() == title


def test_without_a_choice_the_field_searches_for_what_was_typed(
    demo: Demo, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context(PHONE).new_page()
    page.goto(f"{demo.base}/c/")
    page.locator("#find-q").press_sequentially("the pressure", delay=20)

    page.locator("#find-q").press("Enter")

    page.wait_for_url("**/search?q=the+pressure")
