"""Who may propose a condition and accept it, and when it is accepted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.communities.models import MODERATOR as MODERATES
from cop.communities.permissions import can_write
from cop.discussions.models import Thread
from cop.endorsements.conditions.models import DISSENTER, MODERATOR, TELLER
from cop.platform.errors import ALLOWED, Ruling
from cop.platform.words import gettext as _

MOST_CONDITIONS = 5  # proposed on one thread: more would be another discussion


def role_towards(viewer: Viewer, thread: Thread, *, is_dissenter: bool) -> str:
    """As what somebody accepts a condition; nothing where their word settles nothing."""
    place = viewer.place_in(thread.community_id)
    if viewer.id is None or place is None:
        return ""
    if viewer.id == thread.teller_id:
        return TELLER
    if place.role == MODERATES:
        return MODERATOR
    return DISSENTER if is_dissenter else ""


def can_propose_condition(
    viewer: Viewer,
    thread: Thread,
    now: datetime,
    *,
    role: str,
    is_dissenter: bool,
    dissenters: int,
    proposed: int,
    has_ended: bool,
) -> Ruling:
    """Whoever told it, and whoever would do otherwise."""
    if thread.withdrawn_at is not None:
        return Ruling(False, _("Its teller has withdrawn it. What was said of it can still be read."))
    if has_ended:
        return Ruling(False, _("It has been retired or superseded. What was said of it can still be read."))
    if role != TELLER and not is_dissenter:
        return Ruling(False, _("Whoever told it, and whoever would do otherwise, say under what condition it holds."))
    if not dissenters:
        return Ruling(False, _("Nobody would do otherwise. Say when not to do it in the story itself."))
    if proposed >= MOST_CONDITIONS:
        return Ruling(False, _("Five are proposed already. Accept one of them, or say it in a reply."))
    return can_write(viewer, thread.community_id, now)


def can_accept_condition(viewer: Viewer, thread: Thread, now: datetime, *, role: str, has_accepted: bool) -> Ruling:
    if thread.withdrawn_at is not None:
        return Ruling(False, _("Its teller has withdrawn it. What was said of it can still be read."))
    if not role:
        return Ruling(False, _("Whoever told it, a moderator, and whoever would do otherwise accept a condition."))
    if has_accepted:
        return Ruling(False, _("You have accepted it already."))
    return can_write(viewer, thread.community_id, now)


def can_leave_condition(*, has_accepted: bool) -> Ruling:
    return ALLOWED if has_accepted else Ruling(False, _("You have not accepted it."))


def is_settled(accepted: Mapping[int, str], dissenters: Collection[int]) -> bool:
    """Whether both sides accept a condition: its teller or a moderator, and half of those who would do otherwise.

    Args:
        accepted: the role of each person who has.
    """
    agreeing = len(set(accepted) & set(dissenters))
    return bool({TELLER, MODERATOR} & set(accepted.values())) and 2 * agreeing >= len(dissenters)
