"""People who write while pages are measured: one who goes on replying, and five who send what no renderer likes."""

from __future__ import annotations

import contextlib
import os
import re
import statistics
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator

from bench.serving import read

HOSTILE = "[" * 8 * 1024
FLOOD_SECONDS = 8
KIND = ("kind", "reply")


@contextlib.contextmanager
def replying(base: str, cookie: str, threads: list[str]) -> Iterator[list[int]]:
    """Reply every two seconds while the block runs; at its end [pages looked at, pages that lacked the reply]."""
    stop, said, outcome = threading.Event(), [], [0, 0]

    def talk() -> None:
        n = 0
        while not stop.wait(2):
            n += 1
            thread, text = threads[n % len(threads)], f"Said while it was measured, number {n} of {os.getpid()}."
            reply(base, cookie, thread, text)
            said.append((thread, text))
            outcome[0] += 1
            outcome[1] += text not in read(base + thread)

    speaker = threading.Thread(target=talk)
    speaker.start()
    try:
        yield outcome
    finally:
        stop.set()
        speaker.join()
        for n in range(max(0, 100 - outcome[0])):
            thread, text = said[n % len(said)]
            outcome[0] += 1
            outcome[1] += text not in read(base + thread)


def reply(base: str, cookie: str, thread: str, text: str) -> float:
    """Send the form as a browser does: read the page, then post; the seconds until the post was answered."""
    return Form(base, cookie, thread).post(text)


class Form:
    """The form below a thread, as one person's browser holds it: read once, posted as often as they like."""

    def __init__(self, base: str, cookie: str, thread: str) -> None:
        request = urllib.request.Request(base + thread, headers={"Cookie": cookie})
        with urllib.request.urlopen(request, timeout=20) as answer:
            page, cookies = answer.read().decode(), answer.headers.get_all("Set-Cookie") or []
        self.origin, self.path = base, f"/t/{thread.split('/')[2]}/replies"
        form = re.search(rf'<form[^>]*action="{self.path}.*?</form>', page, re.DOTALL)
        if not form:
            raise SystemExit("bench: the page of a signed-in member holds no form")
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0])
        self.body = urllib.parse.urlencode([*((name, value) for name, value in hidden if name != "key"), KIND])
        self.cookie = "; ".join([cookie, *(one.split(";")[0] for one in cookies)])

    def post(self, text: str) -> float:
        """The seconds until it was answered. The answer is the 303: by then the reply is stored."""
        sent = f"{self.body}&{urllib.parse.urlencode({'body': text})}".encode()
        headers = {"Cookie": self.cookie, "Origin": self.origin}
        begun = time.monotonic()
        try:
            _posting.open(urllib.request.Request(self.origin + self.path, data=sent, headers=headers), timeout=20)
        except urllib.error.HTTPError as answer:
            if answer.code == 303:
                return time.monotonic() - begun
            raise
        raise SystemExit("bench: the reply was not taken")


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_asked: object) -> None:
        return None


_posting = urllib.request.build_opener(_StayHere)


def flood(base: str, cookies: list[str], threads: list[str]) -> tuple[float, float, int]:
    """How long an ordinary reply takes while five others post 8 kB of `[`: median and longest in ms, and how many."""
    stop, taken = threading.Event(), []

    def shout(cookie: str, thread: str) -> None:
        form = Form(base, cookie, thread)
        while not stop.is_set():
            form.post(HOSTILE)

    shouting = [threading.Thread(target=shout, args=(cookie, threads[n])) for n, cookie in enumerate(cookies[1:6])]
    for one in shouting:
        one.start()
    ends = time.monotonic() + FLOOD_SECONDS
    while time.monotonic() < ends:
        taken.append(reply(base, cookies[0], threads[9], f"An ordinary reply, number {len(taken)}.") * 1000)
        time.sleep(0.1)
    stop.set()
    for one in shouting:
        one.join()
    return statistics.median(taken), max(taken), len(taken)
