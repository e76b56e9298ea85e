"""Reads of topics."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select

from cop.accounts.viewer import Viewer
from cop.communities.models import Community, Topic
from cop.communities.queries import is_visible
from cop.platform.characters import is_storable
from cop.platform.database import folded, session
from cop.platform.errors import NotVisible

RETIRED_SHOWN = 100


@dataclass(frozen=True, slots=True)
class TopicLine:
    """A topic as pages show it."""

    id: int
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class OfferedTopic:
    """A topic that is called as what has been typed, and where it is kept."""

    slug: str
    name: str
    community: str
    community_slug: str


def list_offered_topics(viewer: Viewer, typed: str, *, limit: int) -> list[OfferedTopic]:
    """Topics one of whose words begins with what is typed, by name, where the viewer sees into the community.

    Args:
        typed: plain words with one space between; the last one is finished if a space follows.
    """
    called = (" " + folded(Topic.name) + " ").contains(f" {typed}", autoescape=True)
    spelled = ("-" + Topic.slug + "-").contains(f" {typed}".replace(" ", "-"), autoescape=True)  # without accents
    rows = session().execute(
        select(Topic.slug, Topic.name, Community.name, Community.slug)
        .join(Community, Community.id == Topic.community_id)
        .where(is_visible(viewer), Topic.retired_at.is_(None), or_(called, spelled))
        .order_by(func.lower(Topic.name), Topic.id)
        .limit(limit)
    )
    return [OfferedTopic(*row) for row in rows]


def list_topics(community_id: int) -> list[TopicLine]:
    """What is offered in a community, by name."""
    rows = session().execute(_select(community_id).where(Topic.retired_at.is_(None)))
    return [TopicLine(*row) for row in rows]


def list_retired_topics(community_id: int) -> list[TopicLine]:
    rows = session().execute(_select(community_id).where(Topic.retired_at.is_not(None)).limit(RETIRED_SHOWN))
    return [TopicLine(*row) for row in rows]


def find_topic(community_id: int, slug: str) -> TopicLine | None:
    """A topic by its slug, a retired one too: what was told of it can still be found."""
    row = session().execute(_select(community_id).where(Topic.slug == slug)).first()
    return TopicLine(*row) if row else None


def get_topic(community_id: int, slug: str) -> Topic:
    """The row itself.

    Raises:
        NotVisible: the community has no such topic.
    """
    asked = select(Topic).where(Topic.community_id == community_id, Topic.slug == slug)
    found = session().scalar(asked) if is_storable(slug) else None
    if found is None:
        raise NotVisible
    return found


def find_topic_by_name(community_id: int, name: str) -> Topic | None:
    return session().scalar(
        select(Topic).where(Topic.community_id == community_id, func.lower(Topic.name) == name.lower())
    )


def list_topic_ids(community_id: int, slugs: Collection[str]) -> list[int]:
    """The ids of those slugs that name a topic of this community."""
    if not slugs:
        return []
    asked = select(Topic.id).where(Topic.community_id == community_id, Topic.slug.in_(list(slugs)))
    return list(session().scalars(asked))


def count_topics(community_id: int) -> int:
    asked = select(func.count()).where(Topic.community_id == community_id, Topic.retired_at.is_(None))
    return session().scalar(asked) or 0


def list_taken_slugs(community_id: int, stem: str) -> set[str]:
    taken = select(Topic.slug).where(Topic.community_id == community_id, Topic.slug.like(f"{stem}%"))
    return set(session().scalars(taken))


def _select(community_id: int) -> Select[int, str, str]:
    return (
        select(Topic.id, Topic.slug, Topic.name)
        .where(Topic.community_id == community_id)
        .order_by(func.lower(Topic.name), Topic.id)
    )
