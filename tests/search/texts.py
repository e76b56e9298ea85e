"""Texts for the index, and short ways to ask it."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator
from itertools import count
from typing import Any

from cop.search.port import Found, IndexedText, SearchIndex
from cop.search.query_language import parse_query

WARD, NIGHT, SECRET = 11, 12, 13  # communities
EVERYWHERE = frozenset({WARD, NIGHT, SECRET})

_ids = count(10_001)  # beyond the ids that a test chooses itself, below those of `some_texts`


def a_text(body: str = "He was picking at the sheet.", **given: Any) -> IndexedText:
    """A story's own text in WARD, a thread to itself, unless something else is said."""
    number = next(_ids)
    chosen = {
        "id": number,
        "thread_id": given.get("id", number),
        "community_id": WARD,
        "kind": "story",
        "part": "thread",
    }
    return IndexedText(**{**chosen, "title": "", "author": "", "at": 1_800_000_000, "body": body, **given})


def a_reply(body: str, to: IndexedText, **given: Any) -> IndexedText:
    """A reply in the thread of another text."""
    return a_text(body, thread_id=to.thread_id, community_id=to.community_id, kind=to.kind, part="reply", **given)


def some_texts(number: int, *, seed: int = 1) -> Iterator[IndexedText]:
    """Texts of eighty words as unevenly frequent as in any language, in threads of five; text k holds “mark<k>”."""
    draw = random.Random(seed)
    words = [f"w{rank}" for rank in range(3_000)]
    weights = [1 / (rank + 1) for rank in range(3_000)]
    for k in range(number):
        body = " ".join(draw.choices(words, weights, k=80))
        yield a_text(
            f"{body} mark{k}", id=10**6 + k, thread_id=10**6 + k - k % 5, part="reply" if k % 5 else "thread", at=k
        )


def ask(index: SearchIndex, typed: str, *, seen: Collection[int] = EVERYWHERE) -> Found:
    """What somebody finds who sees these communities and types this."""
    return index.find(parse_query(typed).within(seen))


def found(index: SearchIndex, typed: str, *, seen: Collection[int] = EVERYWHERE) -> list[int]:
    """The ids of the best texts, in order."""
    return [hit.text_id for hit in ask(index, typed, seen=seen).hits]
