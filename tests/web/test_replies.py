"""What came of a story: replies in time, the teller's answers below them, and changing what one said."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, update

from cop.accounts.models import Person
from cop.discussions.models import Reply, Thread
from cop.platform.database import db, session, transaction
from cop.platform.ids import spell
from tests.cast import Cast, add_reply, add_story, add_verdict, silence
from tests.web.reading import Reader, read, send, words_of

Clients = Callable[[int], FlaskClient]


def address(thread_id: int, more: str = "") -> str:
    return f"/t/{spell(thread_id)}/any{more}"


def said(page: Reader) -> list[str]:
    """What was said, in the order of the page, without the teller's answers below it."""
    return [words_of(post.find("div[@class='post-body']")) for post in page.all("ol[@class='posts']/li")]


@pytest.fixture
def told(cast: Cast, now: datetime) -> int:
    """A story of Maren's, told ten days ago."""
    return add_story(cast.maren, cast.bedside, now - timedelta(days=10), noticed="The alarm came too evenly.")


# Reading them


def many(cast: Cast, thread: int, number: int, now: datetime) -> None:
    """That many replies; several share one second, as in a lively hour."""
    for n in range(number):
        add_reply(cast.tomasz, thread, now - timedelta(days=5) + timedelta(seconds=n // 3), body=f"Reply {n:02}.")


def test_pages_of_replies_hold_each_once(told: int, cast: Cast, client: FlaskClient, now: datetime) -> None:
    many(cast, told, 45, now)

    back = [read(client, address(told))]
    while earlier := back[-1].leads("prev"):
        back.append(read(client, earlier))
    forth = [back[-1]]
    while later := forth[-1].leads("next"):
        forth.append(read(client, later))

    assert [len(said(page)) for page in back] == [20, 20, 5]
    everything = [line for page in reversed(back) for line in said(page)]
    assert sorted(everything) == [f"Reply {n:02}." for n in range(45)]
    seconds = [int(line[6:8]) // 3 for line in everything]
    assert seconds == sorted(seconds)
    assert [line for page in forth for line in said(page)] == everything
    assert back[0].leads("next") is None
    assert forth[-1].leads("next") is None


def test_a_page_costs_the_same_with_two_replies_as_with_fifty(
    app: Flask,
    cast: Cast,
    client_of: Clients,
    now: datetime,
    statements: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short = add_story(cast.maren, cast.bedside, now - timedelta(days=6), title="Short")
    lively = add_story(cast.maren, cast.bedside, now - timedelta(days=6), title="Lively")
    other = add_story(cast.maren, cast.bedside, now - timedelta(days=6), title="Another")
    for thread, number in ((short, 2), (lively, 50)):
        many(cast, thread, number, now)
        add_verdict(cast.joanne, thread, "held", now)
    browser = client_of(cast.tomasz)
    monkeypatch.setitem(app.config, "TESTING", False)  # under test what is kept is made anew beside it
    made, kept = [], []
    browser.get(address(other))  # what all threads of a community share is kept from here on

    for thread in (short, lively):
        for costs in (made, kept):
            statements.clear()
            assert browser.get(address(thread)).status_code == 200
            asked = [line for line in statements if line.lstrip().upper().startswith("SELECT")]
            costs.append(len([line for line in asked if "site_setting" not in line]))  # read again every five seconds

    assert made[0] == made[1] <= 34
    assert kept[0] == kept[1] <= 17


def test_permalinks_lead_to_the_page_that_holds_the_reply(
    told: int, cast: Cast, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    first = add_reply(cast.caro, told, now - timedelta(days=6), body="The very first.")
    many(cast, told, 30, now)
    send(client_of(cast.maren), f"/t/{spell(told)}/replies", answers=spell(first), body="Answered below.")
    page = read(client, client.get(f"/p/{spell(first)}").headers["Location"].partition("#")[0])
    answer = page.all("div[@class='replies']/article")[0].get("id", "")

    for anchor in (f"p{spell(first)}", answer):
        led_to, _, fragment = client.get(f"/p/{anchor[1:]}").headers["Location"].partition("#")
        assert fragment == anchor
        assert [element.tag for element in read(client, led_to).all(f"*[@id='{anchor}']")] in (["li"], ["article"])
    assert said(page)[0] == "The very first."
    assert f"/p/{spell(first)}" in page.links("a[@class='said-at']").values()


def test_replies_can_be_narrowed_to_kinds_that_are_there(
    told: int, cast: Cast, client: FlaskClient, now: datetime
) -> None:
    add_reply(cast.caro, told, now, body="Only a remark.")
    plain = read(client, address(told))
    add_verdict(cast.tomasz, told, "adapted", now, body="Half of it held here.")
    mixed = read(client, address(told))

    assert plain.all("nav[@class='filters']") == []
    assert list(mixed.links("nav[@class='filters']/a")) == ["All, oldest first", "Field reports"]
    narrowed = read(client, mixed.links("nav[@class='filters']/a")["Field reports"].partition("#")[0])
    assert said(narrowed) == ["Half of it held here."]
    assert "Held in part" in narrowed.words("p[@class='post-head']")[0]


def test_a_filter_that_does_not_exist_is_nothing_there_and_a_kind_is_as_if_not_asked(
    told: int, cast: Cast, client: FlaskClient, now: datetime
) -> None:
    add_reply(cast.caro, told, now, body="As ordinary as that.")

    assert read(client, address(told, "?show=secrets")).status == 404
    assert said(read(client, address(told, "?kind=secrets"))) == ["As ordinary as that."]


def test_a_dissent_stands_in_line_with_its_rule_and_where_it_comes_from(
    told: int, cast: Cast, client: FlaskClient, now: datetime
) -> None:
    add_verdict(cast.tomasz, told, "otherwise", now, body="I would have rung at the second alarm, not the third.")

    post = read(client, address(told)).all("ol[@class='posts']/li")[0]

    assert post.get("class") == "post post-otherwise"
    assert "I would do otherwise" in words_of(post)
    assert "Where I stand Another ward, by night" in words_of(post)


def test_what_somebody_said_stays_when_they_leave(told: int, cast: Cast, client: FlaskClient, now: datetime) -> None:
    add_reply(cast.caro, told, now, body="I was here.")
    with transaction() as s:
        s.execute(delete(Person).where(Person.id == cast.caro))

    page = read(client, address(told))

    assert said(page) == ["I was here."]
    assert page.words("p[@class='post-head']")[0].startswith("A former member")


# Taking part


def test_a_reply_is_said_under_ones_name_at_the_end(told: int, cast: Cast, client_of: Clients, now: datetime) -> None:
    add_reply(cast.tomasz, told, now - timedelta(days=1), body="Earlier.")
    browser = client_of(cast.caro)

    answer = send(browser, f"/t/{spell(told)}/replies", body="A line\nand *another*.")
    page = read(browser, answer.response.headers["Location"])

    assert answer.status == 303
    assert said(page) == ["Earlier.", "A line and another."]
    assert page.words("p[@class='post-head']")[-1].startswith("CMCaro Mbeki")
    assert answer.response.headers["Location"].endswith("#" + page.all("ol[@class='posts']/li")[-1].get("id", ""))


def test_a_double_click_says_it_once(told: int, cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.caro)
    path = f"/t/{spell(told)}/replies"
    form = next(fields for goes, fields in read(browser, address(told)).forms().items() if goes.startswith(path))

    answers = [browser.post(path, data={**form, "kind": "reply", "body": "Only once."}) for _ in range(2)]

    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert said(read(browser, address(told))) == ["Only once."]


@pytest.mark.parametrize(("body", "says"), [("  \n ", "Say something."), ("ü" * 33_000, "longer than 64 kB")])
def test_a_reply_that_cannot_be_said_comes_back_with_the_reason(
    told: int, cast: Cast, client_of: Clients, body: str, says: str
) -> None:
    page = send(client_of(cast.caro), f"/t/{spell(told)}/replies", body=body)

    assert page.status == 422
    assert says in page.words("p[@id='body-e']")[0]
    assert says in page.words("div[@role='alert']")[0]
    assert (page.all("textarea[@id='body']")[0].text or "").strip() == body.strip()
    assert said(page) == []


def test_only_the_teller_answers_and_one_level_below(
    told: int, cast: Cast, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    asked = add_reply(cast.caro, told, now, body="What did you see first?")
    path = f"/t/{spell(told)}/replies"
    maren, tomasz = client_of(cast.maren), client_of(cast.tomasz)

    assert read(maren, address(told)).words("details[@class='answer']/summary") == ["Answer Caro Mbeki"]
    assert read(tomasz, address(told)).all("details[@class='answer']") == []
    assert send(maren, path, answers=spell(asked), body="The second hand.").status == 303
    assert send(tomasz, path, answers=spell(asked), body="I was not there.").status == 403
    page = read(client, address(told))
    assert page.words("div[@class='replies']/article/div[@class='post-body']") == ["The second hand."]
    assert "teller" in page.words("div[@class='replies']/article/p")[0]
    assert said(page) == ["What did you see first?"]
    answer = page.all("div[@class='replies']/article")[0].get("id", "")[1:]
    assert send(maren, path, answers=answer, body="And again.").status == 403


def test_an_answer_without_words_comes_back_where_it_was_being_given(
    told: int, cast: Cast, client_of: Clients, now: datetime
) -> None:
    asked = add_reply(cast.caro, told, now)

    page = send(client_of(cast.maren), f"/t/{spell(told)}/replies", answers=spell(asked), body=" ")

    assert page.status == 422
    assert "open" in page.all("details[@class='answer']")[0].attrib
    assert page.words(f"p[@id='answer-{spell(asked)}-e']") == ["Say something. A line is enough."]


def test_an_answer_cannot_be_smuggled_into_another_thread(
    told: int, cast: Cast, client_of: Clients, now: datetime
) -> None:
    elsewhere = add_reply(cast.bea, cast.noise_thread, now)

    page = send(client_of(cast.maren), f"/t/{spell(told)}/replies", answers=spell(elsewhere), body="Smuggled.")

    assert page.status == 404


def test_visitors_are_asked_to_sign_in_and_outsiders_to_join(
    told: int, cast: Cast, client: FlaskClient, client_of: Clients
) -> None:
    visitor, outsider = read(client, address(told)), read(client_of(cast.otto), address(told))

    here = f"%2Ft%2F{spell(told)}%2Fa-tidy-chart".replace("%2F", "/")
    assert visitor.links()["Sign in to take part"].startswith(f"/signin?next={here}")
    join = outsider.forms()["/c/bedside-icu/join"]
    assert join["back"] == f"/t/{spell(told)}/a-tidy-chart#reply"
    for page in (visitor, outsider):
        assert page.all("textarea") == []
        assert page.all("button[@name='verdict']") == []


def test_joining_from_a_story_leads_back_to_its_composer(told: int, cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.otto)
    join = read(browser, address(told)).forms()["/c/bedside-icu/join"]

    answer = browser.post("/c/bedside-icu/join", data=join)

    assert answer.headers["Location"] == f"/t/{spell(told)}/a-tidy-chart#reply"
    assert read(browser, address(told)).all("textarea[@id='body']")


def test_somebody_who_is_to_listen_reads_why_and_finds_no_form(
    told: int, cast: Cast, client_of: Clients, now: datetime
) -> None:
    silence(cast.caro, cast.bedside, now + timedelta(days=1))
    browser = client_of(cast.caro)

    page, sent = read(browser, address(told)), send(browser, f"/t/{spell(told)}/replies", body="Still here.")

    assert "A moderator has asked you to listen for a while." in page.words("div[@id='reply']")[0]
    assert page.all("textarea") == []
    assert sent.status == 403
    assert "Still here." in sent.html


def test_a_field_report_begun_in_the_composer_goes_on_in_its_form(told: int, cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.tomasz)
    path = f"/t/{spell(told)}/replies"

    report = send(browser, path, kind="report", body="It held on my ward.")
    dissent = send(browser, path, kind="dissent", body="I would have rung.")

    assert report.words("h1") == ["I have used this"]
    assert (report.all("textarea[@id='what_happened']")[0].text or "").strip() == "It held on my ward."
    assert dissent.words("h1") == ["I would do otherwise"]
    assert (dissent.all("textarea[@id='body']")[0].text or "").strip() == "I would have rung."
    assert said(read(browser, address(told))) == []


# Changing what one said


def test_what_one_said_can_be_changed_and_says_that_it_was(
    told: int, cast: Cast, client_of: Clients, now: datetime
) -> None:
    reply = add_reply(cast.caro, told, now - timedelta(days=3), body="Frist.")
    browser = client_of(cast.caro)
    edit = f"/p/{spell(reply)}/edit"
    form = read(browser, edit).forms()[edit]

    answer = send(browser, edit, **{**form, "body": "First."})
    page = read(browser, address(told))

    assert form["body"].strip() == "Frist."
    assert answer.status == 303
    assert said(page) == ["First."]
    assert page.words("div[@class='post-foot']/a") == ["revised today", "Edit"]


def test_two_changes_of_one_reply_lose_neither(told: int, cast: Cast, client_of: Clients, now: datetime) -> None:
    reply = add_reply(cast.caro, told, now, body="As it was.")
    browser = client_of(cast.caro)
    edit = f"/p/{spell(reply)}/edit"

    send(browser, edit, seen_revision="0", body="The first change.")
    page = send(browser, edit, seen_revision="0", body="The second change.")
    again = send(browser, edit, **page.forms()[edit])

    assert page.status == 409
    assert "Somebody else has changed this since you opened it" in page.text
    assert "The first change." in page.words("section[@class='stands-now']")[0]
    assert page.forms()[edit]["body"].strip() == "The second change."
    assert again.status == 303
    assert said(read(browser, address(told))) == ["The second change."]


def test_a_change_that_had_to_wait_for_another_sees_it(
    told: int, cast: Cast, client_of: Clients, now: datetime
) -> None:
    reply = add_reply(cast.caro, told, now, body="As it was.")
    browser = client_of(cast.caro)
    edit = f"/p/{spell(reply)}/edit"
    form = read(browser, edit).forms()[edit]

    with ThreadPoolExecutor(1) as other, db.engine.begin() as holder:
        holder.execute(update(Thread).where(Thread.id == told).values(replies=1))
        holder.execute(update(Reply).where(Reply.id == reply).values(revision=1, html="<p>Meanwhile.</p>"))
        waiting = other.submit(browser.post, edit, data={**form, "body": "Too late."})
        time.sleep(0.7)
        assert not waiting.done()
        holder.commit()
        page = Reader(waiting.result(10))

    assert page.status == 409
    assert "Meanwhile." in page.words("section[@class='stands-now']")[0]


def test_a_report_keeps_its_setting_when_it_is_changed(
    told: int, cast: Cast, client_of: Clients, now: datetime
) -> None:
    reply = add_verdict(cast.tomasz, told, "held", now)
    assert reply
    browser = client_of(cast.tomasz)
    edit = f"/p/{spell(reply.id)}/edit"
    form = read(browser, edit).forms()[edit]

    bare = send(browser, edit, **{**form, "setting": ""})
    send(browser, edit, **{**form, "setting": "By day", "differed": "The light."})

    assert bare.status == 422
    assert "Say in a line where you used it." in bare.text
    assert read(browser, address(told)).words("p[@class='setting']") == ["Setting By day Different The light."]


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_changes_what_somebody_else_said(
    told: int, cast: Cast, client_of: Clients, now: datetime, method: str
) -> None:
    reply = add_reply(cast.caro, told, now, body="Mine.")
    browser = client_of(cast.joanne)
    edit = f"/p/{spell(reply)}/edit"

    page = read(browser, edit) if method == "get" else send(browser, edit, seen_revision="0", body="Hers.")

    assert page.status == 403
    assert said(read(browser, address(told))) == ["Mine."]


def test_numbers_of_replies_are_kept_with_the_thread(told: int, cast: Cast, client_of: Clients, now: datetime) -> None:
    send(client_of(cast.caro), f"/t/{spell(told)}/replies", body="One.")
    send(client_of(cast.tomasz), f"/t/{spell(told)}/verdict", verdict="held", setting="Here", what_happened="Two.")

    row = read(client_of(cast.caro), "/c/bedside-icu/").words("ol[@class='threads']/li")[0]

    assert "2 replies" in row
    db.session.remove()
    assert session().get_one(Thread, told).replies == 2
