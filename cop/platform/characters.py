"""Characters that leave nothing on the page: a text of them alone is empty, and none stands in a name."""

import unicodedata
from itertools import groupby

# Letters, marks and signs by their category, and blank to the eye: Hangul fillers, the empty Braille cell, joiners.
BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u180e")


def visible(text: str) -> str:
    """The text without what nobody can see; spaces between words stay."""
    kept = (c for c in text if c.isspace() or (unicodedata.category(c)[0] != "C" and c not in BLANKS))
    return "".join(kept).strip()


def shows_something(text: str) -> bool:
    """Whether a letter, a digit or a sign stands in it; “?” is an answer among people."""
    return any(map(_is_seen, text))


def says_something(text: str, least: int = 1) -> bool:
    """Whether at least so many letters, digits or signs stand in it, and not signs of punctuation alone."""
    seen = list(filter(_is_seen, text))
    return len(seen) >= least and any(_is_word(c) or unicodedata.category(c) == "So" for c in seen)


def length_of_words(text: str) -> int:
    """How long what it says is: its letters and digits, and one for whatever stands between two of them."""
    runs = [list(run) for is_word, run in groupby(text, _is_word) if is_word]
    return sum(map(len, runs)) + max(0, len(runs) - 1)


def _is_seen(c: str) -> bool:
    return unicodedata.category(c)[0] in "LNPS" and c not in BLANKS


def _is_word(c: str) -> bool:
    """A letter or a digit, or a mark that belongs to one."""
    return unicodedata.category(c)[0] in "LNM" and c not in BLANKS


def is_storable(text: str) -> bool:
    """Whether both databases take it: no NUL, and nothing that UTF-8 cannot write."""
    return "\x00" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
