"""Living and Endorsed by the product's own code: acts folded into keys, and voices measured from trust.

Nothing of the mathematics is written here a second time; `priors` alone holds other ways to reckon how something holds
up, which the product does not use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

import numpy as np

from bench.ranking.trusting import Trusting
from bench.ranking.worlds import Floats, Ints, World
from cop.ranking.acts import DAY, Act, ActKind, Params, gives_verdict
from cop.ranking.fold import ThreadKeys, advance, empty_keys, needs_replay, replay
from cop.ranking.liveliness import seat_of
from cop.ranking.states import needs_check_in

Prior = Callable[[ThreadKeys, int, Params], float]  # keys, the moment of the latest verdict: log2 of q


@dataclass(frozen=True)
class Rule:
    """What may be chosen.

    Args:
        key: "r" for Living, "e" for Endorsed.
        explore: on Living, every so manieth place shows something that few have read; 0 for none.
        has_voices: whether a voice is measured from trust; else everybody's is 1.
        prior: another way to log2 q than the product's.
    """

    key: str = "r"
    params: Params = field(default_factory=Params)
    explore: int = 0
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


def explore(order: Ints, *, told_at: Ints, readers: Ints, now: float, every: int, places: int) -> Ints:
    """The first places of Living, where every so manieth shows something young that hardly a practitioner has read.

    It is told when each thread was told and how many practitioners have read it, and nothing else: it cannot know what
    is an attack.
    """
    if not every:
        return order[:places]
    young = np.flatnonzero((now - told_at < 90 * DAY) & (readers < 8))
    waiting = young[np.lexsort((-told_at[young], readers[young]))].tolist()
    found: list[int] = []
    rest = iter(order.tolist())
    taken: set[int] = set()
    for place in range(1, places + 1):
        source = iter(waiting) if place % every == 0 else rest
        chosen = next((thread for thread in source if thread not in taken), None)
        if chosen is None:
            chosen = next((thread for thread in rest if thread not in taken), None)
        if chosen is None:
            break
        taken.add(chosen)
        found.append(chosen)
    return np.array(found, dtype=np.int64)


def voices_of(world: World, voice: Floats) -> float:
    """How much voice all sybils have together."""
    return float(voice[world.sybils].sum())
