"""What others have told that is near what somebody is writing. A help and never a hindrance: at worst it is absent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.search.analysis import compose, words_in
from cop.search.port import IndexUnavailable, SearchIndex
from cop.search.queries import Passage, keep_seen, list_passages
from cop.search.query_language import parse_query
from cop.web.pages.cards import Card, list_cards

MOST_SHOWN = 5
MOST_CHARACTERS = 1_000  # of what was written
_LEAST_WORDS = 4  # to look for; of fewer nothing can be said
_LEAST_SHARED = 2


@dataclass(frozen=True, slots=True)
class Near:
    """A discussion that shares words with what is being written, and the place where it does."""

    card: Card
    passage: Passage


def find_similar(
    viewer: Viewer, index: SearchIndex, community_id: int, text: str, *, now: datetime, besides: int | None = None
) -> tuple[Near, ...]:
    """At most five discussions of one community, closest first.

    Args:
        text: what was written so far; signs that mean something in a search mean nothing here.
        besides: the thread that is being revised.
    """
    typed = parse_query(" ".join(dict.fromkeys(word.plain for word in words_in(compose(text[:MOST_CHARACTERS])))))
    if len(typed.words) < _LEAST_WORDS:
        return ()
    try:
        found = index.find(typed.within([community_id]), limit=MOST_SHOWN * 3)
    except IndexUnavailable:
        return ()
    hits = [hit for hit in keep_seen(viewer, found.hits) if hit.thread_id != besides]
    passages = list_passages(viewer, hits, words=found.words)
    close = [thread for thread, passage in passages.items() if len(passage.words) >= _LEAST_SHARED][:MOST_SHOWN]
    return tuple(Near(card, passages[card.id]) for card in list_cards(viewer, close, now=now))
