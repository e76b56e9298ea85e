"""What became of what somebody told: stored once, shown to them alone, and mailed at most once a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from cop.accounts.events import AccountClosed
from cop.cases.cutting import cut_from
from cop.communities.members.operations import remove_person
from cop.communities.models import Community
from cop.communities.queries import load_person_as_viewer
from cop.discussions.events import ProbeWondered
from cop.discussions.models import Reply, Thread
from cop.discussions.withdrawals.operations import withdraw_reply, withdraw_thread
from cop.endorsements.events import VerdictGiven
from cop.notifications.callbacks.jobs import tell_of_years
from cop.notifications.callbacks.models import Callback
from cop.notifications.callbacks.operations import see_callbacks
from cop.notifications.callbacks.queries import CallbackLine, list_callbacks
from cop.notifications.callbacks.reactions import forget_callbacks
from cop.platform.database import reading, transaction
from cop.platform.errors import NotVisible
from cop.platform.events import publish
from cop.platform.outbox import deliver_due
from tests.cases.stage import add_case, choose, think_twice
from tests.cast import Cast, add_story, add_verdict
from tests.probing import add_probe, wonder
from tests.security.stage import point_to
from tests.web.reading import read, send

DAY = timedelta(days=1)
Clients = Callable[[int], FlaskClient]


def became(person_id: int) -> list[CallbackLine]:
    with reading():
        return list(list_callbacks(load_person_as_viewer(person_id)).items)


def kinds(person_id: int) -> list[str]:
    return [line.kind for line in became(person_id)]


def test_a_teller_hears_once_of_everything_that_others_did_with_a_story(cast: Cast, now: datetime) -> None:
    then = now - 5 * DAY
    story = add_story(cast.maren, cast.bedside, then)
    case = add_case(cast.maren, cast.bedside, then, forks=1)
    choose(cast.caro, case, then)

    add_verdict(cast.joanne, story, "seen", now - 4 * DAY)
    report = add_verdict(cast.tomasz, story, "held", now - 3 * DAY)
    probe = add_probe(cast.tomasz, story, now - 3 * DAY) or 0
    for minute, person in enumerate((cast.caro, cast.joanne)):
        wonder(person, probe, now - 2 * DAY + timedelta(minutes=minute))
    procedure = point_to(cast.joanne, cast.bedside, story, now - DAY)
    think_twice(cast.caro, case, now, "I would look at the line.")

    lines = became(cast.maren)
    assert [(line.kind, line.ref_id) for line in lines[1:]] == [
        ("procedure", procedure),
        ("wondered", probe),
        ("report", report.id if report else 0),
    ]
    assert (lines[0].kind, lines[0].place, lines[0].who) == ("thought", 1, "")
    assert (lines[3].who, lines[3].verdict, lines[3].setting) == ("Tomasz Wieczorek", "held", "Another ward, by night")
    assert all(line.seen_at is None for line in lines)
    assert became(cast.tomasz) == became(cast.caro) == became(cast.piet) == []

    with transaction():  # the same again, as after a crash
        publish(VerdictGiven(story, cast.bedside, cast.tomasz, "held", 1.0, report.id if report else 0, now))
        publish(ProbeWondered(probe, story, cast.bedside, cast.caro, 3, now))
    think_twice(cast.caro, case, now, "I would look at the line first.")
    assert became(cast.maren) == lines


def test_a_case_that_its_teller_made_is_no_news_to_them(cast: Cast, now: datetime) -> None:
    story, case = add_story(cast.maren, cast.bedside, now), add_case(cast.maren, cast.bedside, now)
    with transaction() as s:
        cut_from(actor=load_person_as_viewer(cast.maren), thread=s.get_one(Thread, case), story_id=story, now=now)

    (line,) = became(cast.maren)
    assert (line.kind, line.other, line.seen_at) == ("case", "The alarm that settled by itself", now)


def test_what_does_not_stand_any_more_is_told_no_more(cast: Cast, now: datetime) -> None:
    story = add_story(cast.maren, cast.bedside, now - 2 * DAY)
    report = add_verdict(cast.tomasz, story, "failed", now)
    add_verdict(cast.joanne, story, "held", now)
    procedure = point_to(cast.joanne, cast.bedside, story, now)
    probe = add_probe(cast.tomasz, story, now) or 0
    for person in (cast.caro, cast.joanne):
        wonder(person, probe, now)
    assert sorted(kinds(cast.maren)) == ["procedure", "report", "report", "wondered"]

    with transaction() as s:
        thread, tomasz = s.get_one(Thread, story), load_person_as_viewer(cast.tomasz)
        for reply in (report.id if report else 0, probe):
            withdraw_reply(actor=tomasz, thread=thread, reply=s.get_one(Reply, reply), now=now)
        withdraw_thread(actor=load_person_as_viewer(cast.joanne), thread=s.get_one(Thread, procedure), now=now)
    assert [(line.kind, line.who) for line in became(cast.maren)] == [("report", "Joanne Pell")]

    with transaction() as s:
        withdraw_thread(actor=load_person_as_viewer(cast.maren), thread=s.get_one(Thread, story), now=now)
    assert became(cast.maren) == []


def test_what_somebody_said_who_was_put_out_is_told_no_more(cast: Cast, now: datetime) -> None:
    story = add_story(cast.maren, cast.bedside, now)
    add_verdict(cast.tomasz, story, "held", now)
    with transaction() as s:
        joanne, community = load_person_as_viewer(cast.joanne), s.get_one(Community, cast.bedside)
        remove_person(actor=joanne, community=community, person_id=cast.tomasz, reason="A test of it.", now=now)

    assert became(cast.maren) == []


def test_a_year_is_told_of_once_and_not_long_after_its_day(cast: Cast, now: datetime) -> None:
    told = {days: add_story(cast.maren, cast.bedside, now - days * DAY) for days in (364, 366, 394, 400)}
    for _ in range(2):
        with transaction():
            tell_of_years([], now)

    assert {line.thread_id for line in became(cast.maren)} == {told[366], told[394]}
    assert kinds(cast.maren) == ["year", "year"]
    with reading() as s:  # the cast's own stories are a year old to the day
        assert s.scalar(select(func.count()).select_from(Callback)) == 2 + 3


def test_the_list_leads_on_and_what_was_seen_is_no_news(cast: Cast, now: datetime, client_of: Clients) -> None:
    for minute in range(7):
        story = add_story(cast.maren, cast.bedside, now - DAY, title=f"Told {minute}")
        add_verdict(cast.tomasz, story, "held", now - timedelta(minutes=minute))
    with reading():
        maren = load_person_as_viewer(cast.maren)
        first = list_callbacks(maren, limit=4)
        rest = list_callbacks(maren, after=first.later, limit=4)
        with pytest.raises(NotVisible):
            list_callbacks(maren, after="WyJhIl0")
    assert [line.title for line in (*first.items, *rest.items)] == [f"Told {minute}" for minute in range(7)]
    assert rest.later is None

    with transaction():
        see_callbacks(actor=maren, up_to=now - timedelta(minutes=3), now=now)
    assert [line.seen_at is None for line in became(cast.maren)] == [True] * 3 + [False] * 4
    browser = client_of(cast.maren)
    up_to = read(browser, "/became").forms()["/became/seen"]["up_to"]
    assert send(browser, "/became/seen", up_to="soon").status == 404
    send(browser, "/became/seen", up_to=up_to)
    assert all(line.seen_at for line in became(cast.maren))
    assert "I have seen these" not in read(browser, "/became").text


def test_one_letter_a_day_tells_what_nobody_has_seen_yet(
    cast: Cast, now: datetime, app: Flask, deliver: Callable[[], int], letters: Callable[[], list[str]]
) -> None:
    deliver()
    story = add_story(cast.maren, cast.bedside, now - DAY, title="Cold knees")
    add_verdict(cast.tomasz, story, "held", now)
    add_verdict(cast.joanne, story, "otherwise", now, body="I would wait for the second reading, every single time.")
    deliver()
    add_verdict(cast.caro, story, "failed", now + timedelta(hours=1))
    point_to(cast.joanne, cast.bedside, story, now + timedelta(hours=2))
    deliver()

    def to_maren() -> list[str]:
        return [letter for letter in letters() if "To: maren@example.org" in letter and "What became of" in letter]

    (first,) = to_maren()
    assert "Tomasz Wieczorek has used “Cold knees”. It held." in first
    assert "Joanne Pell would do otherwise" in first
    while deliver_due(app.extensions["cop-jobs"], claim="test", now=now + DAY):
        pass
    second = to_maren()[1]
    assert "Caro Mbeki has used “Cold knees”. It did not hold there." in second
    assert "A procedure rests on “Cold knees” now" in second
    assert "Tomasz" not in second


def test_nobody_is_written_to_of_what_they_have_seen_or_of_what_was_withdrawn(
    cast: Cast, now: datetime, deliver: Callable[[], int], letters: Callable[[], list[str]]
) -> None:
    story = add_story(cast.maren, cast.bedside, now - DAY)
    add_verdict(cast.tomasz, story, "held", now)
    with transaction() as s:
        s.execute(update(Callback).values(seen_at=now))
    other = add_story(cast.tomasz, cast.bedside, now - DAY)
    add_verdict(cast.maren, other, "held", now)
    with transaction() as s:
        withdraw_thread(actor=load_person_as_viewer(cast.tomasz), thread=s.get_one(Thread, other), now=now)
    deliver()
    with transaction():
        forget_callbacks(AccountClosed(person_id=cast.maren, at=now))

    assert became(cast.maren) == []
    assert not [letter for letter in letters() if "What became of" in letter]
