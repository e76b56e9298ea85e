"""Mail addresses: one spelling each, so that nobody has two accounts by accident."""

import re
import unicodedata

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\[\]\\.]{2,63}")
LONGEST = 254


def fold(address: str) -> str:
    """The spelling under which an address is stored and looked up: NFC, trimmed, lower case."""
    return unicodedata.normalize("NFC", address).strip().casefold()


def is_address(address: str) -> bool:
    """Whether mail could be sent there, as far as its form tells; control characters never pass."""
    if len(address) > LONGEST or any(unicodedata.category(c).startswith("C") for c in address):
        return False
    return _ADDRESS.fullmatch(address) is not None
