"""`make look`: every page of the demonstration at 390 and 1280, light and dark: photographed, and looked at by axe.

The Nu checker, which `make look` fetches (NU names its jar), reads the HTML of every page, as it was sent.
Where the mock-ups are at hand (../shared/design/shots), `look/index.html` sets each page beside its own. LOOK=pattern
takes only the pages whose names match.
"""

from __future__ import annotations

import contextlib
import html
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Response, sync_playwright

from bench.furnishing import Place, furnish
from bench.pages import Shot, list_shots
from bench.serving import serving

FOLDER = Path("look")
ONLY = os.environ.get("LOOK", "")
GRAVE = ("serious", "critical")
MOCKUPS = Path("../shared/design/shots")
NU = os.environ.get("NU", "")
SUGGESTIONS = (
    "Article lacks heading",  # an answer has a label; a heading for each would fill the list of headings
    "is not supported in all browsers",
)
WIDTHS, HEIGHTS = (1280, 390), {1280: 900, 390: 844}
THEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
WAITS = 120  # seconds, for a demonstration that has to be made first
CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    (FOLDER / "sent").mkdir(parents=True)
    with showing(FOLDER / "data") as (browser, base):
        place = furnish(FOLDER / "data", base)
        shots = [shot for shot in list_shots(place) if not ONLY or re.search(ONLY, shot.name)]
        people = Looking(browser, base, place)
        faults = [fault for shot in shots for fault in take(people, shot)]
    faults += list_invalid(FOLDER / "sent")
    write_index(shots)
    print(f"{len(shots) * len(WIDTHS) * len(THEMES)} screenshots in {FOLDER.resolve()}; open {FOLDER / 'index.html'}")
    if faults:
        raise SystemExit(f"look: {len(faults)} faults; they are named above")


@contextlib.contextmanager
def showing(data: Path) -> Iterator[tuple[Browser, str]]:
    """A browser, and the demonstration in a folder of its own, served."""
    cop = str(Path(sys.executable).with_name("cop"))
    settings = {"COP_DATA": str(data), "COP_LIMITS": "off"}
    with serving([cop, "demo"], "--port {port}", settings) as base, sync_playwright() as playwright:
        wait_for(f"{base}/readyz")
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        try:
            yield browser, base
        finally:
            browser.close()


class Looking:
    """Everybody who looks, each with a page that is used for all they look at."""

    def __init__(self, browser: Browser, base: str, place: Place, **how: Any) -> None:
        self.base = base
        self._browser, self._place, self._how = browser, place, how
        self._pages: dict[str, Page] = {}

    def page_of(self, who: str) -> Page:
        if who not in self._pages:
            context = self._browser.new_context(reduced_motion="reduce", **self._how)
            if who:
                context.add_cookies([{"name": "cop_session", "value": self._place.sessions[who], "url": self.base}])
            self._pages[who] = context.new_page()
        return self._pages[who]

    def close(self) -> None:
        for page in self._pages.values():
            page.context.close()


def wait_for(address: str) -> None:
    """Until a server that has much to do first answers."""
    for _ in range(WAITS * 5):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=2).read()
            return
        time.sleep(0.2)
    raise SystemExit(f"look: {address} did not answer in {WAITS} seconds")


def take(people: Looking, shot: Shot) -> list[str]:
    """Four screenshots of one page; the faults that it has in any of them."""
    page, faults = people.page_of(shot.who), []
    (FOLDER / "sent" / f"{shot.name}.html").write_text(open_shot(page, people.base, shot).text(), encoding="utf-8")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            faults += [f"    {shot.name} at {width}, {theme}: {fault}" for fault in list_faults(page)]
            page.screenshot(path=FOLDER / f"{shot.name}-{width}-{theme}.png", full_page=True)
    print("\n".join([f"  {shot.name}", *faults]), flush=True)
    return faults


def open_shot(page: Page, base: str, shot: Shot) -> Response:
    """Go there and, where the shot is of an answer, press the button; the page's answer."""
    answer = page.goto(base + shot.path)
    if shot.press:
        page.evaluate("for (const form of document.forms) form.noValidate = true")  # the answer is wanted, not theirs
        with page.expect_navigation() as led:
            page.locator("main button:not(.vh)", has_text=re.compile(f"^{shot.press}$")).last.click()
        answer = led.value
    assert answer is not None, shot.name
    assert answer.status == shot.status, (shot.name, answer.status)
    return answer


def list_faults(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """What axe finds grave, and a page that is wider than the window."""
    if not page.evaluate("'axe' in window"):  # parsing it costs as much as a run of it
        page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found = page.evaluate("options => axe.run(options).then(ran => ran.violations)", options)
    faults = [f"{one['id']}: {node['html'][:120]}" for one in found if one["impact"] in GRAVE for node in one["nodes"]]
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*faults, f"scrolls sideways by {over}"] if over > 0 else faults


def list_invalid(sent: Path) -> list[str]:
    """What the Nu checker says of the pages; what it only suggests where a name stands for a heading is left out."""
    if not NU:
        print("  The Nu checker is not here, so only axe has looked.")
        return []
    command = ["java", "-Xss1m", "-jar", NU, "--format", "gnu", *map(str, sorted(sent.glob("*.html")))]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr.splitlines()
    faults = [line for line in said if line.strip() and not any(words in line for words in SUGGESTIONS)]
    print("\n".join(["  valid HTML, says the Nu checker" if not faults else "  the Nu checker:", *faults]), flush=True)
    return faults


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
        rows.append(f"<h2>{shot.name} {html.escape(shot.path)} {shot.who} {shot.press}</h2><div>{ours}{beside}</div>")
    style = "body{font:14px sans-serif}div{display:flex;gap:1em;align-items:flex-start}img{border:1px solid #ccc}"
    (FOLDER / "index.html").write_text(f"<!doctype html><title>look</title><style>{style}</style>{''.join(rows)}")


if __name__ == "__main__":
    main()
