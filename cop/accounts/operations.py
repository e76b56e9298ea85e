"""Signing up, signing in and out, and saying what one practises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import delete, update

from cop.accounts import names
from cop.accounts.events import PersonSignedUp
from cop.accounts.models import Person, Session
from cop.accounts.queries import is_address_taken, list_taken_handles
from cop.accounts.viewer import Viewer
from cop.platform.database import session
from cop.platform.errors import Unsound
from cop.platform.events import publish
from cop.platform.ids import new_id
from cop.platform.tokens import hash_of, new_token
from cop.platform.words import gettext as _

STAY = timedelta(days=60)  # "keep me signed in on this device"
SHIFT = timedelta(hours=14)  # otherwise: the longest shift, and no further


@dataclass(frozen=True, slots=True)
class Practice:
    """What a person says of their work: a line, the year they began, and where."""

    line: str = ""
    since: int | None = None
    setting: str = ""


def sign_up(*, name: str, email: str, password_hash: str, practice: Practice, now: datetime) -> int:
    """Make an account; its person id.

    Raises:
        Unsound: the address has an account already.
    """
    if is_address_taken(email):
        raise Unsound({"email": _("That address has an account here already. Sign in with it.")})
    person = Person(
        id=new_id(),
        handle=_free_handle(name),
        name=name,
        email=email,
        password_hash=password_hash,
        practice=practice.line,
        practising_since=practice.since,
        setting=practice.setting,
        signed_up_at=now,
    )
    session().add(person)
    session().flush()
    publish(PersonSignedUp(person_id=person.id, at=now))
    return person.id


def start_session(*, person_id: int, stays: bool, now: datetime) -> str:
    """Sign a device in; the token goes into its cookie and is not kept here."""
    token = new_token()
    session().add(
        Session(
            token_hash=hash_of(token),
            person_id=person_id,
            started_at=now,
            expires_at=now + (STAY if stays else SHIFT),
        )
    )
    session().flush()
    return token


def end_session(*, actor: Viewer) -> None:
    """Sign this device out: a copy of its cookie is dead from now on."""
    session().execute(delete(Session).where(Session.id == actor.session_id))


def say_practice(*, actor: Viewer, name: str, practice: Practice) -> None:
    """Change what one is called and what one says of one's work."""
    session().execute(
        update(Person)
        .where(Person.id == actor.person_id)
        .values(name=name, practice=practice.line, practising_since=practice.since, setting=practice.setting)
    )


def forget_expired_sessions(*, now: datetime) -> None:
    session().execute(delete(Session).where(Session.expires_at < now))


def _free_handle(name: str) -> str:
    stem = names.handle_stem(name)
    taken = list_taken_handles(stem)
    if stem not in taken:
        return stem
    return next(handle for n in count(2) if (handle := f"{stem}-{n}") not in taken)
