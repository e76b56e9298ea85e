"""What a letter's link leads to: the ticket behind it, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cop.accounts.queries import OpenTicket, find_ticket, name_of
from cop.platform.database import reading

_SHORTEST, _LONGEST = 40, 50  # of a token


@dataclass(frozen=True, slots=True)
class OpenedLetter:
    """A ticket that can still be used, and the name of the person it was sent to, if they are here already."""

    ticket: OpenTicket
    name: str


def find_letter(token: str, *, now: datetime) -> OpenedLetter | None:
    """A short read of its own, so that a form's work can begin afterwards on a fresh session."""
    if not _SHORTEST <= len(token) <= _LONGEST:
        return None
    with reading():
        ticket = find_ticket(token, now=now)
        return OpenedLetter(ticket, name_of(ticket.person_id) if ticket.person_id else "") if ticket else None
