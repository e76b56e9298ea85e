"""What follows for needs from what happens in threads; what follows from order is said by `ranking.operations`."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import delete

from cop.accounts.events import AccountClosed
from cop.discussions.events import ReplyPublished
from cop.discussions.models import Thread
from cop.platform.database import session
from cop.ranking.needs.models import Snooze
from cop.ranking.needs.operations import refresh_needs


class OfThread(Protocol):
    """Anything that happened in a thread."""

    @property
    def thread_id(self) -> int: ...


def follow_thread(happened: OfThread) -> None:
    """Something was told, said, asked, answered or taken back: what is needed there may be another thing now."""
    refresh_needs(thread_id=happened.thread_id)


def follow_reply(published: ReplyPublished) -> None:
    """Whatever somebody says to a question may answer it; what becomes of a probe has events of its own."""
    if session().get_one(Thread, published.thread_id).kind == "question":
        refresh_needs(thread_id=published.thread_id)


def forget_snoozes(closed: AccountClosed) -> None:
    """Nothing waits for whoever has left."""
    session().execute(delete(Snooze).where(Snooze.person_id == closed.person_id))
