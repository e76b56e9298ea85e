"""The order's trial is a fair one: its seeds are apart, exploration is blind, and what is ours is the product's."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from bench.ranking.ours import Known, Ours, Rule, by_promise, by_readers, by_share_of_readers, by_turns, explore
from bench.ranking.practice import live
from bench.ranking.report import estimate
from bench.ranking.seeds import HELD_OUT, TRAINING
from bench.ranking.worlds import ATTACK, SIZES, START, make_world
from cop.ranking.acts import DAY, ActKind
from tests.ranking.stored_thread import StoredThread


def test_no_seed_is_both_for_choosing_and_for_reporting() -> None:
    assert set(TRAINING).isdisjoint(HELD_OUT)
    assert len(HELD_OUT) >= 10


def test_a_world_is_the_same_whoever_shows_it_and_another_with_another_seed() -> None:
    one, again, other = (make_world(SIZES["30"], seed) for seed in (1, 1, 2))

    assert one.told_at.tolist() == again.told_at.tolist()
    assert one.quality.tolist() == again.quality.tolist()
    assert one.quality.tolist() != other.quality.tolist()
    assert one.is_attack.sum() == 5
    assert set(one.told_on[one.is_attack]) == {ATTACK}
    assert not one.is_attack[one.targets].any()


def test_exploration_is_not_told_what_is_an_attack() -> None:
    assert {field.name for field in fields(Known)} == {
        "told_at", "readers", "support", "dissent", "endorsed", "practitioners", "now", "day",
    }  # fmt: skip


@pytest.mark.parametrize("by", [by_readers, by_share_of_readers, by_promise, by_turns])
def test_every_fifth_place_shows_something_else_and_nothing_stands_twice(by) -> None:
    n = np.arange(40)
    known = Known(
        told_at=np.full(40, START), readers=n[::-1], support=n / 4, dissent=np.zeros(40), endorsed=n / 40,
        practitioners=10, now=START + DAY, day=3,
    )  # fmt: skip

    shown = explore(n, by(known), every=5, places=30)

    assert len(set(shown.tolist())) == 30
    settled = [thread for place, thread in enumerate(shown.tolist(), start=1) if place % 5]
    assert settled == sorted(settled)
    assert max(settled) < 30
    assert explore(n, by(known), every=0, places=30).tolist() == list(range(30))


def test_the_trials_living_is_the_products_key_for_the_same_acts() -> None:
    world = make_world(SIZES["30"], 1)
    ours = Ours(world, Rule())
    ours.tell(np.arange(3))
    at = int(world.told_at[2])
    stored = StoredThread(int(world.told_at[0]), frozenset({int(world.teller[0]) + 1}))
    readers = [row for row in range(10) if row != world.teller[0]]

    for number, (person, kind) in enumerate(zip(readers, (ActKind.HELD, ActKind.REPLY, ActKind.FAILED), strict=False)):
        ours.act(person, 0, kind, at + number)
    ours.act(readers[0], 0, ActKind.OTHERWISE, at + 9)  # a second thought, for which the thread is folded anew
    ours.end_day(1)

    stored.receive(ours.kept[0].acts)
    assert ours.first[0] == stored.keys.r == pytest.approx(stored.rebuilt().r)


def test_the_same_year_gives_the_same_figures() -> None:
    world = make_world(SIZES["30"], 7)

    figures, again = (live(world, "Net score", None) for _ in range(2))

    assert repr(figures) == repr(again)
    assert 0 < figures["ndcg"] <= 1


def test_an_interval_is_students_over_the_seeds_that_say_something() -> None:
    found = estimate([1.0, None, 2.0, 3.0])

    assert (found.mean, found.n) == (2.0, 3)
    assert found.half == pytest.approx(4.302653 / 3**0.5, abs=1e-5)
