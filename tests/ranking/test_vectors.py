"""The golden vectors hold on every path: acts fed one by one, a replay, and the independent rebuild."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ranking.scenarios import is_near, outcome, scenarios, stored_thread

THREADS = scenarios("thread")
LISTS = scenarios("lists")


def title(scenario: dict[str, Any]) -> str:
    return f"{scenario['id']}-{scenario['title']}"


def misses(got: dict[str, object], expected: dict[str, object]) -> dict[str, tuple[object, object]]:
    return {name: (got[name], value) for name, value in expected.items() if not is_near(name, got[name], value)}


def test_every_scenario_of_threads_and_lists_is_here() -> None:
    assert (len(THREADS), len(LISTS)) == (54, 2)


@pytest.mark.parametrize("scenario", THREADS, ids=title)
def test_acts_fed_one_by_one_give_the_expected_thread(scenario) -> None:
    stored, acts = stored_thread(scenario["input"])

    stored.receive(acts)

    assert misses(outcome(stored.keys, stored.presences(), scenario["input"]), scenario["expected"]) == {}


@pytest.mark.parametrize("scenario", THREADS, ids=title)
def test_a_replay_gives_the_expected_thread(scenario) -> None:
    stored, acts = stored_thread(scenario["input"])
    stored.acts = acts

    again = stored.replayed()

    assert again.seats.keys() == stored.rebuilt().seats.keys()
    assert misses(outcome(again.keys, stored.presences(), scenario["input"]), scenario["expected"]) == {}


@pytest.mark.parametrize("scenario", THREADS, ids=title)
def test_the_rebuild_gives_the_expected_thread(scenario) -> None:
    stored, acts = stored_thread(scenario["input"])
    stored.acts = acts

    rebuilt = stored.rebuilt()

    assert misses(outcome(rebuilt, rebuilt.presences, scenario["input"]), scenario["expected"]) == {}


@pytest.mark.parametrize("scenario", LISTS, ids=title)
@pytest.mark.parametrize("path", ["stream", "replay", "rebuild"])
def test_lists_come_in_the_expected_order(scenario, path) -> None:
    keys = {}
    for given in scenario["input"]["threads"]:
        if given["gone"]:
            continue
        stored, acts = stored_thread(given)
        stored.receive(acts)
        keys[given["name"]] = {
            "stream": stored.keys,
            "replay": stored.replayed().keys,
            "rebuild": stored.rebuilt(),
        }[path]

    def by_liveliness(name: str) -> float:
        return -keys[name].r

    def by_endorsement(name: str) -> tuple[float, float]:
        return -keys[name].e, -keys[name].k

    assert sorted(keys, key=by_liveliness) == scenario["expected"]["living"]
    assert sorted(keys, key=by_endorsement) == scenario["expected"]["endorsed"]


def test_most_acts_of_the_scenarios_need_no_replay() -> None:
    replays = acts_fed = 0
    for scenario in THREADS:
        stored, acts = stored_thread(scenario["input"])
        stored.receive(acts)
        replays += stored.replays
        acts_fed += len(acts)

    assert replays < acts_fed / 4
