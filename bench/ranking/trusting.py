"""Who trusts whom in the simulated practice, and the voices that the product measures from it."""

from __future__ import annotations

from typing import Final

import numpy as np

from bench.ranking.worlds import ATTACK, START, World
from cop.communities.permissions import MOST_VOUCHES
from cop.ranking.acts import DAY, VERDICTS, ActKind
from cop.ranking.standing import Person, measure
from cop.ranking.trust import WORTH, Edges, TrustKind

MEASURED_EVERY: Final = 7  # days; the product measures every night
VOUCHES: Final = MOST_VOUCHES["practitioner"]
_WORTH: Final = {ActKind(kind.value): worth for kind, worth in WORTH.items() if kind.value in set(ActKind)}
Edge = tuple[int, int, float, int]


class Trusting:
    """Verdicts and vouches as trust, measured once a week and on the first day of the attack."""

    def __init__(self, world: World, *, has_voices: bool) -> None:
        self.world, self.has_voices = world, has_voices
        self.is_practitioner = np.arange(world.people) < world.size.practitioners
        self.worth = np.zeros((world.people, world.threads), np.float32)  # of what each says of each thread now
        self.given_at = np.zeros((world.people, world.threads), np.int64)
        self.standing: dict[int, float] = {}
        self.acted_at: dict[int, int] = {}
        self.beside: list[Edge] = self._first_vouches()
        self.voice = np.ones(world.people)
        self.measure(START)

    def note(self, person: int, thread: int, kind: ActKind, at: int) -> None:
        self.acted_at[person] = at
        if kind in VERDICTS and person != self.world.teller[thread]:
            worth = _WORTH.get(kind, 0.0)
            if kind is ActKind.STILL:
                worth = max(worth, float(self.worth[person, thread]))
            self.worth[person, thread], self.given_at[person, thread] = worth, at

    def end_day(self, day: int) -> None:
        if day == ATTACK:
            self.beside += self._attack(START + (day + 1) * DAY)
        if day % MEASURED_EVERY == 0 or day == ATTACK:
            self.measure(START + (day + 1) * DAY)

    def measure(self, now: int) -> None:
        if not self.has_voices:
            return
        people = [Person(row, self._role(row), self.acted_at.get(row)) for row in range(self.world.people)]
        by, thread = np.nonzero(self.worth)
        beside = Edges.of(self.beside)
        edges = Edges(
            np.concatenate([by, beside.by]),
            np.concatenate([self.world.teller[thread], beside.to]),
            np.concatenate([self.worth[by, thread].astype(float), beside.worth]),
            np.concatenate([self.given_at[by, thread], beside.at]),
        )
        measured = measure(people, edges, now=now, before=self.standing)
        self.standing = dict(measured.standing)
        self.voice = np.array([measured.voice[row] for row in range(self.world.people)])

    def _role(self, row: int) -> str:
        if row in self._moderators:
            return "moderator"
        return "practitioner" if self.is_practitioner[row] else "newcomer"

    def _first_vouches(self) -> list[Edge]:
        """Each practitioner was vouched for by a moderator, in turn."""
        self._moderators = frozenset(self.world.moderators.tolist())
        names = sorted(self._moderators)
        worth = WORTH[TrustKind.VOUCH]
        return [
            (names[row % len(names)], row, worth, START)
            for row in range(self.world.size.practitioners)
            if row not in self._moderators
        ]

    def _attack(self, at: int) -> list[Edge]:
        """The captured vouch for as many sybils as they may, two for each; sybils endorse what other sybils say.

        A sybil for whom two have vouched is a practitioner, as in the product.
        """
        captured, sybils = self.world.captured.tolist(), self.world.sybils
        vouches: list[Edge] = []
        left = dict.fromkeys(captured, VOUCHES)
        for sybil in sybils.tolist():
            by = sorted((one for one in captured if left[one]), key=lambda one: -left[one])[:2]
            if not by:
                break
            self.is_practitioner[sybil] = len(by) == 2
            for one in by:
                left[one] -= 1
                vouches.append((one, sybil, WORTH[TrustKind.VOUCH], at))
        chance = np.random.default_rng([self.world.seed, 2])
        by, to = np.repeat(sybils, 10), chance.choice(sybils, sybils.size * 10)
        ring = [(int(a), int(b), WORTH[TrustKind.HELD], at) for a, b in zip(by, to, strict=True) if a != b]
        return vouches + ring
