"""Beginning to try something, being reminded, and ending it. None of this is seen or counted anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cop.accounts.viewer import Viewer
from cop.communities.places.queries import as_of_now_inside
from cop.discussions.models import Thread
from cop.discussions.seals.queries import find_seal_over
from cop.endorsements.events import TryingBegun, TryingEnded, TryingReminded
from cop.endorsements.intentions.models import Intention
from cop.endorsements.intentions.queries import list_to_remind
from cop.endorsements.permissions import can_give_verdict
from cop.platform.database import session
from cop.platform.events import publish
from cop.platform.outbox import Payload

REMINDED_AFTER = timedelta(days=14)
REMINDED_AT_ONCE = 200  # in one run of the job; what is left waits for the next


def begin_trying(*, actor: Viewer, thread: Thread, now: datetime) -> None:
    """Keep in mind that one is going to try this. Doing so twice is no error."""
    actor = as_of_now_inside(actor, thread.community_id)
    can_give_verdict(actor, thread, now).enforce()
    find_seal_over(actor, thread)  # of a case, nobody tries what they have not read
    if session().get(Intention, (thread.id, actor.person_id)) is not None:
        return
    session().add(Intention(thread_id=thread.id, person_id=actor.person_id, at=now, remind_at=now + REMINDED_AFTER))
    session().flush()
    publish(TryingBegun(thread_id=thread.id, community_id=thread.community_id, person_id=actor.person_id, at=now))


def end_trying(*, actor: Viewer, thread: Thread, now: datetime) -> None:
    """One has tried it, or is not going to any more. Doing so twice is no error."""
    kept = session().get(Intention, (thread.id, actor.person_id))
    if kept is None:
        return
    session().delete(kept)
    session().flush()
    publish(TryingEnded(thread_id=thread.id, community_id=thread.community_id, person_id=actor.person_id, at=now))


def remind_of_trying(_payloads: Sequence[Payload], now: datetime) -> None:
    """Ask those who were going to try something two weeks ago how it went, once."""
    for kept, community_id in list_to_remind(now, limit=REMINDED_AT_ONCE):
        kept.reminded_at = now
        session().flush()
        publish(TryingReminded(thread_id=kept.thread_id, community_id=community_id, person_id=kept.person_id, at=now))
