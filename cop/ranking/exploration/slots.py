"""Which threads take the exploration slots: every fifth one at the front of a list (domain.md B6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

EVERY: Final = 5  # the fifth slot, the tenth, and so on
PAGES: Final = 5  # at the front, that have such slots; behind them a list is in its own order alone


def place_explored(living: Sequence[int], new: Sequence[int], *, slots: int) -> list[tuple[int, bool]]:
    """The front of a list: its own order, and in every fifth slot the next of the new ones that does not stand above.

    So nothing stands twice, and nothing stands lower for being new.

    Args:
        living: the ids of the list from the top, at least as many as there are slots.
        new: those of them that few have read, in the order in which they are to be shown.
        slots: how many there are.

    Returns:
        the ids from the top, each with whether it stands there since few have read it.
    """
    shown: set[int] = set()
    own, few = iter(living), iter(new)
    front: list[tuple[int, bool]] = []
    for slot in range(1, slots + 1):
        explored = _next(few, shown) if slot % EVERY == 0 else None
        thread_id = explored if explored is not None else _next(own, shown)
        if thread_id is None:
            break
        shown.add(thread_id)
        front.append((thread_id, explored is not None))
    return front


def mix(own: Sequence[int], explored: Sequence[int]) -> list[int]:
    """One page: the list's own, with the explored in every fifth slot as far as there are any, and behind all else."""
    rest, few = list(own), list(explored)
    page: list[int] = []
    while rest or few:
        takes_new = few and ((len(page) + 1) % EVERY == 0 or not rest)
        page.append((few if takes_new else rest).pop(0))
    return page


def _next(ids: Iterator[int], shown: set[int]) -> int | None:
    return next((one for one in ids if one not in shown), None)
