"""Who hears of what."""

from __future__ import annotations

from cop.accounts.events import PasswordChanged, PersonSignedUp
from cop.accounts.letters import PASSWORD_NOTICE
from cop.platform.outbox import enqueue

WELCOME = "notifications.welcome"


def welcome_person(signed_up: PersonSignedUp) -> None:
    """Queue the mail; it is written when it is sent, to the address of that moment."""
    enqueue(WELCOME, {"person_id": signed_up.person_id}, now=signed_up.at)


def tell_of_new_password(changed: PasswordChanged) -> None:
    """Whoever owns the account learns of it, whoever did it."""
    enqueue(PASSWORD_NOTICE, {"person_id": changed.person_id}, now=changed.at)
