"""What follows for the index from what is said: a row in the outbox, delivered by `cop.search.jobs`."""

from __future__ import annotations

from cop.discussions.events import ReplyPublished, ReplyRevised, ThreadImported, ThreadRevised, ThreadTold
from cop.platform.outbox import enqueue
from cop.search.operations import offer_titles

INDEX = "search.index"
VERIFY = "search.verify"


def index_thread(event: ThreadTold | ThreadImported | ThreadRevised) -> None:
    """Have the thread's text put into the index, and offer its title to whoever begins to type it."""
    enqueue(INDEX, {"thread": event.thread_id}, now=event.at)
    offer_titles([event.thread_id])


def index_reply(event: ReplyPublished | ReplyRevised) -> None:
    """Have the reply's text put into the index."""
    enqueue(INDEX, {"reply": event.reply_id}, now=event.at)
