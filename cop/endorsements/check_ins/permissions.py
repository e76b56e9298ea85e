"""Who is asked whether it still holds, and as what they answer."""

from __future__ import annotations

from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.communities.permissions import can_write
from cop.discussions.models import Thread
from cop.endorsements.check_ins.models import AS_KEEPER, AS_TELLER, BY_PRACTICE, NO_LONGER
from cop.platform.errors import Ruling
from cop.platform.words import gettext as _

_RELIED_ON = ("held", "adapted")


def role_in_check_in(
    viewer: Viewer, thread: Thread, *, verdict: str | None, answer: str | None, keeper_id: int | None
) -> str:
    """As what somebody is asked: whoever told it, has used it, or keeps it; nothing for everybody else.

    Args:
        verdict, answer: what they said of it, and when it was last asked.
    """
    if viewer.id is None:
        return ""
    if viewer.id == thread.teller_id:
        return AS_TELLER
    if verdict in _RELIED_ON and answer != NO_LONGER:
        return BY_PRACTICE
    return AS_KEEPER if viewer.id == keeper_id else ""


def can_answer_check_in(
    viewer: Viewer, thread: Thread, now: datetime, *, role: str, is_due: bool, has_answered: bool
) -> Ruling:
    """Once in each check-in, while it is due."""
    if not (ruling := can_write(viewer, thread.community_id, now)):
        return ruling
    if thread.withdrawn_at is not None:
        return Ruling(False, _("Its teller has withdrawn it. What was said of it can still be read."))
    if not role:
        return Ruling(False, _("Only those are asked who told it, keep it, or have said that they used it."))
    if has_answered:
        return Ruling(False, _("You have answered this already. You are asked again when it has aged."))
    if not is_due:
        return Ruling(False, _("It is not asked at present: somebody has answered lately."))
    return ruling
