"""What a person may type into the search field, and what is made of it.

    cold knees              texts with both words; where there are none, with either
    "cold knees"            the words side by side
    -sedation  -"by phone"  no thread in which this stands
    kind:story              stories only; may be given more than once
    community:bedside-icu   in this community only; may be given more than once

Nothing else is special: wildcards, ranges, brackets, AND and NOT are words or nothing. A minus before a digit is a
minus (“-80 freezer”), two of them begin an option (“--force”); a quotation mark without its partner is none. The
parser is ours, so that no other language is reachable from the field, and it refuses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from cop.search.analysis import compose, words_in
from cop.search.port import KINDS, Kind, Phrase, SearchQuery

MOST_CHARACTERS = 2_000  # read; decision 9
MOST_TERMS = 20  # words, those in phrases and the excluded ones included

_CURLY = str.maketrans("“”„«»", '"' * 5)
_PIECE = re.compile(r'(?P<no>(?<!\S)-(?=["]|[^\W\d_]))?(?:"(?P<phrase>[^"]*)"|(?P<chunk>[^\s"]+))')
_OPERATOR = re.compile(r"(kind|community):([\w-]+)", re.IGNORECASE)
_SLUG = re.compile(r"[a-z0-9-]{2,40}")
_KIND_NAMES: dict[str, Kind] = {
    **{kind: kind for kind in KINDS},
    "stories": "story",
    "cases": "case",
    "questions": "question",
    "procedures": "procedure",
}

# Words that say nothing of what is looked for. They are left out where others remain, never from a phrase or a title.
_SMALL = """
a about after all also am an and any are as at be because been before being both but by can cannot
could did do does doing done during each for from had has have having he her here hers him his how i
if in into is it its just me more most my no nor not of on once only or other our out over own same
she should so some such than that the their them then there these they this those through to too
under until up us very was we were what when where which while who whom why will with would you your
yours
"""
_SMALL_WORDS = frozenset(_SMALL.split())


@dataclass(frozen=True, slots=True)
class TypedQuery:
    """What somebody typed, understood but not yet confined to what they may see.

    Args:
        words, phrases, excluded, title: as in SearchQuery, in plain form.
        kinds: the kinds asked for; empty means every kind.
        communities: the slugs asked for, whether or not there are such communities; empty means all that are seen.
    """

    words: tuple[str, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    excluded: tuple[Phrase, ...] = ()
    kinds: frozenset[Kind] = frozenset()
    communities: tuple[str, ...] = ()
    title: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing is looked for: no word and no phrase."""
        return not self.words and not self.phrases

    def within(self, seen: Iterable[int], narrowed_to: Iterable[int] | None = None) -> SearchQuery:
        """The query confined to the communities the viewer sees, and further to those asked for, if any were."""
        return SearchQuery(
            words=self.words,
            phrases=self.phrases,
            excluded=self.excluded,
            title=self.title,
            kinds=self.kinds,
            communities=frozenset(seen),
            narrowed_to=None if narrowed_to is None else frozenset(narrowed_to),
        )


def parse_query(typed: str) -> TypedQuery:
    """Understand what was typed. Never raises; what is too long is read as far as it may be."""
    reading = _Reading()
    for piece in _PIECE.finditer(_tidy(typed)):
        reading.take(piece)
    return reading.result()


def _tidy(typed: str) -> str:
    """Composed, cut to length, with straight quotation marks in pairs."""
    text = compose(typed[:MOST_CHARACTERS])[:MOST_CHARACTERS].translate(_CURLY)
    if text.count('"') % 2:
        before, _, after = text.rpartition('"')
        return f"{before} {after}"
    return text


@dataclass(slots=True)
class _Reading:
    """What has been understood so far."""

    words: list[str] = field(default_factory=list)
    phrases: list[Phrase] = field(default_factory=list)
    excluded: list[Phrase] = field(default_factory=list)
    kinds: set[Kind] = field(default_factory=set)
    communities: list[str] = field(default_factory=list)
    title: list[str] = field(default_factory=list)

    def take(self, piece: re.Match[str]) -> None:
        chunk, phrase = piece["chunk"], piece["phrase"]
        if chunk and not piece["no"] and self._take_operator(chunk):
            return
        words = _plain_words(chunk or phrase)
        if piece["no"]:
            self.excluded.append(words)
            return
        self.title.extend(words)
        if chunk:
            self.words.extend(words)
        else:
            self.phrases.append(words)

    def _take_operator(self, chunk: str) -> bool:
        """Whether the chunk is an operator with a value that makes sense; if not, it is words."""
        match = _OPERATOR.fullmatch(chunk)
        value = match[2].lower() if match else ""
        if match and match[1].lower() == "kind" and value in _KIND_NAMES:
            self.kinds.add(_KIND_NAMES[value])
            return True
        if match and match[1].lower() == "community" and _SLUG.fullmatch(value):
            self.communities.append(value)
            return True
        return False

    def result(self) -> TypedQuery:
        """Everything, without repetition; phrases and exclusions, being the rarer wish, are served before words."""
        terms = MOST_TERMS
        phrases, terms = _fit(self.phrases, terms)
        excluded, terms = _fit(self.excluded, terms)
        return TypedQuery(
            words=tuple(islice(_telling(self.words, alone=not phrases), terms)),
            phrases=phrases,
            excluded=excluded,
            kinds=frozenset(self.kinds),
            communities=tuple(dict.fromkeys(self.communities)),
            title=tuple(self.title),
        )


def _plain_words(text: str) -> Phrase:
    return tuple(word.plain for word in words_in(text))


def _fit(phrases: Iterable[Phrase], terms: int) -> tuple[tuple[Phrase, ...], int]:
    """The phrases, without the empty and the repeated, as far as that many terms reach; and what terms are left."""
    kept = []
    for phrase in dict.fromkeys(filter(None, phrases)):
        if terms:
            kept.append(phrase[:terms])
            terms -= len(kept[-1])
    return tuple(kept), terms


def _telling(words: Iterable[str], *, alone: bool) -> Iterator[str]:
    """The words once each, without the small ones, unless there is nothing else to look for."""
    distinct = dict.fromkeys(words)
    telling = [word for word in distinct if word not in _SMALL_WORDS]
    return iter(telling if telling or not alone else distinct)
