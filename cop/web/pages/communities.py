"""The communities' pages: all of them, one with its threads, one seen from outside, and where one may tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from cop.accounts.viewer import Viewer
from cop.communities.members.queries import OwnRemoval, find_own_removal
from cop.communities.models import PUBLIC, Community
from cop.communities.permissions import can_ask, can_found, can_join, can_moderate
from cop.communities.queries import (
    CommunityHead,
    CommunityLine,
    count_practitioners,
    find_community_id,
    get_community,
    get_listed,
    list_communities,
    list_communities_by_id,
    read_head,
)
from cop.communities.requests.queries import OwnRequest, count_open_requests, find_own_request
from cop.communities.topics.queries import TopicLine, list_topics
from cop.discussions.permissions import can_tell
from cop.discussions.versions import SITE, of_place, of_talk
from cop.platform.errors import NotVisible, Ruling
from cop.platform.pagination import Page, read_cursor, write_cursor
from cop.ranking.care.queries import list_doubtful
from cop.ranking.filters import STATES
from cop.ranking.lines import CommunityActivity
from cop.ranking.queries import list_thread_ids
from cop.web.caching import kept_part, rest_on, write_part
from cop.web.pages.cards import Card, list_cards
from cop.web.pages.signs import pulses_of
from cop.web.pages.states import words_of_states

SORTS = ("living", "endorsed", "new")
COMMUNITIES_A_PAGE = 50
PROCEDURES_UNDER = 5


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
class ThreadList:
    """A page of a community's threads, before it is written out."""

    slug: str
    sort: str
    topic: TopicLine | None
    state: str
    cards: tuple[Card, ...]
    earlier: str | None
    later: str | None
    procedures: tuple[Card, ...] = ()  # under the first page alone
    has_more_procedures: bool = False

    @property
    def is_untouched(self) -> bool:
        """Whether nothing has ever been told here."""
        return not (self.cards or self.procedures or self.earlier or self.later or self.topic or self.state)


@dataclass(frozen=True, slots=True)
class CommunityPage:
    """One community with a page of its threads."""

    head: CommunityHead
    role: str
    sort: str
    threads: Markup
    is_untouched: bool
    activity: CommunityActivity
    topics: tuple[TopicLine, ...]
    topic: TopicLine | None
    state: str
    states: Mapping[str, str]  # what may be narrowed to, with the words
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


def build_community_page(
    viewer: Viewer,
    slug: str,
    *,
    sort: str,
    topic: str,
    state: str,
    after: str | None,
    before: str | None,
    now: datetime,
) -> CommunityPage:
    """A community's threads in one of three orders, all of them or those of one topic or in one state.

    Raises:
        NotVisible: there is no such community for this viewer, no such topic or state, or a cursor is none of this
            order.
    """
    if state and state not in STATES:
        raise NotVisible
    community = _get_community(viewer, slug)
    place, talk = (of_place(community.id), SITE), (of_place(community.id), of_talk(community.id), SITE)
    head = kept_part(("head", community.id), place, lambda: read_head(community))
    topics = kept_part(("topics", community.id), place, lambda: tuple(list_topics(community.id)))
    narrowed = _topic(topics, topic) if topic else None
    key = ("threads", community.id, sort, narrowed, state, after, before)
    threads, is_untouched = kept_part(
        key, talk, lambda: _write_threads(viewer, community, narrowed, state, sort, after, before, now)
    )
    may_moderate = can_moderate(viewer, community.id)
    return CommunityPage(
        head=head,
        role=_role(viewer, community.id),
        sort=sort,
        threads=threads,
        is_untouched=is_untouched,
        activity=pulses_of([community.id], now=now)[community.id],
        topics=topics,
        topic=narrowed,
        state=state,
        states=words_of_states(),
        doubtful=len(list_doubtful(community.id)) if may_moderate else 0,
        waiting=count_open_requests(community.id) if may_moderate else 0,
        entry=_entry(viewer, community.id, head.visibility),
        may_join=can_join(viewer, community.id),
        may_tell=can_tell(viewer, community.id, now),
        may_moderate=may_moderate,
    )


def _get_community(viewer: Viewer, slug: str) -> Community:
    """The community, looked for once it is said what the page rests on: nobody is kept what they lost sight of."""
    community_id = find_community_id(slug)
    if community_id is None:
        raise NotVisible
    rest_on(of_place(community_id), of_talk(community_id), SITE)
    return get_community(viewer, slug)


def _write_threads(
    viewer: Viewer,
    community: Community,
    topic: TopicLine | None,
    state: str,
    sort: str,
    after: str | None,
    before: str | None,
    now: datetime,
) -> tuple[Markup, bool]:
    """The list as everybody reads it who sees the community, and whether nothing was ever told in it."""
    topic_id = topic.id if topic else None
    found = list_thread_ids(
        community.id, sort=sort, after=after, before=before, topic_id=topic_id, state=state, now=now
    )
    cards = tuple(list_cards(viewer, found.items, now=now))
    under = _procedures(community.id, topic_id) if not (after or before or state) else Page(())
    procedures = tuple(list_cards(viewer, under.items, now=now))
    page = ThreadList(
        community.slug, sort, topic, state, cards, found.earlier, found.later, procedures, under.later is not None
    )
    if page.is_untouched:
        return Markup(""), True
    return write_part("communities/_threads.html", page=page), False


def _procedures(community_id: int, topic_id: int | None) -> Page[int]:
    return list_thread_ids(community_id, sort="new", topic_id=topic_id, procedures=True, limit=PROCEDURES_UNDER)


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
