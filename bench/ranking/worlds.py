"""What is hidden from every list: who knows, what is good, what goes stale, and who attacks whom and when.

After domain.md B8. The world of a seed is the same whichever list shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cop.ranking.acts import DAY

START: Final = 1_767_225_600  # 1 January 2026
DAYS: Final = 360
SETTLED: Final = 90  # what is shown before is not counted
ATTACK: Final = 220
ATTACK_LASTS: Final = 60  # days that are counted as under attack; the fakes are at work on the first thirty
SYBILS: Final = 200
ATTACK_THREADS: Final = 5
TARGETS: Final = 10  # good threads that the same accounts speak against
STALE_SHARE, STALE_AFTER, STALE_WORTH = 0.35, 120.0, 0.15

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Size:
    """A community: who is in it, what is told there, and how often a practitioner and a newcomer look in (a day)."""

    name: str
    practitioners: int
    newcomers: int
    moderators: int
    captured: int
    told_a_day: float
    practitioners_look: float
    newcomers_look: float

    @property
    def honest(self) -> int:
        return self.practitioners + self.newcomers


SIZES: Final = {
    size.name: size
    for size in (
        Size("30", 10, 20, 3, 1, 0.5, 0.40, 0.15),
        Size("300", 90, 210, 4, 3, 2.0, 0.20, 0.08),
        Size("3000", 900, 2_100, 9, 9, 5.0, 0.03, 0.008),
    )
}


@dataclass(frozen=True)
class World:
    """People are rows: practitioners, then newcomers, then sybils. Threads are rows in the order of telling.

    Args:
        seed: all of it, and all chance in it, follows from this.
        expertise: of everybody, 0 to 1; nobody sees it.
        moderators, captured: rows of people.
        told_at: whole seconds; `told_on` the day it falls on.
        teller: rows of people.
        quality: of each thread while it is true, 0 to 1; nobody sees it.
        stale_on: the day from which it is worth little, infinite for most.
        heat: how much it makes people talk, whatever it is worth.
        is_attack: worthless threads that captured practitioners tell and sybils praise.
        targets: the best threads at that moment, which the same accounts say have failed.
    """

    seed: int
    size: Size
    expertise: Floats
    moderators: Ints
    captured: Ints
    told_at: Ints
    told_on: Ints
    teller: Ints
    quality: Floats
    stale_on: Floats
    heat: Floats
    is_attack: Flags
    targets: Ints

    @property
    def people(self) -> int:
        return self.size.honest + SYBILS

    @property
    def threads(self) -> int:
        return self.told_at.size

    @property
    def sybils(self) -> Ints:
        return np.arange(self.size.honest, self.people)

    def worth(self, day: float) -> Floats:
        """What each thread is truly worth on a day."""
        return np.where(self.stale_on <= day, self.quality * STALE_WORTH, self.quality)


def make_world(size: Size, seed: int) -> World:
    chance = np.random.default_rng([seed, 0])
    expertise = np.concatenate(
        [chance.beta(4, 2, size.practitioners), chance.beta(2, 4, size.newcomers), np.zeros(SYBILS)]
    )
    moderators = np.argsort(-expertise[: size.practitioners])[: size.moderators]
    others = np.setdiff1d(np.arange(size.practitioners), moderators)
    captured = chance.choice(others, size.captured, replace=False)
    told_on = np.repeat(np.arange(DAYS), chance.poisson(size.told_a_day, DAYS))
    is_attack = np.zeros(told_on.size, bool)
    place = int(np.searchsorted(told_on, ATTACK, side="right"))
    told_on = np.insert(told_on, place, np.full(ATTACK_THREADS, ATTACK))
    is_attack = np.insert(is_attack, place, np.full(ATTACK_THREADS, True))
    threads = told_on.size
    told_at = np.sort(START + told_on * DAY + chance.integers(0, DAY, threads))
    by_practitioner = chance.random(threads) < 0.8
    teller = np.where(
        by_practitioner,
        chance.integers(0, size.practitioners, threads),
        size.practitioners + chance.integers(0, size.newcomers, threads),
    )
    teller[is_attack] = np.resize(captured, ATTACK_THREADS)
    mean = 0.15 + 0.5 * expertise[teller]
    quality = np.where(is_attack, 0.0, chance.beta(6 * mean, 6 * (1 - mean)))
    goes_stale = (chance.random(threads) < STALE_SHARE) & ~is_attack
    stale_on = np.where(goes_stale, told_on + chance.exponential(STALE_AFTER, threads), np.inf)
    heat = chance.beta(1, 4, threads)
    then = np.where(stale_on <= ATTACK, quality * STALE_WORTH, quality)
    targets = np.argsort(-np.where(told_on < ATTACK - 7, then, -1.0))[:TARGETS]
    return World(
        seed, size, expertise, moderators, captured, told_at, told_at // DAY - START // DAY, teller, quality,
        stale_on, heat, is_attack, targets,
    )  # fmt: skip
