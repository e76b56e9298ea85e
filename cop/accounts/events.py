"""What happens to accounts."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PersonSignedUp:
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonRevised:
    """What others read of somebody has changed: a name, a practice, what they say of themselves."""

    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonVerified:
    """Somebody has shown that mail reaches them."""

    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PasswordChanged:
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class AccountClosed:
    """An account is no more; what the person told stays, under a former member."""

    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonSuspended:
    person_id: int
    by_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonRestored:
    person_id: int
    by_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class AdministratorAppointed:
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class AdministratorRemoved:
    person_id: int
    at: datetime
