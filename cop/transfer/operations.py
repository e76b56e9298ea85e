"""Taking stories in. The same story, by its external id, is taken in once, however often it comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cop.communities.models import Community
from cop.communities.operations import found_community
from cop.communities.queries import find_community_by_slug
from cop.discussions.operations import import_story
from cop.discussions.queries import find_imported
from cop.discussions.stories import Story, render_story
from cop.platform.words import gettext as _
from cop.transfer.stories import ForeignStory


@dataclass(frozen=True, slots=True)
class Destination:
    """The community that takes the stories in; it is founded when it is missing, public and without a moderator."""

    slug: str
    name: str = ""

    @property
    def spoken_name(self) -> str:
        return self.name or self.slug.replace("-", " ").capitalize()


@dataclass(frozen=True, slots=True)
class ReadyStory:
    """A story from elsewhere, rendered before any transaction opens."""

    foreign: ForeignStory
    story: Story


def make_ready(stories: Sequence[ForeignStory], *, now: datetime) -> list[ReadyStory]:
    """Render stories. Slow: never inside a transaction."""
    return [ReadyStory(foreign, render_story(foreign.draft, now=now)) for foreign in stories]


def find_known(destination: Destination, stories: Sequence[ForeignStory]) -> set[str]:
    """Which of these the destination holds already, by external id."""
    community = find_community_by_slug(destination.slug)
    return find_imported(community.id, [story.external_id for story in stories]) if community else set()


def take_in(destination: Destination, stories: Sequence[ReadyStory], *, now: datetime) -> int:
    """Store those stories that are not there yet; how many that were.

    Raises:
        Unsound: the destination's short name cannot stand in an address.
    """
    if not stories:
        return 0
    community = find_community_by_slug(destination.slug) or _found(destination, now)
    known = find_imported(community.id, [ready.foreign.external_id for ready in stories])
    new = [ready for ready in stories if ready.foreign.external_id not in known]
    for ready in new:
        import_story(
            community=community,
            story=ready.story,
            told_at=ready.foreign.told_at,
            external_id=ready.foreign.external_id,
            attribution=ready.foreign.attribution,
            source_url=ready.foreign.source_url,
            now=now,
        )
    return len(new)


def _found(destination: Destination, now: datetime) -> Community:
    return found_community(
        name=destination.spoken_name, slug=destination.slug, practice=_("Stories brought here from elsewhere."), now=now
    )
