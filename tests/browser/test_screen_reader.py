"""Story, composer and search as a screen reader has them: by the accessibility tree that Chromium makes of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from bench.furnishing import HOME, PRACTITIONER
from bench.look import Looking, open_shot
from bench.pages import list_shots
from tests.browser.conftest import DESK, Demo
from tests.browser.test_keyboard import sign_in

pytestmark = pytest.mark.browser
LANDMARKS = ("banner", "navigation", "search", "main", "complementary", "contentinfo", "region")
FIELDS = ("textbox", "searchbox", "combobox", "spinbutton", "Date")
ONCE = ("banner", "main", "contentinfo")
CONTROLS = (
    "link", "button", "textbox", "searchbox", "combobox", "radio", "checkbox", "listbox", "option",
    "DisclosureTriangle",
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """One thing of the page as it is read out."""

    role: str
    name: str
    level: int
    properties: dict[str, object]

    @property
    def words(self) -> str:
        return f"{self.role} “{self.name}”" if self.name else self.role


class Reading:
    """A page, read out."""

    def __init__(self, page: Page) -> None:
        asking = page.context.new_cdp_session(page)
        nodes = list(_in_order(asking.send("Accessibility.getFullAXTree")["nodes"]))
        asking.detach()
        self.everything = [
            Said(
                node["role"]["value"],
                node.get("name", {}).get("value", "").strip(),
                next((one["value"]["value"] for one in node.get("properties", []) if one["name"] == "level"), 0),
                {one["name"]: one["value"].get("value") for one in node.get("properties", [])}
                | {"description": node.get("description", {}).get("value", "")},
            )
            for node in nodes
            if not node.get("ignored") and "role" in node
        ]

    def of(self, *roles: str) -> list[Said]:
        return [one for one in self.everything if one.role in roles]

    def find(self, role: str, name: str) -> Said:
        found = [one for one in self.of(role) if one.name.startswith(name)]
        assert found, (name, [one.name for one in self.of(role)])
        return found[0]

    def words(self) -> str:
        return " ".join(one.name for one in self.of("StaticText"))


def _in_order(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """As it is read, where the tree comes level by level."""
    known, open_ = {node["nodeId"]: node for node in nodes}, [nodes[0]["nodeId"]]
    while open_:
        node = known.get(open_.pop())
        if node:
            yield node
            open_ += reversed(node.get("childIds", []))


def faults_of(page: Page) -> list[str]:
    """What leaves somebody who cannot see the page without a way, whatever the page is."""
    reading, faults = Reading(page), []
    levels = [one.level for one in reading.of("heading")]
    faults += [f"{levels.count(1)} first headings"] if levels.count(1) != 1 else []
    faults += [f"from h{a} to h{b}" for a, b in pairwise(levels) if b > a + 1]
    faults += [f"no name: {one.role}" for one in reading.of(*CONTROLS, "heading", "image") if not one.name]
    faults += [f"{role}: {len(reading.of(role))}" for role in ONCE if len(reading.of(role)) != 1]
    landmarks = [one.words for one in reading.of(*LANDMARKS)]
    return faults + [f"twice: {words}" for words in sorted(set(landmarks)) if landmarks.count(words) > 1]


@pytest.fixture
def page(demo: Demo, open_context: Callable[..., BrowserContext]) -> Page:
    return sign_in(demo, open_context(DESK, reduced_motion="reduce"), PRACTITIONER)


def test_a_story_is_read_out_in_order_and_everything_in_it_has_a_name(demo: Demo, page: Page) -> None:
    page.goto(demo.base + demo.place.threads["story"])
    reading = Reading(page)

    assert faults_of(page) == []
    assert [one.words for one in reading.of("banner", "main", "contentinfo")] == ["banner", "main", "contentinfo"]
    assert {"Main", "Where you are"} <= {one.name for one in reading.of("navigation")}
    assert "What came of it" in {one.name for one in reading.of("region")}
    assert reading.of("heading")[0].name == page.title().split(" · ")[0]
    assert str(reading.find("textbox", "Your reply").properties["description"]).startswith("What you saw")
    assert reading.find("radio", "Reply").properties["checked"] == "true"
    assert "What are you adding?" in {one.name for one in reading.of("group", "radiogroup")}
    assert any("weeks" in one.name or "practitioner" in one.name for one in reading.of("image")), "the pulse is silent"
    assert [one.properties.get("live") for one in reading.of("status")].count("polite") >= 1


def test_the_composer_says_what_each_box_is_for_what_is_wrong_and_when_it_was_saved(demo: Demo, page: Page) -> None:
    page.goto(f"{demo.base}/c/{HOME}/new/story?anew=1")
    before, reading = faults_of(page), Reading(page)
    page.get_by_role("button", name="Tell it").click()
    page.wait_for_selector("[role=alert]")
    after, refused = faults_of(page), Reading(page)

    assert (before, after) == ([], [])
    situation = reading.find("textbox", "What was going on?")
    assert situation.properties["required"] is True
    assert str(situation.properties["description"]).startswith("Where in the work")
    assert reading.find("button", "What did you expect").properties["expanded"] is False
    assert {one.properties.get("live") for one in reading.of("complementary", "status")} == {"polite"}
    assert "While you write" in {one.name for one in reading.of("complementary")}
    wrong = refused.find("textbox", "What was going on?")
    assert wrong.properties["invalid"] == "true"
    assert "A line is enough to begin" in str(wrong.properties["description"])
    assert refused.find("link", "What was going on?")
    assert [one.properties["live"] for one in refused.of("alert")] == ["assertive"]
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"


def test_search_says_what_it_found_why_and_what_it_offers_while_one_types(demo: Demo, page: Page) -> None:
    page.goto(f"{demo.base}/search?q=alarm+night+pressure")
    titles, found, reading = [page.title().split(" · ")[0]], faults_of(page), Reading(page)
    page.goto(f"{demo.base}/search?q=zzyzx")
    titles, nothing, empty = [*titles, page.title().split(" · ")[0]], faults_of(page), Reading(page)
    page.locator("#find-q").press_sequentially("the", delay=20)
    page.wait_for_selector(".titles li")
    page.keyboard.press("ArrowDown")
    offering, offered = faults_of(page), Reading(page)

    assert (found, nothing, offering) == ([], [], [])
    assert {"Situation", ""} == {one.name for one in reading.of("search")}
    assert reading.find("heading", "Discussions").level == 2
    assert len([one for one in reading.of("heading") if one.level == 3]) >= 2
    assert "Narrow the results" in {one.name for one in reading.of("region")}
    assert titles == ["Situations like yours", "No one has told of this yet"]
    assert empty.find("heading", "No one has told of this yet").level == 2
    field = offered.find("combobox", "Describe your situation")
    assert field.properties["expanded"] is True
    assert "activedescendant" in field.properties
    assert offered.find("listbox", "Discussions and topics called so")
    assert len([one for one in offered.of("option") if one.properties.get("selected")]) == 1
    assert "Offered below: discussions and topics" in offered.words()
    assert "polite" in [one.properties["live"] for one in offered.of("status")]


def test_whatever_is_refused_is_read_out_at_once_and_says_where_it_is_wrong(demo: Demo, chromium: Browser) -> None:
    """Of every form that the pages are looked at with: the alert has the focus, and each bad field its sentence."""
    people, faults = Looking(chromium, demo.base, demo.place), {}
    for shot in (one for one in list_shots(demo.place) if one.press and one.status == 422):
        page = people.page_of(shot.who)
        open_shot(page, demo.base, shot)
        page.wait_for_selector("[role=alert]")
        reading = Reading(page)
        alerts = [(one.properties.get("live"), one.properties.get("focused")) for one in reading.of("alert")]
        found = [] if alerts == [("assertive", True)] else [f"alerts: {alerts}"]
        wrong = [one for one in reading.of(*FIELDS) if one.properties.get("invalid") == "true"]
        found += [f"no reason: {one.words}" for one in wrong if not one.properties["description"]]
        faults |= {shot.name: found} if found else {}
    people.close()

    assert faults == {}


def test_what_was_done_is_said_as_a_notice(demo: Demo, page: Page) -> None:
    page.goto(f"{demo.base}/settings/preferences")
    page.get_by_role("button", name="Keep it so").click()
    page.wait_for_selector("main [role=status]")
    notices = Reading(page).of("status")

    assert notices
    assert {(one.properties.get("live"), one.properties.get("atomic")) for one in notices} == {("polite", True)}
    assert page.locator("main .flash[role=status]").inner_text().strip()
