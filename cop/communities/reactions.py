"""What communities do when somebody leaves the site."""

from __future__ import annotations

from sqlalchemy import delete

from cop.accounts.events import AccountClosed
from cop.communities.models import Membership
from cop.platform.database import session


def let_go(left: AccountClosed) -> None:
    """Take the person off every list of members. What they said and vouched for stays."""
    session().execute(delete(Membership).where(Membership.person_id == left.person_id))
