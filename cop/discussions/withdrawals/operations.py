"""Withdrawing and restoring. Nothing is deleted: for thirty days whoever took something back may bring it back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from cop.accounts.viewer import Viewer
from cop.communities.places.queries import as_of_now_inside
from cop.discussions.events import ReplyRestored, ReplyWithdrawn, ThreadRestored, ThreadWithdrawn
from cop.discussions.models import Reply, Thread
from cop.discussions.permissions import (
    can_restore_reply,
    can_restore_thread,
    can_withdraw_reply,
    can_withdraw_thread,
)
from cop.discussions.probes.permissions import can_bring_back
from cop.discussions.probes.queries import find_probe, list_open_askers
from cop.platform.database import session
from cop.platform.events import publish


def withdraw_thread(*, actor: Viewer, thread: Thread, now: datetime) -> None:
    """Take back what one told: it leaves lists and search, and members still read what was said of it."""
    actor = as_of_now_inside(actor, thread.community_id)
    can_withdraw_thread(actor, thread).enforce()
    thread.withdrawn_at, thread.withdrawn_by_id = now, actor.person_id
    session().flush()
    publish(ThreadWithdrawn(thread_id=thread.id, community_id=thread.community_id, at=now))


def restore_thread(*, actor: Viewer, thread: Thread, now: datetime) -> None:
    """Bring back what one withdrew."""
    actor = as_of_now_inside(actor, thread.community_id)
    can_restore_thread(actor, thread, now).enforce()
    thread.withdrawn_at = thread.withdrawn_by_id = None
    session().flush()
    publish(ThreadRestored(thread_id=thread.id, community_id=thread.community_id, at=now))


def withdraw_reply(*, actor: Viewer, thread: Thread, reply: Reply, now: datetime) -> None:
    """Take back what one said; its place and the answers to it stay, and a verdict that came with it stands."""
    actor = as_of_now_inside(actor, thread.community_id)
    can_withdraw_reply(actor, reply).enforce()
    reply.withdrawn_at, reply.withdrawn_by_id = now, actor.person_id
    _count(thread, reply, -1)
    publish(
        ReplyWithdrawn(
            reply_id=reply.id,
            thread_id=thread.id,
            community_id=thread.community_id,
            author_id=actor.person_id,
            at=now,
        )
    )


def restore_reply(*, actor: Viewer, thread: Thread, reply: Reply, now: datetime) -> None:
    """Bring back what one withdrew."""
    actor = as_of_now_inside(actor, thread.community_id)
    can_restore_reply(actor, reply, thread.community_id, now).enforce()
    if (probe := find_probe(reply.id)) and probe.settled_at is None:
        can_bring_back(reply.author_id, list_open_askers(thread.id)).enforce()
    reply.withdrawn_at = reply.withdrawn_by_id = None
    _count(thread, reply, 1)
    publish(
        ReplyRestored(
            reply_id=reply.id,
            thread_id=thread.id,
            community_id=thread.community_id,
            author_id=actor.person_id,
            at=now,
        )
    )


def _count(thread: Thread, reply: Reply, more: int) -> None:
    session().flush()
    if reply.seal_id is not None:  # what is sealed was never counted
        return
    session().execute(update(Thread).where(Thread.id == thread.id).values(replies=Thread.replies + more))
