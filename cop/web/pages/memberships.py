"""Who is in a community: everybody by role, one of them, and the page on which one leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cop.accounts.viewer import Place, Viewer
from cop.communities.heads.queries import CommunityHead, get_head
from cop.communities.invitations.queries import InvitationLine, list_open_invitations
from cop.communities.members.queries import (
    PEOPLE_A_PAGE,
    Member,
    RemovalLine,
    get_member,
    list_members,
    list_removals,
)
from cop.communities.models import MODERATOR, NEWCOMER, PRACTITIONER
from cop.communities.permissions import (
    can_appoint,
    can_approve,
    can_dismiss,
    can_invite,
    can_leave,
    can_moderate,
    can_remove,
    can_see_standing,
    can_vouch,
)
from cop.communities.queries import CommunityLine, count_moderators, get_community
from cop.communities.requests.queries import RequestLine, list_open_requests
from cop.communities.vouches.queries import (
    OwnWord,
    Withdrawn,
    WordLine,
    count_given,
    find_latest_withdrawn,
    list_vouched_for,
    list_words,
    list_words_for_absent,
)
from cop.discussions.queries import TitleLine, list_last_told
from cop.platform.clock import moment
from cop.platform.errors import NotVisible, Ruling
from cop.platform.pagination import Page, read_cursor, write_cursor
from cop.ranking.standings.queries import band_of
from cop.web.pages.community_settings import line_of
from cop.web.pages.people import Record, build_record

GROUPS = (MODERATOR, PRACTITIONER, NEWCOMER)


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody in a community, and whether the viewer may vouch for them."""

    member: Member
    may_vouch: Ruling
    told: TitleLine | None  # the story they told here last


@dataclass(frozen=True, slots=True)
class Group:
    """People of one role, in the order in which they joined."""

    role: str
    rows: tuple[MemberRow, ...]
    later: str | None


@dataclass(frozen=True, slots=True)
class Doorkeeping:
    """What only moderators see: who asks, who is invited, who was put out."""

    requests: tuple[RequestLine, ...]
    invitations: tuple[InvitationLine, ...]
    removals: tuple[RemovalLine, ...]
    may_invite: Ruling
    may_approve: Ruling


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Who practises here. With `is_part`, the page goes on with one group where the one before ended."""

    head: CommunityHead
    groups: tuple[Group, ...]
    is_part: bool
    door: Doorkeeping | None
    absent: tuple[OwnWord, ...]  # for whom the viewer's word stands though they are not here


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Who somebody is in one community, who says so, what they told there, and what the viewer may do."""

    community: CommunityLine
    member: Member
    is_own: bool
    words: tuple[WordLine, ...]
    own_word: WordLine | None
    withdrawn: Withdrawn | None
    record: Record
    band: str  # the word for their standing; "" for whoever is not in the community, and before it was measured
    may_vouch: Ruling
    may_remove: Ruling
    may_appoint: Ruling
    may_dismiss: Ruling


@dataclass(frozen=True, slots=True)
class LeavePage:
    """What leaving means; for the last moderator, whom they could appoint."""

    community: CommunityLine
    may_leave: Ruling
    could_be_appointed: tuple[Member, ...]


def build_people_page(viewer: Viewer, slug: str, *, role: str | None, after: str | None, now: datetime) -> PeoplePage:
    """Everybody in a community by their role, a page of each; or one role from a cursor on.

    Raises:
        NotVisible: there is no such community for this viewer, no such role, or the cursor is none.
    """
    head = get_head(viewer, slug)
    if role is None:
        pages = {each: _page_of_members(head.id, each, None) for each in GROUPS}
    elif role in GROUPS:
        pages = {role: _page_of_members(head.id, role, after)}
    else:
        raise NotVisible
    return PeoplePage(
        head=head,
        groups=_groups(viewer, head.id, pages, now),
        is_part=role is not None,
        door=_door(head, viewer, now) if role is None and can_moderate(viewer, head.id) else None,
        absent=tuple(list_words_for_absent(head.id, by_id=viewer.id)) if role is None and viewer.id else (),
    )


def build_member_page(viewer: Viewer, slug: str, handle: str, *, now: datetime) -> MemberPage:
    """One member, in a fixed number of statements.

    Raises:
        NotVisible: there is no such community for this viewer, or nobody of this handle in it.
    """
    community = _line(viewer, slug)
    member = get_member(community.id, handle)
    person_id, place = member.person.id, Place(member.role, voice=0.0)
    words, moderators = list_words(community.id, person_id), count_moderators(community.id)
    own_word = next((word for word in words if word.by_id == viewer.id), None)
    is_own = viewer.id == person_id
    return MemberPage(
        community=community,
        member=member,
        is_own=is_own,
        words=tuple(words),
        own_word=own_word,
        withdrawn=find_latest_withdrawn(community.id, person_id) if is_own else None,
        record=build_record(viewer, person_id, community_id=community.id, now=now),
        band=band_of(community.id, person_id) if can_see_standing(viewer, community.id) else "",
        may_vouch=can_vouch(
            viewer,
            community.id,
            for_id=person_id,
            for_place=place,
            now=now,
            has_vouched=own_word is not None,
            given=count_given(community.id, by_id=viewer.id, now=now),
        ),
        may_remove=can_remove(viewer, community.id, person_id=person_id, place=place),
        may_appoint=can_appoint(viewer, community.id, place=place),
        may_dismiss=can_dismiss(viewer, community.id, place=place, moderators=moderators),
    )


def build_leave_page(viewer: Viewer, slug: str) -> LeavePage:
    """Whether one can leave.

    Raises:
        NotVisible: there is no such community for this viewer, or they are not in it.
    """
    community = _line(viewer, slug)
    if viewer.place_in(community.id) is None:
        raise NotVisible
    ruling = can_leave(viewer, community.id, moderators=count_moderators(community.id))
    others = () if ruling else list_members(community.id, role=PRACTITIONER)[:6]
    return LeavePage(community, ruling, tuple(others))


def _line(viewer: Viewer, slug: str) -> CommunityLine:
    return line_of(get_community(viewer, slug))


def _door(head: CommunityHead, viewer: Viewer, now: datetime) -> Doorkeeping:
    community_id, invitations = head.id, list_open_invitations(head.id, now=now)
    return Doorkeeping(
        requests=tuple(list_open_requests(community_id)),
        invitations=tuple(invitations),
        removals=tuple(list_removals(community_id)),
        may_invite=can_invite(viewer, community_id, open_invitations=len(invitations)),
        may_approve=can_approve(viewer, community_id, visibility=head.visibility),
    )


def _groups(viewer: Viewer, community_id: int, pages: Mapping[str, Page[Member]], now: datetime) -> tuple[Group, ...]:
    """On the list only newcomers are asked about; whoever practises already can be vouched for on their own page."""
    newcomers = [member.person.id for member in pages[NEWCOMER].items] if NEWCOMER in pages else []
    vouched = list_vouched_for(community_id, by_id=viewer.id, for_ids=newcomers)
    given = count_given(community_id, by_id=viewer.id, now=now) if viewer.place_in(community_id) else 0
    told = list_last_told(community_id, [member.person.id for page in pages.values() for member in page.items])

    def row(member: Member) -> MemberRow:
        person_id = member.person.id
        is_new = member.role == NEWCOMER
        may_vouch = can_vouch(
            viewer,
            community_id,
            for_id=person_id,
            for_place=Place(member.role, voice=0.0),
            now=now,
            has_vouched=person_id in vouched,
            given=given,
        )
        return MemberRow(member, may_vouch if is_new else Ruling(False), told.get(person_id))

    return tuple(Group(role, tuple(row(member) for member in page.items), page.later) for role, page in pages.items())


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
