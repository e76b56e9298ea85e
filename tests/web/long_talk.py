"""A thread of very many replies, made at one stroke; what stands in them is their number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert

from cop.discussions.models import Reply
from cop.discussions.operations import recount_replies
from cop.discussions.versions import of_thread
from cop.platform import versions
from cop.platform.database import transaction


def add_many_replies(
    thread_id: int, authors: Sequence[int], number: int, since: datetime, *, first_id: int = 1
) -> None:
    """A reply a second; the id of each is `first_id` and its place. Order knows nothing of them."""
    with transaction() as s:
        rows = [
            {
                "id": first_id + n,
                "thread_id": thread_id,
                "author_id": authors[n % len(authors)],
                "kind": "reply",
                "source": f"Said as number {n}.",
                "html": f"<p>Said as number {n}.</p>",
                "renderer": 1,
                "setting": "",
                "differed": "",
                "said_at": since + timedelta(seconds=n),
                "revision": 0,
            }
            for n in range(number)
        ]
        for start in range(0, number, 500):
            s.execute(insert(Reply), rows[start : start + 500])
        recount_replies(thread_id=thread_id)
        versions.change([of_thread(thread_id)])
