"""Keeping what stood, in the transaction that changes it."""

from __future__ import annotations

import json
from datetime import datetime

from cop.discussions.models import Reply, Revision, Thread
from cop.discussions.revisions.queries import read_reply, read_thread
from cop.platform.database import session


def keep_thread_as_it_stands(*, thread: Thread, by_id: int, now: datetime) -> None:
    """Keep a thread's words; `by_id` changes them next."""
    session().add(_revision(read_thread(thread), by_id, now, thread_id=thread.id, number=thread.revision + 1))


def keep_reply_as_it_stands(*, reply: Reply, by_id: int, now: datetime) -> None:
    """Keep a reply's words; `by_id` changes them next."""
    session().add(_revision(read_reply(reply), by_id, now, reply_id=reply.id, number=reply.revision + 1))


def _revision(source: dict[str, str], by_id: int, now: datetime, **of: int) -> Revision:
    return Revision(source=json.dumps(source, ensure_ascii=False), by_id=by_id, at=now, **of)
