"""Other ways to reckon q, put to the test and not used: the product's prior is planted at birth and fades from there.

Ten years on hardly any of it is left, and one dissent meets nothing that would doubt it (domain.md B0).
"""

from __future__ import annotations

from math import log2

from cop.ranking.acts import Params
from cop.ranking.fold import ThreadKeys
from cop.ranking.holding import PRIOR_DISSENT, PRIOR_SUPPORT, holding

DEEPEST = -3.0  # a thread sinks to an eighth and no further


def replanted(keys: ThreadKeys, judged_at: int, params: Params) -> float:
    """The prior as old as the latest verdict: never faint beside it. Breaks P1: support can lower a high share."""
    return holding(keys.log2_p, keys.log2_n, judged_at, params)[1]


def half_all_time(keys: ThreadKeys, _judged_at: int, params: Params) -> float:
    """The geometric mean of q and the undecayed share with the same prior; P1, P2 and the want of a clock stand."""
    support, dissent = keys.p_all + PRIOR_SUPPORT, keys.n_all + PRIOR_DISSENT
    return 0.5 * (holding(keys.log2_p, keys.log2_n, keys.told_at, params)[1] + log2(support / (support + dissent)))


def floored(keys: ThreadKeys, _judged_at: int, params: Params) -> float:
    """q as it is, but for the order never below an eighth: twelve half-lives at most. P1 and P2 stand, weakly."""
    return max(DEEPEST, holding(keys.log2_p, keys.log2_n, keys.told_at, params)[1])
