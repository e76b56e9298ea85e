"""The settled points of domain.md B0, R0 to R11 and S1 to S4: which tests hold each, and what no other test tries.

A name in brackets is a scenario of the golden vectors, which are tried in memory, by replay, by the independent
rebuild and in the database.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from cop.ranking.acts import DAY
from cop.ranking.standing import ALPHA, Person, measure
from cop.ranking.trust import LONGEST, Edges, Endorsing, TrustKind, edges_of, flow
from tests.ranking.scenarios import VECTORS

TESTS = Path(__file__).parents[1]
HELD_BY = {
    "R0": (
        "ranking/test_reactions.py::test_a_newcomers_verdict_enlivens_by_the_pool_and_weighs_nothing",
        "ranking/test_rules.py::test_r0_nobody_has_a_voice_but_who_was_vouched_for",
    ),
    "R1": ("[thread-007]", "[thread-008]", "[standing-003]", "[lists-002]"),
    "R2": (
        "[thread-003]",
        "[thread-004]",
        "ranking/test_properties.py::test_p6_a_lone_daily_poster_is_one_practitioner",
    ),
    "R3": (
        "[thread-015]",
        "[thread-016]",
        "[thread-017]",
        "endorsements/test_check_ins.py::test_still_renews_what_was_said_and_doubles_the_shelf_life",
        "ranking/test_rules.py::test_r3_still_keeps_the_trust_of_what_it_renews_and_dates_it_now",
    ),
    "R4": (
        "[thread-034]",
        "endorsements/test_check_ins.py::test_a_teller_answers_without_entering_what_holds_up",
    ),
    "R5": ("[thread-035]", "[thread-036]", "[thread-037]"),
    "R6": (
        "[thread-044]",
        "[thread-045]",
        "ranking/test_contested.py::test_a_new_dissent_reopens_what_a_condition_had_settled",
    ),
    "R7": ("[thread-047]", "ranking/test_contested.py::test_people_without_voice_are_no_dissenters"),
    "R8": (
        "[thread-024]",
        "[thread-026]",
        "ranking/test_properties.py::test_p10_a_ban_leaves_the_thread_as_if_the_person_had_only_told",
    ),
    "R9": (
        "[thread-032]",
        "[thread-033]",
        "ranking/test_operations.py::test_a_teller_gives_no_verdict_and_nothing_is_written",
        "endorsements/test_operations.py::test_nobody_endorses_their_own_story",
        "endorsements/test_insights.py::test_nobody_says_it_of_their_own_answer_nor_of_anything_else",
    ),
    "R10": (
        "[thread-021]",
        "[thread-022]",
        "[thread-054]",
        "ranking/test_properties.py::test_p10_a_withdrawn_verdict_was_never_given_however_often_it_was_replaced",
    ),
    "R11": (
        "[thread-010]",
        "[thread-011]",
        "[thread-012]",
        "ranking/test_reactions.py::test_being_vouched_for_gives_weight_to_the_verdicts_of_ninety_days",
        "ranking/test_standings.py::test_a_lost_role_takes_the_weight_from_what_was_said_in_the_last_ninety_days_alone",
    ),
    "S1": (
        "[standing-003]",
        "[standing-004]",
        "[standing-005]",
        "ranking/test_rules.py::test_s1_an_answer_counts_once_for_each_person_and_every_teller_receives_in_full",
        "ranking/test_rules.py::test_s1_where_nobody_was_active_for_a_year_everybody_reached_is_the_reference",
        "ranking/test_standings.py::test_somebody_suspended_passes_nothing_on_and_has_no_voice",
    ),
    "S2": ("ranking/test_rules.py::test_s2_it_comes_to_rest_within_sixty_one_steps_whatever_the_graph",),
    "S3": (
        "[standing-001]",
        "[standing-002]",
        "ranking/test_standings.py::test_a_small_community_gives_everybody_who_was_vouched_for_the_same_voice",
    ),
    "S4": (
        "[standing-003]",
        "[standing-005]",
        "ranking/test_standings.py::test_a_standing_that_is_not_what_trust_says_is_found_named_and_mended",
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", HELD_BY)
def test_every_rule_is_held_by_tests_that_there_are(rule: str) -> None:
    there = {f"[{one['id']}]" for one in VECTORS["scenarios"]}

    missing = [
        name for name in HELD_BY[rule] if name not in there and not ("::" in name and _is_there(*name.split("::")))
    ]

    assert missing == []


def test_no_rule_is_left_out() -> None:
    assert list(HELD_BY) == [f"R{n}" for n in range(12)] + [f"S{n}" for n in range(1, 5)]
    named = {rule for one in VECTORS["scenarios"] for rule in one["depends_on"] if re.fullmatch(r"[RS]\d+", rule)}
    assert named <= HELD_BY.keys()


def test_every_property_is_tried_on_streams_of_acts() -> None:
    named = re.findall(
        r"^def test_((?:p\d+_)+)", (TESTS / "ranking/test_streams.py").read_text(encoding="utf-8"), re.MULTILINE
    )

    assert {f"p{n}" for n in range(1, 12)} == {one for names in named for one in names.rstrip("_").split("_")}


def _is_there(path: str, name: str) -> bool:
    return f"def {name}(" in (TESTS / path).read_text(encoding="utf-8")


def _crew(*more: Person, active: int | None = 0) -> list[Person]:
    """Three moderators and eight practitioners, by number, and whoever comes besides."""
    moderators = [Person(n, "moderator", active) for n in (1, 2, 3)]
    return [*moderators, *(Person(n, "practitioner", active) for n in range(4, 12)), *more]


def _vouches() -> list[Endorsing]:
    return [Endorsing(n, 0, n % 3 + 1, (n,), TrustKind.VOUCH, f"vouch-{n}") for n in range(4, 12)]


def _endorsing(kind: TrustKind, ref: str, *, at: int = 0, by: int = 1, to: tuple[int, ...] = (4,), id: int = 99) -> Any:
    return Endorsing(id, at, by, to, kind, ref)


def test_r0_nobody_has_a_voice_but_who_was_vouched_for() -> None:
    helped = _endorsing(TrustKind.HELPED, "answer", to=(20,))

    found = measure(_crew(Person(20, "newcomer", 0)), edges_of([*_vouches(), helped]), now=0)

    assert found.standing[20] > 0
    assert (found.voice[20], found.band[20]) == (0, "known here")
    assert all(found.voice[n] >= 0.1 for n in range(1, 12))


def test_r3_still_keeps_the_trust_of_what_it_renews_and_dates_it_now() -> None:
    held, still = _endorsing(TrustKind.HELD, "story", id=1), _endorsing(TrustKind.STILL, "story", at=DAY, id=2)
    no_longer = _endorsing(TrustKind.NO_LONGER, "story", at=DAY, id=2)

    assert [(one.tolist()) for one in (edges_of([held, still]).worth, edges_of([held, still]).at)] == [[2.0], [DAY]]
    assert edges_of([held, no_longer]).worth.tolist() == []


def test_s1_an_answer_counts_once_for_each_person_and_every_teller_receives_in_full() -> None:
    twice = [_endorsing(TrustKind.HELPED, "answer", id=1), _endorsing(TrustKind.HELPED, "answer", at=5, id=2)]
    others = [_endorsing(TrustKind.HELPED, "another", id=3), _endorsing(TrustKind.HELPED, "answer", by=2, id=4)]
    told_by_two = _endorsing(TrustKind.HELD, "story", to=(4, 5), id=5)

    edges = edges_of([*twice, *others, told_by_two])

    pairs = zip(edges.by.tolist(), edges.to.tolist(), edges.worth.tolist(), edges.at.tolist(), strict=True)
    assert sorted(pairs) == [(1, 4, 1.0, 0), (1, 4, 1.0, 5), (1, 4, 2.0, 0), (1, 5, 2.0, 0), (2, 4, 1.0, 0)]


def test_s1_where_nobody_was_active_for_a_year_everybody_reached_is_the_reference() -> None:
    now = 800 * DAY
    edges = edges_of(_vouches())

    asleep = measure(_crew(active=0), edges, now=now)
    one_awake = measure([*_crew(active=0)[:3], Person(4, "practitioner", now), *_crew(active=0)[4:]], edges, now=now)

    assert asleep.reference == pytest.approx(float(np.median([asleep.standing[n] for n in range(1, 12)])))
    assert one_awake.reference == pytest.approx(one_awake.standing[4])


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), people=st.integers(4, 60), density=st.sampled_from([0.02, 0.1, 0.5]))
def test_s2_it_comes_to_rest_within_sixty_one_steps_whatever_the_graph(seed: int, people: int, density: float) -> None:
    random = np.random.default_rng(seed)
    trust = sparse.random(people, people, density=density, random_state=random, format="csr")
    trust.setdiag(0)
    if seed % 2:  # one long ring, the slowest there is
        trust = sparse.csr_matrix((np.ones(people), (np.arange(people), np.roll(np.arange(people), -1))))
    seeds = np.zeros(people)
    seeds[:3] = 1 / 3

    standing, steps = flow(sparse.csr_matrix(trust), seeds, alpha=ALPHA)
    again, one = flow(sparse.csr_matrix(trust), seeds, start=standing, alpha=ALPHA)

    assert steps <= LONGEST == 61
    assert np.abs(again - standing).sum() < 2e-9
    assert one <= 2
    assert standing.sum() == pytest.approx(1)


def test_an_empty_community_is_measured_too() -> None:
    assert measure([], Edges.of([]), now=0).is_simple
