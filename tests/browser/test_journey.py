"""The main job from end to end, in a browser: a war story is told on a phone, endorsed, and found by a stranger."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import DESK, PHONE, Site

pytestmark = pytest.mark.browser
PASSWORD = "a long walk home"
SITUATION = (
    "Sunday teatime. A small consumer that nobody thinks about had fallen behind on the shipping queue. It was not "
    "alarming: eleven thousand, normally zero. Two of us were on, both new to the rota, and the person who wrote the "
    "consumer had left in spring. I had the graph open on one half of the screen and the runbook on the other, and "
    "the runbook said to add workers until the line went down."
)
NOTICED = "The backlog went up in steps, not in a slope.\nEach step was the same height.\nNobody had complained."


def sign_up(page: Page, site: Site, name: str, address: str) -> None:
    page.goto(f"{site.base}/signup")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Email").fill(address)
    page.get_by_role("button", name="Send me the letter").click()
    expect(page.get_by_role("heading", name="Look in your mail")).to_be_visible()
    page.goto(site.base + site.wait_for_mail(address, "Make your account").path)
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("link", name=f"Your record, {name}")).to_be_visible()


@pytest.fixture(params=["sqlite", "sqlite-without-javascript", "postgresql"])
def place(request: pytest.FixtureRequest) -> tuple[Site, bool]:
    """Which site, and whether the browsers run scripts: the journey needs none."""
    served: Site = request.getfixturevalue("site_on_postgresql" if request.param == "postgresql" else "site")
    return served, request.param != "sqlite-without-javascript"


def test_a_story_told_on_a_phone_is_endorsed_and_found_signed_out(
    place: tuple[Site, bool], open_context: Callable[..., BrowserContext]
) -> None:
    site, javascript = place
    tag = uuid.uuid4().hex[:8]
    slug, title = f"rota-{tag}", f"The queue that grew in steps {tag}"
    rare = "quxel" + "".join(chr(ord("a") + int(digit, 16)) for digit in tag)

    # A moderator, for whom the operator founds a community.
    moderator = open_context(DESK, javascript=javascript).new_page()
    sign_up(moderator, site, f"Joanne Pell {tag}", f"joanne-{tag}@example.org")
    site.run(
        "community", "found", "--slug", slug, "--name", f"Rota {tag}", "--practice", "Being on call.",
        "--moderator", f"joanne-{tag}@example.org",
    )  # fmt: skip

    # Aoife signs up on her phone, joins, and tells.
    aoife = open_context(PHONE, javascript=javascript).new_page()
    sign_up(aoife, site, f"Aoife Brennan {tag}", f"aoife-{tag}@example.org")
    aoife.goto(f"{site.base}/c/{slug}/")
    aoife.get_by_role("main").get_by_role("button", name="Join").first.click()
    aoife.get_by_role("main").get_by_role("link", name="Tell a story").first.click()
    aoife.get_by_label("What was going on?").fill(f"{SITUATION} We called it the {rare}.")
    aoife.get_by_label("What did you notice?").fill(NOTICED)
    aoife.get_by_label("What would you call it?").fill(title)
    aoife.get_by_label("I have read it as a colleague of mine would").check()
    aoife.get_by_role("button", name="Tell it").click()
    expect(aoife.get_by_role("heading", name=title)).to_be_visible()
    assert aoife.evaluate("document.documentElement.scrollWidth") <= PHONE["width"] if javascript else True
    told_at = aoife.url

    # Tomasz joins, is vouched for, and endorses on a stated basis.
    tomasz = open_context(DESK, javascript=javascript).new_page()
    sign_up(tomasz, site, f"Tomasz Wieczorek {tag}", f"tomasz-{tag}@example.org")
    tomasz.goto(f"{site.base}/c/{slug}/")
    tomasz.get_by_role("main").get_by_role("button", name="Join").first.click()
    moderator.goto(f"{site.base}/c/{slug}/people")
    entry = moderator.get_by_role("listitem").filter(has_text=f"Tomasz Wieczorek {tag}")
    entry.get_by_text("I vouch for").click()
    entry.get_by_role("textbox").fill("He found the cause of the March outage by reading the clock.")
    entry.get_by_role("button", name="Vouch").click()
    expect(moderator.get_by_text("He found the cause of the March outage")).to_be_visible()

    tomasz.goto(told_at)
    expect(tomasz.get_by_text("has used this", exact=True)).to_have_count(0)
    tomasz.get_by_role("link", name="I have used this").click()
    tomasz.get_by_label("Held", exact=True).check()
    tomasz.get_by_label("My setting").fill("A rota of six, payments")
    tomasz.get_by_label("What happened").fill("The steps were a cron job here too; adding workers only hid them.")
    tomasz.get_by_label("What was different").fill("Nothing")
    tomasz.get_by_role("button", name="Say how it went").click()
    expect(tomasz.get_by_text("adding workers only hid them")).to_be_visible()
    expect(tomasz.get_by_text("has used this", exact=True)).to_be_visible()

    # A stranger describes the situation and finds it.
    stranger = open_context(PHONE, javascript=javascript).new_page()
    for _ in range(10):
        stranger.goto(f"{site.base}/")
        stranger.get_by_label("What are you in the middle of?").fill(f"backlog in steps {rare}")
        stranger.get_by_role("button", name="Find who has been there").click()
        if stranger.get_by_role("link", name=title).count():
            break
        stranger.wait_for_timeout(500)
    stranger.get_by_role("link", name=title).click()
    expect(stranger.get_by_role("heading", name=title)).to_be_visible()
    expect(stranger.get_by_text("adding workers only hid them")).to_be_visible()
    expect(stranger.get_by_text("has used this", exact=True)).to_be_visible()
