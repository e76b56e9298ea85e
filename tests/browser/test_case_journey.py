"""A newcomer chooses on a phone before they are told, then sees the panel and the outcome; with and without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from bench.look import GRAVE
from cop.demo.loader import PASSWORD
from tests.browser.conftest import PHONE, Demo

pytestmark = pytest.mark.browser
TITLE = "The backlog that shrank too evenly"


def choose(page: Page, first: str, last: str, why: str) -> None:
    page.get_by_role("radio", name=first).check()
    page.get_by_label("What would you leave for last?").select_option(label=last)
    page.get_by_label("What tipped you?").fill(why)
    page.get_by_label("Leaning").check(force=True)
    page.get_by_role("button", name="Commit my choice").last.click()


@pytest.mark.parametrize(
    ("newcomer", "javascript"), [("ishaan-kurup", False), ("zehra-kavalci", True)], ids=["without-scripts", "scripts"]
)
def test_a_newcomer_chooses_sees_the_panel_and_then_the_outcome(
    demo: Demo,
    open_context: Callable[..., BrowserContext],
    newcomer: str,
    javascript: bool,
) -> None:
    page = open_context(PHONE, javascript=javascript).new_page()
    page.goto(f"{demo.base}/signin")
    page.get_by_label("Email").fill(f"{newcomer}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.goto(f"{demo.base}/c/incident-response/?sort=new")
    page.get_by_role("link", name=TITLE).click()
    case = page.url

    if newcomer == "ishaan-kurup":  # the other has passed the first decision already
        assert "renamed a field" not in page.content()
        assert "a hundred and ninety thousand" not in page.content()
        page.get_by_role("button", name="Commit my choice").last.click()
        expect(page.get_by_text("Nothing was kept yet.")).to_be_visible()
        page.get_by_text("The dead letter topic was empty.").last.click()
        choose(page, "Count bookings against", "a: Let it run, and tell the duty manager that eleven holds", "x" * 20)
        expect(page.get_by_role("heading", name="What was chosen")).to_be_visible()
        expect(page.get_by_text("also chose this first")).to_be_visible()
        expect(page.get_by_text("Real work is uneven")).to_be_visible()
        expect(page.get_by_text("2 newcomers").first).to_be_attached()
        page.get_by_role("link", name="Go on").click()

    expect(page.get_by_text("A release at 21:10 had renamed a field.")).to_be_visible()
    assert "the longest of the evening" not in page.content()
    choose(page, "Ring the warehouse and ask", "b: Ship the one line, then replay", "The clock is what people made up.")
    expect(page.get_by_text("22:58 is a plan with two minutes in it")).to_be_visible()
    assert "the longest of the evening" not in page.content()
    page.get_by_text("Add a second thought").click()
    page.get_by_label("What do you think now?").fill("I would ring while somebody else rolls back.")
    page.get_by_role("button", name="Keep it beside my choice").click()
    expect(page.get_by_text("I would ring while somebody else rolls back.").first).to_be_visible()
    page.get_by_role("link", name="Read what came of it").click()
    expect(page.get_by_text("the longest of the evening")).to_be_visible()
    expect(page.get_by_role("heading", name="What others say")).to_be_visible()
    assert page.url.split("#")[0] == case.split("#")[0]
    if javascript:
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert [one["id"] for one in Axe().run(page).response["violations"] if one["impact"] in GRAVE] == []
