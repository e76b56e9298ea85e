"""What communities do when somebody leaves the site."""

from __future__ import annotations

from sqlalchemy import delete, update

from cop.accounts.events import AccountClosed
from cop.communities.models import JoinRequest, Membership, Removal, Silence
from cop.platform.database import session


def let_go(left: AccountClosed) -> None:
    """Take the person off every list of members, of who asks and of who may come back. What they said stays."""
    gone = left.person_id
    session().execute(delete(Membership).where(Membership.person_id == gone))
    session().execute(delete(Silence).where(Silence.person_id == gone))
    session().execute(
        update(JoinRequest)
        .where(JoinRequest.person_id == gone, JoinRequest.settled_at.is_(None))
        .values(outcome="withdrawn", settled_at=left.at)
    )
    session().execute(
        update(Removal).where(Removal.person_id == gone, Removal.ended_at.is_(None)).values(ended_at=left.at)
    )
