"""The stored keys of a thread, and the two ways to keep them true.

Most acts are newer than all before them and touch one seat: `advance` folds them in constant time (P11).
Whatever arrives late, replaces a verdict or undoes something makes `replay` fold the thread from its acts.
`needs_replay` says which. `cop.ranking.rebuild` computes the same keys a third way and shares no
code with these.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import Final

from cop.ranking.acts import (
    DAY,
    TABLE_B1,
    VERDICTS,
    VERIFYING,
    Act,
    ActKind,
    Params,
    gives_verdict,
    has_voice,
    is_refused,
    reaches,
)
from cop.ranking.counting import counting_acts, in_order
from cop.ranking.holding import (
    Balance,
    Weighed,
    add_verdict,
    balance_of,
    dissent_share,
    endorsement,
    holding,
    is_dissent,
    weigh,
)
from cop.ranking.liveliness import freshness, log2_sum, raise_seat, rest_time, seat_of
from cop.ranking.states import is_calm, is_disputed, stretch

_SHELF_TIMES: Final[Mapping[ActKind, float]] = {ActKind.STILL: 2.0, ActKind.DEPENDS: 0.5}
_MAY_ACCEPT: Final = frozenset({"teller", "moderator"})  # without one of them no condition is accepted


@dataclass(frozen=True, slots=True)
class ThreadKeys:
    """The stored row of a thread, in the letters of domain.md B. Times are seconds UTC.

    Minus infinity is log2 of an empty sum. `q`, `r`, `e`, `rest_at` and `check_due` follow from the others
    and are stored to be sorted by.
    """

    told_at: int
    base_shelf_days: float
    shelf_days: float
    last_verified: int
    k: float = -inf
    log2_p: float = -inf
    log2_n: float = -inf
    p_all: float = 0.0
    n_all: float = 0.0
    dissenters: int = 0
    firm_dissenters: int = 0
    q: float = 0.0
    r: float = -inf
    e: float = 0.0
    rest_at: float = -inf
    check_due: float = 0.0
    practised_at: int | None = None  # the latest act of somebody whose voice weighs
    contested_at: int | None = None
    condition_at: int | None = None  # when an accepted condition settled it; None again at the next dissent (R6)
    latest_at: int | None = None  # the place of the last act folded, whatever it was
    latest_id: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one act changes: the keys, and its seat's x (minus infinity: refused, and no such seat)."""

    keys: ThreadKeys
    seat: int
    x: float


@dataclass(frozen=True, slots=True)
class Replay:
    """A thread folded from its acts: the keys, x of every seat, and the voice of every act that counts."""

    keys: ThreadKeys
    seats: dict[int, float]
    voices: dict[int, float]


def empty_keys(*, told_at: int, shelf_days: float, params: Params) -> ThreadKeys:
    """The keys of a thread before its first act.

    Args:
        told_at: when it was told, seconds UTC; the prior opinions of q are as old as that.
        shelf_days: the base shelf life that its teller or community chose.
    """
    keys = ThreadKeys(told_at, base_shelf_days=shelf_days, shelf_days=shelf_days, last_verified=told_at)
    return _derive(keys, params)


def needs_replay(keys: ThreadKeys, act: Act, *, earlier_kinds: Collection[ActKind]) -> bool:
    """Whether the thread must be folded again from its acts, or `advance` will do.

    Args:
        earlier_kinds: the kinds of all acts with this act's person on this thread; empty for nobody's act.
    """
    if act.kind not in TABLE_B1 or _is_late(keys, act):
        return True
    if act.kind in VERDICTS and not VERDICTS.isdisjoint(earlier_kinds):
        return True
    return ActKind.BAN in earlier_kinds


def advance(keys: ThreadKeys, act: Act, *, seat_x: float | None, tellers: frozenset[int], params: Params) -> Step:
    """Fold the newest act into the keys, in constant time.

    Args:
        keys: the stored row.
        act: newer than every act folded, and such that `needs_replay` is false.
        seat_x: x of the seat `seat_of(act)` as stored, None where there is no row.
        tellers: who tells the thread.
    """
    if is_refused(act, tellers):
        return Step(_pass(keys, act), seat_of(act), -inf if seat_x is None else seat_x)
    old = -inf if seat_x is None else seat_x
    new = max(old, freshness(act, params))
    keys = _practise(replace(keys, k=raise_seat(keys.k, old, new)), act)
    if gives_verdict(act, tellers):
        balance = add_verdict(_balance(keys), weigh(act, None), params)
        keys = _label(_with_balance(keys, balance), act, is_settled=False)
    return Step(_derive(_pass(keys, act), params), seat_of(act), new)


def replay(acts: Iterable[Act], *, told_at: int, tellers: frozenset[int], shelf_days: float, params: Params) -> Replay:
    """Fold a whole thread from its acts, given in any order and perhaps more than once (D1, R8).

    Args:
        shelf_days: the base shelf life.
    """
    ordered = in_order(acts)
    counted = counting_acts(ordered, tellers)
    fold = _Fold(empty_keys(told_at=told_at, shelf_days=shelf_days, params=params), tellers, params)
    for act in counted:
        fold.take(act)
    keys = replace(fold.keys, k=log2_sum(fold.seats.values()))
    keys = _with_balance(keys, balance_of(fold.verdicts.values(), params))
    if ordered:
        keys = _pass(keys, ordered[-1])
    voices = {act.id: act.voice for act in counted if act.kind in TABLE_B1}
    return Replay(_derive(keys, params), fold.seats, voices)


@dataclass
class _Fold:
    """A thread in the course of a replay."""

    keys: ThreadKeys
    tellers: frozenset[int]
    params: Params
    seats: dict[int, float] = field(default_factory=dict)
    verdicts: dict[int, Weighed] = field(default_factory=dict)
    conditions: dict[int | None, list[Act]] = field(default_factory=dict)

    def take(self, act: Act) -> None:
        """Fold the next act that counts."""
        if act.kind is ActKind.ACCEPT_CONDITION:
            self.conditions.setdefault(act.ref, []).append(act)
            self.keys = _label(self.keys, act, is_settled=self._is_settled())
            return
        seat = seat_of(act)
        self.seats[seat] = max(self.seats.get(seat, -inf), freshness(act, self.params))
        self.keys = _practise(self.keys, act)
        if gives_verdict(act, self.tellers) and act.person_id is not None:
            self._replace_verdict(act.person_id, act)

    def _replace_verdict(self, person_id: int, act: Act) -> None:
        """Put a verdict in place of the person's last. Sums are taken anew: subtracting logs is unsafe."""
        previous = self.verdicts.get(person_id)
        verdict = self.verdicts[person_id] = weigh(act, previous)
        if previous is None:
            balance = add_verdict(_balance(self.keys), verdict, self.params)
        else:
            balance = balance_of(self.verdicts.values(), self.params)
        gave_way = previous is not None and _disagrees(previous) and not _disagrees(verdict)
        keys = _with_balance(self.keys, balance)
        self.keys = _label(keys, act, is_settled=gave_way and self._is_settled())

    def _is_settled(self) -> bool:
        """Whether teller or moderator, and half of the dissenters, have accepted the same condition."""
        dissenters = {person for person, verdict in self.verdicts.items() if _disagrees(verdict)}
        for accepted in self.conditions.values():
            half = 2 * len(dissenters & {act.person_id for act in accepted}) >= len(dissenters)
            if half and any(act.role in _MAY_ACCEPT for act in accepted):
                return True
        return False


def _disagrees(verdict: Weighed) -> bool:
    return verdict.dissent > 0 and verdict.voice > 0


def _practise(keys: ThreadKeys, act: Act) -> ThreadKeys:
    """Note that somebody whose voice weighs did something, and whether that verified the thread."""
    if not has_voice(act.voice):
        return keys
    keys = replace(keys, practised_at=act.at if keys.practised_at is None else max(keys.practised_at, act.at))
    if act.kind not in VERIFYING:
        return keys
    times = _SHELF_TIMES.get(act.kind)
    if times and reaches(act.at, _check_due(keys)):  # once a check-in: the first answer moves check_due (R5)
        shelf = stretch(keys.shelf_days, base_days=keys.base_shelf_days, times=times)
        keys = replace(keys, shelf_days=shelf)
    return replace(keys, last_verified=max(keys.last_verified, act.at))


def _label(keys: ThreadKeys, act: Act, *, is_settled: bool) -> ThreadKeys:
    """Set or clear *contested* after a verdict or an accepted condition.

    A condition clears when somebody accepts it or a dissenter gives way, never by an unrelated act; what it
    has cleared, only a later dissent sets again (R6).
    """
    if is_dissent(act):
        keys = replace(keys, condition_at=None)
    share = dissent_share(keys.log2_p, keys.log2_n)
    if keys.contested_at is not None:
        if is_calm(share):
            return replace(keys, contested_at=None)
        return replace(keys, contested_at=None, condition_at=act.at) if is_settled else keys
    if keys.condition_at is None and is_disputed(share=share, n_all=keys.n_all, dissenters=keys.dissenters):
        return replace(keys, contested_at=act.at)
    return keys


def _derive(keys: ThreadKeys, params: Params) -> ThreadKeys:
    """Compute the fields that follow from the others."""
    q, log2_q = holding(keys.log2_p, keys.log2_n, keys.told_at, params)
    return replace(
        keys,
        q=q,
        r=keys.k + params.quality_weight * log2_q,
        e=endorsement(keys.p_all, keys.n_all),
        rest_at=rest_time(keys.k, params),
        check_due=_check_due(keys),
    )


def _check_due(keys: ThreadKeys) -> float:
    return keys.last_verified + keys.shelf_days * DAY


def _pass(keys: ThreadKeys, act: Act) -> ThreadKeys:
    return replace(keys, latest_at=act.at, latest_id=act.id)


def _is_late(keys: ThreadKeys, act: Act) -> bool:
    if keys.latest_at is None or keys.latest_id is None:
        return False
    return act.place <= (keys.latest_at, keys.latest_id)


def _balance(keys: ThreadKeys) -> Balance:
    return Balance(
        log2_p=keys.log2_p,
        log2_n=keys.log2_n,
        p_all=keys.p_all,
        n_all=keys.n_all,
        dissenters=keys.dissenters,
        firm_dissenters=keys.firm_dissenters,
    )


def _with_balance(keys: ThreadKeys, balance: Balance) -> ThreadKeys:
    return replace(
        keys,
        log2_p=balance.log2_p,
        log2_n=balance.log2_n,
        p_all=balance.p_all,
        n_all=balance.n_all,
        dissenters=balance.dissenters,
        firm_dissenters=balance.firm_dissenters,
    )
