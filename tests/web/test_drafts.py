"""Drafts: saved while one writes, gone on with, thrown away and taken back, and nobody else's business."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cop.discussions.drafts.models import Draft
from cop.discussions.drafts.operations import MOST_DRAFTS, forget_old_drafts
from cop.platform import clock
from cop.platform.database import reading, transaction
from cop.platform.ids import new_id, spell
from tests.cast import PASSWORD, SITUATION, Cast, add_reply, add_story
from tests.web.reading import Reader, read, send

Clients = Callable[[int], FlaskClient]
NEW = "/c/bedside-icu/new/story"
HALF = {"situation": "It began on a Sunday.", "title": "Half a story", "opened": "options", "options": "Two ways."}


def composer(browser: FlaskClient, address: str = NEW, action: str = NEW) -> dict[str, str]:
    """The hidden fields by which a composer is kept."""
    form = read(browser, address).forms()[action]
    return {name: form[name] for name in ("draft", "draft_revision", "draft_path")}


def save(browser: FlaskClient, form: dict[str, str], **fields: str) -> Reader:
    return send(browser, "/drafts", **form, **fields)


def script(browser: FlaskClient, form: dict[str, str], **fields: str) -> Any:
    """What the composer's script sends, and its answer."""
    return save(browser, form, **fields, by="script").response


def box(page: Reader, name: str) -> str:
    return next((one.text or "").removeprefix("\n") for one in page.all("textarea") if one.get("name") == name)


def how_many() -> int:
    with reading() as s:
        return s.scalar(select(func.count()).select_from(Draft)) or 0


@pytest.fixture
def story(cast: Cast, now: datetime) -> int:
    return add_story(cast.joanne, cast.bedside, now - timedelta(days=3))


def replying(story: int) -> tuple[str, str]:
    """A thread's page, and where a reply is sent."""
    return f"/t/{spell(story)}/a-tidy-chart", f"/t/{spell(story)}/replies#reply"


# Saving


def test_a_story_begun_is_there_again_whole(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)

    saved = save(browser, composer(browser), **HALF)
    again = read(browser, NEW)

    assert saved.status == 303
    assert box(again, "situation") == HALF["situation"]
    assert box(again, "options") == HALF["options"]
    assert "hidden" not in again.all("div[@id='box-options']")[0].attrib
    assert "You began this earlier. It was last saved today at 21:08." in again.text
    assert "Saved 21:08" in again.words("div[@class='dock']")[0]


def test_an_empty_composer_can_be_had_beside_it(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)
    save(browser, composer(browser), **HALF)

    anew = read(browser, read(browser, NEW).links()["Begin anew"])
    save(browser, composer(browser, f"{NEW}?anew=1"), situation="Another one.")

    assert box(anew, "situation") == ""
    assert {"Half a story", "Another one."} <= set(read(browser, "/drafts").words("ol[@class='drafts']/li/div/h2"))


def test_a_script_is_told_the_time_and_goes_on_from_there(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)
    form = composer(browser)

    first = script(browser, form, **HALF)
    second = script(browser, form | {"draft_revision": "1"}, **{**HALF, "title": "More of it"})

    assert (first.status_code, first.json) == (200, {"draft": form["draft"], "revision": 1, "says": "Saved 21:08"})
    assert second.json["revision"] == 2
    assert how_many() == 1


def test_a_save_that_was_sent_twice_is_no_conflict(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)
    form = composer(browser)

    answers = [script(browser, form, **HALF) for _ in range(2)]

    assert [answer.json["revision"] for answer in answers] == [1, 1]


def test_a_tab_that_is_left_while_it_saves_has_the_last_word(cast: Cast, client_of: Clients) -> None:
    """It never heard that what it sent a moment before had arrived; another tab's words are not written over."""
    browser = client_of(cast.maren)
    form = composer(browser)
    script(browser, form, **HALF)  # whose answer never came

    left = script(browser, form, **{**HALF, "title": "More of it"}, leaves="1")
    behind = script(browser, form, **{**HALF, "title": "Much older"}, leaves="1")

    assert (left.status_code, left.json["revision"]) == (200, 2)
    assert behind.status_code == 409
    assert read(browser, NEW).forms()[NEW]["title"] == "More of it"


def test_nothing_typed_is_no_draft(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)

    script(browser, composer(browser), situation="  \n", shelf_life="years")

    assert how_many() == 0


def test_a_draft_too_long_is_said_to_be_too_long(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)
    form = composer(browser)

    told, shown = script(browser, form, situation="x" * 66_000), save(browser, form, situation="x" * 66_000)

    assert told.status_code == shown.status == 422
    assert told.json["says"].startswith("Not saved: It is longer than 64 kB")
    assert "x" * 66_000 in [area.text for area in shown.all("textarea")]


def test_the_hundred_and_first_draft_is_refused_in_a_sentence(cast: Cast, client_of: Clients, now: datetime) -> None:
    browser = client_of(cast.maren)
    with transaction() as s:
        for _ in range(MOST_DRAFTS):
            s.add(Draft(id=new_id(), person_id=cast.maren, kind="story", fields="[]", begun_at=now, saved_at=now))

    answer = script(browser, composer(browser, f"{NEW}?anew=1"), **HALF)

    assert answer.status_code == 403
    assert "You have a hundred drafts" in answer.json["says"]


# Two tabs


def test_the_older_save_is_refused_and_both_versions_are_shown(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)
    save(browser, composer(browser), **HALF)
    one, other = composer(browser), composer(browser)

    save(browser, one, situation="From the first tab.")
    told, shown = (act(browser, other, situation="From the second tab.") for act in (script, save))

    assert told.status_code == shown.status == 409
    assert "From the first tab." in told.json["both"]
    assert "From the second tab." in told.json["both"]
    assert {"From the first tab.", "From the second tab."} <= {a.get("value") or a.text for a in shown.all("input")}
    assert box(read(browser, NEW), "situation") == "From the first tab."


@pytest.mark.parametrize(("keeps", "left"), [("mine", "the first"), ("theirs", "the second")])
def test_whichever_version_is_chosen_the_other_is_not_lost(
    cast: Cast, client_of: Clients, keeps: str, left: str
) -> None:
    browser = client_of(cast.maren)
    save(browser, composer(browser), **HALF)
    one, other = composer(browser), composer(browser)
    save(browser, one, situation="From the first tab.")
    conflict = save(browser, other, situation="From the second tab.").forms()["/drafts"]

    chosen = save(browser, {name: conflict[name] for name in (*other, "stands", "situation")}, keeps=keeps)
    with reading() as s:
        aside = s.scalars(select(Draft.fields).where(Draft.discarded_at.is_not(None))).all()

    assert chosen.status == 303
    assert "Thrown away within the hour" in read(browser, "/drafts").text
    assert left not in box(read(browser, NEW), "situation")
    assert len(aside) == 1
    assert left in aside[0]


def test_two_tabs_that_begin_the_same_reply_meet(cast: Cast, client_of: Clients, story: int) -> None:
    browser, where = client_of(cast.maren), replying(story)
    one, other = composer(browser, *where), composer(browser, *where)

    script(browser, one, body="The first.")
    refused = script(browser, other, body="The second.")

    assert refused.status_code == 409
    assert how_many() == 1


# Saying it


def test_what_is_told_is_a_draft_no_more(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)
    save(browser, composer(browser), **HALF)

    told = send(browser, NEW, **composer(browser), situation=SITUATION, title="A whole story", noticed="A hum.")

    assert told.status == 303
    assert how_many() == 0


def test_what_another_tab_has_saved_meanwhile_is_not_gone_with_what_is_said(
    cast: Cast, client_of: Clients, story: int
) -> None:
    browser, (page, replies) = client_of(cast.maren), replying(story)
    save(browser, composer(browser, page, replies), body="I would ask")
    one, other = composer(browser, page, replies), composer(browser, page, replies)
    script(browser, other, body="I would ask whoever poured it, and this is a long second half.")

    said = send(browser, replies, **one, body="I would ask the night nurse.")

    assert said.status == 303
    assert box(read(browser, page), "body") == "I would ask whoever poured it, and this is a long second half."


def test_what_was_saved_on_its_way_is_gone_with_what_is_said(cast: Cast, client_of: Clients, story: int) -> None:
    browser, (page, replies) = client_of(cast.maren), replying(story)
    form = composer(browser, page, replies)
    script(browser, form, body="I would ask")

    send(browser, replies, **form, body="I would ask the night nurse.")

    assert how_many() == 0


def test_what_could_not_be_told_is_a_draft_still(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)
    form = composer(browser)
    save(browser, form, **HALF)

    page = send(browser, NEW, **form, **HALF)

    assert page.status == 422
    assert how_many() == 1
    assert page.forms()[NEW]["draft"] == form["draft"]


def test_a_reply_is_begun_gone_on_with_and_said(cast: Cast, client_of: Clients, story: int) -> None:
    browser, where = client_of(cast.maren), replying(story)
    form = composer(browser, *where)

    saved = save(browser, form, body="Half a th", kind="reply")
    led = read(browser, saved.response.headers["Location"])
    plain = read(browser, where[0])
    said = send(browser, form["draft_path"], **form, body="Half a thought, and the rest.", kind="reply")

    assert box(led, "body") == box(plain, "body") == "Half a th"
    assert "You began this earlier. It was last saved today" in plain.text
    assert said.status == 303
    assert how_many() == 0
    assert box(read(browser, where[0]), "body") == ""


def test_a_vote_leaves_what_stands_in_the_box(cast: Cast, client_of: Clients, story: int) -> None:
    """The button belongs to the form of the reply, so that a browser without scripts sends the text along."""
    browser, where = client_of(cast.maren), replying(story)
    page = read(browser, where[0])
    seen = next(button for button in page.all("button") if button.get("value") == "seen")

    voted = send(browser, seen.get("formaction", ""), **composer(browser, *where), body="Half a th", verdict="seen")
    again = read(browser, voted.response.headers["Location"])

    assert seen.get("form") == "reply"
    assert "You have seen this too." in again.text
    assert box(again, "body") == "Half a th"


@pytest.mark.parametrize("verdict", ["held", "otherwise"])
def test_a_verdict_with_its_text_is_kept_too(cast: Cast, client_of: Clients, story: int, verdict: str) -> None:
    browser, door = client_of(cast.maren), f"/t/{spell(story)}/verdict"
    name = "body" if verdict == "otherwise" else "what_happened"
    form = composer(browser, f"{door}?verdict={verdict}", door)

    saved = save(browser, form, **{name: "Not the whole", "verdict": verdict, "setting": "A ward"})

    assert box(read(browser, saved.response.headers["Location"]), name) == "Not the whole"
    for address in (f"/drafts/{form['draft']}", f"{door}?verdict={verdict}"):
        page = Reader(browser.get(address, follow_redirects=True))
        assert box(page, name) == "Not the whole"


def test_an_answer_and_both_revisions_lead_back_to_their_boxes(
    cast: Cast, client_of: Clients, story: int, now: datetime
) -> None:
    reply = add_reply(cast.maren, story, now - timedelta(days=1))
    joanne, maren = client_of(cast.joanne), client_of(cast.maren)
    path, edit, revise = f"/t/{spell(story)}/replies", f"/p/{spell(reply)}/edit", f"/t/{spell(story)}/edit"
    answering = composer(joanne, replying(story)[0], f"{path}#p{spell(reply)}")

    found = []
    for browser, form, fields in (
        (joanne, answering, {"body": "An answer", "answers": spell(reply)}),
        (joanne, composer(joanne, revise, revise), {"situation": "Otherwise", "seen_revision": "0"}),
        (maren, composer(maren, edit, edit), {"body": "Said better", "seen_revision": "0"}),
    ):
        save(browser, form, **fields)
        page = Reader(browser.get(f"/drafts/{form['draft']}", follow_redirects=True))
        found.append(next(iter(fields.values())) in [(a.text or "").removeprefix("\n") for a in page.all("textarea")])

    assert found == [True, True, True]


# The list


def test_the_list_is_empty_and_says_what_it_is_for(cast: Cast, client_of: Clients) -> None:
    page = read(client_of(cast.otto), "/drafts")

    assert page.words("main//h2") == ["No drafts"]


def test_a_draft_thrown_away_can_be_taken_back_for_an_hour(
    cast: Cast, client_of: Clients, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = client_of(cast.maren)
    form = composer(browser)
    save(browser, form, **HALF)
    here = f"/drafts/{form['draft']}"

    thrown = read(browser, send(browser, f"{here}/discard").response.headers["Location"])
    gone = browser.get(here).status_code
    send(browser, f"{here}/back")
    back = read(browser, "/drafts")
    send(browser, f"{here}/discard")
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=61))
    too_late = send(browser, f"{here}/back")
    with transaction():
        forget_old_drafts(now=now + timedelta(minutes=61))

    assert "Thrown away within the hour" in thrown.text
    assert "Take it back Half a story" in thrown.words("button")
    assert gone == 404
    assert "Half a story" in back.text
    assert too_late.status == 404
    assert how_many() == 0


def test_a_reply_thrown_away_does_not_push_out_a_newer_one(cast: Cast, client_of: Clients, story: int) -> None:
    browser, where = client_of(cast.maren), replying(story)
    old = composer(browser, *where)
    save(browser, old, body="The old one.")
    led = send(browser, f"/drafts/{old['draft']}/discard", back=where[0]).response.headers["Location"]
    save(browser, composer(browser, *where), body="The new one.")

    refused = send(browser, f"/drafts/{old['draft']}/back")

    assert led == where[0]
    assert refused.status == 409
    assert box(read(browser, where[0]), "body") == "The new one."


def test_a_long_list_has_pages(cast: Cast, client_of: Clients, now: datetime) -> None:
    with transaction() as s:
        for number in range(30):
            at, fields = now - timedelta(minutes=number), f'[["title", "Number {number}"]]'
            s.add(Draft(id=new_id(), person_id=cast.maren, kind="story", fields=fields, begun_at=at, saved_at=at))
    browser = client_of(cast.maren)

    first = read(browser, "/drafts")
    second = read(browser, first.leads("next") or "")

    assert "Number 0" in first.text
    assert "Number 29" in second.text
    assert len(first.all("ol[@class='drafts']/li")) + len(second.all("ol[@class='drafts']/li")) == 30


# Whose it is


def test_a_draft_is_seen_by_nobody_else(cast: Cast, client_of: Clients) -> None:
    browser, other = client_of(cast.maren), client_of(cast.joanne)
    form = composer(browser)
    save(browser, form, **HALF)
    here = f"/drafts/{form['draft']}"

    answers = [
        other.get(here).status_code,
        send(other, f"{here}/discard").status,
        send(other, f"{here}/back").status,
        script(other, form | {"draft_revision": "1"}, situation="Mine now.").status_code,
        send(other, "/drafts", **form, situation="Mine now.", keeps="mine", stands="1").status,
        other.get("/drafts/1").status_code,
    ]

    assert answers == [404] * 6
    assert "Half a story" not in other.get("/drafts").text + other.get(f"{NEW}?draft={form['draft']}").text
    assert box(read(browser, NEW), "situation") == HALF["situation"]


def test_a_draft_for_what_one_does_not_see_any_more_is_text_alone(cast: Cast, client_of: Clients) -> None:
    browser, new = client_of(cast.piet), "/c/inner-room-wvxyqj/new/story"
    with transaction() as s:
        s.add(
            Draft(
                id=77, person_id=cast.maren, kind="reply", community_id=cast.inner_room, thread_id=cast.secret_thread,
                aim="x", fields='[["body", "What I had begun."]]', begun_at=clock.now(), saved_at=clock.now(),
            )
        )  # fmt: skip
    put_out = client_of(cast.maren)

    listed, shown = read(put_out, "/drafts"), read(put_out, f"/drafts/{spell(77)}")
    script(browser, composer(browser, new, new), situation="Seen by me.")

    assert "What I had begun." in listed.text
    assert "What I had begun." in shown.html
    assert "wvxyqj" not in (listed.html + shown.html).lower()
    assert cast.canaries["secret"] not in listed.html + shown.html
    assert "Inner Room" in read(browser, "/drafts").text


@pytest.mark.parametrize("path", ["/c/inner-room-wvxyqj/new/story", "/c/nowhere/new/story", "/settings/profile", "x"])
def test_nothing_is_begun_where_one_sees_nothing(cast: Cast, client_of: Clients, path: str) -> None:
    browser = client_of(cast.maren)

    answer = script(browser, {"draft": "1", "draft_revision": "0", "draft_path": path}, **HALF)

    assert answer.status_code == 404
    assert how_many() == 0


def test_drafts_go_with_their_owner(cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)
    save(browser, composer(browser), **HALF)

    left = send(browser, "/settings/deactivate", password=PASSWORD, sure="Maren Oduya")

    assert left.status == 303
    assert how_many() == 0
