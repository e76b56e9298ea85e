"""Stored values that are not what they follow from: found a batch of rows at a time, and written anew where asked.

People write meanwhile, so whatever is found is looked at a second time, and a value is mended only while it still is
the one that was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from sqlalchemy import update

from cop.cli.derived import queries, texts
from cop.cli.derived.queries import Stray
from cop.platform.database import Base, reading, transaction
from cop.search.operations import offer_titles

AT_ONCE = 500  # rows looked at in one read

Find = Callable[[Sequence[int]], Iterable[Stray]]


@dataclass(frozen=True, slots=True)
class Look:
    """The ids that are walked, and what is looked at for each batch of them."""

    list_ids: Callable[[int, int], list[int]]
    finds: tuple[Find, ...]
    slow: tuple[Find, ...] = field(default=())  # goes through the renderer


LOOKS = (
    Look(
        queries.list_thread_ids,
        (
            queries.find_wrong_words,
            queries.find_wrong_revisions,
            queries.find_wrong_revisions_of_replies,
            queries.find_wrong_spans,
            queries.find_wrong_firsts,
            queries.find_wrong_seals,
            queries.find_wrong_places_of_needs,
            queries.find_wrong_titles,
        ),
        (texts.find_wrong_texts_of_threads,),
    ),
    Look(queries.list_person_ids, (queries.find_wrong_skeletons,), (texts.find_wrong_bios,)),
    Look(queries.list_community_ids, (), (texts.find_wrong_welcomes,)),
    Look(queries.list_draft_ids, (queries.find_wrong_aims,)),
)


def find_strays(*, rest: bool = True, with_texts: bool = False, at_once: int = AT_ONCE) -> Iterator[Stray]:
    """Walk every row that holds something derived.

    Args:
        rest: look at everything but texts.
        with_texts: render every text again, which takes long.
    """
    for look in LOOKS:
        finds = (*(look.finds if rest else ()), *(look.slow if with_texts else ()))
        yield from chain.from_iterable(_find_in(ids, finds) for ids in _batches(look, at_once) if finds)


def mend_strays(strays: Iterable[Stray]) -> int:
    """Write what should stand there, where what was found still does; in how many columns."""
    mended = 0
    for stray in strays:
        with transaction() as s:
            if stray.table == "title_start":  # rows may be missing, or too many
                offer_titles([stray.thread_id or 0])
                mended += 1
                continue
            table = Base.metadata.tables[stray.table]
            here = [table.c[name] == value for name, value in (*stray.key, (stray.column, stray.stored))]
            done: Any = s.execute(update(table).where(*here).values({stray.column: stray.expected}))
            mended += done.rowcount
    return mended


def _batches(look: Look, at_once: int) -> Iterator[list[int]]:
    after = -(2**63)
    while True:
        with reading():
            ids = look.list_ids(after, at_once)
        if not ids:
            return
        yield ids
        after = ids[-1]


def _find_in(ids: Sequence[int], finds: Iterable[Find]) -> Iterator[Stray]:
    for find in finds:
        with reading():
            once = list(find(ids))
        if once:
            with reading():
                again = [stray for stray in find(ids) if stray in once]
            yield from again
