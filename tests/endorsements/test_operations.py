"""One door for verdicts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from cop.communities.models import Community
from cop.communities.queries import load_person_as_viewer
from cop.communities.vouches.operations import vouch_for
from cop.discussions.models import Reply, Thread
from cop.endorsements.models import Verdict
from cop.endorsements.operations import give_verdict, say_not_now, withdraw_verdict
from cop.endorsements.permissions import sees_totals
from cop.endorsements.queries import OwnStand, count_stand, find_own_stand, list_faces
from cop.platform.database import reading, session, transaction
from cop.platform.errors import NotAllowed, Unsound
from cop.ranking.queries import order_of
from tests.cast import Cast, add_story, add_verdict, silence


@pytest.fixture
def story(app: Flask, cast: Cast, now: datetime) -> int:
    return add_story(cast.maren, cast.bedside, now - timedelta(days=40))


def _replies(thread_id: int) -> list[tuple[str, str | None]]:
    with reading() as s:
        rows = s.execute(select(Reply.kind, Reply.verdict).where(Reply.thread_id == thread_id).order_by(Reply.said_at))
        return [(row.kind, row.verdict) for row in rows]


@pytest.mark.parametrize(
    ("kind", "left"),
    [
        ("seen", []),
        ("held", [("report", "held")]),
        ("adapted", [("report", "adapted")]),
        ("failed", [("report", "failed")]),
        ("otherwise", [("dissent", "otherwise")]),
    ],
)
def test_a_verdict_and_its_reason_are_given_in_one_act(
    cast: Cast, story: int, now: datetime, kind: str, left: list[tuple[str, str]]
) -> None:
    add_verdict(cast.tomasz, story, kind, now)

    with reading():
        counts = count_stand(story).counts
    assert {name: number for name, number in counts.items() if number} == {kind: 1}
    assert _replies(story) == left


@pytest.mark.parametrize("kind", ["held", "adapted", "failed", "otherwise"])
def test_a_verdict_that_needs_its_reason_is_refused_without(cast: Cast, story: int, now: datetime, kind: str) -> None:
    with pytest.raises(Unsound), transaction() as s:
        thread = s.get_one(Thread, story)
        give_verdict(actor=load_person_as_viewer(cast.tomasz), thread=thread, kind=kind, text=None, now=now)

    with reading():
        assert not count_stand(story).anyone


def test_a_second_report_replaces_the_verdict_and_leaves_the_first_text(cast: Cast, story: int, now: datetime) -> None:
    add_verdict(cast.tomasz, story, "held", now - timedelta(days=1))
    add_verdict(cast.tomasz, story, "failed", now)

    with reading():
        counts = count_stand(story).counts
    assert (counts["held"], counts["failed"]) == (0, 1)
    assert _replies(story) == [("report", "held"), ("report", "failed")]


def test_taking_a_verdict_back_leaves_the_text_and_the_order_as_before(cast: Cast, story: int, now: datetime) -> None:
    with reading():
        before = order_of([story])[story]
    add_verdict(cast.tomasz, story, "held", now)
    for _ in range(2):
        with transaction() as s:
            thread = s.get_one(Thread, story)
            withdraw_verdict(actor=load_person_as_viewer(cast.tomasz), thread=thread, now=now)

    with reading():
        after = order_of([story])[story]
        assert not count_stand(story).anyone
    assert _replies(story) == [("report", "held")]
    assert (after.k, after.q, after.e) == pytest.approx((before.k, before.q, before.e), abs=1e-9)


def test_nobody_endorses_their_own_story(cast: Cast, story: int, now: datetime) -> None:
    with pytest.raises(NotAllowed, match="your own story"):
        add_verdict(cast.maren, story, "seen", now)


@pytest.mark.parametrize("who", ["otto", "bea"])
def test_somebody_from_outside_is_asked_to_join_first(cast: Cast, story: int, now: datetime, who: str) -> None:
    with pytest.raises(NotAllowed, match="Join the community"):
        add_verdict(getattr(cast, who), story, "seen", now)


def test_a_silenced_practitioner_gives_no_verdict(cast: Cast, story: int, now: datetime) -> None:
    silence(cast.tomasz, cast.bedside, now + timedelta(days=1))

    with pytest.raises(NotAllowed, match="listen for a while"):
        add_verdict(cast.tomasz, story, "seen", now)


def test_a_newcomers_verdict_is_kept_and_not_counted(cast: Cast, story: int, now: datetime) -> None:
    with reading():
        before = order_of([story])[story]
    add_verdict(cast.caro, story, "held", now)

    with reading():
        after, stand, faces = order_of([story])[story], count_stand(story), list_faces(story)
    assert not stand.anyone
    assert faces["held"] == []
    assert (after.q, after.e) == (before.q, before.e)
    assert after.k > before.k


def test_being_vouched_for_gives_recent_verdicts_their_weight_and_old_ones_none(cast: Cast, now: datetime) -> None:
    recent = add_story(cast.maren, cast.bedside, now - timedelta(days=200), title="Recent")
    old = add_story(cast.maren, cast.bedside, now - timedelta(days=200), title="Old")
    add_verdict(cast.caro, old, "seen", now - timedelta(days=91))
    add_verdict(cast.caro, recent, "seen", now - timedelta(days=89))
    with transaction():
        community = session().get_one(Community, cast.bedside)
        joanne = load_person_as_viewer(cast.joanne)
        vouch_for(actor=joanne, community=community, person_id=cast.caro, line="Seen.", now=now)

    with reading():
        counted = {name: count_stand(thread).counts["seen"] for name, thread in (("recent", recent), ("old", old))}
        orders = order_of([recent, old])
    assert counted == {"recent": 1, "old": 0}
    assert orders[recent].e > orders[old].e == 0


def test_not_now_counts_for_nothing_and_gives_way_to_an_answer(cast: Cast, story: int, now: datetime) -> None:
    tomasz = cast.viewer("tomasz")
    with transaction() as s:
        say_not_now(actor=tomasz, thread=s.get_one(Thread, story), now=now)
    with reading():
        said, stand = find_own_stand(story, tomasz), count_stand(story)
    add_verdict(cast.tomasz, story, "seen", now)

    with reading():
        own = find_own_stand(story, tomasz)
    assert (said, stand.anyone) == (OwnStand(said_not_now=True), False)
    assert not own.said_not_now
    assert own.verdict is not None
    assert own.verdict.kind == "seen"


@pytest.mark.parametrize(
    ("who", "has_answered", "sees"),
    [
        ("nobody", False, True),
        ("otto", False, True),
        ("maren", False, True),
        ("tomasz", False, False),
        ("tomasz", True, True),
        ("caro", False, False),
        ("joanne", False, False),
    ],
)
def test_who_sees_how_many_stand_behind_a_story(
    cast: Cast, story: int, who: str, has_answered: bool, sees: bool
) -> None:
    viewer = cast.viewer(who)
    with reading() as s:
        thread = s.get_one(Thread, story)

    assert sees_totals(viewer, thread, has_answered=has_answered) is sees


def test_one_person_has_one_verdict_on_a_thread(cast: Cast, story: int, now: datetime) -> None:
    for kind in ("seen", "held", "otherwise", "seen"):
        add_verdict(cast.tomasz, story, kind, now)

    with reading() as s:
        assert s.scalar(select(func.count()).where(Verdict.thread_id == story)) == 1
