"""The independent check: every key of a thread, straight from the definitions, in the simplest way.

Written from domain.md B0, B1, B4 to B6 and not from the code it checks: of the package it knows the shape of
an act and of the parameters, and nothing else. The weights and thresholds below are restated on purpose. It is
slow on purpose too: nothing is kept from one moment to the next that could be looked up again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cop.ranking.acts import Act, Params

_L0 = 1577836800
_SECONDS_OF_A_DAY = 24 * 60 * 60
_NEAR = 1e-9  # "a computed real within 1e-9 of a threshold has reached it"

#                    w    w+   w-
_TABLE = {
    "created": (1.0, 0.0, 0.0),
    "reply": (1.0, 0.0, 0.0),
    "probe": (1.0, 0.0, 0.0),
    "answer": (1.0, 0.0, 0.0),
    "seen": (1.0, 1.0, 0.0),
    "held": (3.0, 3.0, 0.0),
    "adapted": (3.0, 1.5, 0.0),
    "otherwise": (2.0, 0.0, 1.0),
    "failed": (3.0, 0.0, 3.0),
    "still": (2.0, 2.0, 0.0),
    "depends": (2.0, 1.0, 0.0),
    "no_longer": (2.0, 0.0, 3.0),
}
_ON_ONES_OWN_REFUSED = ("seen", "held", "adapted", "otherwise", "failed")
_ALL_VERDICTS = (*_ON_ONES_OWN_REFUSED, "still", "depends", "no_longer")
_UNDONE_BY_NAME = ("reply", "probe", "answer", "still", "depends", "no_longer", "accept_condition")


@dataclass(frozen=True)
class Rebuilt:
    """The keys of one thread, under the names they are stored by, and what lies in the tables beside them."""

    told_at: int
    k: float
    log2_p: float
    log2_n: float
    p_all: float
    n_all: float
    dissenters: int
    firm_dissenters: int
    q: float
    r: float
    e: float
    rest_at: float
    practised_at: int | None
    last_verified: int
    base_shelf_days: float
    shelf_days: float
    check_due: float
    contested_at: int | None
    condition_at: int | None
    latest_at: int | None
    latest_id: int | None
    seats: dict[int, float]
    voices: dict[int, float]
    presences: frozenset[tuple[int, int]]  # (the Monday's second, person) of everyone whose voice weighed


def rebuild_thread(
    acts: Iterable[Act], *, told_at: int, tellers: Iterable[int], shelf_days: float, params: Params
) -> Rebuilt:
    """Compute everything about the order of one thread from all its acts.

    Args:
        acts: in any order; an id may come more than once.
        told_at: seconds UTC.
        tellers: teller and co-tellers.
        shelf_days: the base shelf life.
        params: H and HQ in days, and lambda.
    """
    own = set(tellers)
    everything = sorted({act.id: act for act in acts}.values(), key=lambda act: (act.at, act.id))
    orders = [act for act in everything if act.kind not in _TABLE]
    standing = [_with_present_voice(act, orders) for act in everything if _stands(act, orders, own)]
    lively = [act for act in standing if act.kind in _TABLE]

    seats = _seats(lively, params)
    k = _log2_of_sum(list(seats.values()))
    verdicts = _verdicts(lively, own)
    sums = _Sums.of(verdicts, params)
    q, log2_q = _q(sums, told_at, params)
    last_verified, shelf = _shelf_life(lively, told_at, shelf_days)
    contested_at, condition_at = _contested(standing, own, params)
    return Rebuilt(
        told_at=told_at,
        k=k,
        log2_p=sums.log2_p,
        log2_n=sums.log2_n,
        p_all=sums.p_all,
        n_all=sums.n_all,
        dissenters=len(sums.dissenters),
        firm_dissenters=sum(voice >= 0.5 - _NEAR for voice in sums.dissenters.values()),
        q=q,
        r=k + params.quality_weight * log2_q,
        e=_wilson(sums.p_all, sums.n_all),
        rest_at=_L0 + params.half_life_days * _SECONDS_OF_A_DAY * (k - math.log2(0.5)),
        practised_at=max((act.at for act in lively if _heard(act.voice)), default=None),
        last_verified=last_verified,
        base_shelf_days=shelf_days,
        shelf_days=shelf,
        check_due=last_verified + shelf * _SECONDS_OF_A_DAY,
        contested_at=contested_at,
        condition_at=condition_at,
        latest_at=everything[-1].at if everything else None,
        latest_id=everything[-1].id if everything else None,
        seats=seats,
        voices={act.id: act.voice for act in lively},
        presences=frozenset(
            (_monday(act.at), act.person_id) for act in lively if act.person_id is not None and _heard(act.voice)
        ),
    )


# Which acts stand


def _stands(act: Act, orders: Sequence[Act], own: set[int]) -> bool:
    """Whether an act of table B1, or an accepted condition, has been neither refused nor undone."""
    if act.kind not in _TABLE and act.kind != "accept_condition":
        return False
    if act.kind in _ON_ONES_OWN_REFUSED and act.person_id in own:
        return False
    later = [other for other in orders if (other.at, other.id) > (act.at, act.id)]
    if act.kind in _UNDONE_BY_NAME and any(other.kind == "delete" and other.ref == act.id for other in later):
        return False
    if act.person_id is None:
        return True
    theirs = [other for other in orders if other.person_id == act.person_id]
    if act.kind in _ALL_VERDICTS and any(
        other.kind == "withdraw_verdict" for other in later if other.person_id == act.person_id
    ):
        return False
    bans = [other.kind for other in theirs if other.kind in ("ban", "unban")]
    return act.kind == "created" or not bans or bans[-1] == "unban"


def _with_present_voice(act: Act, orders: Sequence[Act]) -> Act:
    """The act with the voice that the last promotion or lost role within 90 days after it gave it."""
    if act.kind not in _ALL_VERDICTS or act.person_id is None:
        return act
    voice = act.voice
    for other in orders:
        if other.kind not in ("promote", "role_loss") or other.person_id != act.person_id:
            continue
        if (other.at, other.id) > (act.at, act.id) and other.at - act.at <= 90 * _SECONDS_OF_A_DAY:
            voice = other.voice if other.kind == "promote" else 0.0
    return Act(act.id, act.at, act.person_id, act.kind, voice, act.ref, act.role)


def _heard(voice: float) -> bool:
    return voice >= 0.1 - _NEAR


# Liveliness (B4)


def _seats(lively: Sequence[Act], params: Params) -> dict[int, float]:
    """The largest x of every seat; seat 0 is the pool."""
    found: dict[int, list[float]] = {}
    for act in lively:
        has_own = act.person_id is not None and act.voice >= 0.5 - _NEAR
        seat = act.person_id if has_own and act.person_id is not None else 0
        strength = _TABLE[act.kind][0] * (act.voice if has_own else 0.5)
        x = (act.at - _L0) / (params.half_life_days * _SECONDS_OF_A_DAY) + math.log2(strength)
        found.setdefault(seat, []).append(x)
    return {seat: max(xs) for seat, xs in found.items()}


def _log2_of_sum(logs: Sequence[float]) -> float:
    """log2 of the sum of the numbers whose log2 are given, with exact addition over the largest of them."""
    if not logs:
        return -math.inf
    largest = max(logs)
    return largest + math.log2(math.fsum(_two_to(one - largest) for one in logs))


def _two_to(exponent: float) -> float:
    return math.pow(2.0, exponent)


# Verdicts (B5)


@dataclass(frozen=True)
class _Verdict:
    kind: str
    at: int
    voice: float
    support: float
    dissent: float


@dataclass(frozen=True)
class _Sums:
    log2_p: float
    log2_n: float
    p_all: float
    n_all: float
    dissenters: dict[int, float]  # person -> voice

    @staticmethod
    def of(verdicts: dict[int, _Verdict], params: Params) -> _Sums:
        heard = {person: one for person, one in verdicts.items() if _heard(one.voice)}
        age = params.verdict_half_life_days * _SECONDS_OF_A_DAY
        return _Sums(
            log2_p=_log2_of_sum(
                [(one.at - _L0) / age + math.log2(one.voice * one.support) for one in heard.values() if one.support]
            ),
            log2_n=_log2_of_sum(
                [(one.at - _L0) / age + math.log2(one.voice * one.dissent) for one in heard.values() if one.dissent]
            ),
            p_all=math.fsum(one.voice * one.support for one in heard.values()),
            n_all=math.fsum(one.voice * one.dissent for one in heard.values()),
            dissenters={person: one.voice for person, one in heard.items() if one.dissent},
        )

    @property
    def share(self) -> float:
        """N / (P + N)."""
        if self.log2_n == -math.inf:
            return 0.0
        known = [log for log in (self.log2_p, self.log2_n) if log > -math.inf]
        return _two_to(self.log2_n - _log2_of_sum(known))


def _verdicts(lively: Sequence[Act], own: set[int]) -> dict[int, _Verdict]:
    """The current verdict of every person after these acts, which are in order."""
    current: dict[int, _Verdict] = {}
    for act in lively:
        if act.kind not in _ALL_VERDICTS or act.person_id is None or act.person_id in own or act.role == "keeper":
            continue
        _, support, dissent = _TABLE[act.kind]
        if act.kind == "still" and act.person_id in current:
            support = max(support, current[act.person_id].support)
        current[act.person_id] = _Verdict(act.kind, act.at, act.voice, support, dissent)
    return current


def _q(sums: _Sums, told_at: int, params: Params) -> tuple[float, float]:
    """q and log2 q: (P + aF) / (P + N + (a+b)F) with a = 2, b = 1, the largest exponent factored out."""
    f = (told_at - _L0) / (params.verdict_half_life_days * _SECONDS_OF_A_DAY)
    known = [log for log in (sums.log2_p, f + 1) if log > -math.inf]
    against = [log for log in (sums.log2_n, f) if log > -math.inf]
    log2_all = _log2_of_sum(known + against)
    log2_q = _log2_of_sum(known) - log2_all
    q = _two_to(log2_q)
    if q > 0.5:
        log2_q = math.log1p(-_two_to(_log2_of_sum(against) - log2_all)) / math.log(2)
    return q, log2_q


def _wilson(p_all: float, n_all: float) -> float:
    """The lower bound as B5 writes it, with z = 1.2816."""
    n = p_all + n_all
    if n == 0:
        return 0.0
    z, p = 1.2816, p_all / n
    bound = (p + z**2 / (2 * n) - z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))) / (1 + z**2 / n)
    return max(0.0, bound)


# States (B6)


def _shelf_life(lively: Sequence[Act], told_at: int, base: float) -> tuple[int, float]:
    """last_verified and the shelf life in days, folded in order."""
    last_verified, shelf = told_at, float(base)
    for act in lively:
        if act.kind not in ("held", "adapted", "failed", "still", "depends", "no_longer") or not _heard(act.voice):
            continue
        is_due = act.at >= last_verified + shelf * _SECONDS_OF_A_DAY - _NEAR
        if is_due and act.kind == "still":
            shelf = min(4 * base, max(30.0, shelf * 2))
        if is_due and act.kind == "depends":
            shelf = min(4 * base, max(30.0, shelf / 2))
        last_verified = max(last_verified, act.at)
    return last_verified, shelf


def _contested(standing: Sequence[Act], own: set[int], params: Params) -> tuple[int | None, int | None]:
    """When it became contested if it is, and when a condition settled it if no dissent was given since."""
    contested_at: int | None = None
    condition_at: int | None = None
    telling = [act for act in standing if _says_something(act, own)]
    for place, act in enumerate(telling):
        before = _Sums.of(_verdicts(telling[:place], own), params).dissenters
        sums = _Sums.of(_verdicts(telling[: place + 1], own), params)
        if act.person_id in sums.dissenters and act.kind != "accept_condition":
            condition_at = None
        gave_way = act.person_id in before and act.person_id not in sums.dissenters
        may_settle = act.kind == "accept_condition" or gave_way
        if contested_at is not None:
            if sums.share < 0.15 - _NEAR:
                contested_at = None
            elif may_settle and _is_accepted(telling[: place + 1], set(sums.dissenters)):
                contested_at, condition_at = None, act.at
        elif condition_at is None and (
            sums.share >= 0.25 - _NEAR and sums.n_all >= 1.5 - _NEAR and len(sums.dissenters) >= 2
        ):
            contested_at = act.at
    return contested_at, condition_at


def _says_something(act: Act, own: set[int]) -> bool:
    """Whether it is a verdict of somebody who may give one, or an accepted condition."""
    if act.kind == "accept_condition":
        return True
    if act.role == "keeper":
        return False
    return act.kind in _ALL_VERDICTS and act.person_id is not None and act.person_id not in own


def _is_accepted(acts: Sequence[Act], dissenters: set[int]) -> bool:
    """Whether teller or moderator, and at least half of the dissenters, have accepted one condition."""
    accepted = [act for act in acts if act.kind == "accept_condition"]
    for condition in {act.ref for act in accepted}:
        by = [act for act in accepted if act.ref == condition]
        agreeing = {act.person_id for act in by} & dissenters
        if any(act.role in ("teller", "moderator") for act in by) and len(agreeing) >= len(dissenters) / 2:
            return True
    return False


def _monday(at: int) -> int:
    """The Monday 00:00 UTC on or before a second; 5 January 1970 was one."""
    return at - (at - 4 * _SECONDS_OF_A_DAY) % (7 * _SECONDS_OF_A_DAY)
