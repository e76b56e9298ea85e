"""The communities' pages: all of them, one with its threads, one seen from outside, and where one may tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from cop.accounts.viewer import Viewer
from cop.communities.heads.queries import CommunityHead, count_practitioners, read_head_of
from cop.communities.members.queries import OwnRemoval, find_own_removal
from cop.communities.models import PUBLIC
from cop.communities.permissions import can_ask, can_found, can_join, can_moderate
from cop.communities.queries import (
    CommunityLine,
    find_community_id,
    find_visible_id,
    get_listed,
    list_communities,
    list_communities_by_id,
)
from cop.communities.requests.queries import OwnRequest, count_open_requests, find_own_request
from cop.communities.topics.queries import TopicLine, list_topics
from cop.discussions.permissions import can_tell
from cop.discussions.versions import SITE, of_place, of_talk
from cop.platform.errors import NotVisible, Ruling
from cop.platform.pagination import read_cursor, write_cursor
from cop.ranking.care.queries import list_doubtful
from cop.ranking.filters import STATES
from cop.ranking.lines import CommunityActivity
from cop.web.caching import kept_part, rest_on
from cop.web.pages.needs import write_needs
from cop.web.pages.signs import pulses_of
from cop.web.pages.states import words_of_states
from cop.web.pages.thread_lists import KINDS, SORTS, ListAsked, write_threads

NEEDS_YOU = "needs-you"  # an order for members: what waits for each of them
COMMUNITIES_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class CommunityRow:
    """A community in a list, and what the viewer is in it: a role, or nothing.

    Of one that they may only know of there is nothing else: no number, no sign of life.
    """

    community: CommunityLine
    practitioners: int
    activity: CommunityActivity | None
    role: str
    may_join: Ruling


@dataclass(frozen=True, slots=True)
class CommunitiesPage:
    """Every community the viewer may know of."""

    rows: tuple[CommunityRow, ...]
    is_first: bool
    later: str | None
    may_found: Ruling


@dataclass(frozen=True, slots=True)
class Entry:
    """How matters stand between a community and somebody who would have to ask."""

    request: OwnRequest | None
    removal: OwnRemoval | None
    may_ask: Ruling


@dataclass(frozen=True, slots=True)
class OutsidePage:
    """A members community for whoever is not in it: what anybody may know, and the way in."""

    community: CommunityLine
    entry: Entry


@dataclass(frozen=True, slots=True)
class CommunityPage:
    """One community with a page of its threads."""

    head: CommunityHead
    role: str
    sort: str
    orders: tuple[str, ...]
    threads: Markup
    is_untouched: bool
    activity: CommunityActivity
    topics: tuple[TopicLine, ...]
    topic: TopicLine | None
    state: str
    states: Mapping[str, str]  # what may be narrowed to, with the words
    kind: str
    waiting: int
    doubtful: int  # discussions that hardly hold any more, for moderators
    entry: Entry
    may_join: Ruling
    may_tell: Ruling
    may_moderate: Ruling

    @property
    def newcomers(self) -> int:
        return self.head.members - self.head.practitioners


@dataclass(frozen=True, slots=True)
class Telling:
    """A community in which the viewer may tell, or the sentence that says why not now."""

    community: CommunityLine
    may_tell: Ruling


@dataclass(frozen=True, slots=True)
class TellPage:
    """Where a story may begin; without any such place, the communities to join."""

    places: tuple[Telling, ...]
    to_join: tuple[CommunityRow, ...]


def build_communities_page(
    viewer: Viewer, *, after: str | None, now: datetime, with_listed: bool = False, anyone_may_found: bool = False
) -> CommunitiesPage:
    """Communities by name, in four statements whatever their number.

    Args:
        with_listed: also those of which the viewer may know no more than that they are there.
    """
    here = read_cursor(after, str, int) if after else None
    start = (str(here[0]), int(here[1])) if here else None
    found = list_communities(viewer, limit=COMMUNITIES_A_PAGE + 1, after=start, with_listed=with_listed)
    shown = found[:COMMUNITIES_A_PAGE]
    later = write_cursor(shown[-1].name, shown[-1].id) if len(found) > len(shown) else None
    return CommunitiesPage(
        rows=_rows(viewer, shown, now),
        is_first=not after,
        later=later,
        may_found=can_found(viewer, anyone_may=anyone_may_found),
    )


def find_head(viewer: Viewer, slug: str) -> CommunityHead | None:
    """The head of a community into which the viewer sees.

    Whether they do is asked once it is said what the page rests on, so that none is kept that they lost sight of. Of
    what is hidden from them the same is asked as of what is not there.
    """
    community_id = find_community_id(slug) or 0
    rest_on(of_place(community_id), of_talk(community_id), SITE)
    if find_visible_id(viewer, slug) != community_id:
        return None
    return kept_part(("head", community_id), (of_place(community_id), SITE), lambda: read_head_of(community_id))


def build_community_page(
    viewer: Viewer,
    head: CommunityHead,
    *,
    sort: str,
    topic: str,
    state: str,
    kind: str,
    after: str | None,
    before: str | None,
    now: datetime,
) -> CommunityPage:
    """A page of the threads of a community that the viewer sees, in one of its orders (any other is Living).

    It holds all of them, or those that speak of one topic, are in one state or of one kind.

    Raises:
        NotVisible: there is no such topic, state or kind, or a cursor is none of this order.
    """
    if (state and state not in STATES) or (kind and kind not in KINDS):
        raise NotVisible
    place, talk = (of_place(head.id), SITE), (of_place(head.id), of_talk(head.id), SITE)
    topics = kept_part(("topics", head.id), place, lambda: tuple(list_topics(head.id)))
    narrowed = _topic(topics, topic) if topic else None
    sort = sort if sort in orders_for(viewer, head.id) else SORTS[0]
    asked = ListAsked(sort, narrowed, state, kind, after, before)
    if sort == NEEDS_YOU:
        threads, is_untouched = write_needs(viewer, head.id, head.slug, asked, now=now), False
    else:
        packed, is_untouched = kept_part(
            ("threads", head.id, asked), talk, lambda: write_threads(viewer, head, asked, now=now)
        )
        threads = packed.text
    may_moderate = can_moderate(viewer, head.id)
    return CommunityPage(
        head=head,
        role=_role(viewer, head.id),
        sort=sort,
        orders=orders_for(viewer, head.id),
        threads=threads,
        is_untouched=is_untouched,
        activity=pulses_of([head.id], now=now)[head.id],
        topics=topics,
        topic=narrowed,
        state=state,
        states=words_of_states(),
        kind=kind,
        doubtful=len(list_doubtful(head.id)) if may_moderate else 0,
        waiting=count_open_requests(head.id) if may_moderate else 0,
        entry=_entry(viewer, head.id, head.visibility),
        may_join=can_join(viewer, head.id),
        may_tell=can_tell(viewer, head.id, now),
        may_moderate=may_moderate,
    )


def orders_for(viewer: Viewer, community_id: int) -> tuple[str, ...]:
    """Nothing waits for whoever is not in the community."""
    return (*SORTS, NEEDS_YOU) if viewer.place_in(community_id) else SORTS


def build_outside_page(viewer: Viewer, slug: str) -> OutsidePage:
    """A members community for somebody who is not in it.

    Raises:
        NotVisible: there is no such community, or the viewer sees into it and asked for something else of it.
    """
    community = get_listed(viewer, slug)
    if community.visibility == PUBLIC or viewer.place_in(community.id):
        raise NotVisible
    return OutsidePage(community, _entry(viewer, community.id, community.visibility))


def build_tell_page(viewer: Viewer, *, now: datetime) -> TellPage:
    """The viewer's communities by name; what could be joined only when there is none."""
    mine = sorted(list_communities_by_id(viewer, viewer.places).values(), key=lambda line: line.name)
    places = tuple(Telling(line, can_tell(viewer, line.id, now)) for line in mine)
    to_join = () if places else _rows(viewer, list_communities(viewer, limit=COMMUNITIES_A_PAGE), now)
    return TellPage(places, to_join)


def _topic(topics: Sequence[TopicLine], slug: str) -> TopicLine:
    found = next((topic for topic in topics if topic.slug == slug), None)
    if found is None:
        raise NotVisible
    return found


def _entry(viewer: Viewer, community_id: int, visibility: str) -> Entry:
    """Nothing is read for those who are in, and for those who may simply join."""
    is_asked = viewer.was_removed_from(community_id) or (
        visibility != PUBLIC and viewer.is_authenticated and not viewer.place_in(community_id)
    )
    request = find_own_request(community_id, viewer.id) if is_asked else None
    removal = find_own_removal(community_id, viewer.person_id) if viewer.was_removed_from(community_id) else None
    has_asked = request is not None and request.is_open
    return Entry(request, removal, can_ask(viewer, community_id, visibility=visibility, has_asked=has_asked))


def _rows(viewer: Viewer, communities: Sequence[CommunityLine], now: datetime) -> tuple[CommunityRow, ...]:
    ids = [line.id for line in communities if _sees_into(viewer, line)]
    practitioners, activity = count_practitioners(ids), pulses_of(ids, now=now)
    return tuple(
        CommunityRow(
            community=line,
            practitioners=practitioners.get(line.id, 0),
            activity=activity.get(line.id),
            role=_role(viewer, line.id),
            may_join=can_join(viewer, line.id),
        )
        for line in communities
    )


def _sees_into(viewer: Viewer, line: CommunityLine) -> bool:
    return line.visibility == PUBLIC or viewer.place_in(line.id) is not None


def _role(viewer: Viewer, community_id: int) -> str:
    place = viewer.place_in(community_id)
    return place.role if place else ""
