"""When a need is due: the golden vectors, and what holds of every need."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.ranking.acts import DAY
from cop.ranking.needs.due import Rule, due_time
from tests.ranking.scenarios import scenarios

DUE = scenarios("due_at")
PEOPLE = st.integers(0, 500)
TIMES = st.integers(0, 2**33)


def test_every_scenario_of_due_times_is_here() -> None:
    assert len(DUE) == 3


@pytest.mark.parametrize("scenario", DUE, ids=lambda scenario: scenario["title"])
def test_needs_are_due_when_the_vectors_say(scenario: dict[str, Any]) -> None:
    needs = [{**need, "rule": Rule(need["rule"])} for need in scenario["input"]["needs"]]

    assert [due_time(need.pop("rule"), need.pop("at"), **need) for need in needs] == scenario["expected"]["due_at"]


@given(at=TIMES, waiting=PEOPLE)
def test_whoever_waits_too_makes_it_due_sooner_and_never_by_more_than_three_days(at: int, waiting: int) -> None:
    for rule, name in ((Rule.QUESTION, "waiting"), (Rule.PROBE, "wondered")):
        alone, some, more = (due_time(rule, at, **{name: number}) for number in (0, waiting, waiting + 1))
        assert more <= some <= alone
        assert alone - some <= (3 * DAY if rule is Rule.QUESTION else 3 * DAY + 1.5 * DAY)


@given(at=TIMES, later=st.integers(0, 10**6), rule=st.sampled_from(Rule), shelf=st.floats(30, 8000))
def test_what_opened_later_is_due_later_by_as_much(at: int, later: int, rule: Rule, shelf: float) -> None:
    first, second = (due_time(rule, moment, shelf_days=shelf) for moment in (at, at + later))

    assert second - first == pytest.approx(later, abs=1e-5)


@given(at=TIMES, number=PEOPLE)
def test_only_questions_and_probes_have_people_waiting(at: int, number: int) -> None:
    for rule in set(Rule) - {Rule.QUESTION, Rule.PROBE}:
        assert due_time(rule, at, waiting=number, wondered=number) == due_time(rule, at)
