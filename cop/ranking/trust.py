"""Trust between the people of a community: who has endorsed whose stories and answers, and vouched for whom.

domain.md B3 with S1 and R3 of B0. Everything here is numbers: people are rows, 0 to n - 1, and the matrices are sparse.
scipy and numpy are loaded by whoever measures standing, which is the worker and not the pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cop.ranking.acts import DAY

TRUST_HALF_LIFE: Final = 730 * DAY  # seconds
RECIPROCAL: Final = 0.5  # rho: the mutual part of trust counts half
UNVOUCHED_SHARE: Final = 0.25  # of what goes to the vouched: at most a fifth of all goes to others
STOP: Final = 1e-9  # L1 between two steps
LONGEST: Final = 61  # steps, whatever comes: 2 * 0.7^60 < 1.1e-9 (S2)
Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


class TrustKind(StrEnum):
    """For what somebody is trusted; a verdict of dissent is none, but takes the place of the one before it."""

    VOUCH = "vouch"
    HELD = "held"
    ADAPTED = "adapted"
    SEEN = "seen"
    STILL = "still"
    HELPED = "helped"
    OTHERWISE = "otherwise"
    FAILED = "failed"
    DEPENDS = "depends"
    NO_LONGER = "no_longer"


WORTH: Final[Mapping[TrustKind, float]] = {
    TrustKind.VOUCH: 4.0,
    TrustKind.HELD: 2.0,
    TrustKind.ADAPTED: 1.5,
    TrustKind.SEEN: 1.0,
    TrustKind.STILL: 1.0,
    TrustKind.HELPED: 1.0,
}


@dataclass(frozen=True, slots=True)
class Endorsing:
    """One person's verdict, mark or vouch, for everybody it is about.

    Args:
        id: orders those of the same second.
        at: whole seconds UTC.
        by: who endorsed.
        to: the tellers of the story, the author of the answer, or the person vouched for.
        kind: what it was.
        ref: the thread, answer or vouch: of one person's endorsings with one `ref` the latest counts.
    """

    id: int
    at: int
    by: int
    to: tuple[int, ...]
    kind: TrustKind
    ref: str


def current(endorsings: Iterable[Endorsing]) -> list[tuple[Endorsing, float]]:
    """Of each person and thing the latest, with its worth; `still` keeps the worth of what it renews (R3)."""
    latest: dict[tuple[int, str], tuple[Endorsing, float]] = {}
    for one in sorted(endorsings, key=lambda one: (one.at, one.id)):
        worth = WORTH.get(one.kind, 0.0)
        before = latest.get((one.by, one.ref))
        if one.kind is TrustKind.STILL and before:
            worth = max(worth, before[1])
        latest[one.by, one.ref] = one, worth
    return [(one, worth) for one, worth in latest.values() if worth]


@dataclass(frozen=True, slots=True)
class Edges:
    """Endorsings that count, as columns: each is one endorsing for one person.

    Args:
        by, to: ids of people, of (n,).
        worth: omega, of (n,).
        at: whole seconds UTC, of (n,).
    """

    by: Numbers
    to: Numbers
    worth: Floats
    at: Numbers

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, float, int]]) -> Edges:
        """From rows of (by, to, worth, at), read one by one so that millions fit."""
        columns = np.fromiter(rows, dtype=[("by", np.int64), ("to", np.int64), ("worth", float), ("at", np.int64)])
        return cls(columns["by"], columns["to"], columns["worth"], columns["at"])


def edges_of(endorsings: Iterable[Endorsing]) -> Edges:
    """The current endorsings as columns; every co-teller receives in full (S1)."""
    return Edges.of((one.by, other, worth, one.at) for one, worth in current(endorsings) for other in one.to)


def gather(by: Numbers, to: Numbers, worth: Floats, at: Numbers, *, people: int, now: int) -> Any:
    """Raw trust s between rows 0 to people - 1, sparse and of (people, people).

    It is log2(1 + the worth of all of it), where worth halves every two years.
    """
    others = by != to
    aged = worth[others] * np.exp2(-(now - at[others]) / TRUST_HALF_LIFE)
    raw = sparse.coo_matrix((aged, (by[others], to[others])), shape=(people, people)).tocsr()
    raw.data = np.log2(1 + raw.data)
    return raw


def damp(raw: Any) -> Any:
    """Trust without half of its mutual part: whoever endorses in return gives less by it."""
    return _without_zeros(raw - RECIPROCAL * raw.minimum(raw.T))


def cap_outflow(trust: Any, is_vouched: NDArray[np.bool_]) -> Any:
    """Trust of which at most a fifth leaves anyone towards people nobody has vouched for."""
    to_vouched = trust @ is_vouched.astype(float)
    to_others = trust @ (~is_vouched).astype(float)
    allowed = np.minimum(1.0, UNVOUCHED_SHARE * to_vouched / np.where(to_others > 0, to_others, np.inf))
    allowed[to_others == 0] = 1.0
    row = np.repeat(np.arange(trust.shape[0]), np.diff(trust.indptr))
    capped = trust.copy()
    capped.data = np.where(is_vouched[trust.indices], trust.data, trust.data * allowed[row])
    return _without_zeros(capped)


def flow(trust: Any, seeds: Floats, *, start: Floats | None = None, alpha: float) -> tuple[Floats, int]:
    """Where trust comes to rest when it starts at the seeds: t = alpha p + (1 - alpha) C't, and the steps it took.

    Args:
        trust: damped and capped; what nobody trusted further goes back to the seeds, never to everybody.
        seeds: p, which adds up to 1.
        start: an earlier result of nearly the same people, to begin with (fewer steps, the same end).
    """
    out = np.asarray(trust.sum(axis=1)).ravel()
    share = np.divide(1.0, out, out=np.zeros_like(out), where=out > 0)
    moves, ends = trust.T.tocsr(), out == 0
    standing = seeds.copy() if start is None else start
    for steps in range(1, LONGEST + 1):  # noqa: B007  # how many it took is told
        moved = moves @ (standing * share) + standing[ends].sum() * seeds
        following = alpha * seeds + (1 - alpha) * moved
        left = float(np.abs(following - standing).sum())
        standing = following
        if left < STOP:
            break
    return standing, steps


def _without_zeros(matrix: Any) -> Any:
    matrix = matrix.tocsr()
    matrix.eliminate_zeros()
    return matrix
