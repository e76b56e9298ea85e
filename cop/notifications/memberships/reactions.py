"""Who hears of what happens to them in a community. Each row holds ids; the words are found when the mail leaves."""

from __future__ import annotations

from datetime import datetime

from cop.communities.events import (
    JoinRequestSettled,
    ModeratorAppointed,
    ModeratorDismissed,
    PersonInvited,
    PersonRemoved,
    PersonReturned,
    PersonVouchedFor,
    VouchWithdrawn,
)
from cop.platform.outbox import enqueue

NEWS, INVITE = "notifications.membership", "notifications.invitation"
ANSWERED, VOUCHED, WITHDRAWN, REMOVED, RETURNED, APPOINTED, DISMISSED = (
    "answered", "vouched", "withdrawn", "removed", "returned", "appointed", "dismissed",
)  # fmt: skip


def tell_of_answer(settled: JoinRequestSettled) -> None:
    _queue(ANSWERED, settled.community_id, settled.person_id, settled.at, ref=settled.request_id)


def tell_of_vouch(vouched: PersonVouchedFor) -> None:
    _queue(VOUCHED, vouched.community_id, vouched.person_id, vouched.at, ref=vouched.vouch_id)


def tell_of_withdrawal(withdrawn: VouchWithdrawn) -> None:
    _queue(WITHDRAWN, withdrawn.community_id, withdrawn.person_id, withdrawn.at, ref=withdrawn.vouch_id)


def tell_of_removal(removed: PersonRemoved) -> None:
    _queue(REMOVED, removed.community_id, removed.person_id, removed.at, ref=removed.removal_id)


def tell_of_return(returned: PersonReturned) -> None:
    _queue(RETURNED, returned.community_id, returned.person_id, returned.at, ref=returned.removal_id)


def tell_of_appointment(appointed: ModeratorAppointed) -> None:
    _queue(APPOINTED, appointed.community_id, appointed.person_id, appointed.at)


def tell_of_dismissal(dismissed: ModeratorDismissed) -> None:
    _queue(DISMISSED, dismissed.community_id, dismissed.person_id, dismissed.at)


def send_invitation(invited: PersonInvited) -> None:
    """One by link is handed on by whoever made it; the job finds that there is nothing to send."""
    enqueue(INVITE, {"invitation_id": invited.invitation_id}, now=invited.at)


def _queue(what: str, community_id: int, person_id: int, at: datetime, *, ref: int = 0) -> None:
    enqueue(NEWS, {"what": what, "community_id": community_id, "person_id": person_id, "ref": ref}, now=at)
