"""B35: whatever people do in whatever order, everybody sees what a small model says they see.

One story in a members community, and four people who come, say, change, take back, bring back, judge, are put out, ask
and are let in again. After each step somebody reads: their pages must say what the model says, and nothing else.
`COP_TEST_STEPS=10000` takes the ten thousand steps of the catalogue.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from random import Random

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cop.cli.derived.strays import find_strays
from cop.cli.queries import list_miscounts
from cop.platform.database import db, reading
from cop.platform.ids import spell
from cop.ranking.verification import check_orders
from cop.ranking.voices.verification import check_verdicts
from tests.cast import Cast, add_story
from tests.snapshots import Snapshot
from tests.web.reading import Reader

STEPS = int(os.environ.get("COP_TEST_STEPS", "120"))
AT_A_TIME = 40
TITLE = "The draught under the third door"
MEMBERS = ("maren", "tomasz", "caro")
HANDLES = {"tomasz": "tomasz-wieczorek", "caro": "caro-mbeki"}
EVERYBODY = (*MEMBERS, "otto")


@dataclass
class Said:
    """One reply of the model."""

    address: str
    author: str
    words: str
    is_withdrawn: bool = False

    def is_read_by(self, name: str) -> bool:
        return not self.is_withdrawn or self.author == name


class Browsers:
    """Everybody's browser, each with the token that its forms carry."""

    def __init__(self, client_of: Callable[[int], FlaskClient], cast: Cast) -> None:
        self._browsers = {name: client_of(getattr(cast, name)) for name in (*MEMBERS, "joanne", "otto")}
        self._guards = {name: self.read(name, "/c/").forms()["/signout"] for name in self._browsers}
        self._sent = count()

    def read(self, name: str, address: str) -> Reader:
        return Reader(self._browsers[name].get(address))

    def send(self, name: str, address: str, **fields: str) -> Reader:
        key = f"any order {next(self._sent)}"  # another form each time: one that is sent twice does its work once
        return Reader(self._browsers[name].post(address, data={**self._guards[name], "key": key, **fields}))


class Model:
    """Who is in, what was said, who judged, and whether the story stands; and each act, done on the site too."""

    ACTS = (
        "says_something", "says_something", "has_seen_it_too", "takes_a_verdict_back", "takes_the_story_back",
        "brings_the_story_back", "is_put_out", "goes", "comes_back", "comes_back", "changes_what_was_said",
        "takes_a_reply_back", "brings_a_reply_back",
    )  # fmt: skip

    def __init__(self, browsers: Browsers, told: str, chance: Random) -> None:
        self.browsers, self.told, self.chance = browsers, told, chance
        self.inside = set(MEMBERS)
        self.replies: list[Said] = []
        self.judged: set[str] = set()
        self.is_told = True
        self.number = 0
        self.done: list[str] = []

    def step(self) -> None:
        """Somebody does something, and somebody reads."""
        acts = self.ACTS if self.replies else self.ACTS[:-3]
        for act in (self.chance.choice(acts), "somebody_reads"):
            name = self.chance.choice(sorted(HANDLES) if act in ("is_put_out", "goes", "comes_back") else EVERYBODY)
            self.done.append(f"{name} {act}")
            getattr(self, act)(name)

    def says_something(self, name: str) -> None:
        self.number += 1
        words = f"Qzreply number {self.number}q was mine."
        sent = self.browsers.send(name, f"/t/{self.told}/replies", body=words)
        self.expect(sent, name, is_allowed=self.is_told)
        if sent.status == 303:
            self.replies.append(Said(sent.response.headers["Location"].rpartition("#p")[2], name, words))

    def changes_what_was_said(self, name: str) -> None:
        reply = self.pick()
        page = self.browsers.read(name, f"/p/{reply.address}/edit")
        is_allowed = reply.author == name and not reply.is_withdrawn
        assert (page.status == 200) == (is_allowed and name in self.inside)
        if page.status == 200:
            self.number += 1
            words = f"Qzreply number {self.number}q says it better."
            fields = {**page.forms()[f"/p/{reply.address}/edit"], "body": words}
            assert self.browsers.send(name, f"/p/{reply.address}/edit", **fields).status == 303
            reply.words = words

    def takes_a_reply_back(self, name: str) -> None:
        reply = self.pick()
        sent = self.browsers.send(name, f"/p/{reply.address}/withdraw")
        self.expect(sent, name, is_allowed=reply.author == name and not reply.is_withdrawn)
        reply.is_withdrawn = reply.is_withdrawn or sent.status == 303

    def brings_a_reply_back(self, name: str) -> None:
        reply = self.pick()
        sent = self.browsers.send(name, f"/p/{reply.address}/restore")
        self.expect(sent, name, is_allowed=reply.author == name and reply.is_withdrawn)
        reply.is_withdrawn = reply.is_withdrawn and sent.status != 303

    def has_seen_it_too(self, name: str) -> None:
        sent = self.browsers.send(name, f"/t/{self.told}/verdict", verdict="seen")
        self.expect(sent, name, is_allowed=self.is_told and name != "maren")
        if sent.status == 303:
            self.judged.add(name)

    def takes_a_verdict_back(self, name: str) -> None:
        sent = self.browsers.send(name, f"/t/{self.told}/verdict/withdraw")
        if sent.status == 303:
            self.judged.discard(name)

    def takes_the_story_back(self, name: str) -> None:
        sent = self.browsers.send(name, f"/t/{self.told}/withdraw")
        self.expect(sent, name, is_allowed=self.is_told and name == "maren")
        self.is_told = self.is_told and sent.status != 303

    def brings_the_story_back(self, name: str) -> None:
        sent = self.browsers.send(name, f"/t/{self.told}/restore")
        self.expect(sent, name, is_allowed=not self.is_told and name == "maren")
        self.is_told = self.is_told or sent.status == 303

    def is_put_out(self, name: str) -> None:
        sent = self.browsers.send("joanne", f"/c/bedside-icu/people/{HANDLES[name]}/remove", reason="A quarrel.")
        assert (sent.status == 303) == (name in self.inside)
        self.inside.discard(name)

    def goes(self, name: str) -> None:
        sent = self.browsers.send(name, "/c/bedside-icu/leave")
        assert (sent.status == 303) == (name in self.inside)
        self.inside.discard(name)

    def comes_back(self, name: str) -> None:
        sent = self.browsers.send(name, "/c/bedside-icu/ask", line="I would like to come back.")
        assert name in self.inside or sent.status == 303
        people = self.browsers.read("joanne", "/c/bedside-icu/people")
        for door in [action for action in people.forms() if action.endswith("/approve")]:
            assert self.browsers.send("joanne", door).status == 303
        self.inside.add(name)

    def somebody_reads(self, name: str) -> None:
        page = self.browsers.read(name, f"/t/{self.told}/any")
        if name not in self.inside:
            assert page.status == 404
            assert TITLE not in self.browsers.read(name, "/c/bedside-icu/").html
            return
        seen = {reply.words for reply in self.replies if reply.is_read_by(name)}
        assert seen == {line for line in page.words("ol[@class='posts']/li//div[@class='post-body']") if line}
        assert page.html.count("Qzreply") == len(seen)
        assert (TITLE in page.text) == (self.is_told or name == "maren")
        listed = self.browsers.read(name, "/c/bedside-icu/").words("ol[@class='threads']/li/div/h3/a")
        assert (TITLE in listed) == self.is_told
        if self.is_told and name != "maren":
            assert ("You have seen this too" in page.text) == (name in self.judged)

    def pick(self) -> Said:
        return self.chance.choice(self.replies)

    def expect(self, sent: Reader, name: str, *, is_allowed: bool) -> None:
        """It is done, or refused; and to whoever is not in, there is nothing here."""
        if name not in self.inside:
            assert sent.status == 404
        else:
            assert (sent.status == 303) == is_allowed, (sent.status, sent.text[:300])


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.timeout(max(240, STEPS))
def test_everybody_sees_what_the_model_says_whatever_was_done_in_whatever_order(
    app: Flask, cast: Cast, now: datetime, client_of: Callable[[int], FlaskClient], empty_tables: Callable[[], None]
) -> None:
    told = spell(add_story(cast.maren, cast.bedside, now - timedelta(days=3), title=TITLE))
    _close_the_doors(client_of(cast.joanne))
    browsers = Browsers(client_of, cast)
    start = Snapshot.take()

    for seed in range(STEPS // AT_A_TIME):
        empty_tables()
        start.put_back()
        model = Model(browsers, told, Random(seed))
        try:
            for _ in range(AT_A_TIME):
                model.step()
            for name in EVERYBODY:
                model.somebody_reads(name)
        except AssertionError as error:
            error.add_note(f"seed {seed}: {', '.join(model.done)}")
            raise
        db.session.remove()
        assert [*check_orders(), *check_verdicts(), *find_strays()] == []
        with reading():
            assert list_miscounts(5) == []


def _close_the_doors(joanne: FlaskClient) -> None:
    """Bedside ICU is read by its members alone."""
    page = Reader(joanne.get("/c/bedside-icu/settings"))
    fields = {**page.forms()["/c/bedside-icu/settings"], "visibility": "members"}
    assert joanne.post("/c/bedside-icu/settings", data=fields).status_code == 303
