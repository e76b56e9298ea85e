"""Who stands behind a story: one door for each answer, and totals only for those who may see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from cop.platform.ids import spell
from tests.cast import Cast, add_member, add_person, add_story, add_verdict, silence
from tests.tending import add_due_story, answer
from tests.web.reading import Reader, read, send, words_of

Clients = Callable[[int], FlaskClient]
REASON = "I would have rung at the second alarm, since the first was already one too many."
REPORT = {"setting": "Another ward", "what_happened": "It went as told.", "what_differed": "The hour."}


@pytest.fixture
def story(cast: Cast, now: datetime) -> int:
    return add_story(cast.maren, cast.bedside, now - timedelta(days=10))


def page_of(browser: FlaskClient, story: int) -> Reader:
    return read(browser, f"/t/{spell(story)}/any")


def door(story: int) -> str:
    return f"/t/{spell(story)}/verdict"


def totals(page: Reader) -> dict[str, str]:
    """The numbers of the panel by what they count."""
    rows = page.all("ul[@class='ends']/li")
    return {words_of(row.find("div/b")): words_of(row.find("span")) for row in rows}


def said(page: Reader) -> list[str]:
    return [words_of(post.find("div[@class='post-body']")) for post in page.all("ol[@class='posts']/li")]


def own(page: Reader) -> str:
    """What the panel says that the viewer said."""
    return " ".join(words_of(line) for line in page.all("section[@id='stand']//div[@role='status']//p"))


# The doors


def test_seen_is_said_at_one_click(story: int, cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.tomasz)

    sent = send(browser, door(story), verdict="seen")
    page = page_of(browser, story)

    assert sent.status == 303
    assert sent.response.headers["Location"].endswith("#stand")
    assert own(page) == "You have seen this too. Said today."
    assert totals(page) == {"has seen this too": "1"}
    assert said(page) == []


@pytest.mark.parametrize(
    ("verdict", "word", "says"),
    [
        ("held", "Held", "You have used this, and it held. Said today."),
        ("adapted", "Held in part", "You have used this, and it held in part. Said today."),
        ("failed", "Did not hold", "You have used this, and it did not hold. Said today."),
    ],
)
def test_having_used_it_brings_its_report_in_the_same_act(
    story: int, cast: Cast, client_of: Clients, verdict: str, word: str, says: str
) -> None:
    browser = client_of(cast.tomasz)
    form = read(browser, f"{door(story)}?verdict={verdict}")

    sent = send(browser, door(story), verdict=verdict, **REPORT)
    page = read(browser, sent.response.headers["Location"])

    assert form.forms()[door(story)]["setting"] == "Vascular ICU"
    chosen = [radio.get("value") for radio in form.all("input[@name='verdict']") if "checked" in radio.attrib]
    assert chosen == [verdict]
    assert sent.status == 303
    assert said(page) == ["It went as told."]
    assert word in page.words("p[@class='post-head']")[0]
    assert page.words("p[@class='setting']") == ["Setting Another ward Different The hour."]
    assert own(page) == says
    assert totals(page) == {"has used this": "1"}


def test_doing_otherwise_brings_its_reason_in_the_same_act(story: int, cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.tomasz)
    form = read(browser, f"{door(story)}?verdict=otherwise").forms()[door(story)]

    sent = send(browser, door(story), **{**form, "body": REASON})
    page = read(browser, sent.response.headers["Location"])

    assert form["setting"] == "ICU nurse, 18 yrs"
    assert said(page) == [REASON]
    assert page.words("p[@class='setting']") == ["Where I stand ICU nurse, 18 yrs"]
    assert own(page) == "You would do otherwise. Said today."
    assert totals(page) == {"would do otherwise": "1"}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({**REPORT, "verdict": ""}, "What became of it?: Choose what became of it."),
        ({**REPORT, "verdict": "still"}, "What became of it?: Choose what became of it."),
        (
            {**REPORT, "verdict": "held", "what_happened": " "},
            "What happened: Say what happened. A line is enough to begin.",
        ),
        ({**REPORT, "verdict": "held", "setting": ""}, "My setting: Say in a line where you used it."),
        ({**REPORT, "verdict": "held", "setting": "x" * 201}, "My setting: This is 201 characters; 200 is the most."),
        (
            {"verdict": "otherwise", "body": "No."},
            "I would do otherwise, because: Say why in at least 40 characters: the reason is what others can use.",
        ),
    ],
)
def test_a_verdict_without_its_text_is_not_given_and_nothing_typed_is_lost(
    story: int, cast: Cast, client_of: Clients, fields: dict[str, str], says: str
) -> None:
    browser = client_of(cast.tomasz)

    form = send(browser, door(story), **fields)
    page = page_of(browser, story)

    assert form.status == 422
    assert form.words("div[@role='alert']//li") == [says]
    kept = form.forms()[door(story)]
    assert {name: kept[name].strip() for name in fields if name != "verdict"} == {
        name: text.strip() for name, text in fields.items() if name != "verdict"
    }
    assert own(page) == ""
    assert said(page) == []


def test_a_double_click_gives_one_verdict_and_one_report(story: int, cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.tomasz)
    guard = read(browser, door(story)).forms()[door(story)]
    sent = {**guard, **REPORT, "verdict": "held"}

    answers = [browser.post(door(story), data=sent) for _ in range(2)]

    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert said(page_of(browser, story)) == ["It went as told."]


def test_a_new_verdict_takes_the_place_of_the_old_one_and_leaves_its_text(
    story: int, cast: Cast, client_of: Clients
) -> None:
    browser = client_of(cast.tomasz)
    send(browser, door(story), verdict="held", **REPORT)

    form = read(browser, f"{door(story)}?verdict=failed")
    send(browser, door(story), verdict="failed", **{**REPORT, "what_happened": "Not this time."})
    page = page_of(browser, story)

    assert "Until now you said: You have used this, and it held." in form.text
    assert sorted(said(page)) == ["It went as told.", "Not this time."]
    assert totals(page) == {"has used this": "1"}
    assert "1 did not hold" in page.text
    assert "1 held" not in page.text


def test_taking_it_back_leaves_the_text(story: int, cast: Cast, client_of: Clients, client: FlaskClient) -> None:
    browser = client_of(cast.tomasz)
    send(browser, door(story), verdict="held", **REPORT)

    sent = send(browser, f"{door(story)}/withdraw")
    again = send(browser, f"{door(story)}/withdraw")
    page = page_of(browser, story)

    assert (sent.status, again.status) == (303, 303)
    assert said(page) == ["It went as told."]
    assert own(page) == ""
    assert page.words("h3[@id='you']") == ["And you?"]
    assert totals(page_of(client, story)) == {}


# Who sees how many


@pytest.fixture
def stood_behind(story: int, cast: Cast, now: datetime) -> int:
    """A story of which four practitioners and a newcomer have said something."""
    for n, kind in enumerate(("seen", "held", "otherwise")):
        person = add_person(f"Ward{n} Sister", now - timedelta(days=200))
        add_member(person, cast.bedside, now - timedelta(days=200), vouched_by=cast.joanne)
        add_verdict(person, story, kind, now - timedelta(days=5 - n), body=REASON)
    add_verdict(cast.joanne, story, "seen", now - timedelta(days=1))
    add_verdict(cast.caro, story, "seen", now - timedelta(days=1))
    return story


ALL = {"have seen this too": "2", "has used this": "1", "would do otherwise": "1"}


def test_a_member_who_has_not_answered_gets_names_and_no_number(
    stood_behind: int, cast: Cast, client_of: Clients
) -> None:
    page = page_of(client_of(cast.tomasz), stood_behind)

    assert totals(page) == {}
    for trace in (
        'class="ends"',
        'class="big"',
        "seen this too</b>",
        "used this</b>",
        "otherwise</b>",
        "f-held",
        't-held">1',
    ):
        assert trace not in page.html
    assert "Joanne Pell, Ward1 Sister and Ward0 Sister have been there" in page.words("p[@class='stand']")[0]
    assert "Ward2 Sister" not in page.words("section[@id='stand']")[0]
    assert "How many, and where, is shown once you have answered or said not now" in page.text


def test_whoever_says_by_now_that_it_holds_no_longer_is_not_named_as_standing_behind_it(
    cast: Cast, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    story = add_due_story(cast, now)
    stand = "p[@class='stand']"
    assert "Tomasz Wieczorek has been there" in page_of(client_of(cast.caro), story).words(stand)[0]

    answer(cast.tomasz, story, "no_longer", now, why="Not on the new pumps.")

    assert page_of(client_of(cast.caro), story).words(stand) == ["Nobody has said yet that they have been there."]


@pytest.mark.parametrize("who", ["nobody", "otto", "maren"])
def test_visitors_outsiders_and_the_teller_see_the_totals(
    stood_behind: int, cast: Cast, client: FlaskClient, client_of: Clients, who: str
) -> None:
    page = page_of(client if who == "nobody" else client_of(getattr(cast, who)), stood_behind)

    assert totals(page) == ALL
    assert "1 held" in page.text
    assert page.all("h3[@id='you']") == []
    assert page.all("button[@name='verdict']") == []


def test_an_answer_opens_the_totals_and_counts_in_them(stood_behind: int, cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.tomasz)

    send(browser, door(stood_behind), verdict="seen")

    assert totals(page_of(browser, stood_behind)) == {**ALL, "have seen this too": "3"}


def test_not_now_opens_the_totals_and_counts_for_nothing(
    stood_behind: int, cast: Cast, client_of: Clients, client: FlaskClient
) -> None:
    browser = client_of(cast.tomasz)

    send(browser, door(stood_behind), verdict="skip")
    page = page_of(browser, stood_behind)

    assert totals(page) == totals(page_of(client, stood_behind)) == ALL
    assert "You said not now." in page.text
    buttons = [button.get("value") for button in page.all("button[@name='verdict']")]
    assert buttons == ["seen"]


def test_a_newcomers_answer_stands_and_is_not_counted(stood_behind: int, cast: Cast, client_of: Clients) -> None:
    page = page_of(client_of(cast.caro), stood_behind)

    assert own(page) == "You have seen this too. Said yesterday. It is counted once a moderator has vouched for you."
    assert totals(page) == ALL
    assert "Caro Mbeki" not in page.words("aside[@aria-labelledby='been-h']")[0]


def test_the_margin_names_people_who_have_been_there_with_their_practice(
    stood_behind: int, cast: Cast, client: FlaskClient, client_of: Clients
) -> None:
    margin = page_of(client_of(cast.tomasz), stood_behind)
    nobody_yet = page_of(client, cast.noise_thread)

    people = margin.links("aside[@aria-labelledby='been-h']//a")
    assert list(people) == ["Joanne Pell", "Ward1 Sister", "Ward0 Sister"]
    assert people["Joanne Pell"] == "/people/joanne-pell"
    assert "ICU charge nurse, 22 yrs. Mixed ICU" in margin.words("aside[@aria-labelledby='been-h']")[0]
    assert nobody_yet.all("aside[@aria-labelledby='been-h']") == []


def test_cards_never_say_how_many(stood_behind: int, cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.tomasz)

    for address in ("/", "/c/bedside-icu/"):
        text = read(browser, address).text
        assert "seen this too" not in text
        assert "used this" not in text


# Who may answer


def test_nobody_answers_their_own_story(story: int, cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.maren)

    page = page_of(browser, story)
    refused = [
        send(browser, door(story), verdict="seen"),
        send(browser, door(story), verdict="skip"),
        send(browser, door(story), verdict="held", **REPORT),
        read(browser, door(story)),
    ]

    assert page.all("button[@name='verdict']") == []
    assert page.all("input[@name='kind']") == []
    assert {answer.status for answer in refused} == {403}
    assert "This is your own story" in refused[0].text
    assert said(page_of(browser, story)) == []


def test_whoever_has_not_joined_is_shown_the_way_in(story: int, cast: Cast, client_of: Clients) -> None:
    browser = client_of(cast.otto)

    page = read(browser, f"{door(story)}?verdict=used")
    sent = send(browser, door(story), verdict="held", **REPORT)

    assert page.status == 403
    assert page.forms()["/c/bedside-icu/join"]["back"] == f"{door(story)}?verdict=used"
    assert sent.status == 403
    assert "It went as told." in sent.html


def test_visitors_sign_in_before_they_answer(story: int, client: FlaskClient) -> None:
    answer = client.get(f"{door(story)}?verdict=used")

    assert answer.headers["Location"].startswith("/signin?next=")
    assert "verdict" in answer.headers["Location"]


def test_somebody_who_is_to_listen_gives_no_verdict(story: int, cast: Cast, client_of: Clients, now: datetime) -> None:
    silence(cast.tomasz, cast.bedside, now + timedelta(days=1))
    browser = client_of(cast.tomasz)

    assert send(browser, door(story), verdict="seen").status == 403
    assert page_of(browser, story).all("button[@name='verdict']") == []


@pytest.mark.parametrize("more", ["", "/withdraw"])
def test_there_is_no_door_to_what_one_cannot_see(cast: Cast, client_of: Clients, more: str) -> None:
    page = send(client_of(cast.maren), door(cast.secret_thread) + more, verdict="seen")

    assert page.status == 404
    assert cast.canaries["secret"] not in page.html.lower()


@pytest.mark.parametrize(
    ("where", "sent"),
    [
        ("replies", {"kind": "report", "body": "What I saw took an hour to write."}),
        ("replies", {"kind": "dissent", "body": "What I saw took an hour to write."}),
        ("verdict", {"verdict": "held", "what_happened": "What I saw took an hour to write."}),
        ("verdict", {"verdict": "otherwise", "body": "What I saw took an hour to write."}),
    ],
)
def test_whoever_is_silenced_while_writing_gets_the_text_back(
    story: int, cast: Cast, client_of: Clients, now: datetime, where: str, sent: dict[str, str]
) -> None:
    silence(cast.tomasz, cast.bedside, now + timedelta(days=1))

    page = send(client_of(cast.tomasz), f"/t/{spell(story)}/{where}", **sent)

    assert page.status == 403
    assert "What I saw took an hour to write." in page.html


def test_a_reason_that_nobody_can_see_is_none(story: int, cast: Cast, client_of: Clients, client: FlaskClient) -> None:
    page = send(client_of(cast.tomasz), door(story), verdict="otherwise", body="\u200b" * 50)

    assert page.status == 422
    assert said(page_of(client, story)) == []
