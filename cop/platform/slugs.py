"""Readable ends of addresses. They help people; nothing is ever looked up by a thread's slug."""

import re
import unicodedata

_LONGEST = 60
_SPELLED = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"})
HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])")


def slug_of(text: str) -> str:
    """Latin letters, digits and hyphens; “thread” when nothing of the text is left."""
    spelled = text.lower().translate(_SPELLED)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode().replace("'", "")
    words = re.findall(r"[a-z0-9]+", plain)
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word[:_LONGEST]
        if len(longer) > _LONGEST:
            break
        slug = longer
    return slug or "thread"


def is_slug(text: str) -> bool:
    """Whether the text may name a community or a person in an address: [a-z0-9-]{2,40}, no hyphen at an end."""
    return HANDLE.fullmatch(text) is not None
