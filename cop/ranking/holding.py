"""Holding up: the share of recent support (q), and how sure the support of all time is (E).

domain.md B5, with R1, R3 and R7 of B0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import exp2, fsum, inf, isinf, log1p, log2, sqrt
from typing import Final

from cop.ranking.acts import DISSENTING, FULL_SEAT, WEIGHTS, Act, ActKind, Params, has_voice, reaches
from cop.ranking.liveliness import LANDMARK, LN2, log2_add, log2_sum

PRIOR_SUPPORT: Final = 2.0  # a: old opinions planted at birth, so that one verdict does not decide
PRIOR_DISSENT: Final = 1.0  # b
WILSON_Z: Final = 1.2816  # one-sided 90 %


@dataclass(frozen=True, slots=True)
class Weighed:
    """A person's current verdict, with the weights it has earned."""

    at: int
    voice: float  # 0 where the frozen voice is too small to weigh
    support: float
    dissent: float


@dataclass(frozen=True, slots=True)
class Balance:
    """What the current verdicts of a thread add up to: decayed sums as log2, undecayed ones plain."""

    log2_p: float = -inf
    log2_n: float = -inf
    p_all: float = 0.0
    n_all: float = 0.0
    dissenters: int = 0
    firm_dissenters: int = 0  # those with half a voice or more


def weigh(act: Act, previous: Weighed | None) -> Weighed:
    """The verdict an act gives, in place of the person's previous one; `still` keeps what it renews (R3)."""
    weight = WEIGHTS[act.kind]
    support = weight.support
    if act.kind is ActKind.STILL and previous:
        support = max(support, previous.support)
    return Weighed(act.at, act.voice if has_voice(act.voice) else 0.0, support, weight.dissent)


def is_dissent(act: Act) -> bool:
    """Whether it disagrees, with a voice that weighs."""
    return act.kind in DISSENTING and has_voice(act.voice)


def add_verdict(balance: Balance, verdict: Weighed, params: Params) -> Balance:
    """The balance with one more person's verdict, in constant time."""
    if verdict.voice == 0:
        return balance
    against = verdict.dissent > 0
    return replace(
        balance,
        log2_p=log2_add(balance.log2_p, _term(verdict, verdict.support, params)),
        log2_n=log2_add(balance.log2_n, _term(verdict, verdict.dissent, params)),
        p_all=balance.p_all + verdict.voice * verdict.support,
        n_all=balance.n_all + verdict.voice * verdict.dissent,
        dissenters=balance.dissenters + against,
        firm_dissenters=balance.firm_dissenters + (against and reaches(verdict.voice, FULL_SEAT)),
    )


def balance_of(verdicts: Iterable[Weighed], params: Params) -> Balance:
    """The balance of a whole thread from its current verdicts, one a person."""
    weighing = [verdict for verdict in verdicts if verdict.voice]
    against = [verdict for verdict in weighing if verdict.dissent]
    return Balance(
        log2_p=log2_sum(_term(verdict, verdict.support, params) for verdict in weighing),
        log2_n=log2_sum(_term(verdict, verdict.dissent, params) for verdict in weighing),
        p_all=fsum(verdict.voice * verdict.support for verdict in weighing),
        n_all=fsum(verdict.voice * verdict.dissent for verdict in weighing),
        dissenters=len(against),
        firm_dissenters=sum(reaches(verdict.voice, FULL_SEAT) for verdict in against),
    )


def holding(log2_p: float, log2_n: float, told_at: int, params: Params) -> tuple[float, float]:
    """q and log2 q of a thread told at `told_at`; needs no clock, since all terms decay alike.

    q = (P + aF)/(P + N + (a+b)F) with F the weight of an opinion given when the thread was told. log2 q comes
    from the smaller of the two sides over the larger, so that neither end loses digits.
    """
    planted = (told_at - LANDMARK) / params.verdict_half_life
    for_it = log2_add(log2_p, planted + log2(PRIOR_SUPPORT))
    against = log2_add(log2_n, planted + log2(PRIOR_DISSENT))
    if for_it > against:
        log2_q = -log1p(exp2(against - for_it)) / LN2
    else:
        log2_q = for_it - against - log1p(exp2(for_it - against)) / LN2
    return exp2(log2_q), log2_q


def endorsement(p_all: float, n_all: float) -> float:
    """E: the lower Wilson bound of the undecayed share of support; 0 without verdicts.

    With P, N and n = P + N the textbook bound is P^2 / (n (P + z^2/2 + z sqrt(P N/n + z^2/4))): the same
    number, its difference of nearly equal roots multiplied out, so that it is 0 for P = 0 and never negative.
    """
    n = p_all + n_all
    if p_all == 0:
        return 0.0
    z = WILSON_Z
    return p_all**2 / (n * (p_all + z * z / 2 + z * sqrt(p_all * n_all / n + z * z / 4)))


def dissent_share(log2_p: float, log2_n: float) -> float:
    """N/(P + N), 0 when nobody disagrees; like q it needs no clock."""
    if isinf(log2_n):
        return 0.0
    if isinf(log2_p):
        return 1.0
    against = log2_n - log2_add(log2_p, log2_n)
    return exp2(against)


def _term(verdict: Weighed, weight: float, params: Params) -> float:
    """log2 of what a verdict adds to a decayed sum, minus infinity for nothing."""
    if weight == 0:
        return -inf
    return (verdict.at - LANDMARK) / params.verdict_half_life + log2(weight * verdict.voice)
