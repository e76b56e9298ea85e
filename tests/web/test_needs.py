"""What waits for a reader on the front page and in a community, and why a row of Living stands where it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from cop.platform.ids import spell
from cop.web.marking import write_marks
from tests.cases.stage import add_case
from tests.cast import Cast, add_member, add_person, add_reply, add_story, add_verdict, ask_a_question
from tests.probing import add_probe, wonder
from tests.web.reading import read, send

Clients = Callable[[int], FlaskClient]
DAY = timedelta(days=1)
HERE = "/c/bedside-icu/?sort=needs-you"
WAITS = "section[@aria-labelledby='waits-h']/ol[@class='wait']"


def test_what_waits_says_what_is_asked_and_since_when_and_leads_to_where_it_is_done(
    cast: Cast, client_of: Clients, now: datetime
) -> None:
    old = add_story(cast.maren, cast.bedside, now - 200 * DAY, title="Used long ago")
    add_verdict(cast.tomasz, old, "held", now - 199 * DAY)
    story = add_story(cast.tomasz, cast.bedside, now - 4 * DAY, title="Cold knees", outcome="")
    probe = add_probe(cast.caro, story, now - DAY, body="Which **knee** was it, and who saw it first?") or 0
    wonder(cast.joanne, probe, now)
    case = add_case(cast.tomasz, cast.bedside, now - 15 * DAY, title="A live one", outcome="")
    asked = ask_a_question(cast.caro, cast.bedside, now - 2.5 * DAY, title="Who has seen this?")
    tomasz = client_of(cast.tomasz)

    home, page = read(tomasz, "/"), read(tomasz, HERE)

    expected = [
        "Does “Used long ago” still hold?You have used it. Due since 26 May 2026. In Bedside ICU.",
        "What came of “A live one”?You did not know yet. Asked since yesterday. In Bedside ICU.",
        "Nobody has answered “Who has seen this?”Asked 2 days ago. A line of what you know is enough. In Bedside ICU.",
        "Caro Mbeki asks about “Cold knees”“Which **knee** was it, and who saw it first?” One more person wonders."
        " Open since yesterday. In Bedside ICU.",
    ]
    assert home.words(f"{WAITS}/li/p") == expected
    assert page.words("ol[@class='wait']/li/p") == [words.removesuffix(" In Bedside ICU.") for words in expected]
    assert "Four things wait for you." in home.text
    assert [link.get("href", "").split("?")[0] for link in page.all("ol[@class='wait']/li/p/a")] == [
        f"/t/{spell(old)}/used-long-ago#check-in",
        f"/t/{spell(case)}/outcome",
        f"/t/{spell(asked)}/who-has-seen-this#talk",
        f"/p/{spell(probe)}",
    ]
    for link in page.all("ol[@class='wait']/li/p/a"):
        assert read(tomasz, link.get("href", ""), follow_redirects=True).status == 200
    assert page.words("nav[@class='tabs']/a") == ["Living", "Endorsed", "New", "Needs you"]


def test_what_waits_is_narrowed_by_state_and_by_kind(cast: Cast, client_of: Clients, now: datetime) -> None:
    due = add_story(cast.maren, cast.bedside, now - 200 * DAY, title="Used long ago")
    add_verdict(cast.tomasz, due, "held", now - 199 * DAY)
    ask_a_question(cast.caro, cast.bedside, now - 2.5 * DAY, title="Who has seen this?")
    tomasz = client_of(cast.tomasz)

    def waiting(narrowed: str) -> list[str]:
        page = read(tomasz, f"{HERE}&{narrowed}")
        return [words.partition("”")[0] + "”" for words in page.words("ol[@class='wait']/li/p")]

    old, new = "Does “Used long ago”", "Nobody has answered “Who has seen this?”"
    assert [waiting(state) for state in ("state=due", "state=living", "state=contested")] == [[old], [new], []]
    assert [waiting(kind) for kind in ("kind=story", "kind=question", "kind=case")] == [[old], [new], []]
    page = read(tomasz, f"{HERE}&state=due")
    assert page.words("p[@class='topics']/a[@aria-current]") == ["Due for a check-in"]
    assert "Nothing of that waits for you" in read(tomasz, f"{HERE}&state=contested").text


def test_what_is_set_aside_stands_below_and_comes_back_at_one_press(
    cast: Cast, client_of: Clients, now: datetime
) -> None:
    ask_a_question(cast.caro, cast.bedside, now - DAY)
    maren = client_of(cast.maren)

    for address in ("/", HERE):
        (form,) = (form for form in read(maren, address).forms() if form.endswith("/set-aside"))
        done = send(maren, form, back=address)
        page = read(maren, address)
        assert done.response.headers["Location"] == address
        assert page.all("ol[@class='wait']") == []
        assert "Set aside for a week." in page.text
        assert (
            page.words("ul[@class='thin']/li/form/span")[0]
            == "Nobody has answered “How do you tell?” Until 21 Jun 2026."
        )
        assert len(read(client_of(cast.tomasz), address).all("ol[@class='wait']/li")) == 1
        (form,) = (form for form in page.forms() if form.endswith("/take-up"))
        assert send(maren, form, back="https://elsewhere.example/").response.headers["Location"] == "/"
        assert len(read(maren, address).all("ol[@class='wait']/li")) == 1
    assert send(client_of(cast.otto), form, back="/").status == 404
    assert send(client_of(cast.caro), form, back="/").status == 404


def test_nothing_waits_for_visitors_and_for_whoever_is_elsewhere(
    cast: Cast, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    ask_a_question(cast.caro, cast.bedside, now)

    for browser in (client, client_of(cast.otto)):
        page = read(browser, HERE)
        assert page.words("nav[@class='tabs']/a[@aria-current]") == ["Living"]
        assert "Needs you" not in page.text
        assert page.words("ol[@class='threads']//h3/a") == ["How do you tell?"]
    assert read(client_of(cast.caro), HERE).words("div[@class='empty']/h3") == ["Nothing waits for you"]
    assert "Nothing waits for you." in read(client_of(cast.caro), "/").text


def test_the_lists_of_what_waits_cost_the_same_however_much_does(
    cast: Cast, client_of: Clients, now: datetime, statements: list[str]
) -> None:
    maren = client_of(cast.maren)

    def cost(address: str) -> int:
        read(maren, address)
        statements.clear()
        read(maren, address)
        return len(statements)

    ask_a_question(cast.caro, cast.bedside, now)
    story = add_story(cast.maren, cast.bedside, now - 3 * DAY)
    add_probe(cast.tomasz, story, now)
    few = [cost(address) for address in ("/", HERE, "/became", "/people/maren-oduya")]
    for number in range(30):
        ask_a_question(cast.caro, cast.bedside, now - timedelta(minutes=number))
        add_verdict(cast.tomasz, add_story(cast.maren, cast.bedside, now), "held", now)
    many = [cost(address) for address in ("/", HERE, "/became", "/people/maren-oduya")]

    page = read(maren, HERE)
    assert [later <= sooner + 2 for sooner, later in zip(few, many, strict=True)] == [True] * 4
    assert len(page.all("ol[@class='wait']/li")) == 25
    rest = read(maren, page.leads("next") or "")
    assert len(rest.all("ol[@class='wait']/li")) == 7
    assert read(maren, rest.leads("prev") or "").words("ol[@class='wait']/li/p") == page.words("ol[@class='wait']/li/p")
    assert len(read(maren, "/").all(f"{WAITS}/li")) == 5


def test_a_row_says_what_was_done_last_and_why_a_new_one_stands_there(
    cast: Cast, app: Flask, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    """Kept pages too: for whoever looks after one more practitioner has read it."""
    titles = [f"Told {number}" for number in range(6)]
    told = [add_story(cast.joanne, cast.bedside, now - 100 * DAY, title=title) for title in titles[:5]]
    for place, thread in enumerate(told):
        add_reply(cast.tomasz, thread, now - timedelta(days=place + 2))
    add_verdict(cast.maren, told[0], "failed", now - DAY)
    new = add_story(cast.tomasz, cast.bedside, now - 80 * DAY, title=titles[5])

    def rows() -> dict[str, str]:
        page = read(client, "/c/bedside-icu/")
        return dict(zip(page.words("li//h3/a"), (words[-1] for words in _signs(page)), strict=True))

    assert list(rows())[4] == "Told 5"
    assert rows()["Told 5"] == "New here, and few have read it"
    assert rows()["Told 1"] == "last: a reply 3 days ago"
    assert rows()["Told 0"] == "last: a field report yesterday"
    for number in range(8):
        ann = add_person(f"Ann{number} Reads", now)
        add_member(ann, cast.bedside, now, vouched_by=cast.joanne)
        read(client_of(ann), f"/t/{spell(new)}/any")
        write_marks(app)
    assert list(rows())[-1] == "Told 5"
    assert rows()["Told 5"].startswith("told ")


def _signs(page) -> list[list[str]]:
    return [
        [" ".join("".join(span.itertext()).split()) for span in row.iter("span") if span.get("class") is None]
        for row in page.all("div[@class='signs']")
    ]
