"""Reads of people, their sessions and their tickets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select

from cop.accounts.models import Person, Session, Ticket
from cop.accounts.viewer import Place, Viewer
from cop.platform.database import ask, session
from cop.platform.errors import NotVisible
from cop.platform.slugs import is_slug
from cop.platform.tokens import hash_of

PEOPLE_A_PAGE = 50
MOST_SESSIONS = 100


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signing in needs of a person."""

    person_id: int
    password_hash: str
    is_suspended: bool = False


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person as they stand beside what they said."""

    id: int
    handle: str
    name: str
    practice: str
    practising_since: int | None
    setting: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as their own page shows them."""

    id: int
    handle: str
    name: str
    practice: str
    practising_since: int | None
    setting: str
    signed_up_at: datetime
    willing_to_be_asked: bool = False
    html: str = ""  # what they say of themselves


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """What one's own settings show of oneself."""

    email: str
    bio: str
    willing_to_be_asked: bool
    password_hash: str


@dataclass(frozen=True, slots=True)
class Account:
    """A person as administrators see them."""

    id: int
    handle: str
    name: str
    email: str
    signed_up_at: datetime
    is_verified: bool
    is_administrator: bool
    suspended_at: datetime | None
    suspended_for: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One device that is signed in."""

    id: int
    device: str
    started_at: datetime
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A ticket that can still be used, and what was said when it was asked for."""

    id: int
    purpose: str
    person_id: int | None
    address: str
    about: Mapping[str, Any]


def select_lines() -> Select[int, str, str, str, int | None, str]:
    return select(Person.id, Person.handle, Person.name, Person.practice, Person.practising_since, Person.setting)


def is_here() -> Any:
    """Whoever has not left: the others are a former member to everybody."""
    return Person.deactivated_at.is_(None)


def is_able() -> Any:
    """Whoever is here and not suspended."""
    return is_here() & Person.suspended_at.is_(None)


def select_viewers() -> Select[*tuple[Any, ...]]:
    """The columns of `viewer_of`; whoever is suspended or has left is nobody's viewer."""
    return select(
        Person.id, Person.handle, Person.name, Person.practice, Person.practising_since, Person.setting,
        Person.verified_at.is_not(None), Person.administrator_since.is_not(None), Person.language, Person.time_zone,
        Person.theme,
    ).where(is_able())  # fmt: skip


def viewer_of(
    row: Sequence[Any], of_session: Sequence[Any], places: Mapping[int, Place], removed_from: frozenset[int]
) -> Viewer:
    """A person as the viewer of a page.

    Args:
        row: the columns of `select_viewers`.
        of_session: their session's id, and when it was last seen; nothing for whoever acts without one.
    """
    session_id, last_seen_at = of_session or (None, None)
    return Viewer(
        id=row[0], handle=row[1], name=row[2], practice=row[3], practising_since=row[4], setting=row[5],
        is_verified=bool(row[6]), is_administrator=bool(row[7]), language=row[8], time_zone=row[9], theme=row[10],
        session_id=session_id, last_seen_at=last_seen_at, places=places, removed_from=removed_from,
    )  # fmt: skip


def find_credentials(email: str) -> Credentials | None:
    """The stored hash for a folded address."""
    row = session().execute(
        select(Person.id, Person.password_hash, Person.suspended_at.is_not(None)).where(
            Person.email == email, is_here()
        )
    ).first()  # fmt: skip
    return Credentials(row[0], row[1], bool(row[2])) if row else None


def hold_account(person_id: int) -> str | None:
    """The stored hash of somebody who is here and not suspended; their row is held until the transaction ends."""
    here = select(Person.password_hash).where(Person.id == person_id, is_able())
    return session().scalar(here.with_for_update())


def is_address_taken(email: str) -> bool:
    return find_person_by_email(email) is not None


def find_person_by_email(email: str) -> int | None:
    return session().scalar(select(Person.id).where(Person.email == email, is_here()))


def address_of(person_id: int) -> str | None:
    """Where mail to this person goes."""
    return session().scalar(select(Person.email).where(Person.id == person_id, is_here()))


def get_profile(handle: str) -> Profile:
    """The person with exactly this handle; what of them may be shown to whom is for the page to find out.

    Raises:
        NotVisible: there is none.
    """
    asked = (
        select_lines()
        .add_columns(Person.signed_up_at, Person.willing_to_be_asked, Person.bio_html)
        .where(Person.handle == handle, is_here())
    )
    row = session().execute(asked).first() if is_slug(handle) else None
    if row is None:
        raise NotVisible
    return Profile(*row)


def list_lines(person_ids: Iterable[int]) -> dict[int, PersonLine]:
    """People by id, in one statement; who has left is absent."""
    wanted = set(person_ids)
    if not wanted:
        return {}
    return {row.id: PersonLine(*row) for row in ask(_LINES, {"person_ids": list(wanted)})}


_LINES = select_lines().where(Person.id.in_(bindparam("person_ids", expanding=True)), is_here())


def list_taken_handles(stem: str) -> set[str]:
    """The handles that begin with a stem, so that a free one can be found."""
    taken = select(Person.handle).where(or_(Person.handle == stem, Person.handle.like(f"{stem}-%")))
    return set(session().scalars(taken))


def get_own_account(person_id: int) -> OwnAccount:
    row = session().execute(
        select(Person.email, Person.bio, Person.willing_to_be_asked, Person.password_hash).where(
            Person.id == person_id, is_here()
        )
    ).one()  # fmt: skip
    return OwnAccount(*row)


def list_sessions(person_id: int, *, now: datetime) -> list[SignedIn]:
    """The devices a person is signed in on, the one used latest first."""
    used_at = func.coalesce(Session.last_seen_at, Session.started_at)
    rows = session().execute(
        select(Session.id, Session.device, Session.started_at, Session.last_seen_at)
        .where(Session.person_id == person_id, Session.expires_at > now)
        .order_by(used_at.desc(), Session.id.desc())
        .limit(MOST_SESSIONS)
    )
    return [SignedIn(*row) for row in rows]


def find_ticket(token: str, *, now: datetime) -> OpenTicket | None:
    """The ticket of a token, if it can still be used. Asked when the page is shown and again when its form is sent."""
    row = session().execute(
        select(Ticket.id, Ticket.purpose, Ticket.person_id, Ticket.address, Ticket.about).where(
            Ticket.token_hash == hash_of(token), Ticket.used_at.is_(None), Ticket.expires_at > now
        )
    ).first()  # fmt: skip
    return OpenTicket(*row[:4], json.loads(row.about)) if row else None


def has_administrator() -> bool:
    return session().scalar(select(Person.id).where(Person.administrator_since.is_not(None)).limit(1)) is not None


def count_administrators() -> int:
    """How many there are who can act: a suspended one cannot."""
    able = select(func.count()).select_from(Person).where(Person.administrator_since.is_not(None), is_able())
    return session().scalar(able) or 0


def hold_administrators() -> frozenset[int]:
    """Those who can act as administrators, held in one order until the transaction ends."""
    able = select(Person.id).where(Person.administrator_since.is_not(None), is_able()).order_by(Person.id)
    return frozenset(session().scalars(able.with_for_update(key_share=True)))


def list_administrators() -> list[Account]:
    return _accounts(_select_accounts().where(Person.administrator_since.is_not(None)).order_by(Person.email))


def list_accounts(*, after: tuple[datetime, int] | None = None) -> list[Account]:
    """Everybody, the latest first; one more than a page when there are more."""
    asked = _select_accounts().order_by(Person.signed_up_at.desc(), Person.id.desc()).limit(PEOPLE_A_PAGE + 1)
    if after:
        at, person_id = after
        asked = asked.where(
            or_(Person.signed_up_at < at, (Person.signed_up_at == at) & (Person.id < person_id))
        )  # fmt: skip
    return _accounts(asked)


def find_accounts(wanted: str, address: str) -> list[Account]:
    """Whoever has exactly this handle or folded address, or whose name holds the words."""
    words = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    by_name = func.lower(Person.name).like(f"%{words.lower()}%", escape="\\")
    matches = or_(Person.handle == wanted, Person.email == address, by_name)
    return _accounts(_select_accounts().where(matches).order_by(Person.name, Person.id).limit(PEOPLE_A_PAGE))


def get_account(handle: str) -> Account:
    """Somebody, for an administrator.

    Raises:
        NotVisible: there is nobody of this handle, or they have left.
    """
    found = _accounts(_select_accounts().where(Person.handle == handle)) if is_slug(handle) else []
    if not found:
        raise NotVisible
    return found[0]


def _select_accounts() -> Select[*tuple[Any, ...]]:
    return select(
        Person.id, Person.handle, Person.name, Person.email, Person.signed_up_at, Person.verified_at.is_not(None),
        Person.administrator_since.is_not(None), Person.suspended_at, Person.suspended_for,
    ).where(is_here())  # fmt: skip


def _accounts(asked: Select[*tuple[Any, ...]]) -> list[Account]:
    return [Account(*row) for row in session().execute(asked)]


def name_of(person_id: int) -> str:
    return session().scalar(select(Person.name).where(Person.id == person_id)) or ""
