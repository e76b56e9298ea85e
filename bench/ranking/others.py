"""The orders of other forums, each from its source as domain.md B7 cites it; higher comes first.

All take the same counts, at their native constants unless the name says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from bench.ranking.tallies import Tally
from bench.ranking.worlds import Floats
from cop.ranking.acts import Params
from cop.ranking.holding import WILSON_Z

HOUR: Final = 3_600
OURS_SLOW: Final = Params().half_life * np.log2(10)  # seconds in which ten times the votes fade at our half-life


def _age(tally: Tally, now: float) -> Floats:
    """In seconds; of what is not told yet none."""
    return np.maximum(now - tally.told_at, 0.0)


def hacker_news(tally: Tally, now: float) -> Floats:
    """news.arc: (score - 1)^0.8 over (age + 2 h)^1.8, less where more than twenty comments outweigh the score."""
    score = np.maximum(tally.score() + 1, 0.0)  # whoever posts counts as one
    minutes = _age(tally, now) / 60
    worth = np.maximum(score - 1, 0.0) ** 0.8 / ((minutes + 120) / 60) ** 1.8
    heated = np.minimum(1.0, (score / np.maximum(tally.comments, 1)) ** 2)
    return worth * np.where(tally.comments > 20, heated, 1.0)


def reddit_hot(tally: Tally, _now: float) -> Floats:
    """_sorts.pyx: ten times the votes are worth twelve and a half hours."""
    return _reddit(tally, 45_000)


def reddit_hot_slowed(tally: Tally, _now: float) -> Floats:
    """The same at the pace of a practice: votes fade by half in the thirty days of our own half-life."""
    return _reddit(tally, OURS_SLOW)


def _reddit(tally: Tally, tenfold: float) -> Floats:
    score = tally.score() + 1
    return np.sign(score) * np.log10(np.maximum(np.abs(score), 1)) + tally.told_at / tenfold


def lobsters(tally: Tally, _now: float) -> Floats:
    """story.rb: like Reddit's with 22 hours, where others' comments count too, up to the number of votes."""
    score = tally.score() + 1
    comments = np.minimum(tally.others_comments, tally.ups + 1)  # half of (up + 1 - down) of each, whose author's is up
    order = np.log10(np.maximum(np.abs(score + 1) + comments, 1))
    return order * np.sign(score) + tally.told_at / (22 * HOUR)


def discourse_hot(tally: Tally, now: float) -> Floats:
    """topic_hot_score.rb: likes over age, and the last week's likes and posters over the age of that bump."""
    likes, posters, since = tally.lately()
    lately = np.where(since > 0, (likes + posters - 1) / (24 * since + 2) ** 1.2, 0.0)
    return tally.ups / (_age(tally, now) / HOUR + 2) ** 1.2 + lately


def stack_overflow_trending(tally: Tally, _now: float) -> Floats:
    """Votes, each worth half after a year."""
    return tally.trending


def raw_wilson(tally: Tally, _now: float) -> Floats:
    """The lower bound of the share of votes for it, everybody's votes alike."""
    n, z = tally.ups + tally.downs, WILSON_Z
    share = tally.ups / np.maximum(n, 1)
    spread = z * np.sqrt(share * (1 - share) / np.maximum(n, 1) + z * z / (4 * np.maximum(n, 1) ** 2))
    bound = (share + z * z / (2 * np.maximum(n, 1)) - spread) / (1 + z * z / np.maximum(n, 1))
    return np.where(n > 0, bound, 0.0)


def net_score(tally: Tally, _now: float) -> Floats:
    return tally.score()


def bump_order(tally: Tally, _now: float) -> Floats:
    return tally.posted_at


OTHERS: Final[dict[str, Callable[[Tally, float], Floats]]] = {
    "Hacker News": hacker_news,
    "Reddit hot": reddit_hot,
    "Reddit hot, slowed": reddit_hot_slowed,
    "Lobsters": lobsters,
    "Discourse hot": discourse_hot,
    "Stack Overflow trending": stack_overflow_trending,
    "Wilson on raw votes": raw_wilson,
    "Net score": net_score,
    "Bump order": bump_order,
}
