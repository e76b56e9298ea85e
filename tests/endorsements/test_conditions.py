"""When does it hold? A condition that both sides accept clears what is contested, until somebody dissents again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from cop.endorsements.conditions.permissions import is_settled
from cop.endorsements.conditions.queries import find_strongest_dissent, list_conditions, list_dissenters
from cop.platform.database import reading
from cop.platform.errors import NotAllowed, Unsound
from cop.ranking.queries import order_of
from cop.ranking.verification import check_orders
from tests.cast import Cast, add_verdict
from tests.tending import accept, add_contested_story, add_practitioner, propose


def is_contested(story: int) -> bool:
    with reading():
        return order_of([story])[story].contested_at is not None


@pytest.mark.parametrize(
    ("accepted", "dissenters", "settled"),
    [
        ({1: "teller"}, {2, 3}, False),
        ({1: "teller", 2: "dissenter"}, {2, 3}, True),
        ({2: "dissenter", 3: "dissenter"}, {2, 3}, False),
        ({4: "moderator", 2: "dissenter"}, {2, 3}, True),
        ({4: "moderator", 2: "dissenter"}, {2, 3, 5}, False),
        ({2: "moderator"}, {2, 3}, True),
    ],
)
def test_both_sides_have_to_accept(accepted: dict[int, str], dissenters: set[int], settled: bool) -> None:
    assert is_settled(accepted, dissenters) is settled


def test_a_condition_of_both_sides_clears_what_was_contested(cast: Cast, now: datetime) -> None:
    story = add_contested_story(cast, now)
    assert is_contested(story)
    condition = propose(cast.tomasz, story, now)
    assert is_contested(story)

    accept(cast.maren, story, condition, now + timedelta(seconds=1))

    assert not is_contested(story)
    with reading():
        (line,) = list_conditions(story)
        assert is_settled(line.accepted, list_dissenters(story))
    accept(cast.maren, story, condition, now + timedelta(seconds=2), leaves=True)
    assert is_contested(story)
    accept(cast.maren, story, condition, now + timedelta(seconds=3))
    assert not is_contested(story)
    assert list(check_orders()) == []


def test_a_later_dissent_makes_it_contested_again(cast: Cast, now: datetime) -> None:
    """R6."""
    story = add_contested_story(cast, now)
    condition = propose(cast.maren, story, now)
    accept(cast.tomasz, story, condition, now)
    assert not is_contested(story)
    others = [add_practitioner(cast, f"{name} Nord", now) for name in ("Ola", "Uwe")]

    for other in others:
        add_verdict(other, story, "failed", now + timedelta(seconds=5))

    assert is_contested(story)
    assert list(check_orders()) == []


def test_only_whoever_told_it_and_whoever_dissents_proposes(cast: Cast, now: datetime) -> None:
    story = add_contested_story(cast, now)
    for outsider in (cast.caro, cast.bea):
        with pytest.raises(NotAllowed):
            propose(outsider, story, now)
    with pytest.raises(Unsound):
        propose(cast.maren, story, now, text="  ")
    for number in range(5):
        propose(cast.maren, story, now, text=f"The line is {number} hours old")
    with pytest.raises(NotAllowed):
        propose(cast.maren, story, now)


def test_the_strongest_reason_is_of_the_greatest_voice_and_then_the_latest(cast: Cast, now: datetime) -> None:
    story = add_contested_story(cast, now)
    add_verdict(cast.caro, story, "failed", now, body="A newcomer's word stands in the talk, and weighs nothing yet.")

    with reading():
        strongest = find_strongest_dissent(story)

    assert strongest is not None
    assert strongest.author is not None
    assert (strongest.author.id, strongest.verdict) == (cast.joanne, "failed")
    add_verdict(cast.joanne, story, "seen", now)
    with reading():
        strongest = find_strongest_dissent(story)
    assert strongest is not None
    assert strongest.verdict == "otherwise"
