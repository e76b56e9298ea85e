"""Who hears of what."""

from __future__ import annotations

from cop.accounts.events import PersonSignedUp
from cop.platform.outbox import enqueue

WELCOME = "notifications.welcome"


def welcome_person(signed_up: PersonSignedUp) -> None:
    """Queue the mail; it is written when it is sent, to the address of that moment."""
    enqueue(WELCOME, {"person_id": signed_up.person_id}, now=signed_up.at)
