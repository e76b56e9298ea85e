"""One walk over every read surface, as everybody: what a person may not see does not exist for them.

The surfaces come from the URL map; a GET route whose parameters nobody has said how to fill fails here. Each private
object carries a word of its own, and every byte that goes to somebody who may not see it is searched for that word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from cop.accounts.administration import suspend_person
from cop.accounts.models import Person
from cop.accounts.queries import find_accounts
from cop.cli.derived.strays import find_strays
from cop.communities.members.operations import leave_community, remove_person
from cop.communities.models import Community
from cop.communities.queries import load_person_as_viewer
from cop.discussions.drafts.models import Draft
from cop.platform.database import transaction
from cop.platform.ids import spell
from cop.ranking.verification import check_orders
from cop.ranking.voices.verification import check_verdicts
from tests.cases.stage import add_case, choose, skip, think_twice
from tests.cases.stage import answer as answer_for_panel
from tests.cases.stage import ask as ask_panel
from tests.cast import Cast, add_member, add_person, add_reply, add_story, add_topic, add_verdict, ask_a_question
from tests.probing import add_probe
from tests.security.surfaces import addresses_of
from tests.tending import LONG_AGO, accept, answer, propose, retire, supersede, try_it

SEES = {  # whose canaries each may meet
    "nobody": set(),
    "otto": set(),
    "caro": set(),
    "maren": set(),
    "joanne": {"sealed"},  # she has chosen in the case; maren, a practitioner like her, has not
    "bea": set(),
    "piet": {"members", "secret"},
}
SEALED = "cnryzsealedvq"  # stands in everything that lies behind the first decision of a public case
SEARCHES = (
    "",
    "?q={word}",
    "?q=%22{word}%22",
    "?q={word}&c=night-shift-pzqlmn",
    "?q=porter+night+{word}&c=inner-room-wvxyqj",
    "?q={word}+kind:story+before:2001+state:living",
    "?q=porter+-{word}+by:piet-van-dam&order=living",
    "?q=night+told&from=2000&order=date&k=story",
    "/suggest?q={word}",
    "/suggest?q=told+inside",
    "/suggest?q=to",
    "/suggest?q=porters",
    "?q=night+topic:porters-{word}",
    "?q=night+state:retired",
    "?q=night&s=superseded",
    "?q=night&t=porters-{word}&c=night-shift-pzqlmn",
    "?q=night+told&t=porters-{word}&c=inner-room-wvxyqj",
)


WRITING = (
    "/c/bedside-icu/similar?q=second+night+row+same+bay+{word}",
    "/c/{slug}/similar?q=second+night+row+same+bay+{word}",
    "/c/{slug}/mentions?q=p",
    "/c/bedside-icu/mentions?q={word}",
    "/c/bedside-icu/?sort=needs-you",
    "/c/{slug}/?sort=needs-you",
)


def _addresses(app: Flask, cast: Cast) -> Iterator[str]:
    yield from addresses_of(app, cast, "GET")
    for word, slug in zip(cast.canaries.values(), ("night-shift-pzqlmn", "inner-room-wvxyqj"), strict=True):
        for help_asked_for in WRITING:
            yield help_asked_for.format(word=word, slug=slug)
    for word in (*cast.canaries.values(), "pzqlmn", "wvxyqj", SEALED):
        for search in SEARCHES:
            yield "/search" + search.format(word=word)


def walk_as(app: Flask, cast: Cast, browser: FlaskClient, sees: set[str]) -> Iterator[list[tuple[str, str]]]:
    """Of each answer to somebody who sees only these communities: where it says a word of another."""
    words = {"members": (cast.canaries["members"], "pzqlmn-unlisted"), "secret": (cast.canaries["secret"], "wvxyqj")}
    words["sealed"] = (SEALED,)
    hidden = [word for kind, canaries in words.items() if kind not in sees for word in canaries]
    for address in dict.fromkeys(_addresses(app, cast)):
        answer = browser.get(address)
        assert answer.status_code < 500 or address == "/readyz", (address, answer.status_code)
        bytes_sent = (str(answer.headers) + answer.get_data(as_text=True)).lower()
        answer.close()
        yield [(address, word) for word in hidden if word in bytes_sent and word not in address.lower()]


def furnish(cast: Cast, now: datetime) -> dict[str, int]:
    """More of what is private, people who have lost sight of it, and people whose own pages anybody may open.

    Piet and Vera are in a public community too: their profiles must keep quiet about the rest.
    """
    add_member(cast.piet, cast.bedside, now)
    add_story(cast.piet, cast.bedside, now, title="Told where anybody reads")
    add_reply(cast.piet, cast.secret_thread, now, body=f"Again {cast.canaries['secret']}.")
    vera = add_person("Vera Both", now)
    add_member(vera, cast.bedside, now)
    lost = {who: add_person(f"{who.capitalize()} Lost", now) for who in ("removed", "left", "suspended")}
    for place, word in ((cast.night_shift, cast.canaries["members"]), (cast.inner_room, cast.canaries["secret"])):
        add_topic(cast.piet, place, f"Porters {word}", now)
        for person_id in (vera, *lost.values()):
            add_member(person_id, place, now, vouched_by=cast.piet, line=f"Seen with {word}.")
        with transaction() as s:
            community, piet = s.get_one(Community, place), load_person_as_viewer(cast.piet)
            remove_person(actor=piet, community=community, person_id=lost["removed"], reason="Of no use.", now=now)
            leave_community(actor=load_person_as_viewer(lost["left"]), community=community, now=now)
    for thread, word in ((cast.night_thread, cast.canaries["members"]), (cast.secret_thread, cast.canaries["secret"])):
        add_verdict(vera, thread, "held", now, body=f"It held, as {word} says, on the second night too.")
        for number in range(3):  # two stand open, one waits
            add_probe(vera, thread, now, body=f"Which {word} was number {number}?", quote=word)
    for place, word in ((cast.night_shift, cast.canaries["members"]), (cast.inner_room, cast.canaries["secret"])):
        asked = ask_a_question(cast.piet, place, now, title=f"Asked by night {word}")
        add_reply(vera, asked, now, body=f"As {word} has it.")
    tend(cast, vera, now)
    seal(cast, now)
    ada = add_person("Ada Site", now)
    with transaction() as s:
        s.execute(update(Person).where(Person.id == ada).values(administrator_since=now))
        s.add(
            Draft(
                person_id=cast.otto, kind="reply", community_id=cast.inner_room, thread_id=cast.secret_thread,
                fields='[["body", "Begun while he could still read it."]]', begun_at=now, saved_at=now,
            )
        )  # fmt: skip
    return {**lost, "administrator": ada}


def tend(cast: Cast, vera: int, now: datetime) -> None:
    """Of each private place: a story retired with a reason, one superseded, one contested under a condition, one due,
    and one that Vera is going to try."""
    for place, word in ((cast.night_shift, cast.canaries["members"]), (cast.inner_room, cast.canaries["secret"])):
        told = [add_story(cast.piet, place, now - LONG_AGO, title=f"{n} of {word}") for n in ("One", "Two", "Three")]
        retire(cast.piet, told[0], now, reason=f"Never again {word}.")
        supersede(cast.piet, told[1], told[2], now, reason=f"Rather {word}.")
        add_verdict(vera, told[2], "otherwise", now, body=f"I would not, since {word} says so, and says it again.")
        accept(cast.piet, told[2], propose(vera, told[2], now, text=f"Where {word} is"), now)
        due = add_story(cast.piet, place, now - LONG_AGO, title=f"Due of {word}")
        add_verdict(vera, due, "held", now - LONG_AGO, body=f"It held where {word} is, as it was told.")
        answer(cast.piet, due, "depends", now - timedelta(days=1), why=f"On {word}.")
        try_it(vera, due, now - timedelta(days=20))


def seal(cast: Cast, now: datetime) -> int:
    """A public case, told by Tomasz, in which Joanne alone has chosen: later parts, options, choices, what was said
    of it and what came of it hold the word."""
    case = add_case(cast.tomasz, cast.bedside, now, secret=SEALED)
    choose(cast.joanne, case, now, why=f"It settled twice {SEALED}.")
    choose(cast.joanne, case, now, place=2, why=f"And then again {SEALED}.")
    think_twice(cast.joanne, case, now, f"The line, not the patient {SEALED}.")
    add_reply(cast.joanne, case, now, body=f"It was so here too {SEALED}.")
    add_verdict(cast.joanne, case, "held", now, body=f"It held as {SEALED} says, on the second night too.")
    put_to_panel(cast, case, gather_panel(cast, now), now)
    return case


def gather_panel(cast: Cast, now: datetime) -> list[int]:
    """Two more practitioners, and four newcomers."""
    people = [add_person(f"{name} Panel", now) for name in ("Asta", "Boris", "Nia", "Olek", "Pia", "Rui")]
    for number, person in enumerate(people):
        add_member(person, cast.bedside, now, vouched_by=cast.joanne if number < 2 else None)
    return people


def put_to_panel(cast: Cast, case: int, people: list[int], now: datetime) -> None:
    """Two more practitioners choose, and four newcomers who chose alone ask all three; one is answered, some wait."""
    for place in (1, 2):
        for person in people[:2]:
            choose(person, case, now, place=place, why=f"As I would {SEALED}.")
        for person in people[2:]:
            choose(person, case, now, place=place, first=2, last=1, why=f"I would call {SEALED}.")
            asked = ask_panel(person, case, now, place=place, body=f"How did you pick {SEALED}?")
            if asked and person == people[2]:
                answer_for_panel(cast.joanne, asked, now, body=f"By the line {SEALED}.")


def suspend(person_id: int, by_id: int, now: datetime) -> None:
    with transaction():
        account = next(one for one in find_accounts("Suspended Lost", "") if one.id == person_id)
        suspend_person(actor=load_person_as_viewer(by_id), account=account, reason="A test of it.", now=now)


@pytest.mark.parametrize("who", [*SEES, "removed", "left", "suspended", "administrator"])
def test_A01_nothing_private_reaches_whoever_may_not_see_it(
    app: Flask,
    cast: Cast,
    now: datetime,
    client: FlaskClient,
    client_of: Callable[[int], FlaskClient],
    deliver: Callable[[], int],
    who: str,
) -> None:
    lost = furnish(cast, now)
    deliver()
    browser = client if who == "nobody" else client_of(lost.get(who) or getattr(cast, who))
    if who == "suspended":
        suspend(lost[who], lost["administrator"], now)

    answers = list(walk_as(app, cast, browser, SEES.get(who, set())))
    leaks = [leak for leaks in answers for leak in leaks]
    if who == "administrator":  # who looks after the site knows the names of its communities, and nothing inside
        leaks = [leak for leak in leaks if leak != ("/admin/communities", "wvxyqj")]

    assert leaks == []
    assert len(answers) > 60


def test_the_walk_meets_the_words_where_they_may_be_seen(
    app: Flask, cast: Cast, client_of: Callable[[int], FlaskClient], deliver: Callable[[], int]
) -> None:
    """The walk would prove nothing if the words were nowhere."""
    deliver()
    browser = client_of(cast.piet)
    met = dict.fromkeys(cast.canaries, 0)

    for address in dict.fromkeys(_addresses(app, cast)):
        with browser.get(address) as answer:
            text = answer.get_data(as_text=True)
        for kind, word in cast.canaries.items():
            met[kind] += word in text and word not in address

    assert min(met.values()) >= 3


def test_a_thread_of_a_secret_community_looks_like_one_that_never_was(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    hidden = client.get(f"/t/{spell(cast.secret_thread)}")
    absent = client.get(f"/t/{spell(cast.secret_thread - 1)}")

    assert hidden.status_code == absent.status_code == 404
    assert hidden.data.replace(spell(cast.secret_thread).encode(), b"") == absent.data.replace(
        spell(cast.secret_thread - 1).encode(), b""
    )


@pytest.mark.parametrize(
    "address",
    [
        "/c/%00/",
        "/c/%00/people",
        "/c/?after=WyJcdWQ4MDAiLDFd",
        "/c/?after=WyJhXHUwMDAwYiIsMV0",
        "/people/%00",
        "/t/%00",
        "/p/%00",
        "/search?q=%00",
        "/search?q=chart&after=WyJhIl0",
    ],
)
def test_an_address_that_no_page_of_ours_has_leads_to_no_failure(
    cast: Cast, client: FlaskClient, deliver: Callable[[], int], address: str
) -> None:
    deliver()

    assert client.get(address).status_code in (200, 404)


def test_the_walk_meets_what_is_sealed_once_it_has_been_passed(
    app: Flask, cast: Cast, now: datetime, client_of: Callable[[int], FlaskClient]
) -> None:
    seal(cast, now)
    browser = client_of(cast.joanne)

    met = []
    for address in addresses_of(app, cast, "GET"):
        with browser.get(address) as answer:
            met += [address.split("/", 3)[-1]] if SEALED in answer.get_data(as_text=True) else []

    assert {"decisions/1", "decisions/2", "edit", "any"} <= set(met)


def test_what_others_choose_changes_no_byte_for_whoever_has_not_chosen(
    app: Flask, cast: Cast, now: datetime, client: FlaskClient, client_of: Callable[[int], FlaskClient]
) -> None:
    """Not the page, not its length, not its ETag, no count in a list: nobody learns even that somebody has chosen."""
    case = add_case(cast.tomasz, cast.bedside, now, secret=SEALED)
    panel = gather_panel(cast, now)
    maren, page = client_of(cast.maren), f"/t/{spell(case)}/the-alarm-that-settled-by-itself"
    lists = ("/c/bedside-icu/", "/c/bedside-icu/?sort=new", "/c/bedside-icu/?sort=needs-you", "/", "/became")
    people = ("/people/tomasz-wieczorek", "/people/joanne-pell", "/people/nia-panel", "/c/bedside-icu/people")
    shown = (f"{page}?show=open", f"{page}?find=settled", "/search?q=kind:case", "/search?q=by:joanne-pell")
    below = [address for address in addresses_of(app, cast, "GET") if f"/t/{spell(case)}" in address]
    places = (page, *lists, *people, *shown, *below)

    def seen() -> list[object]:
        as_visitor = [(client.get(p).data, client.head(p).headers.get("ETag")) for p in places]
        keys = re.compile(r'name="(key|draft|csrf_token)" value="[^"]*"')
        return [*as_visitor, *(keys.sub("", maren.get(p).text) for p in places)]

    before = seen()
    choose(cast.joanne, case, now)
    think_twice(cast.joanne, case, now, "The line, not the patient.")
    skip(cast.caro, case, now)
    add_reply(cast.joanne, case, now)
    add_verdict(cast.joanne, case, "held", now)
    choose(cast.joanne, case, now, place=2)
    put_to_panel(cast, case, panel, now)

    assert seen() == before
    assert [*check_orders(), *check_verdicts(), *find_strays()] == []
