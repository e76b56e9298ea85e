"""Founding a community, what its moderators may change, what it says of itself, and forms that came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.communities.heads.queries import CommunityHead, get_head
from cop.communities.models import Community
from cop.communities.permissions import can_add_topic, can_moderate
from cop.communities.queries import CommunityLine, get_community
from cop.communities.topics.queries import TopicLine, list_retired_topics, list_topics
from cop.platform.errors import Ruling
from cop.ranking.care.queries import list_doubtful
from cop.web.pages.cards import Card, list_cards


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """Around the form: the community and its topics."""

    community: CommunityLine
    topics: tuple[TopicLine, ...]
    retired: tuple[TopicLine, ...]
    may_add_topic: Ruling
    doubtful: tuple[Card, ...]  # what hardly holds any more: whether to retire or supersede it is theirs to say


@dataclass(frozen=True, slots=True)
class AboutPage:
    """What a community is, and how one becomes a practitioner in it."""

    head: CommunityHead
    topics: tuple[TopicLine, ...]
    role: str
    may_moderate: Ruling


@dataclass(frozen=True, slots=True)
class AgainPage:
    """A form of one box that could not be taken, given back with what was typed."""

    community: CommunityLine
    title: str
    hint: str
    action: str
    button: str
    back: str
    is_harm: bool = False


def load_for_settings(viewer: Viewer, slug: str) -> Community:
    """The community, for its moderators.

    Raises:
        NotVisible: there is no such community for this viewer.
        NotAllowed: they do not moderate it.
    """
    community = get_community(viewer, slug)
    can_moderate(viewer, community.id).enforce()
    return community


def build_settings_page(community: Community, viewer: Viewer, *, now: datetime) -> SettingsPage:
    topics = list_topics(community.id)
    return SettingsPage(
        community=line_of(community),
        topics=tuple(topics),
        retired=tuple(list_retired_topics(community.id)),
        may_add_topic=can_add_topic(viewer, community.id, topics=len(topics)),
        doubtful=tuple(list_cards(viewer, list_doubtful(community.id), now=now)),
    )


def build_about_page(viewer: Viewer, slug: str) -> AboutPage:
    """What anybody who sees into it may read about it.

    Raises:
        NotVisible: there is no such community for this viewer.
    """
    head = get_head(viewer, slug)
    place = viewer.place_in(head.id)
    return AboutPage(head, tuple(list_topics(head.id)), place.role if place else "", can_moderate(viewer, head.id))


def line_of(community: Community) -> CommunityLine:
    return CommunityLine(
        community.id, community.slug, community.name, community.practice, community.ink, community.visibility
    )
