"""What is measured of a year: domain.md B8's figures, from what was shown and what it was truly worth."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from bench.ranking.worlds import ATTACK, ATTACK_LASTS, DAYS, SETTLED, Floats, Ints, World

TOP: Final = 10
HIGH: Final = 20  # a list has demoted something when it has been below this for a week
OUT_FOR: Final = 7
BEST: Final = 50
LAST_MONTH: Final = 30
DISCOUNT: Final = 1 / np.log2(np.arange(2, TOP + 2))
WAS_GOOD: Final = 0.5


class Ledger:
    def __init__(self, world: World) -> None:
        self.world = world
        self.ndcg = np.full(DAYS, np.nan)
        self.stale = np.full(DAYS, np.nan)
        self.attacks = np.full(DAYS, np.nan)
        self.in_high = np.zeros((DAYS, world.threads), bool)
        self.in_list = np.zeros((DAYS, world.threads), bool)
        self.exposure = np.zeros(world.threads)

    def note(self, day: int, known: int, shown: Ints, worth: Floats) -> None:
        """One day's list, as it was shown."""
        best = np.sort(worth[:known])[::-1][:TOP]
        top = shown[:TOP]
        self.ndcg[day] = (worth[top] * DISCOUNT[: top.size]).sum() / (best * DISCOUNT[: best.size]).sum()
        self.stale[day] = (self.world.stale_on[top] <= day).mean()
        self.attacks[day] = self.world.is_attack[top].sum()
        self.in_high[day, shown[:HIGH]] = True
        self.in_list[day, shown] = True
        self.exposure[shown] += np.arange(1, shown.size + 1) ** -0.6

    def result(self) -> dict[str, Any]:
        attacked = slice(ATTACK + 1, ATTACK + 1 + ATTACK_LASTS)
        calm = np.r_[SETTLED : ATTACK + 1, ATTACK + 1 + ATTACK_LASTS : DAYS]
        days, is_over = self._demotions()
        return {
            "ndcg": float(np.mean(self.ndcg[calm])),
            "ndcg_attacked": float(np.mean(self.ndcg[attacked])),
            "attacks_in_top": float(np.mean(self.attacks[attacked])),
            "stale": float(np.mean(self.stale[SETTLED:])),
            "days_to_demote": float(np.median(days)) if days.size else None,
            "demotions": int(days.size),
            "demotions_unfinished": int((~is_over).sum()),
            "cover": self._cover(),
            "gini": self._gini(),
            "targets_kept": self._targets_kept(),
            "series": {
                "ndcg": np.round(self.ndcg, 4).tolist(),
                "attacks": self.attacks.tolist(),
                "stale": self.stale.tolist(),
            },
        }

    def _demotions(self) -> tuple[Ints, np.ndarray]:
        """For what was good and stood high when it went stale: days until it had gone for a week; unfinished ones
        count as far as the year went."""
        days, is_over = [], []
        for thread in np.flatnonzero((self.world.stale_on < DAYS - OUT_FOR) & (self.world.quality > WAS_GOOD)):
            begins = int(np.ceil(self.world.stale_on[thread]))
            if begins < SETTLED or not self.in_high[begins - 1, thread]:
                continue
            out = ~self.in_high[begins:, thread]
            runs = np.convolve(out, np.ones(OUT_FOR), "valid") == OUT_FOR
            is_over.append(bool(runs.any()))
            days.append(int(np.argmax(runs)) if runs.any() else DAYS - begins)
        return np.array(days, dtype=np.int64), np.array(is_over, dtype=bool)

    def _cover(self) -> float:
        """The share of the fifty best of the last day that the list showed in the last month."""
        best = np.argsort(-self.world.worth(DAYS - 1))[:BEST]
        return float(self.in_list[-LAST_MONTH:, best].any(axis=0).mean())

    def _gini(self) -> float:
        """How unequally the list's attention fell on what was told, up to a month before the end."""
        had = np.sort(self.exposure[(self.world.told_on < DAYS - LAST_MONTH) & ~self.world.is_attack])
        n = had.size
        return float((2 * np.arange(1, n + 1) - n - 1) @ had / (n * had.sum()))

    def _targets_kept(self) -> float | None:
        """Of the good threads that were spoken against, those listed the week before: how many still are, later."""
        targets = self.world.targets
        before = self.in_list[ATTACK - 7 : ATTACK + 1, targets].any(axis=0)
        during = self.in_list[ATTACK + 8 : ATTACK + 1 + ATTACK_LASTS, targets].mean(axis=0)
        return float(during[before].mean()) if before.any() else None
