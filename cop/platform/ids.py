"""Ids that people can see: random 63-bit numbers, written in base 32 without the letters people confuse."""

import secrets
from functools import lru_cache

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
LARGEST = 2**63 - 1


def new_id() -> int:
    """A random id; never 0, which some tables use for "nobody in particular"."""
    return secrets.randbelow(LARGEST) + 1


@lru_cache(maxsize=4_000)
def spell(number: int) -> str:
    """Write an id as it stands in addresses."""
    digits = []
    while number:
        number, value = divmod(number, 32)
        digits.append(_DIGITS[value])
    return "".join(reversed(digits)) or "0"


def read(text: str) -> int | None:
    """The id that `text` spells, or None for anything that `spell` would not have written."""
    if not text or len(text) > 13 or any(c not in _VALUES for c in text):
        return None
    number = 0
    for c in text:
        number = number * 32 + _VALUES[c]
    return number if number <= LARGEST and spell(number) == text else None
