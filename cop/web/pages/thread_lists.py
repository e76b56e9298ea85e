"""A page of a community's threads, in one of its orders: all of them, or of one topic, state or kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from cop.accounts.viewer import Viewer
from cop.communities.heads.queries import CommunityHead
from cop.communities.topics.queries import TopicLine
from cop.platform.pagination import Page
from cop.ranking.exploration.queries import list_living_page
from cop.ranking.queries import list_thread_ids
from cop.web.caching import Packed, write_part
from cop.web.pages.cards import Card, list_cards

SORTS = ("living", "endorsed", "new")
KINDS = ("story", "case", "question")  # what stands in the list itself; procedures follow it and have a page of theirs
PROCEDURES_UNDER = 5


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
    cards: tuple[Card, ...]
    earlier: str | None
    later: str | None
    procedures: tuple[Card, ...] = ()  # under the first page alone
    has_more_procedures: bool = False

    @property
    def is_untouched(self) -> bool:
        """Whether nothing has ever been told here."""
        return not (self.cards or self.procedures or self.earlier or self.later or self.asked.is_narrowed)


def write_threads(viewer: Viewer, community: CommunityHead, asked: ListAsked, *, now: datetime) -> tuple[Packed, bool]:
    """The list as everybody reads it who sees the community, and whether nothing was ever told in it."""
    found, explored = _list_ids(community.id, asked, now)
    cards = tuple(list_cards(viewer, found.items, now=now, explored=explored))
    under = _procedures_under(community.id, asked)
    procedures = tuple(list_cards(viewer, under.items, now=now))
    page = ThreadList(community.slug, asked, cards, found.earlier, found.later, procedures, under.later is not None)
    if page.is_untouched:
        return Packed(Markup("")), True
    return Packed(write_part("communities/_threads.html", page=page)), False


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
