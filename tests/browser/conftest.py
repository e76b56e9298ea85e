"""A whole site, served as an operator would serve it, and a headless Chromium that looks at it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from bench.furnishing import Place, furnish
from tests.postbox import Mail, read_mail

COP = str(Path(sys.executable).with_name("cop"))
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@dataclass(frozen=True)
class Site:
    """A served site: where it is, and how its operator runs a command."""

    base: str
    environ: dict[str, str]

    def run(self, *arguments: str) -> str:
        done = subprocess.run([COP, *arguments], env=self.environ, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def wait_for_mail(self, to: str, about: str) -> Mail:
        """The latest letter to an address that speaks of something, once the worker has sent it."""
        for _ in range(150):
            arrived = [read_mail(path) for path in sorted(Path(self.environ["COP_DATA"], "mail").glob("*.eml"))]
            wanted = [mail for mail in arrived if mail.to == to and about in mail.subject]
            if wanted:
                return wanted[-1]
            time.sleep(0.2)
        raise AssertionError(f"no letter about “{about}” came to {to} in 30 seconds")


@contextlib.contextmanager
def serve(data: Path, **settings: str) -> Iterator[Site]:
    """`cop serve` on a free loopback port, ended with all it started."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    environ = os.environ | {"COP_DATA": str(data), "COP_BASE_URL": base, "COP_LIMITS": "off"} | settings
    with (data.parent / f"{data.name}.log").open("w") as log:
        server = subprocess.Popen([COP, "serve", "--port", str(port)], env=environ, stdout=log, stderr=log)
        try:
            wait_for(f"{base}/readyz", server)
            yield Site(base, environ)
        finally:
            server.terminate()
            server.wait(30)


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert server.poll() is None, "the server ended before it answered"
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=2).read()
            return
        time.sleep(0.2)
    raise AssertionError(f"{address} did not answer in a minute")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve(tmp_path_factory.mktemp("site") / "data") as served:
        yield served


@pytest.fixture(scope="session")
def site_on_postgresql(tmp_path_factory: pytest.TempPathFactory, postgresql: Callable[[], str]) -> Iterator[Site]:
    with serve(tmp_path_factory.mktemp("site") / "data", COP_DATABASE_URL=postgresql()) as served:
        yield served


@dataclass(frozen=True)
class Demo:
    """A demonstration: where it is, and what else has happened there."""

    base: str
    place: Place
    data: Path


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`cop demo`, as somebody who has just cloned the repository starts it, with what it has no page of."""
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
            yield Demo(base, furnish(folder / "data", base), folder / "data")
        finally:
            server.terminate()
            server.wait(30)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield launch(playwright)


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)


@pytest.fixture
def open_context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A browser of one's own: `open_context(PHONE, javascript=False)`."""
    opened: list[BrowserContext] = []

    def open_one(size: dict[str, int] = DESK, *, javascript: bool = True, **more: Any) -> BrowserContext:
        context = chromium.new_context(viewport=size, java_script_enabled=javascript, **more)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()
