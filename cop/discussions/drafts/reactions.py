"""What becomes of somebody's drafts when they go."""

from sqlalchemy import delete

from cop.accounts.events import AccountClosed
from cop.discussions.drafts.models import Draft
from cop.platform.database import session


def forget_drafts(happened: AccountClosed) -> None:
    """What was told stays; what was only begun was nobody else's business and goes with its owner."""
    session().execute(delete(Draft).where(Draft.person_id == happened.person_id))
