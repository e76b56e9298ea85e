"""The search page: who has been where the reader is, closest first. Nothing of what is typed is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from cop.accounts.queries import PersonLine, list_lines
from cop.accounts.viewer import Viewer
from cop.communities.queries import CommunityLine, list_communities
from cop.communities.topics.queries import TopicLine, list_topics
from cop.discussions.endings.queries import SuccessorLine, successors_of, successors_seen
from cop.discussions.permissions import can_tell
from cop.platform.pagination import read_cursor, write_cursor
from cop.ranking.queries import order_of
from cop.search.analysis import compose, words_in
from cop.search.narrowing import ALL, loosen, narrow, read_narrowings
from cop.search.operators import Explanation, explain
from cop.search.port import Found, Hit, IndexUnavailable, Order, SearchIndex, SearchQuery
from cop.search.queries import Passage, keep_seen, list_passages
from cop.search.query_language import MOST_CHARACTERS, TypedQuery, leave_out, parse_query
from cop.web.forms.search import OPERATORS
from cop.web.pages.asking import Asking, build_asking
from cop.web.pages.cards import Card, list_cards

HITS_A_PAGE = 20
MOST_COMMUNITIES = 1_000  # among which one search looks
MOST_PLACES = 20  # boxes to tick; the reader's own communities come first
MOST_NAMED = 8  # words that are named where nothing was found
ORDERS = ("fit", "living", "date")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; `fields` and `operators` are what the form beside the words says, as both, and
    `is_sound` whether that makes sense."""

    text: str
    slugs: tuple[str, ...] = ()
    after: str | None = None
    order: str = ORDERS[0]
    fields: Mapping[str, str] = field(default_factory=dict)
    operators: Mapping[str, str] = field(default_factory=dict)
    is_sound: bool = True


@dataclass(frozen=True, slots=True)
class FoundThread:
    """A thread that was found, and why.

    Args:
        passage: what answers; it may stand in a reply, which was `said_by` somebody else than told the thread.
        near: which of the words stand there, where not all do.
        successor: what has taken its place, found by these words or not.
    """

    card: Card
    community: CommunityLine
    passage: Passage
    said_by: PersonLine | None
    near: tuple[str, ...]
    successor: SuccessorLine | None


@dataclass(frozen=True, slots=True)
class Place:
    """A community one may narrow the search to."""

    community: CommunityLine
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Loosening:
    """What to leave out of a search that found nothing so that it finds something, and the search without it."""

    name: str
    typed: str
    asked: Asked


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What was looked for and what was found; procedures in a group of their own, after the rest.

    `not_understood` is what looks like an operator and was looked for as words. `answer` is one of blank (nothing was
    typed), wordless (nothing in it can be looked for), unavailable (there is no index to ask at present), misread (the
    form makes no sense), none and found. `closer` is None on the first page and "" where the first comes next.
    `is_listing` says that no word is looked for, but whatever is as was asked, the latest first; `is_confined` that
    something is asked beside words: ticked, chosen or typed.
    """

    asked: Asked
    is_cut: bool
    places: tuple[Place, ...]
    may_tell: bool
    how_to: tuple[Explanation, ...]
    asking: Asking
    answer: str
    topics: tuple[TopicLine, ...] = ()  # to narrow to, where one looks in a single community
    looked_for: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()
    loosening: Loosening | None = None
    found: tuple[FoundThread, ...] = ()
    procedures: tuple[FoundThread, ...] = ()
    closer: str | None = None
    further: str | None = None
    is_listing: bool = False
    is_confined: bool = False

    @property
    def text(self) -> str:
        return self.asked.text

    @property
    def slugs(self) -> tuple[str, ...]:
        return self.asked.slugs

    @property
    def is_narrowed(self) -> bool:
        return bool(self.asked.slugs or self.asked.fields)


@dataclass(frozen=True, slots=True)
class _Look:
    """One look into the index: the hits of one page, and what leads on from it."""

    answer: str
    found: Found = field(default_factory=Found)
    shown: tuple[Hit, ...] = ()
    closer: str | None = None
    further: str | None = None
    looser: str | None = None


def build_search_page(viewer: Viewer, index: SearchIndex, asked: Asked, *, now: datetime) -> SearchPage:
    """Look once; the number of statements does not depend on what is found."""
    text = compose(asked.text[:MOST_CHARACTERS].strip())
    typed = parse_query(" ".join((text, *asked.operators.values())))
    communities = list_communities(viewer, limit=MOST_COMMUNITIES)
    kept = replace(asked, text=text, order=asked.order if asked.order in ORDERS else ORDERS[0])
    if typed.is_empty and kept.order == "date":
        kept = replace(kept, order=ORDERS[0])  # where no word is looked for, the latest first is the usual order
    asks = bool(text or asked.fields or asked.slugs)
    look = _look(viewer, index, typed, communities, kept, now) if asks else _Look("blank")
    found = _read_out(viewer, look, typed, text, communities, now)
    narrowed = _narrowed(typed, communities, asked.slugs)
    return SearchPage(
        asked=kept,
        is_cut=len(asked.text) > MOST_CHARACTERS,
        places=_places(viewer, communities, asked.slugs),
        may_tell=any(can_tell(viewer, community_id, now) for community_id in viewer.places),
        how_to=explain(),
        asking=build_asking(viewer, communities, narrowed, _words(text, typed), now),
        answer=look.answer,
        topics=_topics(communities, narrowed, asked.fields.get("t", "").lower()) if asks else (),
        is_listing=typed.is_empty,
        is_confined=bool(typed.is_narrow or typed.excluded or asked.slugs),
        looked_for=_looked_for(typed, text),
        not_understood=typed.not_understood[:MOST_NAMED],
        loosening=_loosening(kept, typed, look.looser) if look.looser else None,
        found=tuple(each for each in found if each.card.kind != "procedure"),
        procedures=tuple(each for each in found if each.card.kind == "procedure"),
        closer=look.closer,
        further=look.further,
    )


def _look(
    viewer: Viewer,
    index: SearchIndex,
    typed: TypedQuery,
    communities: Sequence[CommunityLine],
    asked: Asked,
    now: datetime,
) -> _Look:
    if not asked.is_sound:
        return _Look("misread")
    if typed.is_empty and not typed.is_narrow and not asked.slugs:
        return _Look("wordless")
    bare = typed.within((line.id for line in communities), _narrowed(typed, communities, asked.slugs))
    narrowings = read_narrowings(viewer, typed.filters, bare.searched_communities, now)
    order: Order = "date" if asked.order == "date" else "fit"
    query = narrow(replace(bare, order=order, is_listing=typed.is_empty), narrowings)
    try:
        found = index.find(query)
        hits = _after_successors(_in_order(keep_seen(viewer, found.hits), query, asked.order, now))
        if not hits:
            return _Look("none", looser=_find_looser(viewer, index, loosen(query, narrowings)))
    except IndexUnavailable:
        return _Look("unavailable")
    return _turn_to(found, hits, asked.after)


def _turn_to(found: Found, hits: Sequence[Hit], after: str | None) -> _Look:
    """The page of the hits that the cursor asks for."""
    start = _start(hits, after)
    end = start + HITS_A_PAGE
    return _Look(
        answer="found",
        found=found,
        shown=tuple(hits[start:end]),
        closer=_cursor(hits, start - HITS_A_PAGE) if start else None,
        further=_cursor(hits, end) if end < len(hits) else None,
    )


def _in_order(hits: Sequence[Hit], query: SearchQuery, order: str, now: datetime) -> list[Hit]:
    """The hits as they are; or, of those that fit best, the living ones first, since keys of order are not indexed.

    Across communities K does not compare, so there it goes by the date until which a thread lives.
    """
    if order != "living":
        return list(hits)
    keys = order_of([hit.thread_id for hit in hits])
    is_one = len(query.searched_communities) == 1

    def place(hit: Hit) -> tuple[bool, bool, float]:
        key = keys.get(hit.thread_id)
        life = 0.0 if key is None else key.r if is_one else key.rest_at.timestamp()
        return hit.is_procedure, not hit.is_titled, -life

    return sorted(hits, key=place)


def _after_successors(hits: list[Hit]) -> list[Hit]:
    """Whatever was superseded stands behind what has taken its place, where both were found; one statement."""
    successors = successors_of([hit.thread_id for hit in hits])
    for thread_id, successor_id in successors.items():
        places = {hit.thread_id: place for place, hit in enumerate(hits)}
        if places[thread_id] < places.get(successor_id, -1):
            hits.insert(places[successor_id], hits.pop(places[thread_id]))
    return hits


def _find_looser(viewer: Viewer, index: SearchIndex, without: Mapping[str, SearchQuery]) -> str | None:
    """What excluded most of what the viewer would have found; all of it only where no single thing did."""
    found = {name: index.find(query).hits for name, query in without.items()}
    most = max(found, key=lambda name: (bool(found[name]), name != ALL, len(found[name])), default=None)
    return most if most and keep_seen(viewer, found[most]) else None


def _loosening(asked: Asked, typed: TypedQuery, name: str) -> Loosening:
    """The search without one thing, wherever it was asked for."""
    gone = {field for field, operator in OPERATORS.items() if name in (operator, ALL)}
    return Loosening(
        name=name,
        typed=" ".join(f"-{' '.join(phrase)}" for phrase in typed.excluded) if name == "exclusion" else "",
        asked=Asked(
            text=leave_out(asked.text, name),
            slugs=() if name in ("community", ALL) else asked.slugs,
            order=asked.order,
            fields={field: value for field, value in asked.fields.items() if field not in gone},
        ),
    )


def _narrowed(typed: TypedQuery, communities: Sequence[CommunityLine], slugs: Sequence[str]) -> set[int] | None:
    """The communities asked for, by ticking and by typing; one the viewer does not see narrows to nothing."""
    chosen = [set(named) for named in (slugs, typed.communities) if named]
    return {line.id for line in communities if all(line.slug in named for named in chosen)} if chosen else None


def _topics(
    communities: Sequence[CommunityLine], narrowed: Collection[int] | None, chosen: str
) -> tuple[TopicLine, ...]:
    """What may be narrowed to where one community is looked in; and what is chosen already, so that it can be left."""
    here = [line.id for line in communities if narrowed is None or line.id in narrowed]
    topics = list_topics(here[0]) if len(here) == 1 else []
    is_there = not chosen or any(topic.slug == chosen for topic in topics)
    return tuple(topics if is_there else [*topics, TopicLine(0, chosen, chosen)])


def _words(text: str, typed: TypedQuery) -> str:
    """What was typed without what only a search makes sense of."""
    return leave_out(text, ALL) if typed.excluded or typed.is_narrow else text


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
    as_typed, successors = _as_typed(text), successors_seen(viewer, [card.id for card in cards])
    return tuple(
        FoundThread(
            card=card,
            community=by_id[card.community_id],
            passage=(passage := passages[card.id]),
            said_by=authors.get(passage.author_id or 0),
            near=_near(look.found, passage, as_typed),
            successor=successors.get(card.id),
        )
        for card in cards
        if card.id in passages and card.community_id in by_id
    )


def _near(found: Found, passage: Passage, as_typed: dict[str, str]) -> tuple[str, ...]:
    """Which of the words stand in it, as they were typed; nothing where all of them do."""
    return () if found.has_every_word else tuple(typed for plain, typed in as_typed.items() if plain in passage.words)


def _as_typed(text: str) -> dict[str, str]:
    """The words of a text by their plain form."""
    return {word.plain: word.text for word in words_in(text)}


def _looked_for(typed: TypedQuery, text: str) -> tuple[str, ...]:
    """What was looked for, in the words it was typed in; of a told situation the beginning."""
    as_typed = _as_typed(text)
    phrases = (" ".join(as_typed.get(word, word) for word in phrase) for phrase in typed.phrases)
    return (*phrases, *(as_typed.get(word, word) for word in typed.words))[:MOST_NAMED]
