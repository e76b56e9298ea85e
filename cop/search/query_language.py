"""What a person may type into the search field, and what is made of it.

    cold knees              texts with both words; where there are none, with either
    "cold knees"            the words side by side
    -sedation  -"by phone"  no thread in which this stands
    kind:story              one of the operators of cop.search.operators: kind, community, topic, by, state, after,
                            before

Nothing else is special: wildcards, ranges, brackets, AND and NOT are words or nothing. A minus before a digit is a
minus (“-80 freezer”), two of them begin an option (“--force”); a quotation mark without its partner is none. In more
than twenty words somebody tells of a situation: quotation marks and minus signs are what they are in any story. The
parser is ours, so that no other language is reachable from the field, and it refuses nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from cop.search.analysis import compose, words_in
from cop.search.operators import Filters, Operator, gather, is_meant, read_operator
from cop.search.port import Kind, Phrase, SearchQuery

MOST_CHARACTERS = 2_000  # read; decision 9
MOST_TERMS = 20  # words in phrases and excluded ones; and of single words, as many beside them …
MOST_WORDS = 60  # … or so many, where there are neither: a situation takes more words than a wish

_CURLY = str.maketrans("“”„«»", '"' * 5)
_PIECE = re.compile(r'(?P<no>(?<!\S)-(?=["]|[^\W\d_]))?(?:"(?P<phrase>[^"]*)"|(?P<chunk>[^\s"]+))')

STORY = 20  # words, not all of them one quotation; whoever types more tells what goes on, and does not command

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
        words, times, phrases, excluded, title: as in SearchQuery, in plain form.
        filters: what was asked for beside words.
        not_understood: what looks like an operator and is none, as it was typed; its words are looked for.
    """

    words: tuple[str, ...] = ()
    times: tuple[int, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    excluded: tuple[Phrase, ...] = ()
    filters: Filters = field(default_factory=Filters)
    title: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()

    @property
    def kinds(self) -> frozenset[Kind]:
        return self.filters.kinds

    @property
    def communities(self) -> tuple[str, ...]:
        return self.filters.communities

    @property
    def is_narrow(self) -> bool:
        """Something is asked for beside words."""
        return self.filters != Filters()

    @property
    def is_empty(self) -> bool:
        """Nothing is looked for: no word and no phrase."""
        return not self.words and not self.phrases

    def within(self, seen: Iterable[int], narrowed_to: Iterable[int] | None = None) -> SearchQuery:
        """The query confined to the communities the viewer sees, and further to those asked for, if any were."""
        return SearchQuery(
            words=self.words,
            times=self.times,
            phrases=self.phrases,
            excluded=self.excluded,
            title=self.title,
            kinds=self.filters.kinds,
            parts=self.filters.parts,
            since=self.filters.since,
            until=self.filters.until,
            communities=frozenset(seen),
            narrowed_to=None if narrowed_to is None else frozenset(narrowed_to),
        )


def parse_query(typed: str) -> TypedQuery:
    """Understand what was typed. Never raises; what is too long is read as far as it may be."""
    reading = _Reading()
    for piece in _PIECE.finditer(_tidy(typed)):
        reading.take(piece)
    return reading.result()


def is_small(word: str) -> bool:
    """Whether a plain word says nothing of what is looked for."""
    return word in _SMALL_WORDS


def leave_out(typed: str, name: str) -> str:
    """What was typed without the operators of a name, without what is excluded (`exclusion`), or without `all` that."""
    text = _tidy(typed)
    kept = [piece[0] for piece in _PIECE.finditer(text) if not _is_of(piece, name)]
    return " ".join(kept)


def _is_of(piece: re.Match[str], name: str) -> bool:
    if piece["no"]:
        return name in ("exclusion", "all")
    operator = read_operator(piece["chunk"] or "")
    return operator is not None and name in (operator.name, "all")


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
    operators: list[Operator] = field(default_factory=list)
    title: list[str] = field(default_factory=list)
    not_understood: list[str] = field(default_factory=list)

    def take(self, piece: re.Match[str]) -> None:
        chunk, phrase = piece["chunk"], piece["phrase"]
        if chunk and not piece["no"] and (operator := read_operator(chunk)):
            self.operators.append(operator)
            return
        words = _plain_words(chunk or phrase)
        if piece["no"]:
            self.excluded.append(words)
            return
        self.title.extend(words)
        if chunk and is_meant(chunk):
            self.not_understood.append(chunk)
        if chunk:
            self.words.extend(words)
        else:
            self.phrases.append(words)

    def result(self) -> TypedQuery:
        """Everything, without repetition; phrases and exclusions, being the rarer wish, are served before words."""
        if len(self.title) > STORY and (self.words or len(self.phrases) > 1):
            self._take_at_its_word()
        phrases, terms = _fit(self.phrases, MOST_TERMS)
        excluded, terms = _fit(self.excluded, terms)
        telling = _telling(self.words, alone=not phrases)
        words = tuple(islice(telling, MOST_WORDS if terms == MOST_TERMS else terms))
        return TypedQuery(
            words=words,
            times=tuple(telling[word] for word in words),
            phrases=phrases,
            excluded=excluded,
            filters=gather(self.operators),
            title=tuple(self.title),
            not_understood=tuple(dict.fromkeys(self.not_understood)),
        )

    def _take_at_its_word(self) -> None:
        """In a story quotation marks quote and dashes dash: they wish for nothing."""
        self.words = [*self.title, *(word for phrase in self.excluded for word in phrase)]
        self.phrases, self.excluded, self.not_understood = [], [], []


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


def _telling(words: Iterable[str], *, alone: bool) -> dict[str, int]:
    """The words once each with how often they stand, without the small ones, unless there is nothing else."""
    distinct = Counter(words)
    telling = {word: times for word, times in distinct.items() if word not in _SMALL_WORDS}
    return telling if telling or not alone else dict(distinct)
