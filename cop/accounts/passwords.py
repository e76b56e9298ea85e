"""Passwords: argon2id, verbatim, and the same work for known and unknown addresses."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cop.platform.words import gettext as _

SHORTEST, LONGEST = 8, 128
_COMMON = frozenset(
    """
    password password1 password12 password123 passw0rd 12345678 123456789 1234567890 qwertyui qwertyuiop qwerty123
    iloveyou sunshine princess football baseball superman trustno1 letmein1 welcome1 abcd1234 1q2w3e4r 11111111
    00000000 88888888 asdfghjk computer whatever starwars michelle jennifer changeme administrator
    """.split()  # noqa: SIM905  # as words it can be read
)
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
    if folded in _COMMON or len(set(folded)) < 4:
        return _("Many people use that one, so it is among the first that are tried. Choose another.")
    if folded in (name.casefold(), email.casefold(), email.partition("@")[0].casefold()):
        return _("That is your name or address. Choose something that others do not know.")
    return ""


def _dummy_hash() -> str:
    global _dummy
    if not _dummy:
        _dummy = _hasher.hash("nobody has this password")
    return _dummy
