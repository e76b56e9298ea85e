"""Tickets: issued by whoever sends the letter, spent by whoever opens it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, update

from cop.accounts.models import INVITATION, NEW_ADDRESS, RESET, SIGN_UP, UNDO, VERIFY, Ticket
from cop.accounts.queries import OpenTicket, find_ticket
from cop.platform.database import session
from cop.platform.errors import NotVisible
from cop.platform.tokens import hash_of, new_token

LASTS = {
    SIGN_UP: timedelta(days=1),
    INVITATION: timedelta(days=14),
    VERIFY: timedelta(days=1),
    RESET: timedelta(minutes=30),
    NEW_ADDRESS: timedelta(days=1),
    UNDO: timedelta(days=7),
}
_KEPT_AFTER = timedelta(days=1)


def issue_ticket(
    purpose: str, *, person_id: int | None, address: str, now: datetime, about: Mapping[str, Any] | None = None
) -> str:
    """Make a ticket and give its token, which stands nowhere but in the letter. Older ones for the same end now."""
    if purpose != UNDO:  # every change of address can be undone on its own
        same = Ticket.person_id == person_id if person_id else Ticket.address == address
        session().execute(delete(Ticket).where(Ticket.purpose == purpose, same))
    token = new_token()
    session().add(
        Ticket(
            token_hash=hash_of(token),
            purpose=purpose,
            person_id=person_id,
            address=address,
            about=json.dumps(about or {}),
            issued_at=now,
            expires_at=now + LASTS[purpose],
        )
    )
    session().flush()
    return token


def spend_ticket(token: str, *, now: datetime) -> OpenTicket:
    """Use a ticket up, in the transaction that does what it is for; of two at once, one finds it spent.

    Raises:
        NotVisible: there is none, it was used, or its time is over.
    """
    ticket = find_ticket(token, now=now)
    if ticket is None:
        raise NotVisible
    spent = session().execute(
        update(Ticket).where(Ticket.id == ticket.id, Ticket.used_at.is_(None)).values(used_at=now).returning(Ticket.id)
    )
    if spent.first() is None:
        raise NotVisible
    return ticket


def cancel_tickets(person_id: int, *purposes: str) -> None:
    """End what was sent to somebody and not yet used: a reset, when the password or the address is another."""
    session().execute(delete(Ticket).where(Ticket.person_id == person_id, Ticket.purpose.in_(purposes)))


def forget_old_tickets(*, now: datetime) -> None:
    over = or_(Ticket.expires_at < now - _KEPT_AFTER, Ticket.used_at < now - _KEPT_AFTER)
    session().execute(delete(Ticket).where(over))
