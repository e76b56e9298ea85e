"""Mentions become links between rendering and storing: who is meant is looked up before the transaction opens."""

from __future__ import annotations

from dataclasses import replace

from cop.communities.members.queries import keep_known_handles
from cop.communities.queries import find_visible_id
from cop.discussions.mentions import handles_in, link_mentions
from cop.discussions.queries import get_thread
from cop.discussions.replies import ReplyText
from cop.discussions.stories import Story
from cop.platform import ids
from cop.platform.database import reading
from cop.web.callers import viewer


def link_reply(text: ReplyText, thread_id: str) -> ReplyText:
    """A reply with the people it mentions as links."""
    known = _known(handles_in([text.body.source]), thread_id=thread_id)
    return replace(text, body=link_mentions(text.body, known))


def link_story(story: Story, *, slug: str = "", thread_id: str = "") -> Story:
    """A story told in the community `slug`, or revised, with the people it mentions as links."""
    known = _known(handles_in(field.source for field in story.fields.values()), slug=slug, thread_id=thread_id)
    return replace(story, fields={name: link_mentions(field, known) for name, field in story.fields.items()})


def _known(handles: frozenset[str], *, slug: str = "", thread_id: str = "") -> frozenset[str]:
    """Those who are in the community; most texts mention nobody and ask nothing."""
    if not handles:
        return frozenset()
    with reading():
        if slug:
            community_id = find_visible_id(viewer(), slug)
        else:
            community_id = get_thread(viewer(), ids.read(thread_id)).community_id
        return keep_known_handles(community_id, handles) if community_id is not None else frozenset()
