"""Characters that leave nothing on the page: a text of them alone is empty, and none stands in a name."""

import unicodedata

# Letters, marks and signs by their category, and blank to the eye: Hangul fillers, the empty Braille cell, joiners.
BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u180e")


def visible(text: str) -> str:
    """The text without what nobody can see; spaces between words stay."""
    kept = (c for c in text if c.isspace() or (unicodedata.category(c)[0] != "C" and c not in BLANKS))
    return "".join(kept).strip()


def says_something(text: str, least: int = 1) -> bool:
    """Whether at least so many letters, digits or signs stand in it."""
    return sum(unicodedata.category(c)[0] in "LNPS" and c not in BLANKS for c in text) >= least


def is_storable(text: str) -> bool:
    """Whether both databases take it: no NUL, and nothing that UTF-8 cannot write."""
    return "\x00" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
