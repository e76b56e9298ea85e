"""500 texts that would run a script, in every field that keeps one, read in a real browser without our policy.

The policy (CSP) would stop most of them; here a layer in front of the site takes it away, so that what holds is the
escaping. The same layer serves some of them as they are: the browser must run those, or the rest would prove nothing.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Dialog, Page
from sqlalchemy import select, update
from werkzeug.serving import WSGIRequestHandler, make_server

from cop.accounts import names
from cop.accounts.models import Person
from cop.accounts.operations import Practice, say_practice
from cop.accounts.sessions import start_session
from cop.communities.models import Community
from cop.communities.operations import found_community
from cop.communities.queries import list_communities_by_id, load_person_as_viewer
from cop.communities.requests.operations import ask_to_join
from cop.communities.topics.operations import LONGEST_TOPIC, add_topic
from cop.discussions.cues import LONGEST_HOOK
from cop.discussions.models import FIELDS, Thread
from cop.discussions.operations import publish_reply, revise_story, tell_story
from cop.discussions.replies import ReplyDraft, render_reply
from cop.discussions.stories import LONGEST_TITLE, StoryDraft, render_story, tidy_line, tidy_text
from cop.platform import markup
from cop.platform.database import close_connections, db, transaction
from cop.platform.ids import spell
from cop.platform.outbox import deliver_due
from tests.browser.payloads import ELEMENTS, batched, every_payload
from tests.cast import add_community, add_member, add_person
from tests.conftest import NOW, make_app

pytestmark = pytest.mark.browser
PAYLOADS = every_payload()
AUTHORS, PLACES = 13, 6
HOOK = """
window.__ran = [];
window.__xss = (number) => { window.__ran.push(number); console.log("__xss ran " + number); };
"""
AUDIT = """
async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const alive = [], never = new Set(["iframe", "object", "embed", "base", "marquee", "video", "audio", "math", "style"]);
  for (const one of document.querySelectorAll("*")) {
    const name = one.localName;
    if (never.has(name)) alive.push(name);
    if (name === "script" && !(one.src && new URL(one.src).origin === location.origin)) alive.push("script");
    if (name === "meta" && one.httpEquiv) alive.push("meta");
    for (const {name: attribute, value} of one.attributes) {
      const address = value.replace(/[\\u0000-\\u0020]/g, "").toLowerCase();
      if (/^(on|style$|srcdoc$)/i.test(attribute)) alive.push(name + " " + attribute);
      if (/^(href|src|action|formaction|data|poster|xlink:href)$/i.test(attribute) && /^(javascript|data|vbscript|blob):/.test(address)) alive.push(name + " " + value);
    }
  }
  return alive.concat(window.__ran.map((number) => "ran " + number));
}
"""  # noqa: E501
SEND = """
([path, fields]) => {
  const form = document.createElement("form"), token = document.querySelector("input[name=csrf_token]");
  form.action = path; form.method = "post";
  for (const [name, value] of token ? [...fields, ["csrf_token", token.value]] : fields) {
    const box = document.createElement("textarea");
    box.name = name; box.value = value;
    form.append(box);
  }
  document.body.append(form);
  HTMLFormElement.prototype.submit.call(form);
}
"""


def joined(payloads: Iterable[str]) -> str:
    return tidy_text("\n\n".join(payloads))


def lines(most: int) -> list[str]:
    """The payloads that fit into a field of one line, as it keeps them."""
    return [line for one in PAYLOADS if 3 <= len(line := tidy_line(one)) <= most]


def packed(texts: Sequence[str], most: int) -> list[str]:
    """As many of the texts on each line as fit there."""
    rows = [texts[0]]
    for text in texts[1:]:
        if len(rows[-1]) + 1 + len(text) <= most:
            rows[-1] += f" {text}"
        else:
            rows.append(text)
    return rows


@dataclass
class World:
    """The site with a payload in every field that keeps a text."""

    reader: int
    slugs: list[str] = field(default_factory=list)
    authors: list[int] = field(default_factory=list)
    handles: list[str] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    talk: int = 0


def furnish(app: Flask, now: datetime) -> World:
    """Put them everywhere, by the operations that the forms use."""
    world = World(add_person("Reader of all", now))
    with transaction() as s:
        s.execute(update(Person).where(Person.id == world.reader).values(administrator_since=now))
    _people(world, now)
    _places(world, now)
    _stories(world, now)
    _replies(world, now)
    while deliver_due(app.extensions["cop-jobs"], claim="xss", now=now):
        pass
    db.session.remove()
    return world


def _people(world: World, now: datetime) -> None:
    short = lines(120)
    called = [name for one in PAYLOADS if "<" in one and not names.fault_of(name := names.tidy(one))]
    bios = [markup.render(joined(some)) for some in batched(PAYLOADS, len(PAYLOADS) // AUTHORS + 1)]
    for number, bio in enumerate(bios):
        person = add_person(f"Author{chr(97 + number)} of many", now)
        practice = Practice(short[number * 9], 2001, short[-number * 9 - 1])
        with transaction():
            say_practice(
                actor=load_person_as_viewer(person), name=called[number * 3], practice=practice, bio=bio, now=now
            )
        world.authors.append(person)
        with transaction() as s:
            world.handles.append(s.get_one(Person, person).handle)


def _places(world: World, now: datetime) -> None:
    called, practised, topics, vouches = lines(80), lines(200), lines(LONGEST_TOPIC), lines(280)
    for number, some in enumerate(batched(PAYLOADS, len(PAYLOADS) // PLACES + 1)):
        slug = f"place-{number}"
        welcome = markup.render(joined(some))
        with transaction():
            here = found_community(
                name=called[number * 9], slug=slug, practice=practised[number * 9], welcome=welcome, now=now,
                moderator_id=world.reader,
            ).id  # fmt: skip
        for topic in topics[number::PLACES][:40]:
            with transaction() as s:
                reader, place = load_person_as_viewer(world.reader), s.get_one(Community, here)
                add_topic(actor=reader, community=place, name=topic, now=now)
        world.slugs.append(slug)
        for turn, author in enumerate(world.authors if number == 0 else ()):
            add_member(
                author,
                here,
                now,
                vouched_by=world.reader if turn < 25 else None,
                line=vouches[turn * 19 % len(vouches)],
            )
    closed = add_community("Closed", "closed", world.reader, now, visibility="members")
    for turn, author in enumerate(world.authors):
        with transaction():
            line = list_communities_by_id(load_person_as_viewer(world.reader), [closed])[closed]
            asker = load_person_as_viewer(author)
            ask_to_join(actor=asker, community=line, line=vouches[turn * 17 % len(vouches)], now=now)


def _stories(world: World, now: datetime) -> None:
    """All of them in titles and in the lines under these; and in the boxes of the first stories, four in each."""
    hooks = packed(lines(LONGEST_HOOK), LONGEST_HOOK)
    boxes = [joined(some) for some in batched(PAYLOADS, 4)]
    stories = []
    titles = packed(lines(LONGEST_TITLE), LONGEST_TITLE)
    for number, hook in enumerate(hooks):
        mine = boxes[number * len(FIELDS) : (number + 1) * len(FIELDS)] or ["Nothing here."]
        draft = StoryDraft(titles[number % len(titles)], dict(zip(FIELDS, mine, strict=False)), hook=hook)
        stories.append(render_story(draft, now=now))
    with transaction() as s:
        here = s.scalars(select(Community.id).where(Community.slug == world.slugs[0])).one()
        for number, story in enumerate(stories):
            author = load_person_as_viewer(world.reader if number < 16 else world.authors[number % len(world.authors)])
            place = s.get_one(Community, here)
            told = tell_story(actor=author, community=place, story=story, now=now - timedelta(minutes=number))
            world.told.append(told.id)
    with transaction() as s:
        thread, reader = s.get_one(Thread, world.told[0]), load_person_as_viewer(world.reader)
        revise_story(actor=reader, thread=thread, story=stories[1], seen_revision=0, now=now)


def _replies(world: World, now: datetime) -> None:
    texts = [render_reply(ReplyDraft(joined(some))) for some in batched(PAYLOADS, 2)]
    world.talk = world.told[20]
    with transaction() as s:
        authors = [load_person_as_viewer(author) for author in world.authors]
        thread = s.get_one(Thread, world.talk)
        for number, text in enumerate(texts):
            publish_reply(actor=authors[number % len(authors)], thread=thread, text=text, now=now)


class Quiet(WSGIRequestHandler):
    def log_request(self, *_request: object) -> None:
        """What was asked for would fill screens."""


def without_policy(app: Flask) -> Callable[..., Any]:
    """The layer in front: it takes the policy away, and serves payloads as nobody ever should."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["PATH_INFO"] == "/planted":
            start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
            number = environ["QUERY_STRING"]
            if number:
                return [f"<!doctype html><body>{PAYLOADS[int(number)]}".encode()]
            frames = "".join(f'<iframe src="/planted?{place}"></iframe>' for place in range(len(ELEMENTS)))
            return [f"<!doctype html><body>{frames}".encode()]

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            kept = [header for header in headers if header[0].lower() != "content-security-policy"]
            return start_response(status, kept, *rest)

        return app.wsgi_app(environ, start)

    return answer


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, World, str]]:
    """The site without its policy: where it is, what is in it, and the reader's session."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base, patch = f"http://127.0.0.1:{port}", pytest.MonkeyPatch()
    patch.setattr("cop.platform.clock.now", lambda: NOW)
    app = make_app(Path(tmp_path_factory.mktemp("xss")), "", base_url=base)
    with app.app_context():
        world = furnish(app, NOW)
        with transaction():
            token = start_session(person_id=world.reader, stays=True, now=NOW)
        db.session.remove()
    app.config["TESTING"] = False
    server = make_server("127.0.0.1", port, without_policy(app), threaded=True, request_handler=Quiet)  # type: ignore[arg-type]
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield base, world, token
    server.shutdown()
    serving.join()
    server.server_close()
    with app.app_context():
        close_connections()
    patch.undo()


@dataclass
class Watch:
    """A browser that writes down whatever it ought not to have done."""

    page: Page
    base: str
    alive: list[tuple[str, str]] = field(default_factory=list)
    looked_at: int = 0

    @classmethod
    def over(cls, context: BrowserContext, base: str) -> Watch:
        context.add_init_script(HOOK)
        watch = cls(context.new_page(), base)
        watch.page.on("console", lambda said: watch.note(said.text) if "__xss" in said.text else None)
        watch.page.on("dialog", watch.answer)
        watch.page.on("request", lambda sent: None if sent.url.startswith(base) else watch.note(f"asked {sent.url}"))
        return watch

    def answer(self, asked: Dialog) -> None:
        """Only the page's own question whether to leave what is not saved yet may be asked."""
        if asked.type == "beforeunload":
            asked.accept()
            return
        self.note(f"dialog {asked.message}")
        asked.dismiss()

    def note(self, what: str) -> None:
        self.alive.append((self.page.url, what))

    def open(self, path: str) -> None:
        self.page.goto(self.base + path, wait_until="load")
        self.look()

    def send(self, path: str, fields: Sequence[tuple[str, str]]) -> None:
        with self.page.expect_navigation(wait_until="load"):
            self.page.evaluate(SEND, [path, fields])
        self.look()

    def look(self) -> None:
        self.looked_at += 1
        self.alive += [(self.page.url, what) for what in self.page.evaluate(AUDIT)]


@pytest.fixture
def watch(chromium: Browser, place: tuple[str, World, str]) -> Iterator[Watch]:
    base, _world, token = place
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "cop_session", "value": token, "url": base}])
    context.set_default_timeout(20_000)
    yield Watch.over(context, base)
    context.close()


def test_b01_the_browser_runs_what_is_planted_and_no_policy_stops_it(watch: Watch) -> None:
    """Otherwise the tests below would hold in any browser that runs nothing."""
    watch.page.goto(f"{watch.base}/planted", wait_until="load")
    watch.page.wait_for_timeout(1_500)
    ran = {int(found[1]) for _where, what in watch.alive if (found := re.search(r"__xss ran (\d+)", what))}
    watch.alive.clear()
    answer = watch.page.goto(f"{watch.base}/c/place-0/")
    watch.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=__xss(77)>')")
    watch.page.wait_for_function("window.__ran.includes(77)")

    assert len(PAYLOADS) >= 500
    assert len(ran) > len(ELEMENTS) * 0.6, sorted(set(range(len(ELEMENTS))) - ran)
    assert answer is not None
    assert "content-security-policy" not in answer.headers


def test_b01_b02_nothing_that_was_kept_runs_wherever_it_is_read(watch: Watch, place: tuple[str, World, str]) -> None:
    _base, world, _token = place
    here = world.slugs[0]

    for address in _addresses(world, here):
        watch.open(address)
    following: str | None = f"/t/{spell(world.talk)}/x?at=first"
    shown = 0
    while following:  # every reply, twenty at a time
        watch.open(following)
        shown += watch.page.locator("article.post, li.post").count()
        later = watch.page.get_by_role("button", name="Later", exact=True).first  # it keeps what is being written
        following = later.get_attribute("value") if later.count() else None
    following = f"/c/{here}/?sort=new"
    listed = 0
    while following:  # every title, with the line under it
        watch.open(following)
        listed += watch.page.locator("li.thread").count()
        less = watch.page.locator("a[rel=next]").first
        following = less.get_attribute("href") if less.count() else None

    assert watch.alive == []
    assert shown == len(PAYLOADS) // 2
    assert listed == len(world.told)


def _addresses(world: World, here: str) -> Iterator[str]:
    yield from (f"/c/{slug}/{page}" for slug in world.slugs for page in ("", "about"))
    yield from (f"/c/{slug}/settings" for slug in world.slugs[:3])
    yield from ("/c/", "/", "/tell", "/drafts", f"/c/{here}/people", "/c/closed/people", f"/c/{here}/new/story")
    yield from ("/admin/people", "/admin/communities", f"/c/{here}/new/question", f"/c/{here}/procedures")
    yield from (f"/people/{handle}" for handle in world.handles)
    yield from (f"/c/{here}/people/{handle}" for handle in world.handles[:5])
    yield from (f"/t/{spell(thread_id)}/x" for thread_id in world.told[:16])
    yield from (f"/t/{spell(thread_id)}/edit" for thread_id in world.told[1:5])
    yield f"/t/{spell(world.told[0])}/revisions"
    yield from ("/search?q=xss&order=date", "/search?q=img+onerror", "/search?q=svg+onload&order=living")


def test_b01_nothing_that_is_typed_or_sent_runs_when_it_comes_back(watch: Watch, place: tuple[str, World, str]) -> None:
    _base, world, _token = place
    here = world.slugs[0]

    for some in batched(PAYLOADS, 26):  # searched for, as the words and as all there is beside them
        words = " ".join(some)[:2_000]
        watch.open("/search?" + urlencode({"q": words, "c": some[3]}))
    for some in batched(PAYLOADS, 84):
        watch.open(
            "/search?" + urlencode({"q": some[0], **dict(zip(("by", "t", "k", "s", "from", "to"), some, strict=False))})
        )
    for some in batched(PAYLOADS, 84):  # refused, previewed and given back
        fields = [(name, joined(some[at * 10 : at * 10 + 11])) for at, name in enumerate(FIELDS)]
        watch.send(f"/c/{here}/new/story", [*fields, ("title", some[0]), ("hook", some[1]), ("preview", "1")])
    for path in (
        f"/c/{here}/new/story",
        "/settings/profile",
        "/c/new",
        f"/c/{here}/topics",
        "/nowhere",
        "/t/none/edit",
    ):
        sent = [(name, joined(PAYLOADS[:40])) for name in ("title", "name", "bio", "welcome", "slug", "situation")]
        watch.send(path, sent)
    watch.page.context.clear_cookies()
    watch.open("/signin?next=" + PAYLOADS[5])
    watch.send(f"/t/{spell(world.talk)}/replies", [("body", joined(PAYLOADS))])  # kept, and shown beside the sign-in
    watch.send("/signup", [(name, joined(PAYLOADS[::6])) for name in ("name", "email", "practice", "setting", "next")])

    assert watch.alive == []
    assert watch.looked_at > 30


def test_b01_b11_nothing_runs_in_what_our_own_scripts_put_on_the_page(
    watch: Watch, place: tuple[str, World, str]
) -> None:
    """Titles and topics while one types, people to mention, discussions that are near."""
    _base, world, _token = place
    offered = 0

    for typed in ("img src", "svg", "script"):
        watch.open("/c/")
        watch.page.locator("#find-q").press_sequentially(typed, delay=5)
        watch.page.wait_for_selector("#find-q-titles li")
        offered += watch.page.locator("#find-q-titles li").count()
        watch.look()
    watch.open(f"/c/{world.slugs[0]}/new/story")
    watch.page.locator("#situation").fill("An img with a src and onerror, a script and an svg with its onload. " * 4)
    watch.page.wait_for_selector("[data-similar] section")
    watch.look()
    watch.open(f"/t/{spell(world.talk)}/x")
    watch.page.locator("#body").press_sequentially("@au", delay=20)
    watch.page.wait_for_timeout(600)
    watch.look()

    assert watch.alive == []
    assert offered > 8
    assert urlsplit(watch.page.url).path == f"/t/{spell(world.talk)}/x"
