"""Why somebody stands where they do in a community."""

from __future__ import annotations

from dataclasses import dataclass

from cop.accounts.viewer import Viewer
from cop.communities.members.queries import Member, get_member
from cop.communities.permissions import can_see_standing
from cop.communities.queries import CommunityLine, get_community
from cop.platform.errors import NotVisible
from cop.ranking.standings.queries import Why, why_of
from cop.web.pages.community_settings import line_of


@dataclass(frozen=True, slots=True)
class WhyPage:
    """A member, the word for their standing, and the ways in which trust reached them."""

    community: CommunityLine
    member: Member
    is_own: bool
    why: Why


def build_why_page(viewer: Viewer, slug: str, handle: str) -> WhyPage:
    """In a fixed number of statements.

    Raises:
        NotVisible: there is no such community for this viewer, they are not in it, or nobody of this handle is.
    """
    community = get_community(viewer, slug)
    if not can_see_standing(viewer, community.id):
        raise NotVisible
    member = get_member(community.id, handle)
    is_own = viewer.id == member.person.id
    return WhyPage(line_of(community), member, is_own, why_of(community.id, member.person.id))
