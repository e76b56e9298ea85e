"""Whatever is typed into any field is taken, tidied or refused with a sentence; nothing breaks and nothing comes alive.

The ids are those of group B. What runs in a browser is looked for in `tests/browser/test_xss.py`.
"""

from __future__ import annotations

import gzip
import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from urllib.parse import quote_from_bytes, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from cop.accounts.models import Person
from cop.communities.queries import get_listed, load_person_as_viewer
from cop.communities.requests.operations import ask_to_join
from cop.communities.requests.queries import list_open_requests
from cop.discussions.models import Thread
from cop.platform.database import reading, transaction
from cop.platform.ids import spell
from cop.platform.markup import TEXT_LIMIT_BYTES
from tests.cases.stage import add_case, choose
from tests.cast import Cast, add_member, add_reply, add_story, add_topic
from tests.postbox import Postbox
from tests.probing import add_probe
from tests.security.fields import ARGUMENTS, BESIDE, FIGURES, FORMS, SEARCH, fields_of_forms, names_read
from tests.web.reading import read, send

Clients = Callable[[int], FlaskClient]
SAID = {200, 302, 303, 400, 401, 403, 404, 409, 413, 422}
HIDDEN = "\u202e\u202d\u2066\u2067\u2069"  # they turn what follows round: bidi overrides and isolates

HOSTILE = {
    "what hides and turns round": (
        "\u202eab\u2067 \u200b\ufeffZ\u0335\u0353\u0489"
        "\uff21\ufdfa\u0131\u017f\x00\x08\x1b\x7f\ufffe\U000fffff \u2800"
    ),
    "templates and queries": "'; -- \" \\' %_ {{7191*7}} %(s)s %s {0} <b>",
    "lines of a header": "x\r\nSet-Cookie: a=b\r\n\r\n../[x](javascript:1)",
    "much of it": "=1+1 undefined NaN 1e999 -1 \u0661 CON a@b @joanne-pell " + "w" * 3_000,
}  # fmt: skip
READ = ("/", "/c/", "/c/bedside-icu/", "/c/bedside-icu/people", "/people/joanne-pell", "/search?q=chart+ok")
BROKEN = b"a\xed\xa0\x80b\xc0\xafc\xffd\xf8\x88\x80\x80\x80"  # a lone surrogate, a slash too long, no UTF-8 at all


@dataclass
class Stage:
    """One of everything that forms go to, and a browser for whoever sends them."""

    browsers: dict[str, FlaskClient]
    spelled: dict[str, str]
    tokens: dict[str, str]

    def address(self, path: str) -> str:
        for name, value in self.spelled.items():
            path = path.replace("{" + name + "}", value)
        return path

    def post(self, who: str, path: str, body: bytes) -> int:
        """Send what a browser would not; the form's token stands in front."""
        token = f"csrf_token={self.tokens[who]}&".encode() if who in self.tokens else b""
        answer = self.browsers[who].post(
            self.address(path), data=token + body, content_type="application/x-www-form-urlencoded"
        )
        return answer.status_code


@pytest.fixture
def stage(
    app: Flask, cast: Cast, now: datetime, client_of: Clients, post: Postbox, deliver: Callable[[], int]
) -> Stage:
    add_topic(cast.joanne, cast.bedside, "Nights", now)
    add_member(cast.bea, cast.bedside, now)
    told = add_story(cast.joanne, cast.bedside, now, title="Told by Joanne")
    reply = add_reply(cast.joanne, told, now)
    with transaction() as s:
        s.execute(update(Person).where(Person.id == cast.joanne).values(administrator_since=now))
        night = get_listed(load_person_as_viewer(cast.joanne), "night-shift-pzqlmn")
        ask_to_join(actor=load_person_as_viewer(cast.otto), community=night, line="I work there.", now=now)
    with reading():
        (asked,) = list_open_requests(night.id)
    divided = add_case(cast.caro, cast.bedside, now, title="Joanne stands alone")
    for who, first in ((cast.maren, 1), (cast.tomasz, 1), (cast.joanne, 2)):
        choose(who, divided, now, first=first)
    deliver()
    visitor = app.test_client()
    visitor.post("/signup", data={"name": "Ned Whelan", "email": "ned@example.org"})
    join = post.fetch_one("ned@example.org", "Make your account").token
    visitor.post("/reset", data={"email": "bea@example.org"})
    asked_of_joanne = add_probe(cast.tomasz, told, now) or 0
    spelled = {
        "story": spell(told), "other": spell(add_story(cast.maren, cast.bedside, now)), "reply": spell(reply),
        "probe": spell(asked_of_joanne), "asked": spell(divided),
        "case": spell(add_case(cast.maren, cast.bedside, now)),
        "live": spell(add_case(cast.joanne, cast.bedside, now, title="Still to come", outcome="")),
        "request": str(asked.id), "join": join, "reset": post.fetch_one("bea@example.org").token,
    }  # fmt: skip
    browsers = {"joanne": client_of(cast.joanne), "piet": client_of(cast.piet), "nobody": visitor}
    tokens = {
        who: read(browsers[who], "/c/").forms()["/signout"]["csrf_token"] for who in ("joanne", "piet")
    }  # fmt: skip
    return Stage(browsers, spelled, tokens)


def sent_to(stage: Stage, value: bytes) -> Iterator[tuple[str, int]]:
    """Send the value in every field there is, one at a time, with the rest as it would be taken; every answer."""
    for form in FORMS:
        beside = {name: stage.address(text) for name, text in form.beside.items()}
        for name in form.texts:
            rest = urlencode({other: text for other, text in beside.items() if other != name}).encode()
            status = stage.post(form.who, form.path, rest + b"&%s=%s" % (name.encode(), value))
            yield f"{form.form} {form.path} {name}", status
    for path, names in BESIDE.items():
        for name in names:
            yield f"{path} {name}", stage.post("joanne", path, b"%s=%s" % (name.encode(), value))
    for path, names in ARGUMENTS.items():
        for name in names:
            words = "&q=tidy+chart" if path.startswith("/search?") and name != "q" else ""
            answer = stage.browsers["joanne"].get(stage.address(path).format(f"{name}={value.decode()}{words}"))
            yield f"{path} {name}", answer.status_code
            answer.close()


def test_b14_every_field_is_listed() -> None:
    listed = {(form.form, name) for form in FORMS for name in form.texts} | {
        ("NarrowForm", name) for name in (*SEARCH, "since", "until")
    }
    found = {(form, name) for form, name in fields_of_forms() if form != "PracticeForm" and name not in FIGURES}
    read_by_name = {name for names in (*ARGUMENTS.values(), *BESIDE.values()) for name in names}

    assert found <= listed, "say in tests/security/fields.py where it is sent"
    assert len(found) > 80
    assert names_read() <= read_by_name | {"draft_revision", "theme", "email", "verdict", "session"}


@pytest.mark.parametrize("kind", [*HOSTILE, "no text at all"])
def test_b13_b14_b15_b23_b29_any_field_takes_anything(stage: Stage, deliver: Callable[[], int], kind: str) -> None:
    """On both databases: an answer, never a failure; and what was kept can still be read by everybody."""
    value = BROKEN if kind not in HOSTILE else HOSTILE[kind].encode("utf-8", "surrogatepass")

    answers = list(sent_to(stage, quote_from_bytes(value).encode()))
    deliver()

    assert [one for one in answers if one[1] not in SAID] == []
    assert len(answers) > 140
    for who in ("joanne", "nobody"):
        for page in (
            "/",
            "/c/",
            "/c/bedside-icu/",
            "/c/bedside-icu/people",
            "/people/joanne-pell",
            "/search?q=chart+ok",
        ):
            shown = stage.browsers[who].get(page)
            assert shown.status_code in (200, 302), page
            assert "Set-Cookie: a=b" not in str(shown.headers)
            assert not set(HIDDEN) & set(shown.text), page


def test_b15_both_databases_keep_the_same_of_what_cannot_be_kept(stage: Stage, cast: Cast, now: datetime) -> None:
    body = "Before\x00 \x0bafter \udfff\uffff\U000fffff end. e\u0301"
    sent = {"title": "A\x00 title\u202e \u200bof\x7f one", "situation": body + " word" * 60, "anyway": "1"}

    raw = urlencode({name: text.encode("utf-8", "surrogatepass") for name, text in sent.items()}).encode()
    status = stage.post("joanne", "/c/bedside-icu/new/story", raw)

    with reading() as s:
        thread = s.query(Thread).filter(Thread.title.like("A title%")).one()
    page = read(stage.browsers["nobody"], f"/t/{spell(thread.id)}/x").text
    assert status in (302, 303, 404)
    assert thread.title == "A title \u200bof one"
    assert not set("\x00\x0b\udfff\uffff\U000fffff") & set(page)
    assert "\u00e9" in page


def test_b26_b27_what_looks_like_a_template_or_a_format_is_shown_as_it_was_typed(
    stage: Stage, cast: Cast, now: datetime, post: Postbox
) -> None:
    typed, name = "{{7191*7}} {% x %} ${7191*7} %(secret)s %s {0} <b>&", "J {{7191*7}} %(name)s %s <b>"
    browser = stage.browsers["joanne"]
    told = add_story(cast.joanne, cast.bedside, now, title=typed, noticed=typed, hook=typed)
    add_reply(cast.joanne, told, now, body=typed)
    send(browser, "/settings/profile", name=name, practice=typed, setting=typed, bio=typed)
    send(browser, "/c/bedside-icu/settings", name=typed, slug="bedside-icu", practice=typed, visibility="public",
         ink="iron", shelf_life="months", half_life_days="30", welcome=typed)  # fmt: skip
    send(browser, "/c/bedside-icu/topics", name="{{7191*7}} %(x)s <b>")
    vouched = send(browser, "/c/bedside-icu/people/caro-mbeki/vouch", line=typed)
    letter = post.fetch_one("caro@example.org", "vouched")

    for page in (f"/t/{spell(told)}/x", "/c/bedside-icu/", "/c/bedside-icu/about", "/people/joanne-pell", "/c/"):
        shown = read(browser, page)
        assert shown.status == 200
        assert "50337" not in shown.html, page
        assert "{{7191*7}}" in shown.text, page
        assert "%(secret)s %s {0} <b>&" in shown.text or page == "/people/joanne-pell", page
        assert "<b>&" not in shown.html
    assert vouched.response.status_code == 303
    assert typed in letter.text
    assert letter.subject == f"{name} has vouched for you in {typed}"


LENGTHS = (  # a field of one line, how long it may be, with what stands beside it
    ("/c/bedside-icu/new/story", "title", 140, {"situation": "word " * 60, "anyway": "1"}),
    ("/c/bedside-icu/new/story", "hook", 62, {"title": "Told", "situation": "word " * 60, "anyway": "1"}),
    ("/settings/profile", "practice", 120, {"name": "Joanne Pell"}),
    ("/settings/profile", "setting", 160, {"name": "Joanne Pell"}),
    ("/settings/profile", "bio", 4_000, {"name": "Joanne Pell"}),
    ("/c/bedside-icu/topics", "name", 40, {}),
    ("/c/bedside-icu/people/caro-mbeki/vouch", "line", 280, {}),
)


def test_b16_a_field_takes_what_it_says_and_gives_the_rest_back(stage: Stage) -> None:
    browser = stage.browsers["joanne"]
    for path, name, most, beside in LENGTHS:
        over = send(browser, path, **beside, **{name: "é" * (most + 1)})
        just = send(browser, path, **beside, **{name: "é" * most})

        assert (over.status, just.status) == (422, 303), name
        assert "é" * (most + 1) in over.html
        assert f"{most:,}" in over.text or str(most) in over.text


def test_b16_a_text_of_64_kb_is_taken_and_one_letter_more_is_given_back(stage: Stage) -> None:
    browser, reply = stage.browsers["joanne"], stage.address("/t/{other}/replies")
    words = "ward " * (TEXT_LIMIT_BYTES // 5)
    just = words + "w" * (TEXT_LIMIT_BYTES - len(words))

    assert send(browser, reply, body=just, kind="reply").status == 303
    over = send(browser, reply, body=just + "w", kind="reply")

    assert over.status == 422
    assert just + "w" in over.html
    assert "64 kB" in over.text


PLAIN, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="body"\r\n\r\n'
TOO_MUCH = (
    (b"body=" + b"a" * 1_000_000, PLAIN),
    (b"body=" + b"a" * 10_000_000, PLAIN),
    (b"&".join(b"f%d=1" % n for n in range(100_000)), PLAIN),
    ((PART + b"1\r\n") * 5_000 + b"--x--", PARTS),
    (PART + b"\r" * 600_000, PARTS),
)


def test_b16_b17_too_much_is_refused_soon_and_in_words(stage: Stage) -> None:
    for (body, sort), (who, path) in product(
        TOO_MUCH, (("joanne", "/t/{other}/replies"), ("nobody", "/signin"), ("nobody", "/t/{other}/replies"))
    ):
        began = time.thread_time()
        answer = stage.browsers[who].post(stage.address(path), data=body, content_type=sort)

        assert answer.status_code == 413, (who, path, body[:9])
        assert "That is too long" in answer.text
        assert time.thread_time() - began < 1


def test_b16_a_gigabyte_that_is_only_announced_is_not_waited_for(stage: Stage) -> None:
    began = time.monotonic()
    answer = stage.browsers["joanne"].post(
        stage.address("/t/{other}/replies"), input_stream=io.BytesIO(b"body=a"), content_length=10**9,
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip

    assert answer.status_code in (403, 413)  # refused before it is read
    assert time.monotonic() - began < 1


def test_b17_what_is_packed_is_not_unpacked(stage: Stage) -> None:
    bomb = gzip.compress(b"body=" + b"a" * 50_000_000)
    answer = stage.browsers["joanne"].post(
        stage.address("/t/{other}/replies"), data=bomb, headers={"Content-Encoding": "gzip"},
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip

    assert answer.status_code in (400, 403, 415, 422)


def test_b16_an_address_with_ten_thousand_parameters_is_answered(stage: Stage) -> None:
    query = "&".join(f"c={n}&k=story" for n in range(5_000))
    began = time.thread_time()

    assert stage.browsers["nobody"].get(f"/search?q=tidy&{query}").status_code == 200
    assert time.thread_time() - began < 1


NO_LINKS = (
    "javascript:alert(1)", "JaVa\tscript:alert(1)", "&#106;avascript:alert(1)", "data:text/html,x", "vbscript:x",
    "blob:https://a.example/1", "//evil.example", "\\\\evil.example", "http:evil.example", "ftp://a.example", " x",
)  # fmt: skip


def test_b08_a_link_leads_to_the_web_or_is_no_link(stage: Stage) -> None:
    browser, fields = stage.browsers["joanne"], {"reviewed": "2026-06-01", "owner": "joanne-pell"}
    for address in NO_LINKS:
        given = {"title": "How it is done", "link": address, "rests_on": stage.address("/t/{story}")}
        assert send(browser, "/c/bedside-icu/new/procedure", **fields, **given).status == 422, address
    said = "\n\n".join(f"[x]({address}) <{address}> ![x]({address})" for address in NO_LINKS)
    send(browser, stage.address("/t/{other}/replies"), body=said + "\n\n[x](https://a.example)", kind="reply")

    links = read(browser, stage.address("/t/{other}/a-tidy-chart")).all("div[@class='post-body']//a")

    assert {link.get("href") for link in links} == {"https://a.example", "https://a.example/1"}  # a bare one, found


def test_b09_links_of_people_vouch_for_nothing_and_say_nothing_to_where_they_lead(stage: Stage) -> None:
    browser = stage.browsers["joanne"]
    send(browser, stage.address("/t/{other}/replies"), body="See https://a.example/x and [y](http://b.example).")
    fields = {"title": "How it is done", "reviewed": "2026-06-01", "owner": "joanne-pell"}
    send(
        browser,
        "/c/bedside-icu/new/procedure",
        link="https://c.example/",
        rests_on=stage.address("/t/{story}"),
        **fields,
    )

    with reading() as s:
        procedure = s.query(Thread.id).filter(Thread.kind == "procedure").scalar()
    links = []
    for path in (stage.address("/t/{other}/a-tidy-chart"), f"/t/{spell(procedure)}/x"):
        page = read(browser, path)
        links += [one for one in page.all("a") if ".example" in one.get("href", "")]
        assert page.response.headers["Referrer-Policy"] == "same-origin"

    assert len(links) >= 3
    assert {one.get("rel") for one in links} == {"nofollow ugc noopener"}


def test_b10_b11_no_text_brings_a_form_an_id_or_a_name(stage: Stage) -> None:
    typed = (
        '<form id=reply><input name=csrf_token value=x></form><p id="main" class="flash" name="submit">x</p>\n\n'
        '# heading {#main}\n\n[x](https://a.example "csrf_token") @joanne-pell @"><b>x\n\n<base href=//evil.example>'
    )
    send(stage.browsers["joanne"], stage.address("/t/{other}/replies"), body=typed, kind="reply")

    page = read(stage.browsers["nobody"], stage.address("/t/{other}/a-tidy-chart"))
    (body,) = page.all("div[@class='post-body']")
    assert [one.tag for one in body.iter() if one.tag in ("form", "input", "base", "button", "meta", "svg")] == []
    assert [one.attrib for one in body.iter() if {"id", "name", "style"} & set(one.attrib)] == []
    assert "<form id=reply>" in page.text


def test_b06_previews_are_for_people_with_an_account_and_only_so_many(stage: Stage, app: Flask) -> None:
    sent = {"title": "A", "situation": "[" * 8_000, "preview": "1"}
    refused = stage.browsers["nobody"].post("/c/bedside-icu/new/story", data=sent)

    assert refused.status_code == 401
    began = time.thread_time()
    assert send(stage.browsers["joanne"], "/c/bedside-icu/new/story", **sent).status in (200, 422)
    assert time.thread_time() - began < 2


def test_b30_no_line_of_a_letter_s_head_comes_from_a_field(stage: Stage, post: Postbox) -> None:
    browser, line = stage.browsers["joanne"], "x\r\nBcc: eve@evil.example\r\n\r\n=?utf-8?q?a?= " + "long " * 20
    send(browser, "/c/bedside-icu/settings", name=line[:79], slug="bedside-icu", practice=line, visibility="public",
         ink="iron", shelf_life="months", half_life_days="30", welcome="")  # fmt: skip
    send(browser, "/c/bedside-icu/people/caro-mbeki/vouch", line=line)
    for address in ("a@example.org\r\nBcc: eve@evil.example", "a@example.org, eve@evil.example", "<eve@evil.example>"):
        assert send(browser, "/c/bedside-icu/invitations/mail", email=address).status == 422

    letters = post.fetch()

    assert {letter.to for letter in letters} == {"caro@example.org"}
    assert all("\n" not in letter.subject for letter in letters)


def test_b31_an_address_in_a_name_or_a_line_is_no_link_in_a_letter(stage: Stage, post: Postbox) -> None:
    browser, lure = stage.browsers["joanne"], "https://evil.example/sign-in"
    send(browser, "/c/bedside-icu/settings", name=lure, slug="bedside-icu", practice=lure, visibility="public",
         ink="iron", shelf_life="months", half_life_days="30", welcome="")  # fmt: skip
    send(browser, "/c/bedside-icu/people/caro-mbeki/vouch", line=f"Go to {lure} or www.evil.example")
    send(browser, "/c/bedside-icu/invitations/mail", email="new@example.org")

    letters = post.fetch()

    assert len(letters) == 2
    for letter in letters:
        assert [link for link in letter.links if not link.startswith("http://localhost")] == []
        assert "://evil" not in letter.text
    assert send(browser, "/settings/profile", name="evil.example").status == 422
