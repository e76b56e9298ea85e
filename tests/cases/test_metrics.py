"""The golden vectors of cases hold, and each formula keeps what it promises."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cop.cases.metrics import (
    accord,
    gain_of,
    leave_one_out,
    mean_correlation,
    panel_shares,
    rank_match,
    ranks_of,
    shows_match,
    soft_match,
    tau_b,
    word_of,
)
from tests.ranking.scenarios import is_near, scenarios

# how fast a busy machine is says nothing
BUSY = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
CASES, GAINS = scenarios("case"), scenarios("gain")
Ranking = tuple[float, ...]


def title(scenario: dict[str, Any]) -> str:
    return f"{scenario['id']}-{scenario['title']}"


def ranking(answer: dict[str, Any], options: int) -> Ranking:
    if "ranks" in answer:
        return tuple(map(float, answer["ranks"]))
    return ranks_of(options, first=answer["first"], last=answer["last"])


def test_every_scenario_of_cases_is_here() -> None:
    assert (len(CASES), len(GAINS)) == (7, 2)


@pytest.mark.parametrize("scenario", CASES, ids=title)
def test_a_panel_and_a_reader_give_the_expected_numbers(scenario: dict[str, Any]) -> None:
    given_, options = scenario["input"], scenario["input"]["options"]
    panel = [ranking(answer, options) for answer in given_["panel"]]
    reader, rho = ranking(given_["reader"], options), mean_correlation(panel)
    got = {
        "panel_share": list(panel_shares(panel)),
        "soft_match": soft_match(reader, panel),
        "rank_match": rank_match(reader, panel),
        "W": accord(panel),
        "rho": rho,
        "leave_one_out": [leave_one_out(panel, place) for place in range(len(panel))],
        "show_match": shows_match(rho),
        "accord": word_of(rho),
    }

    assert got.keys() == scenario["expected"].keys()
    assert all(is_near(name, got[name], value) for name, value in scenario["expected"].items())


@pytest.mark.parametrize("scenario", GAINS, ids=title)
def test_a_row_of_matches_gives_the_expected_gain(scenario: dict[str, Any]) -> None:
    expected = scenario["expected"]["gain"]

    assert is_near("gain", gain_of(scenario["input"]["matches"]), expected)


@st.composite
def rankings(draw: st.DrawFn, options: int) -> Ranking:
    """A full order, or only the first and the last."""
    order = draw(st.permutations(range(1, options + 1)))
    if draw(st.booleans()):
        return tuple(map(float, order))
    return ranks_of(options, first=order.index(1), last=order.index(options))


@st.composite
def panels(draw: st.DrawFn) -> list[Ranking]:
    options = draw(st.integers(3, 6))
    return draw(st.lists(rankings(options), min_size=4, max_size=12))


@BUSY
@given(panels())
def test_shares_are_shares_and_none_is_lost(panel: list[Ranking]) -> None:
    assert sum(panel_shares(panel)) == pytest.approx(1)
    assert all(0 <= share <= 1 for share in panel_shares(panel))


@BUSY
@given(panels())
def test_matches_lie_between_none_and_all_and_do_not_ask_who_came_first(panel: list[Ranking]) -> None:
    reader, *others = panel

    for match in (soft_match, rank_match):
        assert -1e-9 <= match(reader, others) <= 1 + 1e-9
        assert match(reader, others) == pytest.approx(match(reader, others[::-1]))
    assert leave_one_out(panel, 0) == pytest.approx(soft_match(reader, others))


@BUSY
@given(panels())
def test_whoever_orders_like_everybody_matches_wholly_and_reversed_not_at_all(panel: list[Ranking]) -> None:
    one = panel[0]
    reversed_ = tuple(len(one) + 1 - rank for rank in one)

    assert rank_match(one, [one] * 3) == pytest.approx(1)
    assert rank_match(reversed_, [one] * 3) == pytest.approx(0)
    assert soft_match(one, [one] * 3) == 1
    assert soft_match(reversed_, [one] * 3) == 0


@BUSY
@given(panels())
def test_tau_b_is_even_handed_and_turns_its_sign_with_the_order(panel: list[Ranking]) -> None:
    one, other = panel[:2]
    reversed_ = tuple(len(other) + 1 - rank for rank in other)

    assert tau_b(one, other) == pytest.approx(tau_b(other, one))
    assert tau_b(one, reversed_) == pytest.approx(-tau_b(one, other))
    assert tau_b(one, (1.0,) * len(one)) == 0


@BUSY
@given(panels())
def test_accord_is_whole_where_all_agree_and_never_more(panel: list[Ranking]) -> None:
    w, rho = accord(panel), mean_correlation(panel)

    assert w is not None
    assert rho is not None
    assert -1e-9 <= w <= 1 + 1e-9
    assert accord([panel[0]] * 3) == pytest.approx(1)
    assert rho <= 1 + 1e-9
    assert rho >= -1 / (len(panel) - 1) - 1e-9
    assert shows_match(rho) == (word_of(rho) != "disagree")


@BUSY
@given(panels(), st.randoms())
def test_the_names_of_the_options_do_not_matter(panel: list[Ranking], random: Any) -> None:
    places = list(range(len(panel[0])))
    random.shuffle(places)
    renamed = [tuple(ranking_[place] for place in places) for ranking_ in panel]

    assert accord(renamed) == pytest.approx(accord(panel))
    assert rank_match(renamed[0], renamed[1:]) == pytest.approx(rank_match(panel[0], panel[1:]))
    assert soft_match(renamed[0], renamed[1:]) == pytest.approx(soft_match(panel[0], panel[1:]))


@BUSY
@given(st.lists(st.floats(0, 1), max_size=40))
def test_gain_needs_twenty_choices_and_lies_between_the_ends(matches: list[float]) -> None:
    gain = gain_of(matches)

    assert (gain is None) == (len(matches) < 20)
    assert gain is None or -1 <= gain <= 1
    assert gain is None or gain_of(matches[::-1]) == pytest.approx(-gain)


def test_of_nobody_who_orders_anything_nothing_is_said() -> None:
    tied = [(2.0, 2.0, 2.0)] * 3

    assert accord(tied) is None
    assert word_of(mean_correlation(tied)) == "none"
    assert not shows_match(mean_correlation(tied))


@pytest.mark.parametrize(("rho", "word", "match"), [(0.2 - 1e-12, "none", True), (0.6 - 1e-12, "agree", True)])
def test_a_threshold_is_reached_give_or_take_what_floats_lose(rho: float, word: str, match: bool) -> None:
    assert (word_of(rho), shows_match(rho)) == (word, match)
