"""A newcomer chooses, stands alone, asks the panel and a teller, tries it and reports: and the story lives again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import create_engine, text

from cop.demo.loader import PASSWORD
from tests.browser.conftest import DESK, PHONE, Demo

pytestmark = pytest.mark.browser
CASE, STORY = "Forty tonnes on the quay", "Fourteen kelvin, all day"
LIVING = "/c/cold-stores/?sort=living"


def sign_in(page: Page, demo: Demo, handle: str) -> Page:
    page.goto(f"{demo.base}/signin")
    page.get_by_label("Email").fill(f"{handle}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Your settings")).to_be_visible()
    return page


def place_in_living(page: Page, demo: Demo) -> tuple[int, bool]:
    """Which row the story is, and whether it bears the mark of what rests."""
    page.goto(demo.base + LIVING)
    rows = page.locator("li.thread").all_inner_texts()
    place = next(number for number, row in enumerate(rows) if STORY in row)
    return place, "Resting" in rows[place]


def answer(page: Page, words: str) -> None:
    form = page.locator("details.answer").filter(has_text="Answer Ffion Achterberg").last
    form.locator("summary").click()
    form.get_by_label("Your answer").fill(words)
    form.get_by_role("button", name="Answer", exact=True).click()


def let_days_pass(demo: Demo, days: int) -> None:
    """Move what somebody means to try into the past, as if so many days had gone by."""
    engine = create_engine(f"sqlite:///{demo.data / 'cop.sqlite3'}")
    moved = ", ".join(
        f"{name} = strftime('%Y-%m-%d %H:%M:%f000', {name}, '-{days} days')" for name in ("at", "remind_at")
    )
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE intention SET {moved} WHERE reminded_at IS NULL"))
    engine.dispose()


def test_a_newcomer_commits_asks_is_answered_tries_it_reports_and_the_story_lives(
    demo: Demo, open_context: Callable[..., BrowserContext]
) -> None:
    ffion = sign_in(open_context(PHONE).new_page(), demo, "ffion-achterberg")
    maret = sign_in(open_context(DESK).new_page(), demo, "maret-kuusik-bell")
    yetunde = sign_in(open_context(DESK).new_page(), demo, "yetunde-okparaji")
    before, rests = place_in_living(ffion, demo)
    assert rests

    # She commits, sees the panel, and stands alone: she asks it.
    ffion.get_by_role("link", name=CASE).click()
    assert "The heater warms a pocket round itself." not in ffion.content()
    ffion.get_by_role("radio", name="Leave it off until somebody has looked at the bearings").check()
    ffion.get_by_label("What would you leave for last?").select_option(index=1)
    ffion.get_by_label("What tipped you?").fill("Nobody knows yet what those twenty minutes did to it.")
    ffion.get_by_label("Leaning").check(force=True)
    ffion.get_by_role("button", name="Commit my choice").last.click()
    expect(ffion.get_by_text("The heater warms a pocket round itself.")).to_be_visible()
    ffion.get_by_role("link", name="Ask the panel").click()
    ffion.get_by_label("Your question").fill("What told you that the bearings could wait?")
    ffion.get_by_role("button", name="Ask", exact=True).last.click()
    expect(ffion.locator("#asked")).to_contain_text("What told you that the bearings could wait?")

    # One of the panel meets the question among what waits for her, and answers.
    maret.goto(f"{demo.base}/c/cold-stores/?sort=needs-you")
    maret.get_by_role("link", name=re.compile(f"^Ffion Achterberg asks about “{CASE}")).click()
    answer(maret, "The oil in the jar. It had no glitter in it.")
    ffion.reload()
    expect(ffion.locator("#asked article")).to_contain_text("It had no glitter in it.")

    # She asks the teller of a story that rests, and is answered.
    ffion.goto(demo.base + LIVING)
    ffion.get_by_role("link", name=STORY).click()
    story = ffion.url.split("#")[0]
    ffion.get_by_role("link", name="Ask Yetunde Okparaji").first.click()
    ffion.get_by_label("Your question").fill("Which of the two thermometers did you believe first?")
    ffion.locator("#probe .btn-go").click()
    yetunde.goto(story)
    answer(yetunde, "Neither. My glove, and then the one that agreed with it.")

    # She tries it; two weeks later she is asked, and reports.
    ffion.goto(story)
    expect(ffion.get_by_text("Neither. My glove").first).to_be_visible()
    ffion.get_by_role("button", name="I’m going to try this").click()
    expect(ffion.get_by_text("You are going to try this.")).to_be_visible()
    let_days_pass(demo, 15)
    ffion.goto(f"{demo.base}/")
    expect(ffion.get_by_role("main")).to_contain_text(STORY)
    ffion.goto(story)
    ffion.get_by_role("link", name="Say how it went").click()
    ffion.get_by_label("Held", exact=True).check(force=True)
    ffion.get_by_label("My setting").fill("Flower room at plus four")
    ffion.get_by_label("What happened").fill("Fourteen again, and white to the receiver. We found the same thing.")
    ffion.get_by_role("button", name="Say how it went").last.click()
    expect(ffion.get_by_text("Fourteen again, and white to the receiver.").first).to_be_visible()

    # The story lives, stands higher, and its teller is told what became of it.
    after, rests = place_in_living(ffion, demo)
    assert not rests
    assert after < before
    yetunde.goto(f"{demo.base}/became")
    expect(yetunde.get_by_role("listitem").filter(has_text="Ffion Achterberg").first).to_contain_text(STORY)
