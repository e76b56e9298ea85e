"""How far choices agree: pure mathematics, without a clock and without people (domain.md A2 and B0, Cases).

A ranking gives each of m options a rank, 1 the first; ties take mid-ranks. A panel is a sequence of rankings of the
same options. Sources: Kendall 1938 (tau-b), Kendall & Babington Smith 1939 (W), ShadowBox (match with a panel).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from math import sqrt
from statistics import fmean
from typing import Final

Ranking = Sequence[float]
Panel = Sequence[Ranking]

LEAST_PANEL: Final = 3  # practitioners; of fewer nothing is said
DISAGREE_BELOW, AGREE_FROM = 0.2, 0.6  # of rho
GAIN_OVER: Final = 10  # forks at either end
_ROUNDING: Final = 1e-9  # a computed number this close to a threshold has reached it


def ranks_of(options: int, *, first: int, last: int) -> tuple[float, ...]:
    """The ranking of somebody who only said what they would do first and last: the rest share the middle.

    Args:
        first, last: places of options from 0.
    """
    middle = (options + 1) / 2
    return tuple(1.0 if o == first else float(options) if o == last else middle for o in range(options))


def panel_shares(panel: Panel) -> tuple[float, ...]:
    """Which share of the panel put each option first; a tied first counts 1/k for each of k."""
    return tuple(fmean(column) for column in zip(*map(_firsts, panel), strict=True))


def soft_match(reader: Ranking, panel: Panel) -> float:
    """The share of the panel that put the reader's first choice first, 0 to 1."""
    return _overlap(_firsts(reader), panel_shares(panel))


def rank_match(reader: Ranking, panel: Panel) -> float:
    """How near the reader's order is to each panellist's, on average: 0 reversed, 1/2 by chance, 1 the same."""
    return (1 + fmean(tau_b(reader, one) for one in panel)) / 2


def tau_b(one: Ranking, other: Ranking) -> float:
    """Kendall's tau-b, -1 to 1; 0 where a ranking is all ties."""
    balance = untied_one = untied_other = 0
    for (a, b), (c, d) in combinations(zip(one, other, strict=True), 2):
        here, there = _sign(a - c), _sign(b - d)
        balance += here * there
        untied_one += here * here
        untied_other += there * there
    return balance / sqrt(untied_one * untied_other) if untied_one and untied_other else 0.0


def accord(panel: Panel) -> float | None:
    """Kendall's W with the correction for ties, 0 to 1; None where nobody orders anything."""
    n, m = len(panel), len(panel[0])
    sums = [sum(column) for column in zip(*panel, strict=True)]
    mean = fmean(sums)
    ties = sum(group**3 - group for ranking in panel for group in Counter(ranking).values())
    below = n * n * (m**3 - m) - n * ties
    return 12 * sum((s - mean) ** 2 for s in sums) / below if below > _ROUNDING else None


def mean_correlation(panel: Panel) -> float | None:
    """rho: the mean rank correlation of two panellists, by which accord is shown; at most 1."""
    w, n = accord(panel), len(panel)
    return None if w is None or n < 2 else (n * w - 1) / (n - 1)


def word_of(rho: float | None) -> str:
    """ "disagree" below 0.2, "agree" from 0.6, else "none": what is said of a panel."""
    if rho is None or rho >= AGREE_FROM - _ROUNDING:
        return "none" if rho is None else "agree"
    return "none" if rho >= DISAGREE_BELOW - _ROUNDING else "disagree"


def shows_match(rho: float | None) -> bool:
    """Whether it makes sense to say how many chose the same: not where practitioners disagree."""
    return rho is not None and rho >= DISAGREE_BELOW - _ROUNDING


def leave_one_out(panel: Panel, place: int) -> float:
    """The share of the others on a panel who put this panellist's first choice first."""
    return soft_match(panel[place], [*panel[:place], *panel[place + 1 :]])


def gain_of(matches: Sequence[float]) -> float | None:
    """How much nearer a reader's last ten choices came to the panels than their first ten; None before twenty.

    Args:
        matches: the soft match at each fork, oldest first.
    """
    if len(matches) < 2 * GAIN_OVER:
        return None
    return fmean(matches[-GAIN_OVER:]) - fmean(matches[:GAIN_OVER])


def _firsts(ranking: Ranking) -> tuple[float, ...]:
    best = min(ranking)
    ties = sum(rank == best for rank in ranking)
    return tuple((rank == best) / ties for rank in ranking)


def _overlap(mine: Sequence[float], shares: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(mine, shares, strict=True))


def _sign(difference: float) -> int:
    return (difference > 0) - (difference < 0)
