"""What only the database knows of a query: who said it, of what it speaks, and how alive it is. It is asked before the
index is.

The index holds no name of anybody. So the database says which texts somebody told or said and which threads speak of a
topic or are in a state, as sets of ids; the index looks among these, and the database decides once more of every hit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.ranking.filters import STATES
from cop.search.operators import Filters
from cop.search.port import SearchQuery
from cop.search.queries import texts_by, threads_about, threads_in

ALL = "all"
RESTING = "resting"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What one operator comes to: threads to be in, threads to leave out, texts to be among."""

    within: tuple[frozenset[int], ...] = ()
    outside: frozenset[int] = frozenset()
    texts: frozenset[int] | None = None


Narrowings = Mapping[str, Narrowing]


def read_narrowings(viewer: Viewer, filters: Filters, communities: Collection[int], now: datetime) -> Narrowings:
    """The narrowings by the names of their operators; those that were not typed are absent."""
    narrowings: dict[str, Narrowing] = {}
    if filters.by:
        narrowings["by"] = Narrowing(texts=texts_by(viewer, filters.by))
    if filters.topics:
        narrowings["topic"] = Narrowing((threads_about(communities, filters.topics),))
    if filters.states:
        narrowings["state"] = _by_state(filters.states, communities, now)
    return narrowings


def narrow(query: SearchQuery, narrowings: Narrowings) -> SearchQuery:
    """The query among what its narrowings leave."""
    texts = [each.texts for each in narrowings.values() if each.texts is not None]
    return replace(
        query,
        within=tuple(threads for each in narrowings.values() for threads in each.within),
        outside=frozenset[int]().union(*(each.outside for each in narrowings.values())),
        texts=frozenset.intersection(*texts) if texts else None,
    )


def loosen(query: SearchQuery, narrowings: Narrowings) -> dict[str, SearchQuery]:
    """The query without each of the things that narrow it, by what is left out, and at last without all of them."""
    without = {
        "community": replace(query, narrowed_to=None),
        "kind": replace(query, kinds=frozenset(), parts=frozenset()),
        "after": replace(query, since=None),
        "before": replace(query, until=None),
        "exclusion": replace(query, excluded=()),
        **{name: narrow(query, {n: each for n, each in narrowings.items() if n != name}) for name in narrowings},
    }
    looser = {name: changed for name, changed in without.items() if changed != query}
    if query.is_listing:
        return {name: changed for name, changed in looser.items() if _asks(changed)}
    bare = SearchQuery(words=query.words, times=query.times, phrases=query.phrases, communities=query.communities)
    return {**looser, ALL: bare} if len(looser) > 1 else looser


def _asks(listing: SearchQuery) -> bool:
    """Whether anything is left to ask for in a search without words; what is excluded alone asks for nothing."""
    nothing = SearchQuery(words=(), communities=listing.communities, is_listing=True, order=listing.order)
    return replace(listing, excluded=()) != nothing


def _by_state(states: Collection[str], communities: Collection[int], now: datetime) -> Narrowing:
    """Any of the states will do. Resting is what shows no other: it is most of what there is, so the others are left
    out instead, unless they are in a state that will do."""
    wanted = _in_any(communities, [state for state in states if state != RESTING], now)
    if RESTING not in states:
        return Narrowing(within=(wanted,))
    return Narrowing(outside=_in_any(communities, [state for state in STATES if state not in states], now) - wanted)


def _in_any(communities: Collection[int], states: Collection[str], now: datetime) -> frozenset[int]:
    return frozenset[int]().union(*(threads_in(communities, state, now=now) for state in states))
