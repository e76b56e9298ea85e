"""What threads need: rows that follow from what happened, and whom they are shown to."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, update

from cop.cases.operations import ask_for_outcomes, tell_outcome
from cop.communities.members.operations import leave_community
from cop.communities.models import Community
from cop.communities.queries import load_person_as_viewer
from cop.discussions.models import Reply, Thread
from cop.discussions.operations import ask_question
from cop.discussions.stories import StoryDraft, render_story
from cop.discussions.withdrawals.operations import restore_thread, withdraw_reply, withdraw_thread
from cop.platform import markup
from cop.platform.clock import seconds
from cop.platform.database import reading, session, transaction
from cop.platform.errors import NotVisible
from cop.ranking.models import ThreadOrder
from cop.ranking.needs.jobs import FILL, fill_needs
from cop.ranking.needs.models import Need
from cop.ranking.needs.operations import SET_ASIDE_FOR, refresh_needs, snooze_need, take_up_need
from cop.ranking.needs.queries import get_need, list_needs, list_set_aside
from cop.ranking.needs.verification import check_needs
from tests.cases.stage import add_case, choose, skip
from tests.cast import (
    Cast,
    add_member,
    add_person,
    add_reply,
    add_story,
    add_topic,
    add_verdict,
    ask_a_question,
    silence,
)
from tests.probing import add_probe, answer, decline, wonder

DAY = timedelta(days=1)


def needed_of(person_id: int, now: datetime, community_id: int | None = None, **asked: object) -> list[tuple[str, int]]:
    """Kind and thread of what waits for somebody, in order."""
    with reading():
        viewer = load_person_as_viewer(person_id)
        places = (community_id,) if community_id else viewer.places
        return [(need.kind, need.thread_id) for need in list_needs(viewer, places, now=now, **asked).items]  # type: ignore[arg-type]


def withdraw(person_id: int, thread_id: int, now: datetime, *, back: bool = False) -> None:
    with transaction() as s:
        change = restore_thread if back else withdraw_thread
        change(actor=load_person_as_viewer(person_id), thread=s.get_one(Thread, thread_id), now=now)


def check() -> list[object]:
    return list(check_needs())


def test_a_question_waits_for_everybody_but_its_asker_until_somebody_else_says_something(
    cast: Cast, now: datetime
) -> None:
    asked = ask_a_question(cast.caro, cast.bedside, now - DAY)
    own = add_reply(cast.caro, asked, now - DAY, body="It hisses less when he sits up.")

    waits = needed_of(cast.maren, now, cast.bedside), needed_of(cast.tomasz, now), needed_of(cast.caro, now)
    said = add_reply(cast.maren, asked, now)
    answered = needed_of(cast.tomasz, now)
    with transaction() as s:
        thread, reply = s.get_one(Thread, asked), s.get_one(Reply, said)
        withdraw_reply(actor=load_person_as_viewer(cast.maren), thread=thread, reply=reply, now=now)

    assert own
    assert waits == ([("question", asked)], [("question", asked)], [])
    assert answered == []
    assert needed_of(cast.tomasz, now) == [("question", asked)]
    assert needed_of(cast.otto, now) == needed_of(cast.bea, now) == []
    assert check() == []


def test_a_probe_waits_for_its_teller_once_they_have_sat_back_and_sooner_the_more_wonder(
    cast: Cast, now: datetime
) -> None:
    story = add_story(cast.maren, cast.bedside, now - DAY)
    first = add_probe(cast.tomasz, story, now - DAY, body="Which hand?") or 0
    second = add_probe(cast.caro, story, now - DAY + timedelta(minutes=1), body="Which bay?") or 0

    assert needed_of(cast.maren, now) == []
    assert needed_of(cast.maren, now + DAY) == [("probe", story), ("probe", story)]
    assert needed_of(cast.tomasz, now + DAY) == []
    for person in (cast.tomasz, cast.joanne):
        wonder(person, second, now)
    with reading():
        lines = list_needs(load_person_as_viewer(cast.maren), [cast.bedside], now=now + DAY).items
    assert [(line.ref_id, line.asker, line.wondered) for line in lines] == [
        (second, "Caro Mbeki", 2),
        (first, "Tomasz Wieczorek", 0),
    ]
    assert (lines[0].due_at, lines[1].due_at) == (
        now - DAY + timedelta(minutes=1, hours=36),
        now - DAY + timedelta(hours=72),
    )
    answer(cast.maren, first, now)
    decline(cast.maren, second, now)
    assert needed_of(cast.maren, now + DAY) == []
    assert check() == []


def test_a_check_in_waits_for_whoever_told_or_used_it_from_its_day_on(cast: Cast, now: datetime) -> None:
    then = now - 200 * DAY
    story = add_story(cast.maren, cast.bedside, then)
    add_verdict(cast.tomasz, story, "held", then)
    add_verdict(cast.joanne, story, "seen", then)

    due = then + 180 * DAY

    assert needed_of(cast.tomasz, due - DAY) == []
    assert [needed_of(person, now) for person in (cast.tomasz, cast.maren)] == [[("checkin", story)]] * 2
    assert needed_of(cast.joanne, now) == needed_of(cast.caro, now) == []
    add_verdict(cast.joanne, story, "held", now)
    assert needed_of(cast.tomasz, now) == []
    assert needed_of(cast.joanne, now + 181 * DAY) == [("checkin", story)]
    assert check() == []


def test_a_contested_thread_waits_for_others_a_week_after_its_last_dissent(cast: Cast, now: datetime) -> None:
    story = add_story(cast.maren, cast.bedside, now - 9 * DAY)
    add_verdict(cast.tomasz, story, "failed", now - 8 * DAY)
    assert needed_of(cast.caro, now) == []
    add_verdict(cast.joanne, story, "otherwise", now - 7 * DAY, body="I would wait for the second reading, every time.")

    with reading():
        (line,) = list_needs(load_person_as_viewer(cast.caro), [cast.bedside], now=now).items

    assert (line.kind, line.due_at, line.since) == ("contested", now, now - 7 * DAY)
    assert needed_of(cast.maren, now) == []
    assert check() == []


def test_an_outcome_is_asked_of_its_teller_until_it_is_told(cast: Cast, now: datetime) -> None:
    case = add_case(cast.maren, cast.bedside, now - 13 * DAY, outcome="")

    before = needed_of(cast.maren, now)
    later = now + DAY
    with transaction():
        ask_for_outcomes([], later)
    asked = needed_of(cast.maren, later), needed_of(cast.tomasz, later)
    text = markup.render("It was the tubing.")
    with transaction() as s:
        tell_outcome(actor=load_person_as_viewer(cast.maren), thread=s.get_one(Thread, case), text=text, now=later)

    assert (before, asked) == ([], ([("outcome", case)], []))
    assert needed_of(cast.maren, later) == []
    assert check() == []


def test_what_one_may_not_see_or_answer_is_needed_of_nobody(cast: Cast, now: datetime) -> None:
    asked = ask_a_question(cast.piet, cast.night_shift, now - DAY)
    public = ask_a_question(cast.caro, cast.bedside, now - DAY)

    silence(cast.tomasz, cast.bedside, now + DAY)
    silenced = needed_of(cast.tomasz, now)
    with reading():
        need = session().query(Need.id).filter_by(thread_id=asked).scalar()
        with pytest.raises(NotVisible):
            get_need(load_person_as_viewer(cast.tomasz), need, now=now)
    withdraw(cast.caro, public, now)

    assert silenced == []
    assert needed_of(cast.maren, now, cast.night_shift) == needed_of(cast.maren, now) == []
    withdraw(cast.caro, public, now, back=True)
    assert needed_of(cast.maren, now) == [("question", public)]
    assert check() == []


def test_a_contested_case_waits_for_those_alone_who_are_through(cast: Cast, now: datetime) -> None:
    case = add_case(cast.maren, cast.bedside, now - DAY, forks=1)
    choose(cast.tomasz, case, now)
    with transaction() as s:  # however it came to be so
        s.execute(update(ThreadOrder).where(ThreadOrder.thread_id == case).values(contested_at=seconds(now)))
        refresh_needs(thread_id=case)

    assert needed_of(cast.tomasz, now) == [("contested", case)]
    assert needed_of(cast.caro, now) == []
    skip(cast.caro, case, now)
    assert needed_of(cast.caro, now) == [("contested", case)]


def test_whoever_acts_in_some_topics_is_asked_about_those_and_what_has_none(cast: Cast, now: datetime) -> None:
    for name in ("Shock", "Drains"):
        add_topic(cast.joanne, cast.bedside, name, now)
    add_story(cast.maren, cast.bedside, now, about=["shock"])
    asked = {}
    for number, topic in enumerate(("shock", "drains", "")):
        asked[topic] = add_question(cast.caro, cast.bedside, now + timedelta(minutes=number), topic)
    moment = now + timedelta(hours=1)

    assert needed_of(cast.maren, moment) == [("question", asked["shock"]), ("question", asked[""])]
    assert len(needed_of(cast.tomasz, moment)) == 3


def add_question(asker_id: int, community_id: int, now: datetime, topic: str) -> int:
    question = render_story(
        StoryDraft(title=f"About {topic or 'anything'}", fields={"situation": "It hisses."}), now=now
    )
    topics = [topic] if topic else []
    with transaction() as s:
        actor, community = load_person_as_viewer(asker_id), s.get_one(Community, community_id)
        return ask_question(actor=actor, community=community, question=question, topics=topics, now=now).id


def test_pages_of_needs_lead_on_and_back_without_a_gap_or_a_double(cast: Cast, now: datetime) -> None:
    asked = [ask_a_question(cast.caro, cast.bedside, now - timedelta(hours=hour)) for hour in range(7, 0, -1)]
    met: list[int] = []
    after = None

    while True:
        with reading():
            page = list_needs(load_person_as_viewer(cast.maren), [cast.bedside], now=now, after=after, limit=3)
        met += [need.thread_id for need in page.items]
        if page.later is None:
            break
        after = page.later
    with reading():
        back = list_needs(load_person_as_viewer(cast.maren), [cast.bedside], now=now, before=page.earlier, limit=3)
        with pytest.raises(NotVisible):
            list_needs(load_person_as_viewer(cast.maren), [cast.bedside], now=now, after="WyJhIl0")

    assert met == asked
    assert [need.thread_id for need in back.items] == asked[3:6]


def test_what_is_set_aside_is_gone_for_a_week_for_oneself_alone_and_comes_back_when_one_says_so(
    cast: Cast, now: datetime
) -> None:
    asked = ask_a_question(cast.caro, cast.bedside, now)

    def change(what: object) -> None:
        with transaction():
            actor = load_person_as_viewer(cast.maren)
            need = session().query(Need).filter_by(thread_id=asked).one()
            what(actor=actor, need=need, now=now)  # type: ignore[operator]

    change(snooze_need)
    change(snooze_need)
    with reading():
        (aside,) = list_set_aside(load_person_as_viewer(cast.maren), [cast.bedside], now=now)

    assert aside.set_aside_until == now + SET_ASIDE_FOR
    assert (needed_of(cast.maren, now), len(needed_of(cast.tomasz, now))) == ([], 1)
    assert needed_of(cast.maren, now + SET_ASIDE_FOR) == [("question", asked)]
    change(take_up_need)
    change(take_up_need)
    assert needed_of(cast.maren, now) == [("question", asked)]


def test_lost_needs_are_found_and_the_upgrade_writes_them_anew(cast: Cast, now: datetime, app: Flask) -> None:
    asked = ask_a_question(cast.caro, cast.bedside, now)
    story = add_story(cast.maren, cast.bedside, now)
    add_probe(cast.tomasz, story, now)
    with transaction() as s:
        s.execute(delete(Need).where(Need.thread_id == story))
        s.execute(update(Need).where(Need.thread_id == asked).values(due_at=now))

    found = {(finding.thread_id, finding.key) for finding in check_needs(batch=2)}
    with transaction():
        fill_needs([{"after": 0}], now)

    assert found == {(asked, "need question"), (story, "need probe")}
    assert FILL in app.extensions["cop-jobs"]
    assert check() == []


def test_a_teller_who_has_left_the_community_is_asked_nothing(cast: Cast, now: datetime) -> None:
    ann = add_person("Ann Gone", now - 9 * DAY)
    add_member(ann, cast.bedside, now - 9 * DAY)
    story = add_story(ann, cast.bedside, now - 9 * DAY)
    add_probe(cast.tomasz, story, now - 5 * DAY)
    assert needed_of(ann, now) == [("probe", story)]
    with transaction() as s:
        leave_community(actor=load_person_as_viewer(ann), community=s.get_one(Community, cast.bedside), now=now)

    assert needed_of(ann, now) == needed_of(ann, now, cast.bedside) == []
    assert check() == []
