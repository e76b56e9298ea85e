"""A page of a community's threads, in one of its orders: all of them, or of one topic, state or kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup

from cop.accounts.viewer import Viewer
from cop.communities.heads.queries import CommunityHead
from cop.communities.topics.queries import TopicLine
from cop.discussions.versions import SITE, of_place, of_thread
from cop.platform.pagination import Page
from cop.ranking.exploration.queries import list_living_page
from cop.ranking.queries import list_thread_ids
from cop.web.caching import Packed, kept_by_id, write_part
from cop.web.pages.cards import Card, list_cards

SORTS = ("living", "endorsed", "new")
KINDS = ("story", "case", "question")  # what stands in the list itself; procedures follow it and have a page of theirs
PROCEDURES_UNDER = 5


class _Listed(NamedTuple):
    """A thread in a list; the same thread may stand there since few have read it, and then says so."""

    id: int
    is_explored: bool


_NOTHING = Packed(Markup(""))  # the row of a thread that has gone since it was listed


@dataclass(frozen=True, slots=True)
class ListAsked:
    """What the address asks of the list: an order, what it is narrowed to, and where the page begins."""

    sort: str
    topic: TopicLine | None = None
    state: str = ""
    kind: str = ""
    after: str | None = None
    before: str | None = None

    @property
    def topic_id(self) -> int | None:
        return self.topic.id if self.topic else None

    @property
    def is_narrowed(self) -> bool:
        return bool(self.topic or self.state or self.kind)


@dataclass(frozen=True, slots=True)
class ThreadList:
    """The page, before it is written out."""

    slug: str
    asked: ListAsked
    rows: tuple[Markup, ...]
    earlier: str | None
    later: str | None
    procedures: tuple[Card, ...] = ()  # under the first page alone
    has_more_procedures: bool = False

    @property
    def is_untouched(self) -> bool:
        """Whether nothing has ever been told here."""
        return not (self.rows or self.procedures or self.earlier or self.later or self.asked.is_narrowed)


def write_threads(viewer: Viewer, community: CommunityHead, asked: ListAsked, *, now: datetime) -> tuple[Packed, bool]:
    """The list as everybody reads it who sees the community, and whether nothing was ever told in it."""
    found, explored = _list_ids(community.id, asked, now)
    rows = _write_rows(viewer, community.id, found.items, explored, now)
    under = _procedures_under(community.id, asked)
    procedures = tuple(list_cards(viewer, under.items, now=now))
    page = ThreadList(community.slug, asked, rows, found.earlier, found.later, procedures, under.later is not None)
    if page.is_untouched:
        return Packed(Markup("")), True
    return Packed(write_part("communities/_threads.html", page=page)), False


def _write_rows(
    viewer: Viewer, community_id: int, ids: Sequence[int], explored: frozenset[int], now: datetime
) -> tuple[Markup, ...]:
    """Row by row: after somebody has replied in one thread, the others are as they were."""

    def names_of(listed: _Listed) -> tuple[str, ...]:
        return of_thread(listed.id), of_place(community_id), SITE

    def write(missing: Sequence[_Listed]) -> dict[_Listed, Packed]:
        cards = list_cards(viewer, [one.id for one in missing], now=now, explored=explored)
        written = {card.id: Packed(write_part("communities/_row.html", card=card)) for card in cards}
        return {one: written.get(one.id, _NOTHING) for one in missing}

    rows = kept_by_id("row", [_Listed(one, one in explored) for one in ids], names_of, write)
    return tuple(row.text for row in rows.values() if row != _NOTHING)


def _list_ids(community_id: int, asked: ListAsked, now: datetime) -> tuple[Page[int], frozenset[int]]:
    """A page of threads, and which of them stand there since few have read them."""
    after, before = asked.after, asked.before
    if asked.sort == SORTS[0] and not (asked.state or asked.kind):
        living = list_living_page(community_id, now=now, after=after, before=before, topic_id=asked.topic_id)
        return living.page, living.explored
    found = list_thread_ids(
        community_id, sort=asked.sort, after=after, before=before, topic_id=asked.topic_id, state=asked.state,
        kind=asked.kind, now=now,
    )  # fmt: skip
    return found, frozenset()


def _procedures_under(community_id: int, asked: ListAsked) -> Page[int]:
    """Procedures follow everything else; they are in no state, and of a kind of their own."""
    if asked.after or asked.before or asked.state or asked.kind:
        return Page(())
    return list_thread_ids(community_id, sort="new", topic_id=asked.topic_id, procedures=True, limit=PROCEDURES_UNDER)
