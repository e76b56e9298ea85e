"""What other forums count: votes for and against, comments, and when. Everybody's count alike."""

from __future__ import annotations

from collections import deque

import numpy as np

from bench.ranking.worlds import Flags, Floats, Ints, World
from cop.ranking.acts import DAY

WEEK = 7
TRENDING_HALF_LIFE = 365 * DAY


class Tally:
    """Counts of each thread, as far as they have come."""

    def __init__(self, world: World) -> None:
        n = world.threads
        self.told_at = world.told_at.astype(float)
        self.ups, self.downs, self.comments = (np.zeros(n) for _ in range(3))
        self.others_comments = np.zeros(n)  # those not by whoever told it
        self.trending = np.zeros(n)  # votes in units of a vote given on the first day, each worth half after a year
        self.posted_at = self.told_at.copy()
        self.teller = world.teller
        self.week: deque[tuple[Ints, Ints, Flags, Flags]] = deque(maxlen=WEEK)

    def count(self, who: Ints, what: Ints, at: Ints, votes: Ints, is_comment: Flags, *, was: Ints) -> None:
        """One day's doings: votes of +1, -1 or 0 in place of the votes that were, and what was said."""
        change = votes - was
        np.add.at(self.ups, what, ((votes > 0).astype(float) - (was > 0)) * (votes != 0))
        np.add.at(self.downs, what, ((votes < 0).astype(float) - (was < 0)) * (votes != 0))
        grown = np.exp2((at - self.told_at[0]) / TRENDING_HALF_LIFE)
        np.add.at(self.trending, what, np.where(votes != 0, change * grown, 0.0))
        np.add.at(self.comments, what, is_comment.astype(float))
        np.add.at(self.others_comments, what, (is_comment & (who != self.teller[what])).astype(float))
        np.maximum.at(self.posted_at, what[is_comment], at[is_comment].astype(float))
        self.week.append((who, what, votes > 0, is_comment))

    def score(self) -> Floats:
        return self.ups - self.downs

    def lately(self) -> tuple[Floats, Floats, Floats]:
        """Of the last seven days: likes, distinct people who posted, and days since the first of either."""
        n = self.ups.size
        likes, since = np.zeros(n), np.zeros(n)
        posts = [np.zeros(0, np.int64)]
        for ago, (who, what, is_like, is_comment) in enumerate(reversed(self.week)):
            since[what[is_like | is_comment]] = ago + 1
            np.add.at(likes, what[is_like], 1.0)
            posts.append(who[is_comment] * n + what[is_comment])
        distinct = np.unique(np.concatenate(posts))
        return likes, np.bincount(distinct % n, minlength=n).astype(float), since
