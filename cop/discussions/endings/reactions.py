"""What follows for pages that name a successor."""

from __future__ import annotations

from cop.discussions.endings.queries import list_predecessors
from cop.discussions.events import ThreadRestored, ThreadRevised, ThreadWithdrawn
from cop.discussions.versions import of_thread
from cop.platform import versions


def tell_predecessors(happened: ThreadRevised | ThreadWithdrawn | ThreadRestored) -> None:
    """Pages that were kept name this thread as what has taken their place: by its title, and while it stands."""
    versions.change(of_thread(one) for one in list_predecessors(happened.thread_id))
