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

HOSTILE = "[" * 8 * 1024
FLOOD_SECONDS = 8


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
            outcome[1] += text not in _read(base + thread)

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
            outcome[1] += text not in _read(base + thread)


def _read(address: str, cookie: str = "") -> str:
    request = urllib.request.Request(address, headers={"Cookie": cookie} if cookie else {})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(answer.read().decode())


def reply(base: str, cookie: str, thread: str, text: str) -> float:
    """Send the form as a browser does: read the page for its token, then post; the seconds until it was answered.

    The answer is the 303: by then the reply is stored.
    """
    request = urllib.request.Request(base + thread, headers={"Cookie": cookie})
    with urllib.request.urlopen(request, timeout=20) as answer:
        page, cookies = answer.read().decode(), answer.headers.get_all("Set-Cookie") or []
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    if not token:
        raise SystemExit("bench: the page of a signed-in member holds no form")
    held = "; ".join([cookie, *(one.split(";")[0] for one in cookies)])
    body = urllib.parse.urlencode({"csrf_token": token[1], "body": text, "kind": "reply"}).encode()
    post = urllib.request.Request(
        f"{base}/t/{thread.split('/')[2]}/replies", data=body, headers={"Cookie": held, "Origin": base}
    )
    begun = time.monotonic()
    try:
        _posting.open(post, timeout=20)
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
        while not stop.is_set():
            reply(base, cookie, thread, HOSTILE)

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
