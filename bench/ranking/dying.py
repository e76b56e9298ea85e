"""What one dissent costs a thread that has rested for years, by the product's own fold and by the other priors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bench.ranking import priors
from bench.ranking.ours import Kept, Prior
from bench.ranking.worlds import START
from cop.ranking.acts import DAY, Act, ActKind, Params

YEARS: Final = (0, 1, 2, 5, 10)
SUPPORTS: Final = (0, 3, 10)
WAYS: Final[dict[str, Prior | None]] = {
    "as it is": None,
    "prior replanted": priors.replanted,
    "half of all time": priors.half_all_time,
    "floor of an eighth": priors.floored,
}


def table() -> Iterator[str]:
    """By how many half-lives λ·log2 q falls when one practitioner says `failed`, of a thread with so many `held`."""
    yield "| way to q | `held` | " + " | ".join(f"after {years} years" for years in YEARS) + " |"
    yield "|---|---|" + "---|" * len(YEARS)
    for way, prior in WAYS.items():
        for supports in SUPPORTS:
            cells = " | ".join(f"{_fall(prior, supports, years):.1f}" for years in YEARS)
            yield f"| {way} | {supports} | {cells} |"


def _fall(prior: Prior | None, supports: int, years: int) -> float:
    kept = Kept(START, frozenset({1}), Params())
    for number in range(supports):
        kept.take(Act(number + 1, START + number, 10 + number, ActKind.HELD, 1.0))
    before = _quality_term(kept, prior)
    kept.take(Act(100, START + years * 365 * DAY + supports, 99, ActKind.FAILED, 1.0))
    return before - _quality_term(kept, prior)


def _quality_term(kept: Kept, prior: Prior | None) -> float:
    if prior is None:
        return kept.keys.r - kept.keys.k if kept.acts else _unjudged(kept)
    return kept.params.quality_weight * prior(kept.keys, kept.judged_at, kept.params)


def _unjudged(kept: Kept) -> float:
    kept.take(Act(99, START, 1, ActKind.CREATED, 1.0))
    return kept.keys.r - kept.keys.k
