"""What administrators do with accounts and with the site; and how somebody becomes one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import update

from cop.accounts.events import AdministratorAppointed, AdministratorRemoved, PersonRestored, PersonSuspended
from cop.accounts.models import Person
from cop.accounts.permissions import can_administer, can_suspend
from cop.accounts.queries import Account, hold_administrators
from cop.accounts.sessions import end_other_sessions
from cop.accounts.viewer import Viewer
from cop.platform import choices
from cop.platform.characters import says_something
from cop.platform.choices import Choices
from cop.platform.database import session
from cop.platform.errors import Conflict, Unsound
from cop.platform.events import publish
from cop.platform.words import gettext as _

LONGEST_REASON = 280


def suspend_person(*, actor: Viewer, account: Account, reason: str, now: datetime) -> None:
    """Keep somebody out: their devices are signed out at once, and they cannot sign in.

    Raises:
        NotAllowed: oneself, the last administrator, or not an administrator's hand.
        Unsound: no reason, or a long one.
    """
    administrators = hold_administrators()
    can_suspend(
        _as_of_now(actor, administrators),
        person_id=account.id,
        is_administrator=account.id in administrators,
        administrators=len(administrators),
    ).enforce()
    if not says_something(reason) or len(reason) > LONGEST_REASON:
        raise Unsound({"reason": _("Say why, in at most %(most)s characters.", most=LONGEST_REASON)})
    session().execute(
        update(Person)
        .where(Person.id == account.id, Person.deactivated_at.is_(None))
        .values(suspended_at=now, suspended_by_id=actor.person_id, suspended_for=reason)
    )
    end_other_sessions(person_id=account.id, session_id=None)
    publish(PersonSuspended(person_id=account.id, by_id=actor.person_id, at=now))


def restore_person(*, actor: Viewer, account: Account, now: datetime) -> None:
    """Let somebody in again."""
    can_administer(_as_of_now(actor, hold_administrators())).enforce()
    session().execute(
        update(Person)
        .where(Person.id == account.id)
        .values(suspended_at=None, suspended_by_id=None, suspended_for="")
    )  # fmt: skip
    publish(PersonRestored(person_id=account.id, by_id=actor.person_id, at=now))


def choose_for_site(*, actor: Viewer, chosen: Choices, now: datetime) -> None:
    """Set what the site is called, who may make an account and who may found a community."""
    can_administer(_as_of_now(actor, hold_administrators())).enforce()
    choices.choose(chosen, by_id=actor.person_id, now=now)


def appoint_administrator(*, person_id: int, now: datetime) -> None:
    """Make somebody an administrator. For the commands alone: no page hands this out."""
    session().execute(
        update(Person)
        .where(Person.id == person_id, Person.administrator_since.is_(None))
        .values(administrator_since=now)
    )
    publish(AdministratorAppointed(person_id=person_id, at=now))


def remove_administrator(*, person_id: int, now: datetime) -> None:
    """Make an administrator an ordinary member again.

    Raises:
        Conflict: nobody else could look after the site.
    """
    if not hold_administrators() - {person_id}:
        raise Conflict(_("This is the only administrator. Make another one first."))
    session().execute(update(Person).where(Person.id == person_id).values(administrator_since=None))
    publish(AdministratorRemoved(person_id=person_id, at=now))


def _as_of_now(actor: Viewer, administrators: frozenset[int]) -> Viewer:
    """The actor as they are at this moment: two who suspend each other at once leave one."""
    return replace(actor, is_administrator=actor.id in administrators)
