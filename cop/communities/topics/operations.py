"""Keeping a community's topics."""

from __future__ import annotations

from datetime import datetime
from itertools import count

from cop.accounts.viewer import Viewer
from cop.communities.events import TopicsChanged
from cop.communities.models import Community, Topic
from cop.communities.permissions import can_add_topic, can_moderate
from cop.communities.places.queries import as_of_now
from cop.communities.queries import lock_community
from cop.communities.topics.queries import count_topics, find_topic_by_name, get_topic, list_taken_slugs
from cop.platform.characters import says_something
from cop.platform.database import session
from cop.platform.errors import Unsound
from cop.platform.events import publish
from cop.platform.slugs import slug_of
from cop.platform.words import gettext as _

LONGEST_TOPIC = 40


def add_topic(*, actor: Viewer, community: Community, name: str, now: datetime) -> None:
    """Add a topic; one that was retired under this name is taken up again.

    Raises:
        Unsound: it has no name, too long a one, or one that is there already.
    """
    lock_community(community.id)
    can_add_topic(as_of_now(actor, community.id), community.id, topics=count_topics(community.id)).enforce()
    _check_name(name)
    earlier = find_topic_by_name(community.id, name)
    if earlier and earlier.retired_at is None:
        raise Unsound({"name": _("There is a topic of that name already.")})
    if earlier:
        earlier.retired_at = None
    else:
        session().add(Topic(community_id=community.id, slug=_free_slug(community.id, name), name=name))
    _say_so(community.id, now)


def rename_topic(*, actor: Viewer, community: Community, slug: str, name: str, now: datetime) -> None:
    """Call a topic something else; its address stays.

    Raises:
        Unsound: it has no name, too long a one, or one that is there already.
    """
    lock_community(community.id)
    can_moderate(as_of_now(actor, community.id), community.id).enforce()
    topic = get_topic(community.id, slug)
    _check_name(name)
    other = find_topic_by_name(community.id, name)
    if other and other.id != topic.id:
        raise Unsound({"name": _("There is a topic of that name already.")})
    topic.name = name
    _say_so(community.id, now)


def retire_topic(*, actor: Viewer, community: Community, slug: str, now: datetime) -> None:
    """Offer a topic no more. What was told of it keeps it, and it can be taken up again."""
    lock_community(community.id)
    can_moderate(as_of_now(actor, community.id), community.id).enforce()
    topic = get_topic(community.id, slug)
    topic.retired_at = topic.retired_at or now
    _say_so(community.id, now)


def _check_name(name: str) -> None:
    if not says_something(name):
        raise Unsound({"name": _("Give the topic a name.")})
    if len(name) > LONGEST_TOPIC:
        raise Unsound(
            {"name": _("This is %(length)s characters; %(most)s is the most.", length=len(name), most=LONGEST_TOPIC)}
        )


def _free_slug(community_id: int, name: str) -> str:
    spelled = slug_of(name)[:50].strip("-")
    stem = "topic" if spelled == "thread" else spelled  # what slug_of says when no letter of the name can be spelled
    taken = list_taken_slugs(community_id, stem)
    if stem not in taken:
        return stem
    return next(slug for n in count(2) if (slug := f"{stem}-{n}") not in taken)


def _say_so(community_id: int, now: datetime) -> None:
    session().flush()
    publish(TopicsChanged(community_id=community_id, at=now))
