"""Retiring, superseding, and taking either back. Nothing is deleted: what was said and by whom stays as a trace."""

from __future__ import annotations

from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.communities.places.queries import as_of_now_inside
from cop.discussions.endings.models import LONGEST_REASON, RETIRED, SUPERSEDED, Ending
from cop.discussions.endings.permissions import (
    can_drop,
    can_reopen,
    can_retire,
    can_second,
    can_supersede,
    is_moderator,
)
from cop.discussions.endings.queries import find_ending_row, find_successor, is_successor_gone
from cop.discussions.events import (
    SuccessorDropped,
    SuccessorProposed,
    ThreadReopened,
    ThreadRetired,
    ThreadSuperseded,
)
from cop.discussions.models import Thread
from cop.platform.characters import says_something
from cop.platform.database import session
from cop.platform.errors import Unsound
from cop.platform.events import publish
from cop.platform.words import gettext as _


def retire_thread(*, actor: Viewer, thread: Thread, reason: str, now: datetime) -> None:
    """Say that it does not hold any more, and why. It leaves Living and Endorsed.

    Raises:
        Unsound: there is no reason, or more than fits.
    """
    actor = as_of_now_inside(actor, thread.community_id)
    standing = find_ending_row(thread.id)
    can_retire(actor, thread, has_ended=_has_ended(standing)).enforce()
    if faults := faults_of_reason(reason, is_needed=True):
        raise Unsound(faults)
    _close(standing, actor, now)
    _add(thread, RETIRED, actor, reason, now, at=now)
    publish(ThreadRetired(thread_id=thread.id, community_id=thread.community_id, by_id=actor.person_id, at=now))


def supersede_thread(*, actor: Viewer, thread: Thread, successor_id: int | None, reason: str, now: datetime) -> bool:
    """Name the thread that has taken its place: at once by a moderator; by its teller for a practitioner to agree.

    Returns:
        whether it holds by now.

    Raises:
        Unsound: no such thread stands in this community, or more was said than fits.
    """
    actor = as_of_now_inside(actor, thread.community_id)
    standing = find_ending_row(thread.id)
    can_supersede(actor, thread, now, has_ended=_has_ended(standing)).enforce()
    faults = faults_of_reason(reason, is_needed=False)
    successor = find_successor(actor, thread, successor_id)
    if successor is None:
        faults["successor"] = _("Choose the discussion that has taken its place.")
    if faults or successor is None:
        raise Unsound(faults)
    _close(standing, actor, now)
    holds = is_moderator(actor, thread.community_id)
    _add(thread, SUPERSEDED, actor, reason, now, at=now if holds else None, successor_id=successor.id)
    said = ThreadSuperseded if holds else SuccessorProposed
    publish(
        said(
            thread_id=thread.id,
            community_id=thread.community_id,
            successor_id=successor.id,
            by_id=actor.person_id,
            at=now,
        )
    )
    return holds


def agree_to_successor(*, actor: Viewer, thread: Thread, now: datetime) -> None:
    """A practitioner agrees with the teller, and from now on it is superseded.

    Raises:
        Unsound: what was to take its place does not stand any more.
    """
    actor = as_of_now_inside(actor, thread.community_id)
    proposed = _proposed(find_ending_row(thread.id))
    can_second(actor, thread, now, is_proposed=proposed is not None).enforce()
    if proposed is None:
        return
    successor = find_successor(actor, thread, proposed.successor_id)
    if successor is None:
        raise Unsound({"successor": _("What was to take its place does not stand any more.")})
    proposed.at, proposed.seconded_by_id = now, actor.person_id
    session().flush()
    publish(
        ThreadSuperseded(
            thread_id=thread.id,
            community_id=thread.community_id,
            successor_id=successor.id,
            by_id=actor.person_id,
            at=now,
        )
    )


def drop_successor(*, actor: Viewer, thread: Thread, now: datetime) -> None:
    """Take back what was proposed, or turn it down."""
    actor = as_of_now_inside(actor, thread.community_id)
    proposed = _proposed(find_ending_row(thread.id))
    can_drop(actor, thread, is_proposed=proposed is not None).enforce()
    _close(proposed, actor, now)
    publish(SuccessorDropped(thread_id=thread.id, community_id=thread.community_id, by_id=actor.person_id, at=now))


def reopen_thread(*, actor: Viewer, thread: Thread, now: datetime) -> None:
    """Take back that it was retired or superseded; it stands again where it would stand anyway.

    Of whoever only agreed to a successor it is the agreeing that is taken back: it is proposed again, unless what was
    to take its place is gone.
    """
    actor = as_of_now_inside(actor, thread.community_id)
    standing = find_ending_row(thread.id)
    seconder_id = standing.seconded_by_id if standing else None
    is_gone = standing is not None and is_successor_gone(standing)
    can_reopen(
        actor, thread, has_ended=_has_ended(standing), seconder_id=seconder_id, is_successor_gone=is_gone
    ).enforce()
    if standing is not None and seconder_id == actor.person_id and not is_gone:
        standing.at = standing.seconded_by_id = None
        session().flush()
    else:
        _close(standing, actor, now)
    publish(ThreadReopened(thread_id=thread.id, community_id=thread.community_id, by_id=actor.person_id, at=now))


def faults_of_reason(reason: str, *, is_needed: bool) -> dict[str, str]:
    """What keeps a reason from being stored."""
    if is_needed and not says_something(reason):
        return {"reason": _("Say why in a line. Whoever relied on it reads it.")}
    if len(reason) > LONGEST_REASON:
        length = len(reason)
        return {"reason": _("This is %(length)s characters; %(most)s is the most.", length=length, most=LONGEST_REASON)}
    return {}


def _has_ended(standing: Ending | None) -> bool:
    return standing is not None and standing.at is not None


def _proposed(standing: Ending | None) -> Ending | None:
    return standing if standing is not None and standing.at is None else None


def _close(standing: Ending | None, actor: Viewer, now: datetime) -> None:
    if standing is not None:
        standing.ended_at, standing.ended_by_id = now, actor.person_id
        session().flush()


def _add(
    thread: Thread,
    kind: str,
    actor: Viewer,
    reason: str,
    now: datetime,
    *,
    at: datetime | None,
    successor_id: int | None = None,
) -> None:
    session().add(
        Ending(
            thread_id=thread.id,
            kind=kind,
            successor_id=successor_id,
            reason=reason,
            said_at=now,
            by_id=actor.person_id,
            at=at,
        )
    )
    session().flush()
