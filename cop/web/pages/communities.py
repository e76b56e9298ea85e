"""The communities' pages: all of them, one with its threads, who practises in it, and where one may tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from cop.accounts.viewer import Place, Viewer
from cop.communities.models import MODERATOR, NEWCOMER, PRACTITIONER, Community
from cop.communities.permissions import can_join, can_vouch
from cop.communities.queries import (
    PEOPLE_A_PAGE,
    CommunityHead,
    CommunityLine,
    Member,
    count_practitioners,
    find_community_id,
    get_community,
    get_member,
    list_communities,
    list_communities_by_id,
    list_members,
    read_head,
)
from cop.discussions.permissions import can_tell
from cop.discussions.versions import SITE, of_place, of_talk
from cop.platform.clock import moment
from cop.platform.errors import NotVisible, Ruling
from cop.platform.pagination import Page, read_cursor, write_cursor
from cop.ranking.lines import CommunityActivity
from cop.ranking.queries import list_thread_ids
from cop.web.caching import kept_part, rest_on, write_part
from cop.web.pages.cards import Card, list_cards
from cop.web.pages.signs import pulses_of

SORTS = ("living", "endorsed", "new")
COMMUNITIES_A_PAGE = 50
GROUPS = (MODERATOR, PRACTITIONER, NEWCOMER)


@dataclass(frozen=True, slots=True)
class CommunityRow:
    """A community in a list, and what the viewer is in it: a role, or nothing."""

    community: CommunityLine
    practitioners: int
    activity: CommunityActivity
    role: str
    may_join: Ruling


@dataclass(frozen=True, slots=True)
class CommunitiesPage:
    """Every community the viewer may see."""

    rows: tuple[CommunityRow, ...]
    is_first: bool
    later: str | None


@dataclass(frozen=True, slots=True)
class ThreadList:
    """A page of a community's threads, before it is written out."""

    slug: str
    sort: str
    cards: tuple[Card, ...]
    earlier: str | None
    later: str | None

    @property
    def is_untouched(self) -> bool:
        """Whether nothing has ever been told here."""
        return not (self.cards or self.earlier or self.later)


@dataclass(frozen=True, slots=True)
class CommunityPage:
    """One community with a page of its threads."""

    head: CommunityHead
    role: str
    sort: str
    threads: Markup
    is_untouched: bool
    activity: CommunityActivity
    may_join: Ruling
    may_tell: Ruling

    @property
    def newcomers(self) -> int:
        return self.head.members - self.head.practitioners


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody in a community, and whether the viewer may vouch for them."""

    member: Member
    may_vouch: Ruling


@dataclass(frozen=True, slots=True)
class Group:
    """People of one role, in the order in which they joined."""

    role: str
    rows: tuple[MemberRow, ...]
    later: str | None


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Who practises here. With `is_part`, the page goes on with one group where the one before ended."""

    head: CommunityHead
    groups: tuple[Group, ...]
    is_part: bool


@dataclass(frozen=True, slots=True)
class VouchPage:
    """One newcomer, when what was said of them could not be taken."""

    community: CommunityLine
    member: Member


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


def build_communities_page(viewer: Viewer, *, after: str | None, now: datetime) -> CommunitiesPage:
    """Communities by name, in four statements whatever their number."""
    here = read_cursor(after, str, int) if after else None
    start = (str(here[0]), int(here[1])) if here else None
    found = list_communities(viewer, limit=COMMUNITIES_A_PAGE + 1, after=start)
    shown = found[:COMMUNITIES_A_PAGE]
    later = write_cursor(shown[-1].name, shown[-1].id) if len(found) > len(shown) else None
    return CommunitiesPage(_rows(viewer, shown, now), is_first=not after, later=later)


def build_community_page(
    viewer: Viewer, slug: str, *, sort: str, after: str | None, before: str | None, now: datetime
) -> CommunityPage:
    """A community's threads in one of three orders.

    Raises:
        NotVisible: there is no such community for this viewer, or a cursor is none of this order.
    """
    community = _get_community(viewer, slug)
    place, talk = (of_place(community.id), SITE), (of_place(community.id), of_talk(community.id), SITE)
    head = kept_part(("head", community.id), place, lambda: read_head(community))
    key = ("threads", community.id, sort, after, before)
    threads, is_untouched = kept_part(key, talk, lambda: _write_threads(viewer, community, sort, after, before, now))
    return CommunityPage(
        head=head,
        role=_role(viewer, community.id),
        sort=sort,
        threads=threads,
        is_untouched=is_untouched,
        activity=pulses_of([community.id], now=now)[community.id],
        may_join=can_join(viewer, community.id),
        may_tell=can_tell(viewer, community.id, now),
    )


def _get_community(viewer: Viewer, slug: str) -> Community:
    """The community, looked for once it is said what the page rests on: nobody is kept what they lost sight of."""
    community_id = find_community_id(slug)
    if community_id is None:
        raise NotVisible
    rest_on(of_place(community_id), of_talk(community_id), SITE)
    return get_community(viewer, slug)


def _write_threads(
    viewer: Viewer, community: Community, sort: str, after: str | None, before: str | None, now: datetime
) -> tuple[Markup, bool]:
    """The list as everybody reads it who sees the community, and whether nothing was ever told in it."""
    found = list_thread_ids(community.id, sort=sort, after=after, before=before)
    cards = tuple(list_cards(viewer, found.items, now=now))
    page = ThreadList(community.slug, sort, cards, found.earlier, found.later)
    if page.is_untouched:
        return Markup(""), True
    return write_part("communities/_threads.html", page=page), False


def build_people_page(viewer: Viewer, slug: str, *, role: str | None, after: str | None) -> PeoplePage:
    """Everybody in a community by their role, a page of each; or one role from a cursor on.

    Raises:
        NotVisible: there is no such community for this viewer, no such role, or the cursor is none.
    """
    head = read_head(get_community(viewer, slug))
    if role is None:
        groups = [_group(viewer, head.id, each, None) for each in GROUPS]
    elif role in GROUPS:
        groups = [_group(viewer, head.id, role, after)]
    else:
        raise NotVisible
    return PeoplePage(head, tuple(groups), is_part=role is not None)


def build_vouch_page(viewer: Viewer, slug: str, handle: str) -> VouchPage:
    """Somebody of a community for whom the viewer may vouch.

    Raises:
        NotVisible: there is no such community for this viewer, or nobody of this handle in it.
        NotAllowed: the viewer may not vouch for them.
    """
    community = get_community(viewer, slug)
    member = get_member(community.id, handle)
    _may_vouch(viewer, community.id, member).enforce()
    return VouchPage(CommunityLine(community.id, slug, community.name, community.practice, community.ink), member)


def build_tell_page(viewer: Viewer, *, now: datetime) -> TellPage:
    """The viewer's communities by name; what could be joined only when there is none."""
    mine = sorted(list_communities_by_id(viewer, viewer.places).values(), key=lambda line: line.name)
    places = tuple(Telling(line, can_tell(viewer, line.id, now)) for line in mine)
    to_join = () if places else _rows(viewer, list_communities(viewer, limit=COMMUNITIES_A_PAGE), now)
    return TellPage(places, to_join)


def _rows(viewer: Viewer, communities: Sequence[CommunityLine], now: datetime) -> tuple[CommunityRow, ...]:
    ids = [line.id for line in communities]
    practitioners, activity = count_practitioners(ids), pulses_of(ids, now=now)
    return tuple(
        CommunityRow(line, practitioners[line.id], activity[line.id], _role(viewer, line.id), can_join(viewer, line.id))
        for line in communities
    )


def _role(viewer: Viewer, community_id: int) -> str:
    place = viewer.place_in(community_id)
    return place.role if place else ""


def _group(viewer: Viewer, community_id: int, role: str, after: str | None) -> Group:
    page = _page_of_members(community_id, role, after)
    rows = tuple(MemberRow(member, _may_vouch(viewer, community_id, member)) for member in page.items)
    return Group(role, rows, page.later)


def _page_of_members(community_id: int, role: str, after: str | None) -> Page[Member]:
    members = list_members(community_id, role=role, after=_read_joined(after) if after else None)
    shown = members[:PEOPLE_A_PAGE]
    last = shown[-1] if len(members) > len(shown) else None
    return Page(tuple(shown), later=write_cursor(last.joined_at.timestamp(), last.person.id) if last else None)


def _read_joined(cursor: str) -> tuple[datetime, int]:
    joined_at, person_id = read_cursor(cursor, float, int)
    try:
        return moment(float(joined_at)), int(person_id)
    except (OverflowError, ValueError, OSError) as problem:
        raise NotVisible from problem


def _may_vouch(viewer: Viewer, community_id: int, member: Member) -> Ruling:
    """Nobody vouches twice for a newcomer: one word of a moderator already makes a practitioner of them."""
    place = Place(member.role, voice=0.0)
    return can_vouch(viewer, community_id, for_id=member.person.id, for_place=place, has_vouched=False)
