"""A year of a practice under one list: who looks in, what they are shown, what they make of it, what they say.

After domain.md B8. All chance follows from the world's seed; whatever is shown goes by what the list knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from bench.ranking.ledgers import Ledger
from bench.ranking.others import OTHERS
from bench.ranking.ours import Known, Ours, Rule, by_readers, explore
from bench.ranking.tallies import Tally
from bench.ranking.worlds import (
    ATTACK,
    ATTACK_LASTS,
    ATTACK_THREADS,
    DAYS,
    START,
    SYBILS,
    TARGETS,
    Flags,
    Floats,
    Ints,
    World,
)
from cop.ranking.acts import DAY, ActKind

PLACES: Final = 30  # what the default list shows
READ: Final = 0.95 * np.arange(1, PLACES + 1) ** -0.6  # the chance that what stands at a place is read
DEFAULT, NEW = 0.65, 0.25  # where people look; the rest search, and find two threads at random
JUDGE, REVISE, TRY = 0.30, 0.02, 0.05
GOOD, BAD = 0.5, 0.3
SYBIL_DAYS: Final = 30
SYBIL_REPLIES: Final = 20  # a day, on each attack thread
ANSWER_CHECK_IN: Final = 0.25
KINDS: Final = (
    ActKind.REPLY, ActKind.SEEN, ActKind.HELD, ActKind.ADAPTED, ActKind.OTHERWISE, ActKind.FAILED,
    ActKind.STILL, ActKind.DEPENDS, ActKind.NO_LONGER,
)  # fmt: skip
REPLY, SEEN, HELD, ADAPTED, OTHERWISE, FAILED, STILL, DEPENDS, NO_LONGER = range(len(KINDS))
VOTE: Final = np.array([0, 1, 1, 1, -1, -1, 1, 1, -1])
SPEAKS: Final = np.array([True, False, True, True, True, True, False, False, False])  # comes with words of its own


@dataclass
class Doings:
    """What happens on one day: columns of who, on which thread, what."""

    who: list[Ints]
    what: list[Ints]
    kind: list[Ints]

    def add(self, who: Ints, what: Ints, kind: Ints | int) -> None:
        self.who.append(who)
        self.what.append(what)
        self.kind.append(np.broadcast_to(np.asarray(kind), who.shape))


def live(world: World, list_name: str, rule: Rule | None) -> dict[str, Any]:
    """The whole year; what the ledger has measured."""
    return Practice(world, list_name, rule).run()


class Practice:
    def __init__(self, world: World, list_name: str, rule: Rule | None) -> None:
        self.world, self.rule = world, rule
        self.chance = np.random.default_rng([world.seed, 1])
        self.tally = Tally(world)
        self.ours = Ours(world, rule) if rule else None
        self.other = None if rule else OTHERS[list_name]
        self.ledger = Ledger(world)
        self.vote = np.zeros((world.people, world.threads), np.int8)  # what each has said of each, as a vote
        self.has_read = np.zeros((world.size.practitioners, world.threads), bool)
        self.looks = np.concatenate(
            [
                np.full(world.size.practitioners, world.size.practitioners_look),
                np.full(world.size.newcomers, world.size.newcomers_look),
            ]
        )
        self.noise = 0.06 + 0.40 * (1 - world.expertise)
        self.sybil_day = np.random.default_rng([world.seed, 3]).integers(
            0, SYBIL_DAYS, (SYBILS, ATTACK_THREADS + TARGETS)
        )

    def run(self) -> dict[str, Any]:
        for day in range(DAYS):
            self._live_a_day(day)
        return self.ledger.result()

    def _live_a_day(self, day: int) -> None:
        known = int(np.searchsorted(self.world.told_on, day))
        doings = Doings([], [], [])
        if known:
            shown = self._shown(day, known)
            worth = self.world.worth(day)
            self.ledger.note(day, known, shown, worth)
            self._read(day, known, shown, worth, doings)
            if self.ours and day % 7 == 0:
                self._answer_check_ins(day, worth, doings)
        if ATTACK < day <= ATTACK + SYBIL_DAYS:
            self._attack(day - ATTACK - 1, doings)
        self._carry_out(day, doings)

    def _shown(self, day: int, known: int) -> Ints:
        now = START + day * DAY
        if self.ours is None:
            assert self.other
            score = self.other(self.tally, now)[:known]
            return np.lexsort((-self.world.told_at[:known], -score))[:PLACES]
        assert self.rule
        seen = Known(
            told_at=self.world.told_at[:known],
            readers=self.has_read[:, :known].sum(axis=0),
            support=self.ours.support[:known],
            dissent=self.ours.dissent[:known],
            endorsed=self.ours.endorsed[:known],
            practitioners=self.world.size.practitioners,
            now=now,
            day=day,
        )
        waiting = (self.rule.explores_by or by_readers)(seen)
        return explore(self.ours.order(known), waiting, every=self.rule.explore, places=PLACES)

    def _read(self, day: int, known: int, shown: Ints, worth: Floats, doings: Doings) -> None:
        """Everybody who looks in today reads, and some of them say something of it."""
        visitors = np.flatnonzero(self.chance.random(self.looks.size) < self.looks)
        where = self.chance.random(visitors.size)
        newest = np.arange(known)[::-1][:PLACES]
        pairs = [
            self._read_list(visitors[where < DEFAULT], shown),
            self._read_list(visitors[(where >= DEFAULT) & (where < DEFAULT + NEW)], newest),
        ]
        searching = np.repeat(visitors[where >= DEFAULT + NEW], 2)
        pairs.append((searching, self.chance.integers(0, known, searching.size)))
        who, what = (np.concatenate(column) for column in zip(*pairs, strict=True))
        once = np.unique(who * self.world.threads + what)
        who, what = once // self.world.threads, once % self.world.threads
        others = self.world.teller[what] != who
        who, what = who[others], what[others]
        practises = who < self.world.size.practitioners
        self.has_read[who[practises], what[practises]] = True
        sees = worth[what] + self.noise[who] * self.chance.standard_normal(who.size)
        honest = ~(self.world.is_attack[what] & np.isin(who, self.world.captured))
        self._judge(who, what, sees, worth[what], practises & honest, doings)
        self._like(who, what, sees, ~practises, doings)
        talks = self.chance.random(who.size) < self.world.heat[what] * np.where(practises, 0.15, 0.10)
        doings.add(who[talks], what[talks], REPLY)

    def _read_list(self, visitors: Ints, shown: Ints) -> tuple[Ints, Ints]:
        reads = self.chance.random((visitors.size, shown.size)) < READ[: shown.size]
        rows, places = np.nonzero(reads)
        return visitors[rows], shown[places]

    def _judge(self, who: Ints, what: Ints, sees: Floats, worth: Floats, may: Flags, doings: Doings) -> None:
        """Practitioners: some say what they think, few think again, and few try it and say how that went."""
        luck = self.chance.random(who.size)
        had = self.vote[who, what] != 0
        tries = may & ~had & (luck < TRY)
        went = worth + 0.15 * self.chance.standard_normal(who.size)
        outcome = np.select([went > GOOD, went > BAD], [HELD, ADAPTED], FAILED)
        doings.add(who[tries], what[tries], outcome[tries])
        says = may & ~tries & np.where(had, luck < REVISE, luck < TRY + JUDGE) & ((sees > GOOD) | (sees < BAD))
        opinion = np.where(sees > GOOD, SEEN, OTHERWISE)
        says &= VOTE[opinion] != self.vote[who, what]
        doings.add(who[says], what[says], opinion[says])

    def _like(self, who: Ints, what: Ints, sees: Floats, may: Flags, doings: Doings) -> None:
        """Newcomers like what they take for good, and what others like."""
        herd = 0.7 * np.log1p(np.maximum(self.tally.score()[what], 0))
        likely = 0.25 / (1 + np.exp(3 - 3 * sees - herd))
        likes = may & (self.vote[who, what] == 0) & (self.chance.random(who.size) < likely)
        doings.add(who[likes], what[likes], SEEN)

    def _answer_check_ins(self, day: int, worth: Floats, doings: Doings) -> None:
        """Three practitioners who spoke for it are asked whether it still holds; a quarter of them answer."""
        assert self.ours
        for thread in self.ours.list_due(day, START + day * DAY):
            voters = np.flatnonzero(self.vote[: self.world.size.practitioners, thread] > 0)
            asked = self.chance.permutation(voters)[:3]
            asked = asked[self.chance.random(asked.size) < ANSWER_CHECK_IN]
            sees = worth[thread] + self.noise[asked] * self.chance.standard_normal(asked.size)
            answer = np.select([sees > GOOD, sees > BAD], [STILL, DEPENDS], NO_LONGER)
            doings.add(asked, np.full(asked.size, thread), answer)

    def _attack(self, since: int, doings: Doings) -> None:
        """Sybils praise the worthless, talk there, and speak against the good; the captured do so on the first day."""
        fakes = np.flatnonzero(self.world.is_attack)
        aims = np.concatenate([fakes, self.world.targets])
        for column, thread in enumerate(aims.tolist()):
            kind = HELD if column < ATTACK_THREADS else FAILED
            today = self.world.sybils[self.sybil_day[:, column] == since]
            doings.add(today, np.full(today.size, thread), kind)
            if since == 0:
                able = self.world.captured[self.world.captured != self.world.teller[thread]]
                doings.add(able, np.full(able.size, thread), kind)
        for thread in fakes.tolist():
            talkers = self.chance.choice(self.world.sybils, SYBIL_REPLIES, replace=False)
            doings.add(talkers, np.full(talkers.size, thread), REPLY)

    def _carry_out(self, day: int, doings: Doings) -> None:
        """All of it, in the order of seconds, and then the threads that are told today."""
        if doings.who:
            who, what, kind = (np.concatenate(column) for column in (doings.who, doings.what, doings.kind))
            at = np.sort(START + day * DAY + self.chance.integers(0, DAY, who.size))
            mixed = self.chance.permutation(who.size)
            who, what, kind = who[mixed], what[mixed], kind[mixed]
            self._count(who, what, kind, at)
            if self.ours:
                for person, thread, number, second in zip(
                    who.tolist(), what.tolist(), kind.tolist(), at.tolist(), strict=True
                ):
                    self.ours.act(person, thread, KINDS[number], second)
        if self.ours:
            first, last = np.searchsorted(self.world.told_on, [day, day + 1])
            self.ours.tell(np.arange(first, last))
            self.ours.end_day(day)

    def _count(self, who: Ints, what: Ints, kind: Ints, at: Ints) -> None:
        votes = VOTE[kind]
        was = self.vote[who, what].astype(np.int64)
        self.tally.count(who, what, at, votes, SPEAKS[kind], was=was)
        cast = votes != 0
        self.vote[who[cast], what[cast]] = votes[cast]


assert ATTACK + ATTACK_LASTS < DAYS
