"""Liveliness: forward decay in the log domain.

domain.md B4, after Cormode, Shkapenyuk, Srivastava and Xu, "Forward decay", ICDE 2009.

An act of weight w at time t is stored as x = (t - L0)/H + log2 w, in half-lives since a landmark that never
moves. A seat keeps its largest x, and K = log2 of the sum of 2^x over the seats. Today's activity is 2^K
divided by the same number for all threads, so K is the sort key and no stored number ever needs ageing.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import exp2, fsum, inf, isinf, log, log1p, log2
from typing import Final

from cop.ranking.acts import FULL_SEAT, WEIGHTS, Act, Params, reaches

LANDMARK: Final = 1_577_836_800  # L0: 2020-01-01 00:00 UTC, fixed for ever
POOL: Final = 0  # the seat that everybody of little voice shares
POOL_VOICE: Final = 0.5  # what one act on the pool seat weighs, whoever did it
LN2: Final = log(2)
_FAR: Final = 50.0  # beyond 2^50 what a seat held before no longer shows in a float


def seat_of(act: Act) -> int:
    """The seat an act counts on: the person's own from half a voice on, else the pool."""
    if act.person_id is None or not reaches(act.voice, FULL_SEAT):
        return POOL
    return act.person_id


def freshness(act: Act, params: Params) -> float:
    """x of an act of table B1: its time in half-lives since the landmark, plus log2 of its weight."""
    voice = POOL_VOICE if seat_of(act) == POOL else act.voice
    return (act.at - LANDMARK) / params.half_life + log2(WEIGHTS[act.kind].life * voice)


def log2_add(a: float, b: float) -> float:
    """log2(2^a + 2^b) without leaving the log domain; either may be minus infinity."""
    larger, smaller = max(a, b), min(a, b)
    if isinf(smaller):
        return larger
    return larger + log1p(exp2(smaller - larger)) / LN2


def log2_sum(terms: Iterable[float]) -> float:
    """log2 of the sum of 2^term, the largest factored out; minus infinity for nothing."""
    known = [term for term in terms if not isinf(term)]
    if not known:
        return -inf
    largest = max(known)
    return largest + log2(fsum(exp2(term - largest) for term in known))


def raise_seat(k: float, old: float, new: float) -> float:
    """K after one seat rose from `old` (minus infinity: it was empty) to `new`, in constant time.

    Never lowers K: the argument of log1p is not negative when new > old. Measured error against a full
    recomputation: below 1e-12 half-lives over thousands of acts (tests/ranking).
    """
    if new <= old:
        return k
    if isinf(old) or new - k > _FAR:
        return log2_add(k, new)
    return k + log1p(exp2(new - k) - exp2(old - k)) / LN2


def activity(k: float, now: float, params: Params) -> float:
    """How many practitioners' fresh replies the thread is worth now: one given this second is 1."""
    return exp2(k - (now - LANDMARK) / params.half_life)


def rest_time(k: float, params: Params) -> float:
    """When activity falls to half a practitioner: seconds UTC."""
    return LANDMARK + params.half_life * (k + 1)
