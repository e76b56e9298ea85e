"""The search page: who has been where the reader is, closest first. Nothing of what is typed is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cop.accounts.queries import PersonLine, list_lines
from cop.accounts.viewer import Viewer
from cop.communities.queries import CommunityLine, list_communities
from cop.discussions.permissions import can_tell
from cop.platform.pagination import read_cursor, write_cursor
from cop.search.analysis import compose, words_in
from cop.search.port import Found, Hit, IndexUnavailable, SearchIndex
from cop.search.queries import Passage, keep_seen, list_passages
from cop.search.query_language import MOST_CHARACTERS, TypedQuery, parse_query
from cop.web.pages.cards import Card, list_cards

HITS_A_PAGE = 20
MOST_COMMUNITIES = 1_000  # among which one search looks
MOST_PLACES = 20  # boxes to tick; the reader's own communities come first


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    text: str
    slugs: tuple[str, ...] = ()
    after: str | None = None


@dataclass(frozen=True, slots=True)
class FoundThread:
    """A thread that was found, and why.

    Args:
        passage: what answers; it may stand in a reply, which was `said_by` somebody else than told the thread.
        near: which of the words stand there, where not all do.
    """

    card: Card
    community: CommunityLine
    passage: Passage
    said_by: PersonLine | None
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A community one may narrow the search to."""

    community: CommunityLine
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What was looked for and what was found.

    `answer` is one of blank (nothing was typed), wordless (nothing in it can be looked for), unavailable (there is no
    index to ask at present), none and found. `closer` is None on the first page and "" where the first comes next.
    """

    text: str
    is_cut: bool
    slugs: tuple[str, ...]
    places: tuple[Place, ...]
    may_tell: bool
    answer: str
    found: tuple[FoundThread, ...] = ()
    closer: str | None = None
    further: str | None = None


@dataclass(frozen=True, slots=True)
class _Look:
    """One look into the index: the hits of one page, and what leads on from it."""

    answer: str
    found: Found = field(default_factory=Found)
    shown: tuple[Hit, ...] = ()
    closer: str | None = None
    further: str | None = None


def build_search_page(viewer: Viewer, index: SearchIndex, asked: Asked, *, now: datetime) -> SearchPage:
    """Look once; the number of statements does not depend on what is found."""
    text = compose(asked.text[:MOST_CHARACTERS].strip())
    typed = parse_query(text)
    communities = list_communities(viewer, limit=MOST_COMMUNITIES)
    look = _look(viewer, index, typed, communities, asked) if text else _Look("blank")
    return SearchPage(
        text=text,
        is_cut=len(asked.text) > MOST_CHARACTERS,
        slugs=asked.slugs,
        places=_places(viewer, communities, asked.slugs),
        may_tell=any(can_tell(viewer, community_id, now) for community_id in viewer.places),
        answer=look.answer,
        found=_read_out(viewer, look, typed, text, communities, now),
        closer=look.closer,
        further=look.further,
    )


def _look(
    viewer: Viewer, index: SearchIndex, typed: TypedQuery, communities: Sequence[CommunityLine], asked: Asked
) -> _Look:
    if typed.is_empty:
        return _Look("wordless")
    query = typed.within((line.id for line in communities), _narrowed(typed, communities, asked.slugs))
    try:
        found = index.find(query)
    except IndexUnavailable:
        return _Look("unavailable")
    hits = keep_seen(viewer, found.hits)
    start = _start(hits, asked.after)
    end = start + HITS_A_PAGE
    return _Look(
        answer="found" if hits else "none",
        found=found,
        shown=tuple(hits[start:end]),
        closer=_cursor(hits, start - HITS_A_PAGE) if start else None,
        further=_cursor(hits, end) if end < len(hits) else None,
    )


def _narrowed(typed: TypedQuery, communities: Sequence[CommunityLine], slugs: Sequence[str]) -> set[int] | None:
    """The communities asked for, by ticking and by typing; one the viewer does not see narrows to nothing."""
    chosen = [set(named) for named in (slugs, typed.communities) if named]
    return {line.id for line in communities if all(line.slug in named for named in chosen)} if chosen else None


def _start(hits: Sequence[Hit], after: str | None) -> int:
    """Where the page begins: after the thread that ended the one before, or where that thread stood."""
    if not after:
        return 0
    position, thread_id = read_cursor(after, int, int)
    places = {hit.thread_id: place for place, hit in enumerate(hits)}
    start = places.get(int(thread_id), int(position) - 1) + 1
    return max(0, min(start, len(hits) - 1))  # what was found may have become less since, or the address been changed


def _cursor(hits: Sequence[Hit], start: int) -> str:
    """The cursor of the page that begins there; empty for the first."""
    return write_cursor(start, hits[start - 1].thread_id) if start > 0 else ""


def _places(viewer: Viewer, communities: Sequence[CommunityLine], slugs: Sequence[str]) -> tuple[Place, ...]:
    """Where one may narrow to; nothing where there is only one community to look in."""
    if len(communities) < 2:
        return ()
    ranked = sorted(communities, key=lambda line: (line.slug not in slugs, line.id not in viewer.places))
    kept = {line.id for line in ranked[:MOST_PLACES]}
    return tuple(Place(line, line.slug in slugs) for line in communities if line.id in kept)


def _read_out(
    viewer: Viewer, look: _Look, typed: TypedQuery, text: str, communities: Sequence[CommunityLine], now: datetime
) -> tuple[FoundThread, ...]:
    if not look.shown:
        return ()
    by_id = {line.id: line for line in communities}
    passages = list_passages(viewer, look.shown, words=look.found.words, phrases=typed.phrases)
    cards = list_cards(viewer, [hit.thread_id for hit in look.shown], now=now)
    authors = list_lines(passage.author_id for passage in passages.values() if passage.author_id)
    as_typed = {word.plain: text[word.start : word.end] for word in words_in(text)}
    return tuple(
        FoundThread(
            card=card,
            community=by_id[card.community_id],
            passage=(passage := passages[card.id]),
            said_by=authors.get(passage.author_id or 0),
            near=_near(look.found, passage, as_typed),
        )
        for card in cards
        if card.id in passages and card.community_id in by_id
    )


def _near(found: Found, passage: Passage, as_typed: dict[str, str]) -> tuple[str, ...]:
    """Which of the words stand in it, as they were typed; nothing where all of them do."""
    return () if found.has_every_word else tuple(typed for plain, typed in as_typed.items() if plain in passage.words)
