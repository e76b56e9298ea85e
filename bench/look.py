"""`make look`: screenshots of every page of the demonstration, at 390 and 1280, light and dark, in the folder `look`.

Where the mock-ups are at hand (../shared/design/shots), `look/index.html` sets each page beside its own.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from bench.__main__ import serving
from cop.demo.loader import PASSWORD

FOLDER = Path("look")
MOCKUPS = Path("../shared/design/shots")
WIDTHS, THEMES = (1280, 390), ("light", "dark")
CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SIGN_INS = {
    "moderator": "ottilie-varga",
    "practitioner": "tevita-hafoka",
    "newcomer": "ishaan-kurup",
    "administrator": "wanjiru-halvorsen",
}


@dataclass(frozen=True)
class Shot:
    """One page: its name, where it is, who looks, and the mock-up it was rebuilt from."""

    name: str
    path: str
    who: str = ""
    mockup: str = ""


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    cop, data = str(Path(sys.executable).with_name("cop")), str(FOLDER / "data")
    with serving([cop, "demo"], "--port {port}", {"COP_DATA": data}) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        shots, states = list_shots(browser, base), sign_all_in(browser, base)
        for shot in shots:
            for width in WIDTHS:
                for theme in THEMES:
                    take(browser, base, shot, width, theme, states.get(shot.who))
            print(f"  {shot.name}", flush=True)
        browser.close()
    write_index(shots)
    print(f"{len(shots) * len(WIDTHS) * len(THEMES)} screenshots in {FOLDER.resolve()}; open {FOLDER / 'index.html'}")


def list_shots(browser: Browser, base: str) -> list[Shot]:
    """The pages there are; the addresses of threads and people are read off the demonstration itself."""
    page = browser.new_page()
    page.goto(f"{base}/c/bedside-icu/")
    story = page.locator("ol.threads h3 a").first.get_attribute("href") or ""
    person = page.locator("ol.threads .meta a").first.get_attribute("href") or ""
    page.goto(f"{base}/c/incident-response/?sort=endorsed")
    thread = page.locator("ol.threads h3 a").first.get_attribute("href") or ""
    question = first_link(page, f"{base}/people/tomos-gethin-pryce")
    procedure = first_link(page, f"{base}/c/incident-response/procedures")
    page.goto(f"{base}/c/bedside-icu/")
    probed = page.get_by_role("link", name="The scoop in the pressure trace").first.get_attribute("href") or ""
    page.goto(f"{base}/c/incident-response/?sort=new")
    case = page.get_by_role("link", name="The backlog that shrank too evenly").get_attribute("href") or ""
    page.goto(f"{base}/c/bedside-icu/?sort=new")
    live = page.get_by_role("link", name="He passes every test").get_attribute("href") or ""
    found = {}
    for slug, state in (("bedside-icu", "due"), ("bedside-icu", "superseded"), ("incident-response", "retired"),
                        ("incident-response", "contested")):  # fmt: skip
        page.goto(f"{base}/c/{slug}/?sort=new&state={state}")
        found[state] = page.locator("ol.threads h3 a").last.get_attribute("href") or ""
    page.close()
    return [
        Shot("welcome", "/", mockup="welcome"),
        Shot("home", "/", "practitioner", "home"),
        Shot("communities", "/c/"),
        Shot("community", "/c/bedside-icu/", mockup="community"),
        Shot("community-endorsed", "/c/incident-response/?sort=endorsed", "practitioner", "community"),
        Shot("people", "/c/incident-response/people", "moderator"),
        Shot("about", "/c/incident-response/about"),
        Shot("member", "/c/incident-response/people/ishaan-kurup", "moderator"),
        Shot("community-settings", "/c/incident-response/settings", "moderator"),
        Shot("leave", "/c/incident-response/leave", "moderator"),
        Shot("invitation-gone", "/invitations/none"),
        Shot("story", story, mockup="story"),
        Shot("story-member", thread, "practitioner", "story"),
        Shot("used", f"{_stem(thread)}/verdict?verdict=held", "practitioner", "states"),
        Shot("otherwise", f"{_stem(thread)}/verdict?verdict=otherwise", "practitioner", "states"),
        Shot("story-probes", probed, mockup="story"),
        Shot("probe", f"{_stem(thread)}/probe", "practitioner", "story"),
        Shot("due", found["due"], "practitioner", "story"),
        Shot("superseded", found["superseded"], mockup="states"),
        Shot("retired", found["retired"], "moderator", "states"),
        Shot("contested", found["contested"], "practitioner", "story"),
        Shot("retire", f"{_stem(found['contested'])}/retire", "moderator"),
        Shot("supersede", f"{_stem(found['contested'])}/supersede", "moderator"),
        Shot("case", case, "newcomer", "case"),
        Shot("case-through", case, "practitioner", "case-after"),
        Shot("decision", f"{_stem(case)}/decisions/1", "practitioner", "case-after"),
        Shot("reasons", f"{_stem(case)}/decisions/2/reasons", "practitioner"),
        Shot("case-live", live),
        Shot("compose-case", "/c/incident-response/new/case", "practitioner", "compose"),
        Shot("compose", "/c/incident-response/new/story", "practitioner", "compose"),
        Shot("drafts", "/drafts", "practitioner", "states"),
        Shot("question", question, "practitioner", "story"),
        Shot("ask", "/c/incident-response/new/question", "practitioner", "compose"),
        Shot("procedures", "/c/incident-response/procedures", "practitioner"),
        Shot("procedure", procedure, "practitioner", "procedure"),
        Shot("point", "/c/incident-response/new/procedure", "practitioner", "compose"),
        Shot("outside", "/c/home-visits/", "practitioner"),
        Shot("search", "/search?q=alarm+night+pressure", mockup="search"),
        Shot(
            "search-narrowed", "/search?q=alarm+night+pressure&s=living&from=2020&order=date", "practitioner", "search"
        ),
        Shot("search-misread", "/search?q=alarm&from=yesterday"),
        Shot("search-loosened", "/search?q=alarm+kind:dissent+before:2001"),
        Shot("search-empty", "/search?q=zzyzx", mockup="states"),
        Shot("profile", person, mockup="profile"),
        Shot("settings", "/settings/profile", "practitioner"),
        Shot("settings-account", "/settings/account", "practitioner"),
        Shot("settings-devices", "/settings/sessions", "practitioner"),
        Shot("settings-preferences", "/settings/preferences", "practitioner"),
        Shot("settings-leave", "/settings/deactivate", "practitioner"),
        Shot("settings-leave-not", "/settings/deactivate", "moderator"),
        Shot("admin-site", "/admin/", "administrator"),
        Shot("admin-people", "/admin/people", "administrator"),
        Shot("admin-suspend", "/admin/people/ishaan-kurup/suspend", "administrator"),
        Shot("admin-communities", "/admin/communities", "administrator"),
        Shot("reset", "/reset"),
        Shot("reset-sent", "/reset/sent"),
        Shot("signup-sent", "/signup/sent"),
        Shot("letter-over", "/letters/none"),
        Shot("signin", "/signin", mockup="signin"),
        Shot("signup", "/signup", mockup="signin"),
        Shot("not-found", "/t/0000", mockup="states"),
    ]


def first_link(page: Page, address: str) -> str:
    """Where the first row of a page's list leads."""
    page.goto(address)
    return page.locator("ol.threads :is(h2, h3) a").first.get_attribute("href") or ""


def _stem(thread: str) -> str:
    return re.sub(r"^(/t/[^/]+).*", r"\1", thread)


def take(browser: Browser, base: str, shot: Shot, width: int, theme: str, state: StorageState | None = None) -> None:
    """One screenshot, by somebody who is signed in already where `state` says so."""
    size = {"width": width, "height": 900 if width > 600 else 844}
    context = browser.new_context(viewport=size, color_scheme=theme, storage_state=state)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(base + shot.path)
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        print(f"    {shot.name} at {width}: scrolls sideways to {wide}")
    page.screenshot(path=FOLDER / f"{shot.name}-{width}-{theme}.png", full_page=True)
    context.close()


def sign_in(page: Page, base: str, who: str) -> None:
    page.goto(f"{base}/signin")
    page.fill("#email", f"{SIGN_INS[who]}@example.org")
    page.fill("#password", PASSWORD)
    page.click("main .btn-go")
    page.wait_for_load_state()


def sign_all_in(browser: Browser, base: str) -> dict[str, StorageState]:
    """Everybody's cookies: each signs in once, since the demonstration limits how often one may."""
    states = {}
    for who in SIGN_INS:
        context = browser.new_context()
        sign_in(context.new_page(), base, who)
        states[who] = context.storage_state()
        context.close()
    return states


def write_index(shots: list[Shot]) -> None:
    rows = []
    for shot in shots:
        ours = "".join(
            f'<figure><figcaption>{w} {t}</figcaption><img src="{shot.name}-{w}-{t}.png" width="{w // 3}"></figure>'
            for w in WIDTHS
            for t in THEMES
        )
        mock = MOCKUPS / f"{shot.mockup}-1280-light.png"
        beside = ""
        if shot.mockup and mock.is_file():
            source = html.escape(os.path.relpath(mock, FOLDER))
            beside = f'<figure><figcaption>mock-up</figcaption><img src="{source}" width="426"></figure>'
        rows.append(f"<h2>{shot.name} {html.escape(shot.path)} {shot.who}</h2><div>{ours}{beside}</div>")
    style = "body{font:14px sans-serif}div{display:flex;gap:1em;align-items:flex-start}img{border:1px solid #ccc}"
    (FOLDER / "index.html").write_text(f"<!doctype html><title>look</title><style>{style}</style>{''.join(rows)}")


if __name__ == "__main__":
    main()
