"""Where threads and replies stand: an address is made only of what the viewer was found to see."""

from __future__ import annotations

from flask import url_for

from cop.discussions.models import Reply, Thread
from cop.discussions.talks.queries import cursor_of
from cop.platform import ids


def address_of(thread: Thread) -> str:
    """A thread's page, with the latest replies."""
    return url_for("threads.show_thread", thread_id=ids.spell(thread.id), slug=thread.slug)


def address_in(thread: Thread, reply: Reply, *, page_of: Reply) -> str:
    """A reply on the page of its thread that begins with `page_of`."""
    return f"{address_of(thread)}?start={cursor_of(page_of)}#{anchor_of(reply)}"


def anchor_of(reply: Reply) -> str:
    return f"p{ids.spell(reply.id)}"
