"""The page on which somebody changes what they said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.communities.queries import CommunityLine, list_communities_by_id
from cop.discussions.permissions import can_revise_reply
from cop.discussions.queries import get_reply, get_thread, title_for


@dataclass(frozen=True, slots=True)
class StandingReply:
    """A reply as it stands now, shown above what somebody wanted to change it to."""

    html: str
    setting: str
    differed: str


@dataclass(frozen=True, slots=True)
class ReplyPage:
    """One's own reply in its thread."""

    id: int
    kind: str
    thread_id: int
    thread_slug: str
    thread_title: str
    community: CommunityLine
    revision: int
    stands: StandingReply | None


def build_reply_page(viewer: Viewer, reply_id: int | None, *, shows_what_stands: bool, now: datetime) -> ReplyPage:
    """The page, for the person who wrote the reply.

    Raises:
        NotVisible: there is no such reply for this viewer.
        NotAllowed: it is somebody else's.
    """
    reply = get_reply(viewer, reply_id)
    thread = get_thread(viewer, reply.thread_id)
    can_revise_reply(viewer, reply, thread.community_id, now).enforce()
    return ReplyPage(
        id=reply.id,
        kind=reply.kind,
        thread_id=thread.id,
        thread_slug=thread.slug,
        thread_title=title_for(viewer, thread),
        community=list_communities_by_id(viewer, [thread.community_id])[thread.community_id],
        revision=reply.revision,
        stands=StandingReply(reply.html, reply.setting, reply.differed) if shows_what_stands else None,
    )
