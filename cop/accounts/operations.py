"""Making and closing accounts, addresses and passwords, and what a person says of themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import count

from sqlalchemy import delete, update

from cop.accounts import names
from cop.accounts.events import AccountClosed, PasswordChanged, PersonRevised, PersonSignedUp, PersonVerified
from cop.accounts.letters import ADDRESS_NOTICE, FAREWELL, ask_to_reset
from cop.accounts.models import NEW_ADDRESS, RESET, UNDO, VERIFY, Person, Session, Ticket
from cop.accounts.permissions import Ties, can_leave_site
from cop.accounts.queries import address_of, hold_account, is_address_taken, list_taken_handles
from cop.accounts.sessions import end_other_sessions
from cop.accounts.tickets import cancel_tickets
from cop.accounts.viewer import Viewer
from cop.platform.database import session
from cop.platform.errors import Conflict, NotAllowed, Unsound
from cop.platform.events import publish
from cop.platform.ids import new_id, spell
from cop.platform.markup import Rendered
from cop.platform.outbox import enqueue
from cop.platform.words import gettext as _

_NO_PASSWORD = "!"  # noqa: S105  # goes with nothing
_NOWHERE = "invalid"  # a top-level domain that never is: RFC 2606


@dataclass(frozen=True, slots=True)
class Practice:
    """What a person says of their work: a line, the year they began, and where."""

    line: str = ""
    since: int | None = None
    setting: str = ""


@dataclass(frozen=True, slots=True)
class Preferences:
    """How the site speaks to a person: empty means as it does to everybody."""

    language: str = ""
    time_zone: str = ""
    theme: str = ""


def sign_up(*, name: str, email: str, password_hash: str, practice: Practice, now: datetime) -> int:
    """Make an account for somebody whose address is known to be theirs; their person id.

    Raises:
        Unsound: the address has an account already.
    """
    if is_address_taken(email):
        raise Unsound({"email": _("That address has an account here already. Sign in with it.")})
    person = Person(
        id=new_id(),
        handle=_free_handle(name),
        name=name,
        name_skeleton=names.skeleton(name),
        email=email,
        password_hash=password_hash,
        practice=practice.line,
        practising_since=practice.since,
        setting=practice.setting,
        signed_up_at=now,
        verified_at=now,
    )
    session().add(person)
    session().flush()
    publish(PersonSignedUp(person_id=person.id, at=now))
    return person.id


def verify_address(*, person_id: int, address: str, now: datetime) -> None:
    """Believe that mail reaches somebody at the address they had when the letter was sent.

    Raises:
        Conflict: they have another one by now.
    """
    if address_of(person_id) != address:
        raise Conflict(_("Your address has changed since this letter was sent. Ask for another."))
    session().execute(update(Person).where(Person.id == person_id).values(verified_at=now))
    publish(PersonVerified(person_id=person_id, at=now))


def say_practice(
    *,
    actor: Viewer,
    name: str,
    practice: Practice,
    now: datetime,
    bio: Rendered | None = None,
    willing_to_be_asked: bool = False,
) -> None:
    """Change what one is called and what one says of oneself; whoever asks has seen that the name may be had.

    Raises:
        NotAllowed: their account was suspended or closed meanwhile.
    """
    _see_that_one_is_here(actor)
    about = bio or Rendered("", "", 0)
    session().execute(
        update(Person)
        .where(Person.id == actor.person_id)
        .values(
            name=name,
            name_skeleton=names.skeleton(name),
            practice=practice.line,
            practising_since=practice.since,
            setting=practice.setting,
            bio=about.source,
            bio_html=about.html,
            bio_renderer=about.renderer,
            willing_to_be_asked=willing_to_be_asked,
        )
    )
    publish(PersonRevised(person_id=actor.person_id, at=now))


def prefer(*, actor: Viewer, preferences: Preferences) -> None:
    """Keep how the site is to speak to this person. Nobody else sees it.

    Raises:
        NotAllowed: as above.
    """
    _see_that_one_is_here(actor)
    session().execute(
        update(Person)
        .where(Person.id == actor.person_id)
        .values(language=preferences.language, time_zone=preferences.time_zone, theme=preferences.theme)
    )


def confirm_password(*, person_id: int, password_hash: str) -> None:
    """See that what was just proved outside the transaction still holds in it, and hold it until the end.

    Args:
        password_hash: the stored hash with which the typed password went.

    Raises:
        Conflict: the password was changed, or the account closed or suspended, in between.
    """
    if hold_account(person_id) != password_hash:
        raise Conflict(_("Your password was changed a moment ago. Sign in with the new one."))


def change_password(
    *, person_id: int, password_hash: str, now: datetime, session_id: int | None = None, verifies: bool = False
) -> None:
    """Set another password: every other session ends, what could undo it ends, and the owner is told by mail.

    Args:
        session_id: the session in which it was changed, which goes on; none after a reset.
        verifies: the person came by a link in a mail, so the address is theirs.
    """
    session().execute(update(Person).where(Person.id == person_id).values(password_hash=password_hash))
    if verifies:
        session().execute(
            update(Person).where(Person.id == person_id, Person.verified_at.is_(None)).values(verified_at=now)
        )
    end_other_sessions(person_id=person_id, session_id=session_id)
    cancel_tickets(person_id, RESET, NEW_ADDRESS)
    publish(PasswordChanged(person_id=person_id, at=now))


def move_to_address(*, person_id: int, address: str, now: datetime) -> None:
    """Let an address that has been confirmed take the old one's place, whose owner is told and can undo it.

    Raises:
        Conflict: somebody else has made an account with it meanwhile.
    """
    old = address_of(person_id)
    if old is None or is_address_taken(address):
        raise Conflict(_("That address cannot be used here. Your old one stays."))
    session().execute(update(Person).where(Person.id == person_id).values(email=address, verified_at=now))
    cancel_tickets(person_id, RESET, VERIFY, NEW_ADDRESS)
    enqueue(ADDRESS_NOTICE, {"person_id": person_id, "old": old}, now=now)
    publish(PersonVerified(person_id=person_id, at=now))


def restore_address(*, person_id: int, address: str, now: datetime) -> None:
    """Undo a change of address that was not the owner's: the old one is back and nobody is signed in.

    Raises:
        Conflict: the account is gone, or somebody else has the old address by now.
    """
    if address_of(person_id) is None or is_address_taken(address):
        raise Conflict(_("The old address cannot be put back. Write to whoever runs this site."))
    session().execute(
        update(Person)
        .where(Person.id == person_id)
        .values(email=address, verified_at=now, password_hash=_NO_PASSWORD)  # whoever changed it knew the password
    )
    end_other_sessions(person_id=person_id, session_id=None)
    cancel_tickets(person_id, RESET, VERIFY, NEW_ADDRESS, UNDO)
    ask_to_reset(address=address, now=now)
    publish(PersonVerified(person_id=person_id, at=now))


def leave_site(*, actor: Viewer, ties: Ties, now: datetime) -> None:
    """Close one's account for good: the address is free, and nothing says any more who told what was told."""
    can_leave_site(ties).enforce()
    person_id = actor.person_id
    enqueue(FAREWELL, {"address": address_of(person_id)}, now=now)
    session().execute(delete(Session).where(Session.person_id == person_id))
    session().execute(delete(Ticket).where(Ticket.person_id == person_id))
    session().execute(update(Person).where(Person.id == person_id).values(**_blank(person_id), deactivated_at=now))
    publish(AccountClosed(person_id=person_id, at=now))


def _see_that_one_is_here(actor: Viewer) -> None:
    """What waited while the account was closed must not write a name into it again."""
    if hold_account(actor.person_id) is None:
        raise NotAllowed(_("Your account has been suspended or closed."))


def _blank(person_id: int) -> dict[str, object]:
    """What stands in the row of somebody who has left."""
    return {
        "handle": f"former-{spell(person_id)}",
        "email": f"{spell(person_id)}@{_NOWHERE}",
        "password_hash": _NO_PASSWORD,
        "practising_since": None,
        "bio_renderer": 0,
        "willing_to_be_asked": False,
        "verified_at": None,
        "administrator_since": None,
        **dict.fromkeys(
            ("name", "name_skeleton", "practice", "setting", "bio", "bio_html", "language", "time_zone", "theme"), ""
        ),
    }


def _free_handle(name: str) -> str:
    stem = names.handle_stem(name)
    taken = list_taken_handles(stem)
    if stem not in taken:
        return stem
    return next(handle for n in count(2) if (handle := f"{stem}-{n}") not in taken)
