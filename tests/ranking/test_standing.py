"""Standing: the golden vectors, and the bound on what fakes can gain, whatever they do among themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from cop.ranking.standing import ALPHA, Measured, Person, measure
from cop.ranking.trust import Endorsing, TrustKind, cap_outflow, damp, edges_of, flow, gather
from tests.ranking.scenarios import VECTORS, People, is_near, scenarios

STANDING = scenarios("standing")
FULL = 365 * 86_400


def as_names(people: People) -> dict[int, str]:
    return {number: name for name, number in people.numbers.items()}


def pairs(found: Measured) -> list[tuple[int, int, float]]:
    trust, ids = found.trust.tocoo(), [person.id for person in found.present]
    return [(ids[i], ids[j], float(value)) for i, j, value in zip(trust.row, trust.col, trust.data, strict=True)]


@pytest.mark.parametrize("scenario", STANDING, ids=lambda scenario: scenario["id"])
def test_every_scenario_comes_out_as_expected(scenario: dict[str, Any]) -> None:
    people, now = People(), scenario["input"]["now"]
    members = [
        Person(people.number(one["id"]), one["role"], one["last_act_at"], one.get("banned", False))
        for one in scenario["input"]["members"]
    ]
    edges = [
        Endorsing(
            one["id"],
            one["at"],
            people.number(one["by"]),
            tuple(people.number(name) for name in one["for"]),
            TrustKind(one["kind"]),
            one["ref"],
        )
        for one in scenario["input"]["edges"]
    ]

    found = measure(members, edges_of(edges), now=now)

    name = as_names(people)
    got = {
        "rule": "simple" if found.is_simple else "standing",
        "damped": {f"{name[i]}>{name[j]}": value for i, j, value in pairs(found)},
        "standing": {name[i]: value for i, value in found.standing.items()} or None,
        "t_ref": found.reference,
        "voice": {name[i]: value for i, value in found.voice.items()},
        "band": {name[i]: word for i, word in found.band.items()},
    }
    assert {key for key, value in scenario["expected"].items() if not is_near(key, got[key], value)} == set()


def test_all_scenarios_are_here() -> None:
    assert len(STANDING) == sum(one["topic"] == "standing" for one in VECTORS["scenarios"]) == 5


def community(random: np.random.Generator, honest: int, seeds: int) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Honest people who trust a few others each, and who among them has been vouched for (all of them)."""
    by = np.repeat(np.arange(honest), 6)
    to = random.integers(0, honest, by.size)
    worth = random.choice([1.0, 1.5, 2.0, 4.0], by.size)
    return gather(by, to, worth, np.zeros(by.size, int), people=honest, now=0), np.ones(honest, bool)


def with_ring(raw: sparse.csr_matrix, ring: int, captured: int, shape: str, random: np.random.Generator) -> Any:
    """The same with fakes who endorse one another, and whom some honest people endorse."""
    honest = raw.shape[0]
    fakes = np.arange(honest, honest + ring)
    if shape == "clique":
        by, to = np.repeat(fakes, min(ring, 30)), random.choice(fakes, ring * min(ring, 30))
    elif shape == "chain":
        by, to = fakes, np.roll(fakes, -1)
    else:
        by, to = np.full(ring, fakes[0]), fakes
    fooled = random.choice(honest, captured, replace=False)
    by, to = np.concatenate([by, fooled]), np.concatenate([to, random.choice(fakes, captured)])
    added = gather(by, to, np.full(by.size, 4.0), np.zeros(by.size, int), people=honest + ring, now=0)
    return sparse.csr_matrix(sparse.block_diag((raw, sparse.csr_matrix((ring, ring))))) + added


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    ring=st.sampled_from([1, 10, 100, 2_000]),
    captured=st.integers(1, 6),
    shape=st.sampled_from(["clique", "chain", "star"]),
)
def test_a_ring_gains_no_more_than_what_honest_people_pass_into_it(
    seed: int, ring: int, captured: int, shape: str
) -> None:
    random = np.random.default_rng(seed)
    raw, vouched = community(random, 80, 4)
    vouched = np.concatenate([vouched, np.zeros(ring, bool)])
    seeds = np.zeros(80 + ring)
    seeds[:4] = 0.25
    trust = cap_outflow(damp(with_ring(raw, ring, captured, shape, random)), vouched)

    standing, _steps = flow(trust, seeds, alpha=ALPHA)

    out = np.asarray(trust.sum(axis=1)).ravel()
    into = np.asarray(trust[:80, 80:].sum(axis=1)).ravel()
    passed = float((standing[:80] * into / np.where(out[:80] > 0, out[:80], 1)).sum())
    assert standing[80:].sum() <= passed * (1 - ALPHA) / ALPHA + 1e-8
    assert (into <= 0.2 * out[:80] + 1e-12).all()
    assert standing.sum() == pytest.approx(1)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_warm_start_ends_where_a_cold_one_does(seed: int) -> None:
    random = np.random.default_rng(seed)
    raw, vouched = community(random, 60, 4)
    seeds = np.zeros(60)
    seeds[:4] = 0.25
    trust = cap_outflow(damp(raw), vouched)
    cold, steps = flow(trust, seeds, alpha=ALPHA)

    warm, fewer = flow(trust, seeds, start=cold + random.normal(0, 1e-8, 60), alpha=ALPHA)

    assert np.abs(warm - cold).sum() < 1e-8
    assert fewer < steps
