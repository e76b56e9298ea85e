"""Does it still hold? Who is asked, what their answer does, and how it is taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from cop.communities.members.operations import leave_community
from cop.communities.models import Community
from cop.communities.queries import load_person_as_viewer
from cop.communities.vouches.operations import vouch_for
from cop.endorsements.models import Verdict
from cop.endorsements.queries import count_stand
from cop.notifications.care.jobs import ask_for_check_ins
from cop.notifications.care.queries import list_to_ask
from cop.platform.database import reading, transaction
from cop.platform.errors import NotAllowed, Unsound
from cop.ranking.models import ThreadOrder
from cop.ranking.queries import order_of
from cop.ranking.verification import check_orders
from cop.ranking.voices.verification import check_verdicts
from tests.cases.stage import add_case, skip
from tests.cast import Cast, add_story, add_verdict
from tests.postbox import Postbox
from tests.tending import LONG_AGO, add_due_story, answer, ask_keeper, keep, retire, take_answer_back

WHY = "Not on the new pumps: they sound the same whatever happens."


def keys_of(story: int) -> dict[str, object]:
    with reading() as s:
        keys = asdict(s.get_one(ThreadOrder, story).keys)
    return {name: value for name, value in keys.items() if name not in ("latest_at", "latest_id")}


def state_of(story: int, now: datetime) -> str:
    with reading():
        return order_of([story])[story].state(now)


def test_still_renews_what_was_said_and_doubles_the_shelf_life(cast: Cast, now: datetime) -> None:
    """R3 and R5: the weight of the field report, dated now; once a check-in; never those who were not asked."""
    story = add_due_story(cast, now)
    assert state_of(story, now) == "due"
    before = keys_of(story)

    answer(cast.tomasz, story, "still", now)

    after = keys_of(story)
    assert state_of(story, now) == "living"
    assert (after["p_all"], after["shelf_days"]) == (before["p_all"], 360.0)
    assert after["last_verified"] == int(now.timestamp())
    for asked_again in (cast.tomasz, cast.maren, cast.joanne):
        with pytest.raises(NotAllowed):
            answer(asked_again, story, "still", now)
    assert list(check_orders()) == []


def test_what_depends_or_holds_no_longer_needs_its_reason_and_counts_as_what_it_is(cast: Cast, now: datetime) -> None:
    story, other = add_due_story(cast, now), add_due_story(cast, now, title="Another")
    with pytest.raises(Unsound):
        answer(cast.tomasz, story, "no_longer", now)

    answer(cast.tomasz, story, "no_longer", now, why=WHY)
    answer(cast.tomasz, other, "depends", now, why=WHY)

    keys = keys_of(story)
    assert (keys["p_all"], keys["n_all"], keys["dissenters"]) == (0.0, 3.0, 1)
    assert keys_of(other)["shelf_days"] == 90.0
    with reading():
        assert {kind: n for kind, n in count_stand(story).counts.items() if n} == {"no_longer": 1}
        assert {kind: n for kind, n in count_stand(other).counts.items() if n} == {"depends": 1}
    assert list(check_orders()) == []


def test_a_teller_answers_without_entering_what_holds_up(cast: Cast, now: datetime) -> None:
    """R4."""
    story = add_due_story(cast, now)
    before = keys_of(story)

    answer(cast.maren, story, "depends", now, why=WHY)

    after = keys_of(story)
    assert (after["p_all"], after["n_all"], after["dissenters"]) == (before["p_all"], before["n_all"], 0)
    assert (after["last_verified"], after["shelf_days"]) == (int(now.timestamp()), 90.0)
    assert list(check_orders()) == []


@pytest.mark.parametrize("said", ["still", "no_longer"])
def test_an_answer_taken_back_was_never_given(cast: Cast, now: datetime, said: str) -> None:
    """P10; and the verdict stands as it was, to be asked about again."""
    story = add_due_story(cast, now)
    before = keys_of(story)
    answer(cast.tomasz, story, said, now, why=WHY if said != "still" else "")

    take_answer_back(cast.tomasz, story, now + timedelta(minutes=1))

    assert keys_of(story) == pytest.approx(before, nan_ok=True)
    with reading():
        assert {kind: n for kind, n in count_stand(story).counts.items() if n} == {"held": 1}
    answer(cast.tomasz, story, "still", now + timedelta(minutes=2))
    assert state_of(story, now) == "living"
    assert list(check_orders()) == []


def test_a_keeper_is_asked_in_place_of_whoever_has_gone(cast: Cast, now: datetime) -> None:
    story = add_due_story(cast, now)
    with transaction() as s:
        community = s.get_one(Community, cast.bedside)
        leave_community(actor=load_person_as_viewer(cast.maren), community=community, now=now)
    ask_keeper(cast.joanne, story, "joanne-pell", now)
    with pytest.raises(NotAllowed):
        answer(cast.joanne, story, "still", now)  # asked, and not said yes yet
    keep(cast.joanne, story, now)
    before = keys_of(story)

    answer(cast.joanne, story, "still", now)

    after = keys_of(story)
    assert after["p_all"] == before["p_all"]
    assert after["last_verified"] == int(now.timestamp())
    assert list(check_orders()) == []


def test_each_is_asked_once_in_a_check_in_and_the_letter_says_what_is_true(
    app: Flask, cast: Cast, now: datetime, post: Postbox, deliver: Callable[[], int]
) -> None:
    """Maren told it and Tomasz used it; Joanne has only seen it, and of what was retired nobody is asked."""
    story, retired = add_due_story(cast, now, title="Cold knees"), add_due_story(cast, now, title="The old pump")
    add_verdict(cast.joanne, story, "seen", now - LONG_AGO)
    add_story(cast.maren, cast.bedside, now - LONG_AGO, title="Used by nobody")
    retire(cast.joanne, retired, now)
    post.fetch()

    for _night in range(2):
        with transaction():
            ask_for_check_ins([], now)
    letters = post.fetch()

    assert {(one.to, one.subject) for one in letters} == {
        ("maren@example.org", "Does “Cold knees” still hold?"),
        ("tomasz@example.org", "Does “Cold knees” still hold?"),
    }
    assert len(letters) == 2
    assert all(one.links[0].endswith("/check-in") for one in letters)
    with reading():
        assert list_to_ask(now) == []
    later = now + timedelta(days=200)
    answer(cast.tomasz, story, "still", now)
    with reading():
        assert list_to_ask(later) == []  # 360 days from now


def test_of_much_that_is_due_at_once_nobody_is_asked_more_than_three_in_a_night(cast: Cast, now: datetime) -> None:
    for number in range(5):
        add_due_story(cast, now, title=f"Story {number}")

    with reading():
        asked = list_to_ask(now)

    assert sorted(one.person_id for one in asked) == sorted([cast.maren] * 3 + [cast.tomasz] * 3)


def test_a_promotion_reaches_what_an_answer_had_renewed_and_what_was_said_in_cases(cast: Cast, now: datetime) -> None:
    """R11; the answer is taken back after it, and the verdict stands with the voice that its act has by then."""
    story = add_due_story(cast, now)
    add_verdict(cast.caro, story, "held", now - timedelta(days=80))
    case = add_case(cast.maren, cast.bedside, now - timedelta(days=30))
    skip(cast.caro, case, now - timedelta(days=20))
    add_verdict(cast.caro, case, "held", now - timedelta(days=20))
    answer(cast.caro, story, "still", now - timedelta(days=3))
    with transaction() as s:
        vouch_for(
            actor=load_person_as_viewer(cast.joanne), community=s.get_one(Community, cast.bedside),
            person_id=cast.caro, line="Seen at work.", now=now - timedelta(days=1),
        )  # fmt: skip
    assert list(check_verdicts()) == []

    take_answer_back(cast.caro, story, now)

    assert list(check_verdicts()) == []
    with reading() as s:
        assert s.scalars(select(Verdict.voice).where(Verdict.person_id == cast.caro)).all() == [1.0, 1.0]
