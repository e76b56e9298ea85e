"""Reads of people and sessions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select

from cop.accounts.models import Person
from cop.platform.database import session
from cop.platform.errors import NotVisible
from cop.platform.slugs import is_slug


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signing in needs of a person."""

    person_id: int
    password_hash: str


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


def select_lines() -> Select[int, str, str, str, int | None, str]:
    return select(Person.id, Person.handle, Person.name, Person.practice, Person.practising_since, Person.setting)


def find_credentials(email: str) -> Credentials | None:
    """The stored hash for a folded address."""
    row = session().execute(select(Person.id, Person.password_hash).where(Person.email == email)).first()
    return Credentials(*row) if row else None


def is_address_taken(email: str) -> bool:
    return session().scalar(select(Person.id).where(Person.email == email)) is not None


def find_person_by_email(email: str) -> int | None:
    return session().scalar(select(Person.id).where(Person.email == email))


def address_of(person_id: int) -> str | None:
    """Where mail to this person goes."""
    return session().scalar(select(Person.email).where(Person.id == person_id))


def get_profile(handle: str) -> Profile:
    """The person with exactly this handle; what of them may be shown to whom is for the page to find out.

    Raises:
        NotVisible: there is none.
    """
    asked = select_lines().add_columns(Person.signed_up_at).where(Person.handle == handle)
    row = session().execute(asked).first() if is_slug(handle) else None
    if row is None:
        raise NotVisible
    return Profile(*row)


def list_lines(person_ids: Iterable[int]) -> dict[int, PersonLine]:
    """People by id, in one statement."""
    wanted = set(person_ids)
    if not wanted:
        return {}
    return {row.id: PersonLine(*row) for row in session().execute(select_lines().where(Person.id.in_(wanted)))}


def list_taken_handles(stem: str) -> set[str]:
    """The handles that begin with a stem, so that a free one can be found."""
    taken = select(Person.handle).where(or_(Person.handle == stem, Person.handle.like(f"{stem}-%")))
    return set(session().scalars(taken))
