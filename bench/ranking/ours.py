"""Living and Endorsed by the product's own code: acts folded into keys, and voices measured from trust.

Nothing of the mathematics is written here a second time; `priors` alone holds other ways to reckon how something holds
up, which the product does not use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from typing import Final

import numpy as np

from bench.ranking.trusting import Trusting
from bench.ranking.worlds import Floats, Ints, World
from cop.ranking.acts import DAY, Act, ActKind, Params, gives_verdict
from cop.ranking.fold import ThreadKeys, advance, empty_keys, needs_replay, replay
from cop.ranking.holding import PRIOR_DISSENT, PRIOR_SUPPORT, WILSON_Z
from cop.ranking.liveliness import seat_of
from cop.ranking.states import needs_check_in

YOUNG: Final = 90 * DAY
Prior = Callable[[ThreadKeys, int, Params], float]  # keys, the moment of the latest verdict: log2 of q


@dataclass(frozen=True)
class Known:
    """All that exploration may go by, of each thread: nothing of it says what is an attack."""

    told_at: Ints
    readers: Ints  # practitioners who have read it
    support: Floats  # undecayed, weighed by voice
    dissent: Floats
    endorsed: Floats
    practitioners: int
    now: float
    day: int


@dataclass(frozen=True)
class Rule:
    """What may be chosen.

    Args:
        key: "r" for Living, "e" for Endorsed.
        explore: on Living, every so manieth place shows something else; 0 for none.
        explores_by: what is shown there, the first first; by domain.md's rule without one.
        has_voices: whether a voice is measured from trust; else everybody's is 1.
        prior: another way to log2 q than the product's.
    """

    key: str = "r"
    params: Params = field(default_factory=Params)
    explore: int = 0
    explores_by: Callable[[Known], Ints] | None = None
    has_voices: bool = True
    prior: Prior | None = None


@dataclass
class Kept:
    """A thread as the database keeps it: its keys, its seats, and its acts for when they must be folded again."""

    told_at: int
    tellers: frozenset[int]
    params: Params
    acts: list[Act] = field(default_factory=list)
    kinds: dict[int, set[ActKind]] = field(default_factory=dict)
    seats: dict[int, float] = field(default_factory=dict)
    is_behind: bool = False
    judged_at: int = 0

    def __post_init__(self) -> None:
        self.judged_at = self.told_at
        self.keys = empty_keys(told_at=self.told_at, shelf_days=180.0, params=self.params)

    def take(self, act: Act) -> None:
        theirs = self.kinds.setdefault(act.person_id or 0, set())
        self.is_behind = self.is_behind or needs_replay(self.keys, act, earlier_kinds=theirs)
        theirs.add(act.kind)
        self.acts.append(act)
        if gives_verdict(act, self.tellers):
            self.judged_at = act.at
        if not self.is_behind:
            seat = seat_of(act)
            step = advance(self.keys, act, seat_x=self.seats.get(seat), tellers=self.tellers, params=self.params)
            self.keys = step.keys
            if step.x > -inf:
                self.seats[step.seat] = step.x

    def settle(self) -> None:
        """Fold what needed it, once a day; the product does it with each such act."""
        if self.is_behind:
            again = replay(self.acts, told_at=self.told_at, tellers=self.tellers, shelf_days=180.0, params=self.params)
            self.keys, self.seats, self.is_behind = again.keys, again.seats, False


class Ours:
    """A community's order under a rule."""

    def __init__(self, world: World, rule: Rule) -> None:
        self.world, self.rule = world, rule
        self.trusting = Trusting(world, has_voices=rule.has_voices)
        self.kept: dict[int, Kept] = {}
        self.touched: set[int] = set()
        self.next_id = 1
        self.first, self.second = np.full(world.threads, -inf), np.full(world.threads, -inf)
        self.support, self.dissent, self.endorsed = (np.zeros(world.threads) for _ in range(3))
        self.asked_on = np.full(world.threads, -inf)

    def tell(self, threads: Ints) -> None:
        for thread in threads.tolist():
            at, teller = int(self.world.told_at[thread]), int(self.world.teller[thread])
            self.kept[thread] = Kept(at, frozenset({teller + 1}), self.rule.params)
            self.act(teller, thread, ActKind.CREATED, at)

    def act(self, person: int, thread: int, kind: ActKind, at: int) -> None:
        """Somebody does something, with the voice they have at that moment; ids of people begin at one."""
        voice = float(self.trusting.voice[person])
        self.kept[thread].take(Act(self.next_id, at, person + 1, kind, voice))
        self.next_id += 1
        self.touched.add(thread)
        self.trusting.note(person, thread, kind, at)

    def end_day(self, day: int) -> None:
        for thread in self.touched:
            kept = self.kept[thread]
            kept.settle()
            keys = kept.keys
            self.support[thread], self.dissent[thread], self.endorsed[thread] = keys.p_all, keys.n_all, keys.e
            if self.rule.key == "e":
                self.first[thread], self.second[thread] = keys.e, keys.k
            elif self.rule.prior is None:
                self.first[thread] = keys.r
            else:
                log2_q = self.rule.prior(keys, kept.judged_at, self.rule.params)
                self.first[thread] = keys.k + self.rule.params.quality_weight * log2_q
        self.touched.clear()
        self.trusting.end_day(day)

    def order(self, threads: int) -> Ints:
        return np.lexsort((-self.second[:threads], -self.first[:threads]))

    def list_due(self, day: int, now: int) -> list[int]:
        """Threads that are to be asked whether they still hold, each at most once in thirty days."""
        due = []
        for thread, kept in self.kept.items():
            p_all, check_due = kept.keys.p_all, kept.keys.check_due
            is_due = now > check_due and needs_check_in(p_all=p_all, check_due=check_due, now=now)
            if is_due and self.asked_on[thread] < day - 30:
                self.asked_on[thread] = day
                due.append(thread)
        return due


def by_readers(known: Known) -> Ints:
    """domain.md B6: younger than ninety days and read by fewer than eight practitioners, fewest readers first."""
    waiting = np.flatnonzero((known.now - known.told_at < YOUNG) & (known.readers < 8))
    return waiting[np.lexsort((-known.told_at[waiting], known.readers[waiting]))]


def by_share_of_readers(known: Known) -> Ints:
    """The same, read by fewer than a quarter of the practitioners."""
    waiting = np.flatnonzero((known.now - known.told_at < YOUNG) & (known.readers < known.practitioners / 4))
    return waiting[np.lexsort((-known.told_at[waiting], known.readers[waiting]))]


def by_promise(known: Known) -> Ints:
    """Young ones by how well they might hold up at best: the upper bound of their share, with the prior of q."""
    n = known.support + known.dissent + PRIOR_SUPPORT + PRIOR_DISSENT
    share = (known.support + PRIOR_SUPPORT) / n
    best = share + WILSON_Z * np.sqrt(share * (1 - share) / n)
    waiting = np.flatnonzero(known.now - known.told_at < YOUNG)
    return waiting[np.argsort(-best[waiting], kind="stable")]


def by_turns(known: Known) -> Ints:
    """The fifty best endorsed of any age, in an order that each day deals anew."""
    best = np.lexsort((-known.told_at, -known.endorsed))[:50]
    return np.random.default_rng([known.day, 5]).permutation(best[known.endorsed[best] > 0])


def explore(order: Ints, waiting: Ints, *, every: int, places: int) -> Ints:
    """The first places of Living, where every so manieth shows the next that waits to be seen."""
    if not every:
        return order[:places]
    settled = order[: places - places // every].tolist()
    rest, taken = iter(order.tolist()), set[int]()
    hidden = iter([thread for thread in waiting.tolist() if thread not in set(settled)])
    found: list[int] = []
    for place in range(1, min(places, order.size) + 1):
        chosen = next(hidden, None) if place % every == 0 else None
        if chosen is None:
            chosen = next(thread for thread in rest if thread not in taken)
        taken.add(chosen)
        found.append(chosen)
    return np.array(found, dtype=np.int64)
