"""Asking for a letter. The request that asks never looks whether there is an account: whoever sends it does.

So a known and an unknown address cost the same work and leave the same trace: one outbox row.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cop.accounts.viewer import Viewer
from cop.platform.outbox import enqueue

SIGN_UP_LETTER = "letters.sign-up"
INVITATION_LETTER = "letters.invitation"
RESET_LETTER = "letters.reset"
VERIFY_LETTER = "letters.verify"
NEW_ADDRESS_LETTER = "letters.new-address"
ADDRESS_NOTICE = "letters.address-changed"
PASSWORD_NOTICE = "letters.password-changed"  # noqa: S105  # the name of a letter
FAREWELL = "letters.farewell"


def ask_to_sign_up(*, address: str, about: Mapping[str, Any], now: datetime) -> None:
    """Ask for the letter with which an account can be made; there is none before it is opened.

    Args:
        about: what was typed, for the form that the letter leads to.
    """
    enqueue(SIGN_UP_LETTER, {"address": address, "about": dict(about)}, now=now)


def invite(*, actor: Viewer, address: str, now: datetime) -> None:
    """Ask for the letter with which somebody can make an account where not everybody may."""
    enqueue(INVITATION_LETTER, {"address": address, "by_id": actor.person_id}, now=now)


def ask_to_reset(*, address: str, now: datetime) -> None:
    enqueue(RESET_LETTER, {"address": address}, now=now)


def ask_to_verify(*, actor: Viewer, now: datetime) -> None:
    enqueue(VERIFY_LETTER, {"person_id": actor.person_id}, now=now)


def ask_for_new_address(*, actor: Viewer, address: str, now: datetime) -> None:
    """Ask for the letter that must be opened at the new address before anything changes."""
    enqueue(NEW_ADDRESS_LETTER, {"person_id": actor.person_id, "address": address}, now=now)
