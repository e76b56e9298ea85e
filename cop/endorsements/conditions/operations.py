"""Proposing a condition, accepting it, and taking that back."""

from __future__ import annotations

from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.communities.places.queries import as_of_now_inside
from cop.discussions.endings.queries import has_ended
from cop.discussions.models import Thread
from cop.endorsements.conditions.models import LONGEST_CONDITION, SORTS, Acceptance, Condition
from cop.endorsements.conditions.permissions import (
    can_accept_condition,
    can_leave_condition,
    can_propose_condition,
    role_towards,
)
from cop.endorsements.conditions.queries import list_conditions, list_dissenters
from cop.endorsements.events import ConditionAccepted, ConditionLeft, ConditionProposed
from cop.platform.characters import says_something
from cop.platform.database import session
from cop.platform.errors import Unsound
from cop.platform.events import publish
from cop.platform.words import gettext as _


def propose_condition(*, actor: Viewer, thread: Thread, sort: str, text: str, now: datetime) -> Condition:
    """Say when it holds, or when not; whoever proposes it accepts it by that.

    Raises:
        Unsound: nothing is said, or more than fits.
    """
    actor = as_of_now_inside(actor, thread.community_id)
    dissenters = list_dissenters(thread.id)
    is_dissenter = actor.person_id in dissenters
    role = role_towards(actor, thread, is_dissenter=is_dissenter)
    can_propose_condition(
        actor, thread, now, role=role, is_dissenter=is_dissenter, dissenters=len(dissenters),
        proposed=len(list_conditions(thread.id)), has_ended=has_ended(thread.id),
    ).enforce()  # fmt: skip
    if faults := faults_of_condition(sort, text):
        raise Unsound(faults)
    condition = Condition(thread_id=thread.id, sort=sort, text=text, by_id=actor.person_id, proposed_at=now)
    session().add(condition)
    session().flush()
    publish(
        ConditionProposed(
            thread_id=thread.id,
            community_id=thread.community_id,
            condition_id=condition.id,
            person_id=actor.person_id,
            at=now,
        )
    )
    _accept(actor, thread, condition, role, now)
    return condition


def accept_condition(*, actor: Viewer, thread: Thread, condition: Condition, now: datetime) -> None:
    """Say that it holds under this condition."""
    actor = as_of_now_inside(actor, thread.community_id)
    role = role_towards(actor, thread, is_dissenter=actor.person_id in list_dissenters(thread.id))
    has_accepted = session().get(Acceptance, (condition.id, actor.person_id)) is not None
    can_accept_condition(actor, thread, now, role=role, has_accepted=has_accepted).enforce()
    _accept(actor, thread, condition, role, now)


def leave_condition(*, actor: Viewer, thread: Thread, condition: Condition, now: datetime) -> None:
    """Take one's acceptance back, as if it had not been given."""
    actor = as_of_now_inside(actor, thread.community_id)
    accepted = session().get(Acceptance, (condition.id, actor.person_id))
    can_leave_condition(has_accepted=accepted is not None).enforce()
    session().delete(accepted)
    session().flush()
    publish(
        ConditionLeft(
            thread_id=thread.id,
            community_id=thread.community_id,
            condition_id=condition.id,
            person_id=actor.person_id,
            at=now,
        )
    )


def faults_of_condition(sort: str, text: str) -> dict[str, str]:
    """What keeps a condition from being proposed."""
    faults = {}
    if sort not in SORTS:
        faults["sort"] = _("Choose whether it says when it holds, or when not.")
    if not says_something(text):
        faults["condition"] = _("Say it in a line.")
    if len(text) > LONGEST_CONDITION:
        length = len(text)
        faults["condition"] = _("This is %(length)s characters; %(most)s is the most.", length=length, most=280)
    return faults


def _accept(actor: Viewer, thread: Thread, condition: Condition, role: str, now: datetime) -> None:
    session().add(Acceptance(condition_id=condition.id, person_id=actor.person_id, role=role, at=now))
    session().flush()
    publish(
        ConditionAccepted(
            thread_id=thread.id,
            community_id=thread.community_id,
            condition_id=condition.id,
            person_id=actor.person_id,
            role=role,
            at=now,
        )
    )
