"""What is written about a thread is kept like a reply: check-ins, conditions, endings, choices, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cop.communities.members.operations import leave_community
from cop.communities.models import Community
from cop.communities.queries import load_person_as_viewer
from cop.discussions.drafts.models import Draft
from cop.platform.database import reading, transaction
from cop.platform.ids import spell
from tests.cases.stage import add_case, choose
from tests.cast import Cast, add_reply, add_story
from tests.probing import add_probe
from tests.tending import add_contested_story, add_due_story
from tests.validity import faults_in
from tests.web.reading import Reader, read, send
from tests.web.signing import COOKIE, sign_in

Clients = Callable[[int], FlaskClient]
WORDS = "qzown: the pump sounds the same\nwhatever happens, and that is why."


@dataclass(frozen=True)
class Door:
    """A form about a thread: its page, where it is sent, the box with the words, what else is sent, and what lacks."""

    who: str
    page: str
    sent: str
    box: str
    beside: dict[str, str]
    faulty: dict[str, str]


def doors(cast: Cast, now: datetime) -> dict[str, Door]:
    due, disputed = (f"/t/{spell(add(cast, now))}" for add in (add_due_story, add_contested_story))
    story = f"/t/{spell(add_story(cast.maren, cast.bedside, now, title='To be retired'))}"
    newer = spell(add_story(cast.maren, cast.bedside, now, title="A newer one"))
    case = add_case(cast.maren, cast.bedside, now - timedelta(days=3))
    live = f"/t/{spell(add_case(cast.maren, cast.bedside, now, title='A live one', outcome=''))}"
    choose(cast.joanne, case, now)
    probe = spell(add_probe(cast.tomasz, add_story(cast.maren, cast.bedside, now), now) or 0)
    at = f"/t/{spell(case)}"
    chosen = {"first": "1", "last": "3", "confidence": "2"}
    return {
        "check-in": Door("tomasz", f"{due}/check-in", f"{due}/check-in", "body", {"answer": "depends"}, {"answer": ""}),
        "condition": Door(
            "tomasz", f"{disputed}/condition", f"{disputed}/condition", "condition", {"sort": "not_when"}, {"sort": ""}
        ),
        "retire": Door("joanne", f"{story}/retire", f"{story}/retire", "reason", {}, {"reason": "so " * 200}),
        "supersede": Door(
            "joanne", f"{story}/supersede", f"{story}/supersede", "reason", {"address": newer},
            {"address": "", "successor": ""},
        ),
        "removal": Door("joanne", f"/p/{probe}/remove", f"/p/{probe}/remove", "reason", {}, {"reason": "so " * 200}),
        "choice": Door(
            "tomasz", f"{at}/any", f"{at}/decisions/1/commit#decide", "rationale", chosen, {"confidence": ""}
        ),
        "second thought": Door(
            "joanne", f"{at}/decisions/1", f"{at}/decisions/1/second-thought#yours", "second_thought", {},
            {"second_thought": " "},
        ),
        "outcome": Door("maren", f"{live}/outcome", f"{live}/outcome", "outcome", {}, {"outcome": " "}),
    }  # fmt: skip


NAMES = ("check-in", "condition", "retire", "supersede", "removal", "choice", "second thought", "outcome")


def box(page: Reader, name: str) -> str:
    return next((one.text or "").removeprefix("\n") for one in page.all("textarea") if one.get("name") == name)


def how_many() -> int:
    with reading() as s:
        return s.scalar(select(func.count()).select_from(Draft)) or 0


@pytest.mark.parametrize("name", NAMES)
def test_its_words_are_kept_gone_on_with_given_back_and_said(
    cast: Cast, now: datetime, client_of: Clients, client: FlaskClient, name: str
) -> None:
    door = doors(cast, now)[name]
    browser = client_of(getattr(cast, door.who))
    form = read(browser, door.page).forms()[door.sent]
    fields = {door.box: WORDS, **door.beside}

    saved = browser.post("/drafts", data={**form, **fields, "by": "script"})
    listed = read(browser, "/drafts")
    again = read(browser, listed.leads("li//h2") or browser.get(f"/drafts/{form['draft']}").headers["Location"])
    plain = read(browser, door.page)
    faulty = Reader(browser.post(door.sent, data={**again.forms()[door.sent], **fields, **door.faulty}))
    other = client_of(cast.caro)

    assert (saved.status_code, saved.json and saved.json["revision"]) == (200, 1)
    assert "qzown: the pump sounds the same" in listed.text
    assert box(again, door.box) == box(plain, door.box) == WORDS
    assert faults_in(again.response.data) == []
    assert faulty.status == 422
    assert faulty.forms()[door.sent]["draft"] == form["draft"]
    assert how_many() == 1
    assert "qzown" not in "".join(one.get(door.page).text for one in (client, other))
    assert read(other, f"/drafts/{form['draft']}").status == 404

    said = browser.post(door.sent, data={**faulty.forms()[door.sent], **fields})

    assert said.status_code == 303
    assert how_many() == 0
    assert "qzown" not in read(browser, "/drafts").text


@pytest.mark.parametrize("name", NAMES)
def test_it_outlives_a_session_that_ended(cast: Cast, now: datetime, client_of: Clients, name: str) -> None:
    door = doors(cast, now)[name]
    browser = client_of(getattr(cast, door.who))
    form = read(browser, door.page).forms()[door.sent]
    browser.delete_cookie(COOKIE)

    lost = Reader(browser.post(door.sent, data={**form, door.box: WORDS, **door.beside}))
    led = sign_in(browser, f"{door.who}@example.org", kept=lost.forms()["/signin"]["kept"])
    while led.status_code in (302, 303):
        led = browser.get(led.headers["Location"])

    assert lost.status == 401
    assert box(Reader(led), door.box) == WORDS


def test_a_reason_for_a_choice_and_a_reply_below_it_are_two_drafts(
    cast: Cast, now: datetime, client_of: Clients
) -> None:
    case = add_case(cast.maren, cast.bedside, now - timedelta(days=3))
    choose(cast.tomasz, case, now)
    browser, at = client_of(cast.tomasz), f"/t/{spell(case)}"
    choice, reply = f"{at}/decisions/2/commit#decide", f"{at}/replies#reply"
    forms = read(browser, f"{at}/any").forms()
    send(browser, "/drafts", **{**forms[reply], "body": "A reply begun."})

    faulty = send(browser, choice, **{**forms[choice], "rationale": WORDS})

    assert faulty.status == 422
    assert (box(faulty, "rationale"), box(faulty, "body")) == (WORDS, "A reply begun.")
    assert faulty.forms()[choice]["draft"] == forms[choice]["draft"] != faulty.forms()[reply]["draft"]
    refused = send(browser, reply, **{**faulty.forms()[reply], "body": " "})
    assert (refused.status, box(refused, "rationale")) == (422, WORDS)
    assert how_many() == 2


def test_whoever_reads_on_keeps_the_reason_they_had_begun(cast: Cast, now: datetime, client_of: Clients) -> None:
    case = add_case(cast.maren, cast.bedside, now - timedelta(days=3))
    browser, at = client_of(cast.tomasz), f"/t/{spell(case)}"
    form = read(browser, f"{at}/any").forms()[f"{at}/decisions/1/commit#decide"]

    on = send(browser, f"{at}/decisions/1/read-on", **{**form, "rationale": WORDS})
    shown = read(browser, f"/drafts/{form['draft']}")

    assert on.status == 303
    assert box(read(browser, f"{at}/any"), "rationale") == ""
    assert "It cannot be sent any more where it was meant for." in shown.text
    assert WORDS in [(one.text or "").removeprefix("\n") for one in shown.all("textarea")]


def test_what_can_be_sent_no_more_can_still_be_read(cast: Cast, now: datetime, client_of: Clients) -> None:
    story = add_story(cast.maren, cast.bedside, now)
    browser, at = client_of(cast.tomasz), f"/t/{spell(story)}"
    pages = {f"{at}/any": f"{at}/replies#reply", f"{at}/probe": f"{at}/probe"}
    drafts = []
    for page, sent in pages.items():
        form = read(browser, page).forms()[sent]
        send(browser, "/drafts", **{**form, "body": WORDS, "quote": "tidy"})
        drafts.append(form["draft"])
    with transaction() as s:
        place = s.get_one(Community, cast.bedside)
        leave_community(actor=load_person_as_viewer(cast.tomasz), community=place, now=now)

    shown = [browser.get(f"/drafts/{draft}", follow_redirects=True) for draft in drafts]

    assert [answer.status_code for answer in shown] == [200, 403]
    assert all("qzown" in answer.text for answer in shown)


def test_one_word_pressed_beside_a_reply_leaves_the_reply_alone(cast: Cast, now: datetime, client_of: Clients) -> None:
    story = add_due_story(cast, now)
    browser, at = client_of(cast.tomasz), f"/t/{spell(story)}"
    form = read(browser, f"{at}/any").forms()[f"{at}/replies#reply"]

    send(browser, f"{at}/check-in", **{**form, "kind": "reply", "body": WORDS, "answer": "still"})

    assert box(read(browser, f"{at}/any"), "body") == WORDS
    assert how_many() == 1


# Previews


def test_whatever_becomes_a_reply_can_be_seen_before_it_is_said(cast: Cast, now: datetime, client_of: Clients) -> None:
    story = add_due_story(cast, now)
    said = add_reply(cast.tomasz, story, now)
    browser, at, body = (
        client_of(cast.tomasz),
        f"/t/{spell(story)}",
        {"body": "I *waited*, @maren-oduya.", "preview": "1"},
    )
    ways: dict[str, tuple[str, str, dict[str, str]]] = {
        "reply": (f"{at}/any", f"{at}/replies#reply", {**body, "kind": "reply"}),
        "dissent begun": (f"{at}/any?kind=dissent", f"{at}/replies#reply", {**body, "kind": "dissent"}),
        "probe": (f"{at}/probe", f"{at}/probe", {**body, "quote": "“tidy”"}),
        "report": (
            f"{at}/verdict?verdict=used", f"{at}/verdict",
            {"what_happened": body["body"], "setting": "Ward 2", "preview": "1", "verdict": ""},
        ),
        "dissent": (f"{at}/verdict?verdict=otherwise", f"{at}/verdict", {**body, "verdict": "otherwise"}),
        "check-in": (f"{at}/check-in", f"{at}/check-in", body),
        "edit": (f"/p/{spell(said)}/edit", f"/p/{spell(said)}/edit", body),
    }  # fmt: skip
    for name, (page, sent, typed) in ways.items():
        form = read(browser, page).forms()[sent]

        shown = send(browser, sent, **{**form, **typed})

        assert shown.status == 200, name
        (preview,) = shown.all("section[@id='preview']")
        assert "<em>waited</em>" in shown.html, name
        assert "/people/maren-oduya" in [link.get("href") for link in preview.iter("a")], name
        assert any("I *waited*" in (one.text or "") for one in shown.all("textarea")), name
        assert shown.forms()[sent]["draft"] == form["draft"], name
        assert faults_in(shown.response.data) == [], name
    page = read(browser, f"{at}/any")
    assert "waited" not in "".join(page.words("ol[@class='posts']"))
    checked = read(browser, f"{at}/any?kind=dissent").all("input[@checked]")
    assert "dissent" in [one.get("value") for one in checked]


def test_an_answer_is_seen_where_it_will_stand(cast: Cast, now: datetime, client_of: Clients) -> None:
    story = add_story(cast.maren, cast.bedside, now)
    said = spell(add_reply(cast.tomasz, story, now))
    browser, at = client_of(cast.maren), f"/t/{spell(story)}"
    sent = f"{at}/replies#p{said}"
    form = read(browser, f"{at}/any").forms()[sent]

    shown = send(browser, sent, **{**form, "body": "It *was* so.", "preview": "1"})
    empty = send(browser, f"{at}/replies", **{**form, "answers": "", "kind": "reply", "body": " ", "preview": "1"})

    assert "open" in shown.all("details[@class='answer']")[0].attrib
    assert len(shown.all("details[@class='answer']//section[@id='preview']")) == 1
    assert shown.forms()[sent]["draft"] == form["draft"]
    assert "Nothing is written yet." in empty.words("section[@id='preview']")[0]


def test_wondering_too_leaves_the_reply_that_is_being_written(cast: Cast, now: datetime, client_of: Clients) -> None:
    story = add_story(cast.maren, cast.bedside, now)
    asker, browser, at = client_of(cast.joanne), client_of(cast.tomasz), f"/t/{spell(story)}"
    send(asker, f"{at}/probe", type="cue", body="Which ear?")
    page = read(browser, f"{at}/any")
    wonders = next(one for one in page.all("button") if (one.get("formaction") or "").endswith("/wonder"))

    send(browser, wonders.get("formaction", ""), **{**page.forms()[f"{at}/replies#reply"], "body": WORDS})

    after = read(browser, f"{at}/any")
    assert (wonders.get("form"), box(after, "body")) == ("reply", WORDS)
    assert "You wondered too." in after.text


@pytest.mark.parametrize(
    ("who", "path", "box_name"),
    [
        ("joanne", "/c/bedside-icu/people/caro-mbeki/vouch", "line"),
        ("joanne", "/c/bedside-icu/people/caro-mbeki/remove", "reason"),
        ("tomasz", "/c/night-shift-pzqlmn/ask", "line"),
    ],
)
def test_a_line_comes_back_when_it_could_not_be_taken_and_when_the_session_had_ended(
    cast: Cast, client_of: Clients, who: str, path: str, box_name: str
) -> None:
    browser, line = client_of(getattr(cast, who)), "qzline " * 100

    def lines(page: Reader) -> list[str]:
        return [
            (one.get("value") or one.text or "").strip() for name in ("input", "textarea") for one in page.all(name)
        ]

    refused = send(browser, path, **{box_name: line})
    browser.delete_cookie(COOKIE)
    lost = send(browser, path, **{box_name: "qzline, and I saw it."})
    again = sign_in(browser, f"{who}@example.org", kept=lost.forms()["/signin"]["kept"])
    while again.status_code in (302, 303):
        again = browser.get(again.headers["Location"])

    assert (refused.status, lost.status) == (422, 401)
    assert line.strip() in lines(refused)
    assert refused.forms()[path]
    assert "data-guard" in refused.html
    assert "qzline, and I saw it." in lines(Reader(again))
