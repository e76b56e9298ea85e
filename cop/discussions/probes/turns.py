"""Whose turn it is: how many questions stand open before one teller, and which of those that wait is next."""

from __future__ import annotations

from collections.abc import Collection, Sequence

MOST_OPEN = 5  # on one thread: more than that is an interrogation
MOST_OPEN_EACH = 2  # of one person on one thread, until one is answered
MOST_WAITING_EACH = 5
MOST_WAITING = 50  # on one thread; beyond it nobody would live to be answered

Turn = tuple[int, int]  # what waits, and who asked it


def has_place(open_askers: Sequence[int | None], asker_id: int | None) -> bool:
    """Whether one more of this person's may stand open.

    Args:
        open_askers: who asked those that are open, one entry for each; None for a former member.
    """
    own = sum(asker == asker_id for asker in open_askers) if asker_id is not None else 0
    return len(open_askers) < MOST_OPEN and own < MOST_OPEN_EACH


def next_turn(
    open_askers: Sequence[int | None], waiting: Sequence[Turn], passed_over: Collection[int] = ()
) -> int | None:
    """What is asked next of those that wait: the first whose asker has a place.

    Args:
        waiting: in the order in which they came.
        passed_over: what cannot be asked now, for instance since its asker is to listen for a while.
    """
    return next(
        (turn for turn, asker in waiting if turn not in passed_over and has_place(open_askers, asker)),
        None,
    )
