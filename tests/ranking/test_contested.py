"""When the label *contested* comes and goes (B6 and R6, R7 of B0)."""

from __future__ import annotations

import pytest

from cop.ranking.acts import DAY, Act, ActKind
from tests.ranking.stored_thread import StoredThread

TOLD_AT = 1_767_225_600
TELLER, MODERATOR, ANN, BEN, CLEO, DORA = range(1, 7)


class Story:
    """A thread written as one would tell it: one act a day."""

    def __init__(self) -> None:
        self.thread = StoredThread(TOLD_AT, frozenset({TELLER}))
        self.day = 0
        self.add(TELLER, ActKind.CREATED)

    def add(self, person: int, kind: ActKind, voice: float = 1.0, ref: int | None = None, role: str = "") -> Story:
        self.thread.receive_one(Act(self.day + 1, TOLD_AT + self.day * DAY, person, kind, voice, ref, role or None))
        self.day += 1
        return self

    def disputed(self) -> Story:
        """Ann finds it useful; Ben and Cleo would do otherwise."""
        return self.add(ANN, ActKind.SEEN).add(BEN, ActKind.OTHERWISE).add(CLEO, ActKind.OTHERWISE)

    def accepts(self, person: int, role: str, condition: int | None = None) -> Story:
        return self.add(person, ActKind.ACCEPT_CONDITION, 0.0, condition, role)

    @property
    def is_contested(self) -> bool:
        """What is stored; and the independent rebuild agrees."""
        keys, rebuilt = self.thread.keys, self.thread.rebuilt()
        assert (keys.contested_at, keys.condition_at) == (rebuilt.contested_at, rebuilt.condition_at)
        return keys.contested_at is not None


def test_two_dissenters_with_enough_weight_make_a_thread_contested() -> None:
    assert Story().disputed().is_contested


def test_a_condition_accepted_by_the_teller_and_half_of_the_dissenters_settles_it() -> None:
    assert not Story().disputed().accepts(TELLER, "teller").accepts(BEN, "dissenter").is_contested


def test_the_order_in_which_they_accept_does_not_matter() -> None:
    assert not Story().disputed().accepts(BEN, "dissenter").accepts(MODERATOR, "moderator").is_contested


def test_teller_and_dissenter_must_accept_the_same_condition() -> None:
    assert Story().disputed().accepts(TELLER, "teller", 7).accepts(BEN, "dissenter", 8).is_contested


def test_an_act_that_has_nothing_to_do_with_it_settles_nothing_and_reopens_nothing() -> None:
    settled = Story().disputed().accepts(TELLER, "teller").accepts(BEN, "dissenter")

    assert not settled.add(DORA, ActKind.REPLY).add(DORA, ActKind.SEEN, 0.2).is_contested


def test_a_new_dissent_reopens_what_a_condition_had_settled() -> None:
    settled = Story().disputed().accepts(TELLER, "teller").accepts(BEN, "dissenter")
    settled.accepts(CLEO, "dissenter")

    assert settled.add(DORA, ActKind.FAILED).is_contested
    assert settled.add(ANN, ActKind.REPLY).is_contested


def test_the_new_dissenter_may_accept_the_same_condition() -> None:
    settled = Story().disputed().accepts(TELLER, "teller").accepts(BEN, "dissenter")

    assert not settled.add(DORA, ActKind.FAILED).accepts(DORA, "dissenter").is_contested


def test_a_dissent_without_voice_reopens_nothing() -> None:
    settled = Story().disputed().accepts(TELLER, "teller").accepts(BEN, "dissenter")

    assert not settled.add(DORA, ActKind.FAILED, 0.09).is_contested


def test_less_support_alone_reopens_nothing_that_a_condition_settled() -> None:
    settled = Story().disputed().accepts(TELLER, "teller").accepts(BEN, "dissenter")

    assert not settled.add(ANN, ActKind.WITHDRAW_VERDICT).is_contested


def test_a_dissenter_who_gives_way_settles_it_when_half_of_the_rest_have_accepted() -> None:
    three = Story().disputed().add(DORA, ActKind.OTHERWISE).accepts(TELLER, "teller")
    assert three.accepts(BEN, "dissenter").is_contested

    assert not three.add(DORA, ActKind.SEEN).is_contested


def test_undoing_the_accepted_condition_with_its_author_reopens_it() -> None:
    settled = Story().disputed().accepts(TELLER, "teller").accepts(BEN, "dissenter")

    assert settled.add(TELLER, ActKind.BAN, 0.0).is_contested


@pytest.mark.parametrize("voice", [0.0, 0.05, 0.0999])
def test_people_without_voice_are_no_dissenters(voice) -> None:
    assert not Story().add(BEN, ActKind.FAILED).add(CLEO, ActKind.FAILED, voice).is_contested
