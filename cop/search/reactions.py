"""What follows for the index from what is said: a row in the outbox, delivered by `cop.search.jobs`."""

from __future__ import annotations

from cop.discussions.events import ReplyPublished, ReplyRevised, ThreadImported, ThreadRevised, ThreadTold
from cop.platform.outbox import enqueue

INDEX = "search.index"


def index_thread(event: ThreadTold | ThreadImported | ThreadRevised) -> None:
    """Have the thread's text put into the index, and with it those of its replies, which carry its title."""
    enqueue(INDEX, {"thread": event.thread_id}, now=event.at)


def index_reply(event: ReplyPublished | ReplyRevised) -> None:
    """Have the reply's text put into the index."""
    enqueue(INDEX, {"reply": event.reply_id}, now=event.at)
