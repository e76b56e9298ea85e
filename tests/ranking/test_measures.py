"""The single measures at the values that domain.md names, and at the ends of what floats can hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.ranking.acts import DAY, Act, ActKind, Params, reaches
from cop.ranking.holding import dissent_share, endorsement, holding
from cop.ranking.liveliness import LANDMARK, activity, freshness, raise_seat, rest_time
from cop.ranking.pulse import pulse, start_of, week_of
from cop.ranking.states import State, is_calm, is_disputed, is_doubtful, needs_check_in, state_at, stretch


@pytest.mark.parametrize(
    ("support", "dissent", "bound"),
    [
        (0, 0, 0),
        (1, 0, 0.378),
        (3, 0, 0.646),
        (10, 0, 0.859),
        (30, 0, 0.948),
        (30, 3, 0.824),
        (100, 10, 0.868),
    ],
)
def test_endorsement_has_the_values_of_the_definition(support, dissent, bound) -> None:
    assert endorsement(support, dissent) == pytest.approx(bound, abs=5e-4)


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_endorsement_is_a_share(support, dissent) -> None:
    assert 0 <= endorsement(support, dissent) <= 1


@given(st.floats(0.01, 500), st.floats(0, 500), st.floats(0.1, 3))
def test_endorsement_rises_with_support_and_falls_with_dissent(support, dissent, more) -> None:
    assert endorsement(support + more, dissent) > endorsement(support, dissent)
    assert endorsement(support, dissent + more) < endorsement(support, dissent)


def test_a_thread_without_verdicts_holds_by_two_thirds() -> None:
    q, log2_q = holding(-inf, -inf, LANDMARK, Params())

    assert q == pytest.approx(2 / 3)
    assert log2_q == pytest.approx(log2(2 / 3))


@pytest.mark.parametrize("years", [10, 150, 3000])
def test_doubt_about_a_very_old_thread_is_a_number(years) -> None:
    told_at = LANDMARK - years * 365 * DAY

    q, log2_q = holding(-inf, 0.0, told_at, Params())

    assert 0 <= q < 1e-2
    assert log2_q == pytest.approx(1 - years, abs=0.1)


def test_dissent_share_of_nothing_is_nothing_and_of_dissent_alone_is_all() -> None:
    assert dissent_share(3.0, -inf) == 0
    assert dissent_share(-inf, 3.0) == 1
    assert dissent_share(3.0, 3.0) == pytest.approx(0.5)
    assert dissent_share(3000.0, -3000.0) == 0


def test_a_field_report_is_as_fresh_as_a_reply_47_days_later() -> None:
    report = Act(1, LANDMARK, 1, ActKind.HELD, 1.0)
    reply = Act(2, LANDMARK + round(47.5 * DAY), 1, ActKind.REPLY, 1.0)

    assert freshness(report, Params()) == pytest.approx(freshness(reply, Params()), abs=0.01)


def test_an_act_much_later_than_all_others_does_not_overflow() -> None:
    assert raise_seat(73.0, 10.0, 5000.0) == pytest.approx(5000.0)
    assert raise_seat(-inf, -inf, 73.0) == 73.0


def test_an_older_act_of_the_same_seat_changes_nothing() -> None:
    assert raise_seat(75.0, 74.0, 73.0) == 75.0


def test_a_thread_rests_when_half_a_practitioner_is_left() -> None:
    k = 73.0

    assert activity(k, rest_time(k, Params()), Params()) == pytest.approx(0.5)


def test_states_change_just_after_their_time() -> None:
    told_at = 1_000_000
    fortnight = told_at + 14 * DAY

    assert state_at(rest_at=0, told_at=told_at, now=fortnight) is State.LIVING
    assert state_at(rest_at=0, told_at=told_at, now=fortnight + 1) is State.RESTING
    assert state_at(rest_at=fortnight + 5, told_at=told_at, now=fortnight + 5) is State.LIVING


def test_a_check_in_falls_due_only_where_somebody_stands_behind_the_thread() -> None:
    assert needs_check_in(p_all=1 - 1e-12, check_due=100, now=101)
    assert not needs_check_in(p_all=1, check_due=100, now=100)
    assert not needs_check_in(p_all=0.99, check_due=100, now=101)


def test_a_sum_of_floats_reaches_its_threshold() -> None:
    assert reaches(0.1 + 0.7 + 0.7, 1.5)
    assert not reaches(1.5 - 1e-8, 1.5)


def test_contested_and_doubtful_are_judged_at_their_thresholds() -> None:
    assert is_disputed(share=0.25, n_all=1.5, dissenters=2)
    assert not is_disputed(share=0.2499, n_all=1.5, dissenters=2)
    assert not is_disputed(share=0.25, n_all=1.4999, dissenters=2)
    assert not is_disputed(share=1, n_all=9, dissenters=1)
    assert is_calm(0.1499)
    assert not is_calm(0.15)
    assert not is_calm(0.15 - 1e-12)
    assert is_doubtful(q=0.3499, firm_dissenters=3)
    assert not is_doubtful(q=0.35, firm_dissenters=3)
    assert not is_doubtful(q=0.1, firm_dissenters=2)


@pytest.mark.parametrize(
    ("shelf", "base", "times", "days"),
    [(180, 180, 2, 360), (720, 180, 2, 720), (45, 45, 0.5, 30), (30, 45, 0.5, 30), (180, 45, 2, 180)],
)
def test_shelf_life_stays_within_a_month_and_four_times_its_base(shelf, base, times, days) -> None:
    assert stretch(shelf, base_days=base, times=times) == days


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)))  # noqa: DTZ001  # the zone follows
def test_a_week_begins_on_monday_at_midnight(moment) -> None:
    moment = moment.replace(tzinfo=UTC)
    monday = (moment - timedelta(days=moment.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)

    assert start_of(week_of(int(moment.timestamp() // 1))) == monday.timestamp()


def test_pulse_counts_a_person_once_a_week_and_forgets_the_thirteenth_week() -> None:
    now = start_of(3000) + 5
    there = [(3000, 1), (3000, 1), (3000, 2), (2999, 1), (2989, 3), (2988, 4), (3001, 5)]

    assert pulse(there, now) == (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2)
