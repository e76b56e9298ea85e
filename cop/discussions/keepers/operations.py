"""Asking somebody to keep a thread, saying yes, and giving it up. A keeper changes none of its words."""

from __future__ import annotations

from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.communities.members.queries import Member
from cop.communities.places.queries import as_of_now_inside
from cop.discussions.events import KeeperAccepted, KeeperAsked, KeeperReleased
from cop.discussions.keepers.models import Keeping
from cop.discussions.keepers.permissions import (
    can_accept_keeping,
    can_ask_keeper,
    can_be_keeper,
    can_release_keeper,
)
from cop.discussions.keepers.queries import find_keeper, find_keeping_row, has_teller_here
from cop.discussions.models import Thread
from cop.platform.database import session
from cop.platform.errors import Unsound
from cop.platform.events import publish


def ask_keeper(*, actor: Viewer, thread: Thread, member: Member, now: datetime) -> None:
    """Ask a practitioner to look after what somebody told who has gone.

    Raises:
        Unsound: they do not practise here.
    """
    actor = as_of_now_inside(actor, thread.community_id)
    is_kept = find_keeper(thread) is not None
    can_ask_keeper(actor, thread, is_teller_here=has_teller_here(thread), is_kept=is_kept).enforce()
    if not (ruling := can_be_keeper(member.role)):
        raise Unsound({"handle": ruling.reason})
    if gone := find_keeping_row(thread.id):  # whoever kept it has left the community
        _end(gone, now)
    person_id = member.person.id
    session().add(Keeping(thread_id=thread.id, person_id=person_id, by_id=actor.person_id, asked_at=now))
    session().flush()
    publish(
        KeeperAsked(
            thread_id=thread.id,
            community_id=thread.community_id,
            person_id=person_id,
            by_id=actor.person_id,
            at=now,
        )
    )


def accept_keeping(*, actor: Viewer, thread: Thread, now: datetime) -> None:
    """Say that one will look after it. Doing so twice is no error."""
    actor = as_of_now_inside(actor, thread.community_id)
    row = find_keeping_row(thread.id)
    can_accept_keeping(actor, thread, now, asked_id=row.person_id if row else None).enforce()
    if row is None or row.accepted_at is not None:
        return
    row.accepted_at = now
    session().flush()
    publish(KeeperAccepted(thread_id=thread.id, community_id=thread.community_id, person_id=actor.person_id, at=now))


def release_keeper(*, actor: Viewer, thread: Thread, now: datetime) -> None:
    """Decline, give up, or take back that somebody keeps it."""
    actor = as_of_now_inside(actor, thread.community_id)
    row = find_keeping_row(thread.id)
    can_release_keeper(actor, thread, keeper_id=row.person_id if row else None).enforce()
    if row is None:
        return
    _end(row, now)
    publish(
        KeeperReleased(
            thread_id=thread.id,
            community_id=thread.community_id,
            person_id=row.person_id,
            by_id=actor.person_id,
            at=now,
        )
    )


def _end(row: Keeping, now: datetime) -> None:
    row.ended_at = now
    session().flush()
