"""The composer's page: a story being written, or one that is being revised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.communities.permissions import can_join
from cop.communities.queries import CommunityLine, get_community, list_communities_by_id
from cop.communities.topics.queries import TopicLine, list_topics
from cop.discussions.cues import default_hook
from cop.discussions.models import FIELDS
from cop.discussions.permissions import can_revise_thread, can_tell
from cop.discussions.queries import FieldText, get_thread, list_fields, list_topics_of
from cop.discussions.stories import StoryDraft, render_fields
from cop.discussions.telltales import Telltale
from cop.platform.errors import Ruling
from cop.platform.markup import Rendered
from cop.web.pages.similar import Near


@dataclass(frozen=True, slots=True)
class Telling:
    """A story as it reads: the preview of one's own, or what stands now."""

    title: str
    hook: str
    sections: tuple[FieldText, ...]


@dataclass(frozen=True, slots=True)
class Revised:
    """The story that is being revised, and which revision of it is shown."""

    id: int
    slug: str
    title: str
    revision: int


@dataclass(frozen=True, slots=True)
class Around:
    """What the composer says back while it is not told yet: the preview, what is near, the one question."""

    preview: Telling | None = None
    similar: tuple[Near, ...] = ()
    asks_noticed: bool = False
    telltales: tuple[Telltale, ...] = ()  # what may point at somebody
    is_overtaken: bool = False


@dataclass(frozen=True, slots=True)
class ComposerPage:
    """What stands around the boxes."""

    community: CommunityLine
    may_write: Ruling
    may_join: Ruling
    around: Around
    topics: tuple[TopicLine, ...] = ()
    revised: Revised | None = None
    stands: Telling | None = None


def build_composer(viewer: Viewer, slug: str, around: Around, *, now: datetime) -> ComposerPage:
    """The composer of a community the viewer sees; whether they may tell there stands in it.

    Raises:
        NotVisible: there is no such community for this viewer.
    """
    community = get_community(viewer, slug)
    line = CommunityLine(community.id, community.slug, community.name, community.practice, community.ink)
    return ComposerPage(
        community=line,
        may_write=can_tell(viewer, community.id, now),
        may_join=can_join(viewer, community.id),
        around=around,
        topics=tuple(list_topics(community.id)),
    )


def build_reviser(viewer: Viewer, thread_id: int | None, around: Around, *, now: datetime) -> ComposerPage:
    """The composer with a story that stands; when it was overtaken, what stands now comes with it.

    Raises:
        NotVisible: there is no such thread for this viewer.
    """
    thread = get_thread(viewer, thread_id)
    community = list_communities_by_id(viewer, [thread.community_id])[thread.community_id]
    stands = None
    if around.is_overtaken:
        stands = Telling(thread.title, thread.hook, tuple(list_fields(thread.id)))
    return ComposerPage(
        community=community,
        may_write=can_revise_thread(viewer, thread, now),
        may_join=can_join(viewer, community.id),
        around=around,
        topics=tuple(dict.fromkeys([*list_topics(community.id), *list_topics_of(thread.id)])),
        revised=Revised(thread.id, thread.slug, thread.title, thread.revision),
        stands=stands,
    )


def preview_of(draft: StoryDraft) -> Telling:
    """The draft as it would read. Slow, since it is rendered: never while a transaction is open."""
    hook = draft.hook or default_hook(draft.fields.get("noticed", ""))
    return Telling(draft.title, hook, sections_of(render_fields(draft.fields)))


def sections_of(rendered: Mapping[str, Rendered]) -> tuple[FieldText, ...]:
    """The boxes that say something, in the order in which a thread shows them."""
    return tuple(FieldText(name, text.source, text.html) for name in FIELDS if (text := rendered.get(name)))
