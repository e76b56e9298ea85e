"""Which texts answer a query, and in what order.

We count and weigh only what the viewer may see. Whoosh's own scoring, like that of most engines, knows how often a
word occurs in all texts; whoever may write in a public community could measure with it what is said in a secret one.

Several words: texts that hold all of them. Only where there are none, texts that hold any; a word that occurs nowhere
is left out, and of more than six the six rarest count. A phrase must be there in either case. Whoever excludes a word
gets no thread in which it stands. A text's score is BM25 (Robertson and Zaragoza 2009, “The Probabilistic Relevance
Framework”, section 3) over its words and phrases, the title counting three times; a thread's is that of its best text.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from itertools import compress
from operator import and_

from cop.search._segments import Snapshot
from cop.search.analysis import stem_of
from cop.search.port import KEPT_WORDS, KINDS, MOST_HITS, Found, Hit, Phrase, SearchQuery

_K1 = 1.2  # how soon further occurrences of a word cease to count
_B = 0.75  # how much a long text must make up for its length
_PROCEDURE = KINDS.index("procedure")

Weights = dict[int, float]  # for each text that holds a word or a phrase, by its number, how often


def answer_query(query: SearchQuery, snapshot: Snapshot, limit: int) -> Found:
    """The threads of a snapshot that answer a query, best first."""
    view = _View(query, snapshot)
    phrases = [_stems(phrase) for phrase in query.phrases]
    spelled: dict[Phrase, str] = {(stem_of(word),): word for word in reversed(query.words)}
    kept, has_every_word = _rarest(view, spelled)
    texts = _holding_all(view, [*phrases, *kept])
    if kept and not texts:
        texts, has_every_word = _holding_any(view, phrases, kept), False
    titled = view.titled(query.title)
    scores = _scores(view, texts | titled, {*phrases, *kept})
    left_out = view.threads_of(text for phrase in query.excluded for text in view.weights(_stems(phrase)))
    hits = _by_thread(view, scores, titled, left_out)[: max(0, min(limit, MOST_HITS))]
    return Found(tuple(hits), tuple(spelled[stem] for stem in kept), has_every_word)


def _rarest(view: _View, words: Iterable[Phrase]) -> tuple[list[Phrase], bool]:
    """The rarest of some words that are known, and whether all are. The commonest need not even be read for that."""
    at_least = {word: view.at_least(word) for word in words}
    known: list[Phrase] = []
    are_known = True
    for word in sorted(at_least, key=at_least.__getitem__):
        if len(known) >= KEPT_WORDS and at_least[word] > len(view.weights(known[KEPT_WORDS - 1])):
            break
        if view.weights(word):
            insort(known, word, key=lambda other: (len(view.weights(other)), other))
        else:
            are_known = False
    return known[:KEPT_WORDS], are_known


def _holding_all(view: _View, wishes: list[Phrase]) -> set[int]:
    """The texts that hold every phrase and every word; none where nothing is wished for."""
    held = sorted((set(view.weights(wish)) for wish in wishes), key=len)
    return set.intersection(*held) if held else set()


def _holding_any(view: _View, phrases: list[Phrase], words: list[Phrase]) -> set[int]:
    """The texts that hold every phrase, whichever words they hold; where there is no phrase, any of the words."""
    return _holding_all(view, phrases) if phrases else set().union(*(view.weights(word) for word in words))


def _scores(view: _View, texts: set[int], wishes: Iterable[Phrase]) -> dict[int, float]:
    """BM25 of each text."""
    lengths = view.snapshot.columns["length"]
    damping = {text: _K1 * (1 - _B + _B * lengths[text] / view.mean_length) for text in texts}
    scores = dict.fromkeys(texts, 0.0)
    for wish in wishes:
        weights = view.weights(wish)
        rarity = math.log(1 + (view.size - len(weights) + 0.5) / (len(weights) + 0.5))
        for text in weights.keys() & texts:
            scores[text] += rarity * weights[text] * (_K1 + 1) / (weights[text] + damping[text])
    return scores


def _by_thread(view: _View, scores: dict[int, float], titled: set[int], left_out: set[int]) -> list[Hit]:
    """Each thread once, with its best text: exact titles first, of equals the newer, procedures after all else."""
    columns = view.snapshot.columns
    threads, kinds, times = columns["thread"], columns["kind"], columns["at"]

    def place(text: int) -> tuple[bool, bool, float, int, int]:
        return kinds[text] == _PROCEDURE, text not in titled, -scores[text], -times[text], columns["text"][text]

    hits: dict[int, Hit] = {}
    for text in sorted((text for text in scores if threads[text] not in left_out), key=place):
        hits.setdefault(threads[text], Hit(threads[text], columns["text"][text], scores[text]))
    return list(hits.values())


class _View:
    """What of a snapshot may be searched for a query: the communities and kinds that it names, nothing deleted."""

    def __init__(self, query: SearchQuery, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._is_seen = _mask(query, snapshot)
        self._read: dict[Phrase, Weights] = {}
        self.size = sum(self._is_seen)
        self.mean_length = sum(compress(snapshot.columns["length"], self._is_seen)) / max(self.size, 1) or 1.0

    def weights(self, phrase: Phrase) -> Weights:
        """The texts in which some stems stand side by side, or a single one anywhere, and how often."""
        if phrase not in self._read:
            self._read[phrase] = self._read_phrase(phrase) if len(phrase) > 1 else self._read_word(phrase[0])
        return self._read[phrase]

    def at_least(self, word: Phrase) -> int:
        """In how many texts a word stands at the least: where all that cannot be seen hold it too. Costs little."""
        return self.snapshot.frequency(word[0]) - (len(self._is_seen) - self.size)

    def titled(self, title: Phrase) -> set[int]:
        """The texts of threads with exactly this title."""
        return set(self._read_word(" ".join(_stems(title)), field="title")) if title else set()

    def threads_of(self, texts: Iterable[int]) -> set[int]:
        return {self.snapshot.columns["thread"][text] for text in texts}

    def _read_word(self, stem: str, field: str = "words") -> Weights:
        weights, is_seen = {}, self._is_seen
        for numbers, matcher in self.snapshot.postings(field, stem):
            first, is_active, number, weight, following = (
                numbers.start, matcher.is_active, matcher.id, matcher.weight, matcher.next,
            )  # fmt: skip  # the innermost loop of every search: measured, a third faster so
            while is_active():
                text = first + number()
                if is_seen[text]:
                    weights[text] = weight()
                following()
        return weights

    def _read_phrase(self, phrase: Phrase) -> Weights:
        """Word by word, the rarest first, keeping the places where the phrase may still begin: few are left soon."""
        begins: dict[int, set[int]] | None = None
        for stem in sorted(set(phrase), key=self.snapshot.frequency):
            offsets = [offset for offset, other in enumerate(phrase) if other == stem]
            begins = {
                text: possible
                for text, places in self._places(stem, begins)
                if (possible := _begins(places, offsets, None if begins is None else begins[text]))
            }
        return {text: float(len(places)) for text, places in (begins or {}).items()}

    def _places(self, stem: str, within: Iterable[int] | None) -> Iterator[tuple[int, list[int]]]:
        """The texts, of those given, in which a stem stands, and where in each."""
        texts = list(compress(range(len(self._is_seen)), self._is_seen)) if within is None else sorted(within)
        for numbers, matcher in self.snapshot.postings("words", stem):
            for text in texts[bisect_left(texts, numbers.start) : bisect_left(texts, numbers.stop)]:
                if matcher.is_active():
                    matcher.skip_to(text - numbers.start)
                if matcher.is_active() and matcher.id() == text - numbers.start:
                    yield text, matcher.value_as("positions")


def _begins(places: Iterable[int], offsets: Iterable[int], known: set[int] | None) -> set[int]:
    """Where a phrase may begin of which a stem has these offsets, given the places where the stem stands."""
    possible = [{place - offset for place in places} for offset in offsets]
    return set.intersection(*possible, *([known] if known is not None else []))


def _mask(query: SearchQuery, snapshot: Snapshot) -> bytearray:
    """1 for each text that may be found, 0 for the others."""
    communities, kinds = snapshot.columns["community"], snapshot.columns["kind"]
    mask = bytearray(map(query.searched_communities.__contains__, communities))
    if query.kinds:
        wanted = {KINDS.index(kind) for kind in query.kinds}
        mask = bytearray(map(and_, mask, map(wanted.__contains__, kinds)))
    for text in snapshot.deleted:
        mask[text] = 0
    return mask


def _stems(words: Phrase) -> Phrase:
    return tuple(stem_of(word) for word in words)
