"""Every page of the demonstration, looked at by axe: at 390 and 1280, light and dark."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext

from bench.look import list_shots, sign_in
from tests.browser.conftest import COP, DESK, PHONE, wait_for

pytestmark = pytest.mark.browser
GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`cop demo`, as somebody who has just cloned the repository starts it."""
    folder = tmp_path_factory.mktemp("demo")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    with (folder / "log").open("w") as log:
        environ = os.environ | {"COP_DATA": str(folder / "data"), "COP_LIMITS": "off"}
        server = subprocess.Popen([COP, "demo", "--port", str(port)], env=environ, stdout=log, stderr=log)
        try:
            wait_for(f"{base}/readyz", server)
            yield base
        finally:
            server.terminate()
            server.wait(30)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1280"])
def test_no_page_has_a_grave_fault_or_scrolls_sideways(
    demo: str, chromium: Browser, open_context: Callable[..., BrowserContext], size: dict[str, int], theme: str
) -> None:
    faults: list[tuple[str, str, str]] = []
    shots = list_shots(chromium, demo)
    pages = {}
    for who in sorted({shot.who for shot in shots}):
        pages[who] = open_context(size, color_scheme=theme, reduced_motion="reduce").new_page()
        if who:
            sign_in(pages[who], demo, who)

    for shot in shots:
        page = pages[shot.who]
        said: list[str] = []
        page.on("console", lambda message, said=said: said.append(message.text) if message.type == "error" else None)
        page.goto(demo + shot.path)
        found = Axe().run(page).response["violations"]
        faults += [(shot.name, one["id"], one["nodes"][0]["html"][:90]) for one in found if one["impact"] in GRAVE]
        if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
            faults.append((shot.name, "scrolls sideways", ""))
        faults += [(shot.name, "console", text) for text in said if "404" not in text and "Content Security" in text]

    assert faults == []
    assert len(shots) > 15


def test_a_click_on_the_theme_changes_it_at_once_and_for_the_next_page(
    demo: str, open_context: Callable[..., BrowserContext]
) -> None:
    for javascript in (True, False):
        page = open_context(DESK, javascript=javascript, color_scheme="light").new_page()
        page.goto(f"{demo}/c/")
        page.get_by_role("button", name="Switch between light and dark").click()
        page.goto(f"{demo}/signin")

        assert page.locator("html").get_attribute("class") == "theme-dark"
        assert page.url == f"{demo}/signin"


def test_a_stranger_loads_nothing_from_anywhere_else(
    demo: str, open_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    page = open_context(DESK).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/", "/c/", "/c/bedside-icu/", "/search?q=lag"):
        page.goto(demo + path)

    assert asked
    assert [address for address in asked if not address.startswith(demo)] == []


def test_titles_are_offered_while_one_types_and_can_be_chosen_by_keyboard(
    demo: str, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context(DESK).new_page()
    page.goto(f"{demo}/c/")
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
    demo: str, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context(PHONE).new_page()
    page.goto(f"{demo}/c/")
    page.locator("#find-q").press_sequentially("the pressure", delay=20)

    page.locator("#find-q").press("Enter")

    page.wait_for_url("**/search?q=the+pressure")
