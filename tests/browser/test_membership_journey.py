"""Coming in and going, in a browser: somebody asks, is let in, tells, is removed, and is back when it is taken back."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import DESK, PHONE, Site
from tests.browser.test_journey import SITUATION, sign_up

pytestmark = pytest.mark.browser
GRAVE = ("serious", "critical")


def look(page: Page) -> None:
    """Nothing grave for whoever reads with other means, and nothing that scrolls sideways."""
    found = [one["id"] for one in Axe().run(page).response["violations"] if one["impact"] in GRAVE]
    assert found == [], page.url
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without"])
def test_somebody_asks_is_let_in_and_is_removed(
    site: Site, open_context: Callable[..., BrowserContext], javascript: bool
) -> None:
    tag = uuid.uuid4().hex[:8]
    slug, title = f"wards-{tag}", f"The bell nobody heard {tag}"
    moderator = open_context(DESK, javascript=javascript).new_page()
    sign_up(moderator, site, f"Joanne Pell {tag}", f"joanne-{tag}@example.org")
    site.run(
        "community", "found", "--slug", slug, "--name", f"Wards {tag}", "--practice", "Nights on a ward.",
        "--visibility", "members", "--moderator", f"joanne-{tag}@example.org",
    )  # fmt: skip

    # Otto finds it among the communities, reads nothing of it, and asks.
    otto = open_context(PHONE, javascript=javascript).new_page()
    sign_up(otto, site, f"Otto Lindgren {tag}", f"otto-{tag}@example.org")
    otto.goto(f"{site.base}/c/{slug}/")
    expect(otto.get_by_text("Only members read what is told here.")).to_be_visible()
    otto.get_by_label("What brings you here?").fill("Three years of nights.")
    otto.get_by_role("button", name="Ask to join").click()
    expect(otto.get_by_role("heading", name="You have asked to join")).to_be_visible()
    if javascript:
        look(otto)

    # The moderator reads why, and lets him in.
    moderator.goto(f"{site.base}/c/{slug}/")
    moderator.get_by_role("link", name="Read what brings them here").click()
    expect(moderator.get_by_text("Three years of nights.")).to_be_visible()
    if javascript:
        look(moderator)
    moderator.get_by_role("button", name="Let them in").click()
    expect(moderator.get_by_text("They are in, and are told.")).to_be_visible()

    # He tells.
    otto.goto(f"{site.base}/c/{slug}/")
    otto.get_by_role("main").get_by_role("link", name="Tell a story").first.click()
    otto.get_by_label("What was going on?").fill(SITUATION)
    otto.get_by_label("What did you notice?").fill("The bell had been rung before.")
    otto.get_by_label("What would you call it?").fill(title)
    otto.get_by_label("I have read it as a colleague of mine would").check()
    otto.get_by_role("button", name="Tell it").click()
    expect(otto.get_by_role("heading", name=title)).to_be_visible()
    told_at = otto.url

    # He is removed, and everything inside is gone for him at once; he is told why.
    moderator.goto(f"{site.base}/c/{slug}/people")
    moderator.get_by_role("link", name=f"Otto Lindgren {tag}").click()
    if javascript:
        look(moderator)
    moderator.get_by_text(f"Remove Otto Lindgren {tag} from the community").click()
    moderator.get_by_label("Why?").fill("There were names in it.")
    moderator.get_by_role("button", name="Remove them").click()
    expect(moderator.get_by_text("Removed, and told why.")).to_be_visible()
    otto.goto(told_at)
    expect(otto.get_by_role("heading", name="There is nothing here that you can see")).to_be_visible()
    otto.goto(f"{site.base}/c/{slug}/")
    expect(otto.get_by_text("There were names in it.")).to_be_visible()
    expect(otto.get_by_text(title)).to_have_count(0)

    # It is taken back, and he is what he was.
    moderator.get_by_role("button", name="Take it back").click()
    otto.goto(told_at)
    expect(otto.get_by_role("heading", name=title)).to_be_visible()
