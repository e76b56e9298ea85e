"""Eight people at their forms. What was not answered is sent again, the same form with the same key, until it is."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from bench.endurance.stage import SITUATION, Stage

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_ONE_STORY_IN = 12
_ONE_TWICE_IN = 10  # sent once more though it was answered: a double click
_PAUSE = 0.03  # seconds before it is sent again
STORY = {"situation": SITUATION, "noticed": "It hummed.", "did_why": "I listened.", "outcome": "It ran again."}


@dataclass
class Told:
    """What was acknowledged: each text with the address it led to, and how it went on the way."""

    replies: dict[str, str] = field(default_factory=dict)
    stories: dict[str, str] = field(default_factory=dict)
    sent_again: int = 0
    led_elsewhere: list[str] = field(default_factory=list)  # a form sent again that led to another address
    refused: dict[int, int] = field(default_factory=dict)  # status to number
    milliseconds: list[float] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.replies) + len(self.stories)


class Writers:
    """Write as long as they are let; `told` is what they have been told was taken.

    Args:
        port: of the server on this machine.
        tag: begins every text, so that two runs on one site are told apart.
    """

    def __init__(self, stage: Stage, port: int, *, tag: str = "run", pause: float = 0.0) -> None:
        self.told = Told()
        self._stage, self._port, self._tag, self._pause = stage, port, tag, pause
        self._stop, self._lock = threading.Event(), threading.Lock()
        self._threads = [threading.Thread(target=self._write, args=(n,)) for n in range(len(stage.sessions))]

    def start(self) -> None:
        for one in self._threads:
            one.start()

    def stop(self) -> None:
        """Each ends once what it has in hand is acknowledged, so that nothing hangs in between."""
        self._stop.set()
        for one in self._threads:
            one.join()

    def _write(self, number: int) -> None:
        chance = random.Random(number)
        browser = _Browser(self._port, self._stage.sessions[number])
        written = 0
        while not self._stop.is_set():
            written += 1
            text = f"{self._tag} writer {number} text {written:06}."
            is_story = chance.randrange(_ONE_STORY_IN) == 0
            path = f"{self._stage.community}new/story" if is_story else f"{chance.choice(self._stage.threads)}"
            target = path if is_story else f"/t/{path.split('/')[2]}/replies"
            fields = {"title": text, **STORY} if is_story else {"kind": "reply", "body": text}
            key = f"{self._tag}-{number}-{written}-{chance.getrandbits(32):x}"
            led_to = self._insist(browser, path, target, {**fields, "key": key})
            with self._lock:
                (self.told.stories if is_story else self.told.replies)[text] = led_to
            if chance.randrange(_ONE_TWICE_IN) == 0:
                with self._lock:
                    self.told.sent_again += 1
                if (again := self._insist(browser, path, target, {**fields, "key": key})) != led_to:
                    self.told.led_elsewhere.append(f"{text} {led_to} {again}")
            if self._pause:
                self._stop.wait(self._pause)
        browser.close()

    def _insist(self, browser: _Browser, path: str, target: str, fields: dict[str, str]) -> str:
        tries = 0
        while True:
            begun = time.monotonic()
            status, led_to = browser.send(path, target, fields)
            if status == 303:
                with self._lock:
                    self.told.milliseconds.append((time.monotonic() - begun) * 1000)
                    self.told.sent_again += tries > 0
                return led_to
            tries += 1
            with self._lock:
                self.told.refused[status] = self.told.refused.get(status, 0) + 1
            time.sleep(_PAUSE)


class _Browser:
    """One person's: a connection that is opened again when it was lost, and the token of their forms."""

    def __init__(self, port: int, session: str) -> None:
        self._port, self._cookie, self._token = port, f"cop_session={session}", ""
        self._connection = self._connect()

    def send(self, path: str, target: str, fields: dict[str, str]) -> tuple[int, str]:
        """The status, 0 when there was no answer, and where it leads."""
        try:
            if not self._token:
                self._read_token(path)
            if not self._token:
                return 0, ""
            status, headers, _body = self._ask("POST", target, urlencode({"csrf_token": self._token, **fields}))
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = self._connect()
            return 0, ""
        if status == 403:
            self._token = ""
        return status, urlsplit(headers.get("Location", "")).path

    def close(self) -> None:
        self._connection.close()

    def _read_token(self, path: str) -> None:
        status, headers, body = self._ask("GET", path)
        found = _TOKEN.search(body) if status == 200 else None
        if found:
            cookies = [one.split(";")[0] for one in headers.get_all("Set-Cookie") or [] if one.startswith("cop_form=")]
            self._token = found[1]
            self._cookie = "; ".join([self._cookie.split("; ")[0], *cookies])

    def _ask(self, method: str, path: str, body: str = "") -> tuple[int, http.client.HTTPMessage, str]:
        headers = {"Cookie": self._cookie, "Origin": f"http://127.0.0.1:{self._port}"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body or None, headers)
        with self._connection.getresponse() as answer:
            return answer.status, answer.headers, answer.read().decode()

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
