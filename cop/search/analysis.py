"""How a text becomes words, the same for the index, for queries and for what is marked in a snippet.

A word is a run of letters and digits; Chinese and Japanese signs are a word each. Case and accents do not count, a
possessive 's falls away, and English words are reduced to their stem, so that “alarms” finds “alarm”. A word made of
letters and something else (“ddb4”, “o'brien”) can also be found by its runs of letters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from cop.search._whoosh import stem

_SHORTEST_STEM = 3  # letters; what is shorter is a word of its own
LONGEST_WORD = 64  # characters; what is longer is a key or a token, and its beginning will do

_SIGNS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LETTERS = rf"[^\W_{_SIGNS}]+"
_WORD = re.compile(rf"[{_SIGNS}]|{_LETTERS}(?:['’]{_LETTERS})*")
_ACCENT = re.compile("[\u0300-\u036f]")
_POSSESSIVE = re.compile("['’]s$")
_APOSTROPHE = re.compile("['’]")
_RUN = re.compile("[a-z]{3,}")


class Word(NamedTuple):
    """A word as it stands in a composed text, where it begins, and its stem."""

    text: str
    start: int
    stem: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def plain(self) -> str:
        """Without case, accents and apostrophes."""
        return _plain(self.text)


class Reading(NamedTuple):
    """A composed text, where its words stand in it, and their stems, in order."""

    text: str
    spans: list[re.Match[str]]
    stems: list[str]


def compose(text: str) -> str:
    """The text in Unicode's NFC, in which an accented letter is one character."""
    return unicodedata.normalize("NFC", text)


def words_in(text: str) -> list[Word]:
    """The words of a composed text, in order."""
    return [Word(match[0], match.start(), _stem_in(match[0])) for match in _WORD.finditer(text)]


def read(text: str) -> Reading:
    """A text on one line, read once for all that is asked of its words."""
    line = compose(" ".join(text.split()))
    spans = list(_WORD.finditer(line))
    return Reading(line, spans, [_stem_in(span[0]) for span in spans])


def stems_in(text: str) -> list[str]:
    """The stems of a text's words, in order."""
    return [_stem_in(word) for word in _WORD.findall(compose(text))]


def parts_in(text: str) -> list[str]:
    """The stems of the runs of letters within words that are not letters alone."""
    return [part for word in _WORD.findall(compose(text)) for part in parts_of(word)]


@lru_cache(maxsize=50_000)
def stem_of(plain: str) -> str:
    """The stem of a plain word; only English words have one of their own.

    Of two letters it is that of another word: one is not on, nor use us. Such a stem gets back the e that it lost,
    unless the word is a plural (“VMs”) or the stem has its vowel (“going”).
    """
    if not (plain.isascii() and plain.isalpha()):
        return plain
    short = stem(plain)
    is_whole = len(short) >= _SHORTEST_STEM or plain in (short, f"{short}s") or short[-1] in "eo"
    return short if is_whole else f"{short}e"


def parts_of(word: str) -> list[str]:
    """The stems of the runs of three letters or more in a word that holds something else too."""
    folded = "" if word.isalpha() else _fold(_POSSESSIVE.sub("", word[:LONGEST_WORD]))
    if folded.isalpha():
        return []
    return [stem_of(run) for run in _RUN.findall(folded)]


@lru_cache(maxsize=50_000)
def _stem_in(word: str) -> str:
    return stem_of(_plain(word))


def _plain(word: str) -> str:
    shortened = word[:LONGEST_WORD]
    return _APOSTROPHE.sub("", _fold(_POSSESSIVE.sub("", shortened)))


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    return compose(_ACCENT.sub("", unicodedata.normalize("NFD", word.casefold())))
