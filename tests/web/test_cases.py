"""Cases on the page: brought without scripts, chosen in blind, opened decision by decision, told to their end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from cop.cases.models import Commitment, SecondThought
from cop.platform.database import reading
from cop.platform.ids import spell
from tests.cases.stage import add_case, choose, skip
from tests.cast import Cast, add_member, add_person, add_story
from tests.validity import faults_in
from tests.web.reading import Reader, read, send

Clients = Callable[[int], FlaskClient]
NEW = "/c/bedside-icu/new/case"
TYPED: dict[str, str] = {
    "situation": "The low pressure alarm is silent and the curve is flat qzflat.",
    "noticed": "His lips move.\nThe cuff hisses.",
    "not_when": "- One pair of hands.",
    "prompt_1": "What do you do first?",
    "option_1_1": "Listen at the mouth",
    "note_1_1": "Costs nothing",
    "option_1_2": "Change the cuff",
    "option_1_3": "Call for help",
    "outcome": "I listened, and it was the cuff zzend.",
    "title": "A silent alarm over a moving mouth",
}
CHOSEN = {"first": "1", "last": "3", "rationale": "His lips would not move without air.", "confidence": "2"}


def bring(browser: FlaskClient, **changed: str) -> Reader:
    return send(browser, NEW, **{**TYPED, **changed})


def where_of(thread_id: int) -> str:
    return f"/t/{spell(thread_id)}/any"


@pytest.fixture
def maren(cast: Cast, client_of: Clients) -> FlaskClient:
    return client_of(cast.maren)


@pytest.fixture
def case(cast: Cast, now: datetime) -> int:
    """Told by Maren, with two decisions; what lies behind them says “qxsealed”."""
    return add_case(cast.maren, cast.bedside, now - timedelta(days=3), secret="qxsealed")


def panel(cast: Cast, case: int, now: datetime) -> None:
    """Three practitioners who do not all choose the same, and a newcomer."""
    ada = add_person("Ada Third", now)
    add_member(ada, cast.bedside, now, vouched_by=cast.joanne)
    choose(cast.joanne, case, now - timedelta(hours=5), first=1, last=3, why="Twice it settled, so it is the line.")
    choose(cast.tomasz, case, now - timedelta(hours=4), first=1, last=3, why="I would look again before I touch it.")
    choose(ada, case, now - timedelta(hours=3), first=2, last=3, why="I never wait alone with a silent alarm.")


def test_a_case_is_shown_as_it_will_read_before_it_is_brought(maren: FlaskClient, client: FlaskClient) -> None:
    shown = bring(maren, preview="1", part_2="Then **air** hissed.", prompt_2="And then?", forks="2")

    preview = " ".join(shown.words("section[@id='preview']"))
    assert shown.status == 200
    assert faults_in(shown.response.data) == []
    for words in ("A silent alarm over", "qzflat", "What do you do first?", "Change the cuff", "And then?", "zzend"):
        assert words in preview, words
    assert "<strong>air</strong>" in shown.html
    assert shown.forms()[NEW]["situation"].strip() == TYPED["situation"]
    assert "qzflat" not in read(client, "/c/bedside-icu/?sort=new").html


def test_a_case_is_brought_and_shows_no_more_than_what_was_known(
    maren: FlaskClient, client: FlaskClient, cast: Cast, client_of: Clients, deliver: Callable[[], int]
) -> None:
    told = bring(maren)
    assert told.status == 303
    deliver()
    where = told.response.headers["Location"]

    for browser in (client, client_of(cast.joanne), client_of(cast.otto)):
        page = read(browser, where)
        assert page.words("h1") == [TYPED["title"]]
        assert {"The situation", "What binds you", "What you can see", "What do you do first?"} <= set(page.words("h2"))
        assert "Sealed until you commit" in page.text
        assert "zzend" not in page.html
        assert page.all("section[@id='talk']") == page.all("section[@id='stand']") == []
    assert "zzend" in read(maren, where).html
    assert TYPED["title"] in read(client, "/c/bedside-icu/").text
    found = read(client, "/search?q=qzflat+kind:case")
    assert TYPED["title"] in found.text
    assert TYPED["title"] in read(client, "/search?q=%22listen+at+the+mouth%22").text
    assert TYPED["title"] not in read(client, "/search?q=zzend").text


def test_buttons_add_decisions_and_options_with_everything_typed(maren: FlaskClient) -> None:
    page = bring(maren, more="option-1", options_1="3", forks="1")
    assert page.status == 200
    filled = page.forms()[NEW]
    assert {name: filled[name].strip() for name in TYPED} == TYPED
    assert "option_1_4" in filled
    assert "option_1_5" not in filled

    page = bring(maren, more="fork", options_1="4", forks="1")
    filled = page.forms()[NEW]
    assert "prompt_2" in filled
    assert "part_2" in filled
    assert "option_1_4" in filled
    assert filled["outcome"].strip() == TYPED["outcome"]


def test_what_may_point_at_somebody_in_a_case_is_shown_once_more(maren: FlaskClient) -> None:
    asked = bring(maren, noticed="His lips move, said Dr Patel.", note_1_1="As on 12 May 2026")

    assert asked.status == 200
    assert [line.split("”")[0] for line in asked.words("div[@id='people']//li")] == ["“Dr Patel", "“12 May 2026"]
    assert bring(maren, redacted="y").status == 303


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"option_1_3": " "}, "Name from 3 to 6"),
        ({"option_1_3": "change the CUFF"}, "Two of them are the same"),
        ({"prompt_1": ""}, "Say what had to be decided"),
        ({"situation": ""}, "A line is enough to begin"),
        ({"outcome": ""}, "or that it is still to be decided"),
        ({"prompt_2": "And now?"}, "Say what is known by then"),
        ({"title": "x" * 141}, "140 is the most"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    maren: FlaskClient, changed: dict[str, str], says: str
) -> None:
    page = bring(maren, **changed)

    assert page.status == 422
    assert says in page.text
    assert "One pair of hands" in page.html


def test_a_reader_chooses_and_then_sees_what_practitioners_chose(
    cast: Cast, case: int, now: datetime, client_of: Clients
) -> None:
    panel(cast, case, now)
    caro, where = client_of(cast.caro), where_of(case)
    here = f"/t/{spell(case)}/decisions/1"
    before = read(caro, where)
    cue = next(box.get("value", "") for box in before.all("input[@name='cue']"))
    assert read(caro, here).status == 404
    assert "Twice it settled" not in before.html

    faulty = send(caro, f"{here}/commit", **{**CHOSEN, "rationale": "Too short", "first": "2"})
    assert faulty.status == 422
    assert "at least 20 characters" in faulty.text
    assert "Too short" in faulty.html
    assert [box.get("value") for box in faulty.all("input[@name='first']") if "checked" in box.attrib] == ["2"]

    chosen = send(caro, f"{here}/commit", **CHOSEN, cue=cue)
    assert chosen.response.headers["Location"] == here
    page = read(caro, here)
    assert {"Twice it settled, so it is the line.", "I never wait alone with a silent alarm."} <= set(
        page.words("div[@class='post-body']")
    )
    assert "2 of 3 practitioners also chose this first" in page.text
    rows = page.words("table/tbody/tr")
    assert "2 practitioners" in rows[0]
    assert "1 newcomer" in rows[0]
    assert "Your choice, leaning" in rows[0]
    assert "1 practitioner" in rows[1]
    assert "and you" in page.text
    after = read(caro, where)
    assert "Decision 2 of 2" in after.text
    assert "An hour later it began again. qxsealed" in after.text
    assert "We changed the tubing" not in after.html
    assert read(caro, f"/t/{spell(case)}/decisions/2").status == 404


def test_a_choice_is_never_changed_and_a_second_thought_stands_beside_it(
    cast: Cast, case: int, now: datetime, client_of: Clients
) -> None:
    caro, here = client_of(cast.caro), f"/t/{spell(case)}/decisions/1"
    send(caro, f"{here}/commit", **CHOSEN)

    assert send(caro, f"{here}/read-on").response.headers["Location"].endswith("#d1")
    assert send(caro, f"{here}/second-thought", second_thought=" ").status == 422
    for text in ("I would look at the cuff now.", "No: at the line."):
        assert send(caro, f"{here}/second-thought", second_thought=text).status == 303
    page = read(caro, here)
    assert "His lips would not move without air." in page.text
    assert "No: at the line." in page.text
    with reading() as s:
        assert s.scalars(select(Commitment.first)).all() == [1]
        assert s.scalars(select(SecondThought.source)).all() == ["No: at the line."]


def test_choosing_once_more_leads_to_what_was_chosen_first_and_loses_no_word(
    cast: Cast, case: int, now: datetime, client_of: Clients
) -> None:
    """From a second tab, or by a second click: nobody was quicker."""
    caro, tomasz, here = client_of(cast.caro), client_of(cast.tomasz), f"/t/{spell(case)}/decisions/1"
    send(caro, f"{here}/commit", **CHOSEN)
    again = send(caro, f"{here}/commit", **CHOSEN)
    otherwise = send(
        caro, f"{here}/commit", **{**CHOSEN, "first": "2", "rationale": "The cuff hisses, and I had not heard it."}
    )
    skip(cast.tomasz, case, now)
    late = send(tomasz, f"{here}/commit", **CHOSEN)

    assert (again.status, again.response.headers["Location"]) == (303, here)
    assert otherwise.status == 409
    assert faults_in(otherwise.response.data) == []
    assert otherwise.words("h1") == read(caro, here).words("h1")
    assert "You have chosen here already, and what you chose first stands." in otherwise.text
    assert "quicker" not in otherwise.text
    form = otherwise.forms()[f"{here}/second-thought#yours"]
    assert form["second_thought"].strip() == "The cuff hisses, and I had not heard it."
    assert send(caro, f"{here}/second-thought", **form).status == 303
    assert "The cuff hisses, and I had not heard it." in read(caro, here).text
    assert late.status == 409
    assert "You have read on here without choosing, and that stands." in late.text
    assert CHOSEN["rationale"] in late.html
    with reading() as s:
        assert s.scalars(select(Commitment.first)).all() == [1]


@pytest.mark.parametrize("why", ["." * 36, "So.  –  –  –  –  –  –  – it is"])
def test_signs_are_no_reason(cast: Cast, case: int, client_of: Clients, why: str) -> None:
    faulty = send(client_of(cast.caro), f"/t/{spell(case)}/decisions/1/commit", **{**CHOSEN, "rationale": why})

    assert faulty.status == 422
    assert "at least 20 characters" in faulty.text


def test_of_a_case_it_is_said_who_can_revise_a_case(cast: Cast, case: int, client_of: Clients) -> None:
    refused = read(client_of(cast.tomasz), f"/t/{spell(case)}/edit-case")

    assert refused.status == 403
    assert refused.words("h1") == ["Only the teller can revise a case"]


def test_a_panel_of_fewer_than_three_is_shown_to_nobody_but_the_teller(
    cast: Cast, case: int, now: datetime, client_of: Clients
) -> None:
    here = f"/t/{spell(case)}/decisions/1"
    choose(cast.tomasz, case, now, why="I would look again before I touch it.")
    joanne = client_of(cast.joanne)
    send(joanne, f"{here}/commit", **CHOSEN)

    page = read(joanne, here)
    assert "The panel is not complete yet" in page.text
    assert "look again before I touch it" not in page.html
    assert page.all("table") == []
    assert read(joanne, f"{here}/reasons").status == 404
    assert "look again before I touch it" in read(client_of(cast.maren), here).text


def test_whoever_reads_on_without_choosing_reads_everything_and_chooses_nowhere(
    cast: Cast, case: int, now: datetime, client_of: Clients
) -> None:
    otto, where = client_of(cast.otto), where_of(case)  # has an account and is in no community: not held up
    assert "Read on without choosing" in read(otto, where).text

    for place in (1, 2):
        assert send(otto, f"/t/{spell(case)}/decisions/{place}/read-on").status == 303
    page = read(otto, where)

    assert "We changed the tubing. qxsealed" in page.text
    assert page.text.count("You read on here without choosing.") == 2
    assert {"What happened next", "Who stands behind it", "What others say"} <= set(page.words("h2"))
    assert send(otto, f"/t/{spell(case)}/decisions/3/read-on").status == 404


def test_where_practitioners_disagree_no_match_is_told(
    cast: Cast, case: int, now: datetime, client_of: Clients
) -> None:
    ada = add_person("Ada Third", now)
    add_member(ada, cast.bedside, now, vouched_by=cast.joanne)
    for person, order in ((cast.joanne, (1, 2, 3)), (cast.tomasz, (2, 3, 1)), (ada, (3, 1, 2))):
        choose(person, case, now - timedelta(hours=1), order=order)
    caro, here = client_of(cast.caro), f"/t/{spell(case)}/decisions/1"
    ranked = {"rank_1": "1", "rank_2": "2", "rank_3": "3"}
    twice = send(caro, f"{here}/commit", **{**CHOSEN, **ranked, "rank_3": "2"})
    assert twice.status == 422
    assert "Give each a place of its own" in twice.text
    send(caro, f"{here}/commit", **{**CHOSEN, "first": "", **ranked})

    page = read(caro, here)

    assert "Practitioners disagree here." in page.text
    assert "also chose this first" not in page.text


def test_what_is_said_below_stays_sealed_as_deep_as_its_author_has_come(
    cast: Cast, case: int, now: datetime, client_of: Clients, client: FlaskClient, deliver: Callable[[], int]
) -> None:
    where, replies = where_of(case), f"/t/{spell(case)}/replies"
    joanne, tomasz, caro = (client_of(who) for who in (cast.joanne, cast.tomasz, cast.caro))
    assert send(joanne, replies, body="Said before I chose.").status == 403
    choose(cast.joanne, case, now)
    choose(cast.tomasz, case, now)
    choose(cast.tomasz, case, now, place=2)
    assert send(joanne, replies, body="Said behind the first wzone.").status == 303
    last = send(tomasz, replies, body="Said behind the last wztwo.").response.headers["Location"]
    deliver()

    assert "wzone" in read(joanne, where).text
    assert "wztwo" not in read(joanne, where).html
    assert {"wzone", "wztwo"} <= set(read(tomasz, where).text.replace(".", "").split())
    assert read(joanne, "/p/" + last.split("#p")[1]).status == 404
    for browser in (client, caro):
        for address in (where, f"{where}?find=wzone", "/search?q=wzone", "/people/joanne-pell", "/c/bedside-icu/"):
            assert "wzone" not in read(browser, address).html.replace(address, "").replace('value="wzone"', "").replace(
                "wzone</b>", ""
            ) or address.startswith("/search"), address
        assert "no replies yet" not in read(browser, "/c/bedside-icu/").text
    assert "Said behind" not in read(caro, "/search?q=wzone").text
    skip(cast.caro, case, now)
    assert "wzone" in read(caro, where).text


def test_once_somebody_has_chosen_only_the_lines_above_it_change(
    cast: Cast, maren: FlaskClient, client_of: Clients, now: datetime, client: FlaskClient
) -> None:
    where = bring(maren).response.headers["Location"]
    thread = where.split("/")[2]
    edit = f"/t/{thread}/edit-case"
    assert read(maren, f"/t/{thread}/edit", follow_redirects=True).forms()[edit]["outcome"].strip() == TYPED["outcome"]
    filled = read(maren, edit).forms()[edit]
    changed = {
        **filled,
        "prompt_1": "What would you do first?",
        "prompt_2": "And then?",
        "part_2": "It went on zzpart.",
    }
    changed |= {"option_2_1": "This", "option_2_2": "That", "option_2_3": "Nothing", "outcome": "It was the cuff."}
    assert send(maren, edit, **changed).status == 303
    assert "What would you do first?" in read(client, where).text
    assert "zzpart" not in read(client, where).html
    assert send(maren, edit, **{**changed, "title": "Sent from another tab"}).status == 409
    send(maren, f"/drafts/{changed['draft']}/discard")
    assert read(client_of(cast.joanne), edit).status == 403
    assert "zzpart" not in read(client_of(cast.joanne), edit).html
    assert read(client, f"/t/{thread}/revisions").status == 404

    send(client_of(cast.caro), f"/t/{thread}/decisions/1/commit", **CHOSEN)
    page = read(maren, edit)
    nosy = send(client_of(cast.joanne), edit, title="")
    assert nosy.status == 403
    assert "has chosen" not in nosy.text

    assert "Somebody has chosen or read on by now" in page.text
    assert "prompt_1" not in page.forms()[edit]
    sent = send(maren, edit, **{**page.forms()[edit], "title": "A silent alarm", "situation": "Otherwise."})
    assert sent.status == 303
    assert read(client, where).words("h1") == ["A silent alarm"]
    assert "qzflat" in read(client, where).text


def test_a_live_case_is_asked_for_its_outcome_twice_and_told_once(
    cast: Cast, maren: FlaskClient, client: FlaskClient, client_of: Clients, now: datetime, letters: Any, app: Any
) -> None:
    from cop.cases.operations import ask_for_outcomes
    from cop.platform.database import transaction
    from cop.platform.outbox import deliver_due

    where = bring(maren, outcome="", outcome_unknown="y").response.headers["Location"]
    thread = where.split("/")[2]
    assert "Not decided yet." in read(client, where).text

    def days_later(days: int) -> list[str]:
        with transaction():
            ask_for_outcomes([], now + timedelta(days=days))
        jobs = {name: job for name, job in app.extensions["cop-jobs"].items() if name == "notifications.outcome"}
        while deliver_due(jobs, claim="test", now=now + timedelta(days=days)):
            pass
        return [letter for letter in letters() if "What came of" in letter]

    assert [len(days_later(days)) for days in (13, 14, 15, 89, 90, 91, 400)] == [0, 1, 1, 1, 2, 2, 2]
    assert "you are asked once more" in days_later(400)[0].replace("\n", " ")
    assert "You are not asked again." in days_later(400)[1].replace("\n", " ")
    assert f"/t/{thread}/outcome" in days_later(400)[0]

    outcome = f"/t/{thread}/outcome"
    assert read(client_of(cast.joanne), outcome).status == 403
    assert send(maren, outcome, outcome=" ").status == 422
    assert send(maren, outcome, outcome="I called, and she came zzcame.").status == 303
    assert "zzcame" in read(maren, where).text
    assert "zzcame" not in read(client, where).html
    assert "The end is held back." in read(client, where).text
    assert send(maren, outcome, outcome="Again.").status == 403


def test_a_story_is_cut_into_a_case_by_its_teller_and_both_are_linked(
    cast: Cast, maren: FlaskClient, client: FlaskClient, client_of: Clients, now: datetime
) -> None:
    story = add_story(
        cast.maren, cast.bedside, now, title="The tidy night", noticed="A cue.", options="Waiting\nCalling",
        did_why="I changed it.", outcome="It held.",
    )  # fmt: skip
    assert "Cut it into a case" in read(maren, where_of(story)).links()
    filled = read(maren, f"{NEW}?story={spell(story)}").forms()[NEW]
    assert filled["option_1_2"] == "Calling"
    assert filled["outcome"].strip() == "I changed it.\n\nIt held."
    assert read(client_of(cast.joanne), f"{NEW}?story={spell(story)}").status == 404

    told = send(
        maren, NEW, **{**filled, "title": "A night to decide", "prompt_1": "What now?", "option_1_3": "Changing"}
    )
    where = told.response.headers["Location"]

    assert read(client, where_of(story)).links()["A night to decide"] == where
    assert "The tidy night" not in read(client, where).html
    assert "The tidy night" in read(maren, where).links()
    send(maren, f"/t/{where.split('/')[2]}/withdraw")
    assert "A night to decide" not in read(client, where_of(story)).html


def test_a_withdrawn_case_takes_its_decisions_along_and_comes_back(
    cast: Cast, case: int, maren: FlaskClient, client_of: Clients, now: datetime
) -> None:
    panel(cast, case, now)
    joanne, here = client_of(cast.joanne), f"/t/{spell(case)}/decisions/1"
    assert read(joanne, here).status == 200

    send(maren, f"/t/{spell(case)}/withdraw")
    assert read(joanne, here).status == 404
    assert "qxsealed" not in read(joanne, where_of(case)).html
    assert send(client_of(cast.caro), f"{here}/commit", **CHOSEN).status == 403
    send(maren, f"/t/{spell(case)}/restore")

    assert read(joanne, here).status == 200


def test_every_reason_is_read_by_choice_in_pages(
    cast: Cast, case: int, now: datetime, client_of: Clients, statements: list[str]
) -> None:
    counts = []
    joanne, here = client_of(cast.joanne), f"/t/{spell(case)}/decisions/1"
    choose(cast.joanne, case, now, first=2, last=3, why="The only one who chose so.")
    for number in range(22):
        person = add_person(f"P{number:02} Many", now)
        add_member(person, cast.bedside, now, vouched_by=cast.joanne)
        choose(person, case, now + timedelta(minutes=number), why=f"Reason number {number:02}, which is mine.")
        if number in (3, 21):
            read(joanne, here)
            statements.clear()
            page = read(joanne, here)
            counts.append(len(statements))

    assert counts[0] == counts[1]
    assert "The only one who chose so." in page.text
    assert page.text.count("Reason number") == 3
    first = read(joanne, f"{here}/reasons")
    second = read(joanne, first.leads("next") or "")
    texts = [*first.words("div[@class='post-body']"), *second.words("div[@class='post-body']")]
    assert texts == [f"Reason number {n:02}, which is mine." for n in range(22)] + ["The only one who chose so."]
    assert read(joanne, f"{here}/reasons?after=WyJhIl0").status == 404


def test_who_was_put_out_is_not_on_the_panel(cast: Cast, case: int, now: datetime, client_of: Clients) -> None:
    from cop.communities.members.operations import remove_person
    from cop.communities.models import Community
    from cop.communities.queries import load_person_as_viewer
    from cop.platform.database import session, transaction

    panel(cast, case, now)
    joanne, here = client_of(cast.joanne), f"/t/{spell(case)}/decisions/1"
    assert read(joanne, here).all("table") != []
    with transaction():
        community = session().get_one(Community, cast.bedside)
        moderator = load_person_as_viewer(cast.joanne)
        remove_person(actor=moderator, community=community, person_id=cast.tomasz, reason="A test of it.", now=now)

    assert read(joanne, here).all("table") == []


def test_a_draft_of_a_case_is_kept_and_gone_on_with(maren: FlaskClient) -> None:
    form = read(maren, NEW).forms()[NEW]
    saved = send(maren, "/drafts", **{**form, **TYPED, "forks": "2", "prompt_2": "And now?"})
    assert saved.status == 303

    filled = read(maren, NEW).forms()[NEW]

    assert filled["prompt_2"] == "And now?"
    assert filled["option_1_3"] == TYPED["option_1_3"]
    assert "A silent alarm over a moving mouth" in read(maren, "/drafts").text


def test_its_pages_are_valid_html_for_whoever_reads_them(
    cast: Cast, case: int, now: datetime, client: FlaskClient, client_of: Clients, maren: FlaskClient
) -> None:
    panel(cast, case, now)
    joanne, at = client_of(cast.joanne), f"/t/{spell(case)}"
    send(joanne, f"{at}/decisions/1/second-thought", second_thought="Now the *line*.")
    live = bring(maren, outcome="", outcome_unknown="y").response.headers["Location"].split("/")[2]
    pages = [
        *(b.get(f"{at}/any") for b in (client, joanne, maren, client_of(cast.otto), client_of(cast.caro))),
        *(joanne.get(f"{at}/decisions/1{more}") for more in ("", "/reasons")),
        *(
            maren.get(a)
            for a in (NEW, f"{at}/edit-case", f"/t/{live}/edit-case", f"/t/{live}/outcome", f"/t/{live}/any")
        ),
        maren.post(NEW, data={**read(maren, "/c/").forms()["/signout"], "more": "fork"}),
    ]

    assert {page.status_code for page in pages} == {200}
    assert [faults_in(page.data) for page in pages] == [[]] * len(pages)


def test_what_was_chosen_while_signed_out_comes_back_to_be_sent(client: FlaskClient, case: int) -> None:
    page = Reader(client.post(f"/t/{spell(case)}/decisions/1/commit", data=CHOSEN))

    assert page.status in (200, 401)
    assert "You were signed out while writing" in page.text


def test_how_somebody_has_come_along_is_told_to_them_alone(cast: Cast, now: datetime, client_of: Clients) -> None:
    then = now - timedelta(days=9)
    ada = add_person("Ada Third", then)
    add_member(ada, cast.bedside, then, vouched_by=cast.joanne)
    for number in range(5):
        case = add_case(cast.maren, cast.bedside, then, title=f"Case {number}", forks=4)
        for place in range(1, 5):
            for person in (cast.joanne, cast.tomasz, ada):
                choose(person, case, then + timedelta(hours=number), place=place, first=1, last=3)
            late = number > 2 or (number == 2 and place > 2)
            at = then + timedelta(hours=number, minutes=place)
            choose(cast.caro, case, at, place=place, first=1 if late else 2, last=3)

    here = f"/t/{spell(case)}/decisions/4"
    assert "Your last ten choices came nearer" in read(client_of(cast.caro), here).text
    assert "Your last ten choices came as near" in read(client_of(cast.joanne), here).text
    skipped = client_of(cast.otto)
    for place in range(1, 5):
        send(skipped, f"/t/{spell(case)}/decisions/{place}/read-on")
    assert "Your last ten choices" not in read(skipped, here).text


@pytest.mark.parametrize("place", [1, 2])
def test_a_half_choice_from_an_older_tab_comes_back_and_stands_at_no_other_decision(
    cast: Cast, case: int, client_of: Clients, now: datetime, place: int
) -> None:
    caro, here = client_of(cast.caro), f"/t/{spell(case)}/decisions/{place}/commit"
    for earlier in range(1, place + 1):
        choose(
            cast.caro, case, now - timedelta(hours=2), place=earlier, first=1, last=3, why="I would have done so too."
        )

    answer = send(caro, here, first="2", last="3", rationale="What I thought of it qzhalf.")

    assert answer.status == 409
    assert "qzhalf" in answer.html
    assert f"/decisions/{place + 1}/commit" not in answer.html
