"""`make pictures`: the two pictures of the README, taken of the demonstration as it comes, on a desk by day."""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from bench.look import showing

FOLDER = Path("docs/pictures")
SIZE = {"width": 1280, "height": 1120}
MOST_BYTES = 150_000
QUALITY = 82
PLACE, STORY = "/c/bedside-icu/", "The scoop in the pressure trace"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, showing(Path(folder) / "data") as (browser, base):
        page = browser.new_page(viewport=SIZE, reduced_motion="reduce")  # type: ignore[arg-type]
        page.goto(base + PLACE)
        take(page, "community")
        page.get_by_role("link", name=STORY).first.click()
        page.wait_for_load_state()
        take(page, "story")


def take(page: Page, name: str) -> None:
    """What stands in the window, as WebP, which Chromium makes itself."""
    how = {"format": "webp", "quality": QUALITY}
    taken = page.context.new_cdp_session(page).send("Page.captureScreenshot", how)
    path = FOLDER / f"{name}.webp"
    path.write_bytes(base64.b64decode(taken["data"]))
    size = path.stat().st_size
    print(f"{path}: {size // 1000} kB")
    if size > MOST_BYTES:
        raise SystemExit(f"pictures: {path} is larger than {MOST_BYTES // 1000} kB")


if __name__ == "__main__":
    main()
