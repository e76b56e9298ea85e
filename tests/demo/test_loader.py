"""The content plays through the operations, and everybody and everything stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, event, func, select

from cop import wiring
from cop.accounts.models import Person
from cop.accounts.passwords import goes_with, hash_password
from cop.accounts.queries import find_credentials
from cop.accounts.sessions import start_session
from cop.cases.models import CaseOutcome, Fork
from cop.cases.panels.queries import count_newcomers, list_panel
from cop.cli.derived.strays import find_strays
from cop.communities.models import Community, Membership, Vouch
from cop.demo import loader
from cop.demo.cases import read_cases
from cop.demo.content import Content, read_content
from cop.demo.loader import PASSWORD, address_of, load_demo
from cop.discussions.keepers.models import Keeping
from cop.discussions.keepers.queries import find_keeper, has_teller_here
from cop.discussions.models import Reply, Revision, StoryField, Thread, ThreadTopic
from cop.discussions.probes.models import TYPES, Probe, ProbeWonder, WaitingProbe
from cop.endorsements.conditions.models import Condition
from cop.endorsements.conditions.permissions import is_settled
from cop.endorsements.conditions.queries import find_strongest_dissent, list_conditions, list_dissenters
from cop.endorsements.models import Verdict
from cop.platform.database import db, reading, session, transaction
from cop.platform.markup import RENDERER_VERSION
from cop.platform.outbox import deliver_due
from cop.ranking.care.queries import list_doubtful
from cop.ranking.filters import STATES
from cop.ranking.models import ActRow
from cop.ranking.queries import order_of
from cop.ranking.standings.models import Measure
from cop.ranking.verification import check_orders
from cop.ranking.voices.verification import check_verdicts
from cop.search.jobs import Indexing
from cop.web.pages.search import ORDERS
from cop.web.pages.talks import FILTERS
from tests.conftest import NOW
from tests.conftest import _empty as empty_tables
from tests.demo.seeing import see_everything
from tests.demo.signs import ELSEWHERE, SIGNS, WORDS, list_enumerations, signs_of

COUNTED: Counter[str] = Counter()  # what loading asked of the database, and of the processor


@contextmanager
def counting(engine: type[Engine]) -> Iterator[None]:
    heard = {
        "before_cursor_execute": lambda *_: COUNTED.update(["statement"]),
        "commit": lambda *_: COUNTED.update(["commit"]),
    }
    for name, hear in heard.items():
        event.listen(engine, name, hear)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loader, "hash_password", lambda word: COUNTED.update(["password"]) or hash_password(word))
        yield
    for name, hear in heard.items():
        event.remove(engine, name, hear)


@pytest.fixture(scope="module")
def content() -> Content:
    return read_content()


@pytest.fixture(scope="module")
def played(database: Flask, content: Content, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A site on which the content has been played, once for all the tests here: none of them changes it."""
    indexing = Indexing(tmp_path_factory.mktemp("demo") / "index")
    database.extensions["cop-indexing"] = indexing
    database.extensions["cop-jobs"] = wiring.jobs(database.extensions["cop-settings"], indexing)
    COUNTED.clear()
    with database.app_context(), counting(Engine):
        load_demo(content, now=NOW, say=lambda _done, _all: COUNTED.update(["step"]))
    with database.app_context():
        while deliver_due(database.extensions["cop-jobs"], claim="test", now=NOW):
            pass
        yield database
        db.session.remove()
        empty_tables()


def test_loading_costs_a_few_statements_and_one_commit_a_step(played: Flask) -> None:
    """Which is what keeps it under a minute on a slow machine: 18 statements a step, when this was written."""
    assert COUNTED["step"] > 500
    assert COUNTED["statement"] < 25 * COUNTED["step"]
    assert COUNTED["commit"] < 1.1 * COUNTED["step"]
    assert COUNTED["password"] == 1, "hashing one takes longer than a step"


@pytest.fixture
def loaded(played: Flask, content: Content) -> Iterator[Content]:
    with played.app_context(), reading():
        yield content


def test_everybody_stands_in_their_place_with_what_was_said_for_them(loaded: Content) -> None:
    rows = session().execute(
        select(Person.name, Community.slug, Membership.role)
        .join(Membership, Membership.person_id == Person.id)
        .join(Community, Community.id == Membership.community_id)
    )
    vouches = set(session().scalars(select(Vouch.line)))

    assert {tuple(row) for row in rows} == {
        (person.name, member.community, member.role)
        for person in loaded.people
        for member in person.memberships
        if not member.left_days_ago and not member.is_waiting
    }
    members = [member for person in loaded.people for member in person.memberships]
    assert vouches == {line for one in members for line in (one.vouch, *(word.line for word in one.also)) if line}


def test_everybody_can_sign_in_with_the_one_password(loaded: Content) -> None:
    for person in loaded.people:
        credentials = find_credentials(address_of(person))
        assert credentials is not None
    assert credentials is not None
    assert goes_with(PASSWORD, credentials.password_hash)


def test_every_story_stands_as_it_was_told(loaded: Content, now: datetime) -> None:
    rows = session().execute(
        select(Thread.title, Thread.told_at, Thread.happened, Person.name, Thread.outcome_due_at)
        .join(Person, Person.id == Thread.teller_id)
        .where(Thread.kind != "case")
    )
    told = {row.title: row for row in rows}
    names = {person.key: person.name for person in loaded.people}

    assert len(told) == len(loaded.stories)
    for story in loaded.stories:
        row = told[story.draft.title]
        assert row.name == names[story.teller]
        assert abs(row.told_at - (now - timedelta(days=story.told_days_ago))) < timedelta(seconds=2)
        assert (row.outcome_due_at is not None) == story.draft.outcome_unknown
    of_stories = select(func.count()).join(Thread, Thread.id == StoryField.thread_id).where(Thread.kind != "case")
    fields = session().scalar(of_stories.select_from(StoryField))
    assert fields == sum(len(story.draft.fields) for story in loaded.stories)
    assert set(session().scalars(select(StoryField.renderer))) == {RENDERER_VERSION}


def test_everything_is_said_that_the_files_say(loaded: Content) -> None:
    said = [entry for story in loaded.stories for entry in story.talk]
    replies = Counter(session().scalars(select(Reply.kind).where(Reply.seal_id.is_(None))))
    verdicts = Counter(session().scalars(select(Verdict.kind)))
    kinds = Counter(entry.kind for entry in said)

    probes = [probe for asked in loaded.asked for probe in asked.probes]
    waiting = session().scalar(select(func.count()).select_from(WaitingProbe)) or 0
    reasons = sum(bool(one.why) for care in loaded.care for one in care.check_ins)

    assert replies == {
        "reply": kinds["reply"] + sum(len(probe.cases) for probe in probes) + reasons,
        "answer": kinds["answer"] + sum(probe.answer is not None for probe in probes),
        "probe": len(probes) - waiting,
        "dissent": kinds["otherwise"],
        "report": kinds["held"] + kinds["adapted"] + kinds["failed"],
    }
    given = {
        (story.file, entry.by): entry.kind for story in loaded.stories for entry in story.talk if entry.kind in verdicts
    }
    assert verdicts == Counter(given.values())  # the last word of each person on each story


def test_every_state_of_a_thread_is_shown(loaded: Content, now: datetime) -> None:
    """And one stands under a condition, one has a keeper, and of one moderators are asked whether to retire it."""
    lines = order_of(list(session().scalars(select(Thread.id))))
    states = Counter(line.state(now) for line in lines.values())

    assert states.keys() == {"living", "resting", "due", "contested", "superseded", "retired"}
    (doubtful,) = [line.thread_id for line in lines.values() if line.q < 0.35]
    community_id = session().scalars(select(Thread.community_id).where(Thread.id == doubtful)).one()
    assert list_doubtful(community_id) == [doubtful]
    assert find_strongest_dissent(doubtful) is not None
    of_conditions = session().scalars(select(Condition.thread_id))
    settled = [
        line
        for id_ in of_conditions
        for line in list_conditions(id_)
        if is_settled(line.accepted, list_dissenters(id_))
    ]
    assert settled
    (kept,) = session().scalars(select(Thread).join(Keeping, Keeping.thread_id == Thread.id))
    keeper = find_keeper(kept)
    assert keeper is not None
    assert keeper.has_accepted
    assert not has_teller_here(kept)


def test_every_state_of_a_probe_is_shown(loaded: Content) -> None:
    probes = list(session().scalars(select(Probe)))
    each = select(func.count()).select_from(ProbeWonder).group_by(ProbeWonder.probe_id)

    assert {probe.state for probe in probes} == {"open", "answered", "declined", "withdrawn"}
    assert {probe.type for probe in probes} == set(TYPES)
    assert sum(probe.gone_at is not None for probe in probes) == 1
    assert session().scalar(select(func.count()).select_from(WaitingProbe)) == 1
    assert max(session().scalars(each)) == 2


def test_answers_stand_under_what_they_answer(loaded: Content) -> None:
    answered = Reply.__table__.alias("answered")
    rows = session().execute(
        select(Reply.said_at, answered.c.said_at, Reply.thread_id, answered.c.thread_id).join(
            answered, answered.c.id == Reply.answers_id
        )
    )
    pairs = [tuple(row) for row in rows]

    assert pairs
    assert all(answer_at > at and here == there for answer_at, at, here, there in pairs)


def test_nothing_happens_ahead_of_time(loaded: Content, now: datetime) -> None:
    latest = session().scalar(select(func.max(ActRow.at)))
    joined = session().scalar(select(func.max(Membership.joined_at)))

    assert latest is not None
    assert latest <= now.timestamp()
    assert joined is not None
    assert joined <= now


def test_a_decided_and_a_live_case_have_panels_that_do_not_all_agree(loaded: Content) -> None:
    cases = dict(session().execute(select(Thread.title, Thread.id).where(Thread.kind == "case")).all())
    live = session().scalar(select(func.count()).select_from(CaseOutcome).where(CaseOutcome.told_at.is_(None)))
    forks = session().execute(select(Fork.id, Thread.community_id).join(Thread, Thread.id == Fork.thread_id)).all()
    panels = [list_panel(fork_id, community_id) for fork_id, community_id in forks]

    assert set(cases) == {card.draft.title for card in read_cases()}
    assert live == 1
    assert len(panels) == sum(len(card.draft.forks) for card in read_cases())
    assert min(map(len, panels)) >= 3
    assert all(len({one.first for one in panel}) > 1 for panel in panels)
    assert sum(sum(count_newcomers(fork_id).values()) for fork_id, _place in forks) >= 4


def test_every_key_is_what_the_acts_say_and_the_site_looks_alive(loaded: Content, now: datetime) -> None:
    ids = list(session().scalars(select(Thread.id)))
    states = Counter(order.state(now) for order in order_of(ids).values())

    assert [*check_orders(), *check_verdicts(), *find_strays()] == []
    assert states["living"] >= 3
    assert states["resting"] >= 1


def test_standing_is_measured_and_told_by_its_ways_where_there_are_enough(played: Flask, content: Content) -> None:
    measures = select(Community.slug, Measure.is_simple).join(Measure, Measure.community_id == Community.id)
    with played.app_context():
        with reading():
            is_simple = dict(session().execute(measures).all())
            reader = find_credentials(address_of(content.people[0]))
        assert reader
        with transaction():
            token = start_session(person_id=reader.person_id, stays=True, now=NOW)
        browser = played.test_client()
        browser.set_cookie("cop_session", token)

        ways = {
            handle: browser.get(f"/c/incident-response/people/{handle}/why").text.count('class="way"')
            for handle in ("halima-wojtas", "caoimhe-rautio", "tevita-hafoka")
        }

    assert {slug for slug, simple in is_simple.items() if not simple} == {"incident-response"}
    assert is_simple.keys() == {card.slug for card in content.communities}
    assert ways == dict.fromkeys(ways, 3)


def test_what_is_told_can_be_found(played: Flask, loaded: Content) -> None:
    assert played.test_client().get("/search?q=subtraction").data.count(b"The subtraction I could not do") >= 1


def test_what_was_asked_agreed_changed_mentioned_and_taken_back_stands(played: Flask, loaded: Content) -> None:
    browser = played.test_client()
    kinds = Counter(session().scalars(select(Thread.kind).where(Thread.kind != "case")))
    changed = Counter(session().scalars(select(Revision.by_id)))
    html = "".join(session().scalars(select(Reply.html)))

    assert kinds == Counter(story.kind for story in loaded.stories)
    assert len(changed) >= 3
    assert session().scalar(select(func.count()).where(Reply.withdrawn_at.is_not(None))) == 2
    assert html.count('<a href="/people/') >= 3
    assert html.count("<blockquote>") >= 3
    assert session().scalar(select(func.count()).select_from(ThreadTopic)) >= 20
    assert b"Not looked at for a year" in browser.get("/c/incident-response/procedures").data
    outside = browser.get("/c/home-visits/").data + browser.get("/search?q=drainer").data
    assert b"Ask to join" in outside
    assert b"Two cups" not in outside


def test_every_value_that_exists_and_every_list_is_met_on_some_page(played: Flask, loaded: Content) -> None:
    """By some who moderate, practise or have just come, and by a visitor; what there is, the tables say."""
    ids = dict(session().execute(select(Person.handle, Person.id)).all())
    asked = session().execute(select(Probe.type, Reply.html).join(Reply, Reply.id == Probe.reply_id)).all()
    values, seen = list_enumerations(), see_everything(played, ids)

    assert values.keys() == SIGNS.keys() | ELSEWHERE.keys(), "something of which tests/demo/signs.py does not know"
    missing = [
        (name, sign) for name in SIGNS for sign in signs_of(name, values[name]).values() if sign not in seen.pages
    ]
    assert missing == []
    assert {kind for kind, html in asked if html in seen.pages} == values["probe.type"] == set(TYPES)
    assert [state for state in STATES if f'"state state-{state}"' not in seen.pages] == []
    rows = "".join(re.findall(r'<li class="thread.*?</li>', seen.pages, re.DOTALL))
    assert [state for state in STATES[1:] if f'"state state-{state}"' not in rows] == [], (
        "what lives bears no mark there"
    )
    assert [name for name in FILTERS if f"?show={name}#talk" not in seen.pages] == []
    assert [name for name in ORDERS[1:] if f"order={name}" not in seen.pages] == []
    assert [name for name, is_filled in seen.lists.items() if not is_filled] == []
    assert [words for words in WORDS if words not in seen.pages] == []
