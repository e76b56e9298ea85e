"""Which texts answer a query, and in what order.

We count and weigh only what the viewer may see. Whoosh's own scoring, like that of most engines, knows how often a word
occurs in all texts; whoever may write in a public community could measure with it what is said in a secret one.

Several words: texts that hold all of them. Only where there are none, texts that hold any; a word that occurs nowhere is
left out, and of more than six the six rarest count. A phrase must be there in either case. Whoever excludes a word gets
no thread in which it stands. A text's score is BM25 (Robertson and Zaragoza 2009, “The Probabilistic Relevance
Framework”, section 3) over its words, the title counting three times; a thread's score is that of its best text.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import compress
from operator import and_
from typing import Any

from cop.search._segments import Snapshot
from cop.search.analysis import stem_of
from cop.search.port import KEPT_WORDS, KINDS, MOST_HITS, Found, Hit, Phrase, SearchQuery

_K1 = 1.2  # how soon further occurrences of a word cease to count
_B = 0.75  # how much a long text must make up for its length
_PROCEDURE = KINDS.index("procedure")

Weights = dict[int, float]  # for each text, by its number, how often a word stands in it


def answer_query(query: SearchQuery, snapshot: Snapshot, limit: int) -> Found:
    """The threads of a snapshot that answer a query, best first."""
    view = _View(query, snapshot)
    phrases = [_stems(phrase) for phrase in query.phrases]
    known = {stem_of(word): word for word in reversed(query.words) if view.weights(stem_of(word))}
    kept = sorted(known, key=lambda stem: len(view.weights(stem)))[:KEPT_WORDS]
    texts = _holding_all(view, kept, phrases)
    is_complete = all(stem_of(word) in known for word in query.words)
    if not texts and kept:
        texts, is_complete = _holding_any(view, kept, phrases), False
    titled = view.titled(query.title)
    scores = _scores(view, texts | titled, {*kept, *(stem for phrase in phrases for stem in phrase)})
    left_out = view.threads_of(text for phrase in query.excluded for text in view.holding(_stems(phrase)))
    hits = _by_thread(view, scores, titled, left_out)
    return Found(tuple(hits[: max(0, min(limit, MOST_HITS))]), tuple(known[stem] for stem in kept), is_complete)


def _holding_all(view: _View, stems: list[str], phrases: list[Phrase]) -> set[int]:
    """The texts that hold every phrase and every word; none where nothing is asked for."""
    wishes = [view.holding(phrase) for phrase in [*phrases, *((stem,) for stem in stems)]]
    return set.intersection(*sorted(wishes, key=len)) if wishes else set()


def _holding_any(view: _View, stems: list[str], phrases: list[Phrase]) -> set[int]:
    """The texts that hold every phrase and at least one word; with phrases, those without a word too."""
    if phrases:
        return _holding_all(view, [], phrases)
    return set().union(*(view.weights(stem) for stem in stems))


def _scores(view: _View, texts: set[int], stems: Iterable[str]) -> dict[int, float]:
    """BM25 of each text."""
    lengths = view.snapshot.columns["length"]
    needed = {text: _K1 * (1 - _B + _B * lengths[text] / view.mean_length) for text in texts}
    scores = dict.fromkeys(texts, 0.0)
    for stem in stems:
        weights = view.weights(stem)
        rarity = math.log(1 + (view.size - len(weights) + 0.5) / (len(weights) + 0.5))
        for text in weights.keys() & texts:
            scores[text] += rarity * weights[text] * (_K1 + 1) / (weights[text] + needed[text])
    return scores


def _by_thread(view: _View, scores: dict[int, float], titled: set[int], left_out: set[int]) -> list[Hit]:
    """Each thread once, with its best text: exact titles first, of equals the newer, procedures after all else."""
    columns = view.snapshot.columns
    threads, kinds, times = columns["thread"], columns["kind"], columns["at"]

    def place(text: int) -> tuple[bool, bool, float, int, int]:
        return (
            kinds[text] == _PROCEDURE,
            text not in titled,
            -scores[text],
            -times[text],
            columns["text"][text],
        )

    hits: dict[int, Hit] = {}
    for text in sorted((text for text in scores if threads[text] not in left_out), key=place):
        hits.setdefault(threads[text], Hit(threads[text], columns["text"][text], scores[text]))
    return list(hits.values())


class _View:
    """What of a snapshot may be searched for a query: the communities and kinds that it names, nothing deleted."""

    def __init__(self, query: SearchQuery, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._is_seen = _mask(query, snapshot)
        self._read: dict[str, Weights] = {}
        self.size = sum(self._is_seen)
        self.mean_length = sum(compress(snapshot.columns["length"], self._is_seen)) / max(self.size, 1) or 1.0

    def weights(self, stem: str) -> Weights:
        """The texts in which a word stands, and how often."""
        if stem not in self._read:
            self._read[stem] = self._read_weights(stem)
        return self._read[stem]

    def holding(self, phrase: Phrase) -> set[int]:
        """The texts in which some stems stand side by side."""
        texts = set.intersection(*sorted((set(self.weights(stem)) for stem in phrase), key=len))
        if len(phrase) == 1 or not texts:
            return texts
        places = {stem: self._places(stem, texts) for stem in set(phrase)}
        return {text for text in texts if _stand_together(phrase, {stem: places[stem][text] for stem in places})}

    def titled(self, title: Phrase) -> set[int]:
        """The texts of threads with exactly this title."""
        key = " ".join(_stems(title))
        return {text for text, _ in self._seen_postings("title", key)} if key else set()

    def threads_of(self, texts: Iterable[int]) -> set[int]:
        return {self.snapshot.columns["thread"][text] for text in texts}

    def _read_weights(self, stem: str) -> Weights:
        return {text: matcher.weight() for text, matcher in self._seen_postings("words", stem)}

    def _seen_postings(self, field: str, word: str) -> Iterable[tuple[int, Any]]:
        for start, matcher in self.snapshot.postings(field, word):
            while matcher.is_active():
                text = start + matcher.id()
                if self._is_seen[text]:
                    yield text, matcher
                matcher.next()

    def _places(self, stem: str, texts: set[int]) -> dict[int, set[int]]:
        """Where a stem stands in texts that hold it."""
        return {
            text: set(matcher.value_as("positions"))
            for text, matcher in self._seen_postings("words", stem)
            if text in texts
        }


def _stand_together(phrase: Phrase, places: dict[str, set[int]]) -> bool:
    starts = set(places[phrase[0]])
    for offset, stem in enumerate(phrase[1:], 1):
        starts &= {place - offset for place in places[stem]}
    return bool(starts)


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
