"""Passwords: argon2id, verbatim, and the same work for known and unknown addresses."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cop.platform.words import gettext as _

SHORTEST, LONGEST = 8, 128
_hasher = PasswordHasher()
_dummy = ""


def hash_password(password: str) -> str:
    """An argon2id hash; about 50 ms of work, so never inside a transaction."""
    return _hasher.hash(password)


def goes_with(password: str, stored: str | None) -> bool:
    """Whether the password belongs to the stored hash; costs the same when there is no account (`stored` is None)."""
    try:
        matched = _hasher.verify(stored or _dummy_hash(), password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return matched and stored is not None


def fault_of(password: str, *, name: str, email: str) -> str:
    """The sentence that says why this password will not do, or nothing."""
    if len(password) < SHORTEST:
        return _("Use at least %(shortest)s characters.", shortest=SHORTEST)
    if len(password) > LONGEST:
        return _("Use at most %(longest)s characters.", longest=LONGEST)
    folded = password.casefold()
    if folded in _common() or len(set(folded)) < 4:
        return _("Many people use that one, so it is among the first that are tried. Choose another.")
    if folded in (name.casefold(), email.casefold(), email.partition("@")[0].casefold()):
        return _("That is your name or address. Choose something that others do not know.")
    return ""


@cache
def _common() -> frozenset[str]:
    """The thirty thousand that people use most, from what was breached; read once, when somebody chooses one."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])


def _dummy_hash() -> str:
    global _dummy
    if not _dummy:
        _dummy = _hasher.hash("nobody has this password")
    return _dummy
