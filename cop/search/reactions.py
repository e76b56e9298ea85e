"""What follows for the index from what is said: a row in the outbox, delivered by `cop.search.jobs`."""

from __future__ import annotations

from cop.discussions.events import (
    ReplyPublished,
    ReplyRestored,
    ReplyRevised,
    ReplyWithdrawn,
    ThreadImported,
    ThreadRestored,
    ThreadRevised,
    ThreadTold,
    ThreadWithdrawn,
)
from cop.platform.outbox import enqueue
from cop.search.operations import offer_titles

INDEX = "search.index"
VERIFY = "search.verify"


def index_thread(event: ThreadTold | ThreadImported | ThreadRevised | ThreadWithdrawn) -> None:
    """Have the thread's text put into the index, and offer its title; of one withdrawn, all goes that was said."""
    enqueue(INDEX, {"thread": event.thread_id}, now=event.at)
    offer_titles([event.thread_id])


def index_whole_thread(event: ThreadRestored) -> None:
    """Have the thread's text put into the index again, with all that was said in it."""
    enqueue(INDEX, {"thread": event.thread_id, "whole": True}, now=event.at)


def index_reply(event: ReplyPublished | ReplyRevised | ReplyWithdrawn | ReplyRestored) -> None:
    """Have the reply's text put into the index, or taken out of it."""
    enqueue(INDEX, {"reply": event.reply_id}, now=event.at)
