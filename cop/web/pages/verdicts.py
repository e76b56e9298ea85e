"""The page of the two forms that bring a verdict with its text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.communities.queries import CommunityLine, list_communities_by_id
from cop.discussions.queries import get_thread
from cop.endorsements.permissions import can_give_verdict
from cop.endorsements.queries import LEAST_VOICE, OwnVerdict, find_verdict
from cop.platform.errors import Ruling


@dataclass(frozen=True, slots=True)
class VerdictPage:
    """The story one speaks of, and what one said of it before."""

    thread_id: int
    slug: str
    title: str
    hook: str
    community: CommunityLine
    own: OwnVerdict | None
    is_counted: bool
    may_endorse: Ruling


def build_verdict_page(viewer: Viewer, thread_id: int | None, *, now: datetime) -> VerdictPage:
    """The page, for whoever sees the thread; whether they may answer stands in it.

    Raises:
        NotVisible: there is no such thread for this viewer.
    """
    thread = get_thread(viewer, thread_id)
    return VerdictPage(
        thread_id=thread.id,
        slug=thread.slug,
        title=thread.title,
        hook=thread.hook,
        community=list_communities_by_id(viewer, [thread.community_id])[thread.community_id],
        own=find_verdict(thread.id, viewer),
        is_counted=viewer.voice_in(thread.community_id) >= LEAST_VOICE,
        may_endorse=can_give_verdict(viewer, thread, now),
    )
