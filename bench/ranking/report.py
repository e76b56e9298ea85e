"""The figures with how sure they are: means over seeds with 95 % confidence intervals (Student's t)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev
from typing import Any, Final

from scipy.stats import t as student

from bench.ranking.trials import outcomes

COLUMNS: Final = {
    "ndcg": "nDCG@10",
    "ndcg_attacked": "under attack",
    "attacks_in_top": "attack threads in top ten",
    "targets_kept": "slandered good threads still listed",
    "stale": "stale share",
    "days_to_demote": "days to demote",
    "cover": "cover of best 50",
    "gini": "exposure Gini",
}
PLACES: Final = {"days_to_demote": 0, "attacks_in_top": 1}


@dataclass(frozen=True, slots=True)
class Estimate:
    mean: float
    half: float  # half the width of the interval
    n: int

    def words(self, places: int) -> str:
        if self.n == 0:
            return "–"
        spread = f" ± {self.half:.{places}f}" if self.n > 1 else ""
        return f"{self.mean:.{places}f}{spread}"


def estimate(values: Sequence[float | None]) -> Estimate:
    """Of what there is: a year in which nothing had to be demoted says nothing about it."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return Estimate(known[0] if known else 0.0, 0.0, len(known))
    return Estimate(
        fmean(known), float(student.ppf(0.975, len(known) - 1)) * stdev(known) / sqrt(len(known)), len(known)
    )


def table(names: Sequence[str], size: str, seeds: Sequence[int]) -> list[str]:
    """One row a list, one column a figure, as Markdown."""
    lines = ["| list | seeds | " + " | ".join(COLUMNS.values()) + " |", "|---|---|" + "---|" * len(COLUMNS)]
    for name in names:
        found = list(outcomes(name, size, seeds))
        if found:
            cells = [estimate([one[key] for one in found]).words(PLACES.get(key, 3)) for key in COLUMNS]
            lines.append(f"| {name} | {len(found)} | " + " | ".join(cells) + " |")
    return lines


def differences(name: str, others: Sequence[str], size: str, seeds: Sequence[int], keys: Sequence[str]) -> list[str]:
    """How much better or worse `name` is than each other in the same worlds: means of paired differences."""
    lines = [f"| {name} minus | " + " | ".join(COLUMNS[key] for key in keys) + " |", "|---|" + "---|" * len(keys)]
    for other in others:
        cells = []
        for key in keys:
            pairs = [(_one(name, size, seed, key), _one(other, size, seed, key)) for seed in seeds]
            known = [a - b for a, b in pairs if a is not None and b is not None]
            cells.append(estimate(known).words(PLACES.get(key, 3)))
        lines.append(f"| {other} | " + " | ".join(cells) + " |")
    return lines


def _one(name: str, size: str, seed: int, key: str) -> Any:
    return next((one[key] for one in outcomes(name, size, [seed])), None)
