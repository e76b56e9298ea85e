"""Which texts answer a query, and in what order.

We count and weigh only what the viewer may see. Whoosh's own scoring, like that of most engines, knows how often a
word occurs in all texts; whoever may write in a public community could measure with it what is said in a secret one.

Up to six words: texts that hold all of them. Only where there are none, texts that hold any; a word that occurs nowhere
is left out. More than six words are a situation, told as to a colleague: texts that hold any of them, the six rarest
and as many of the others as can be read at little cost, and a word that was typed twice counts twice. A phrase must be
there in either case. Whoever excludes a word gets no thread in which it stands. A text's score is BM25 (Robertson and
Zaragoza 2009, “The Probabilistic Relevance Framework”, section 3) over its words and phrases, the title counting three
times; a thread's is that of its best text. What of this was chosen by measuring is in docs/decisions.md.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, compress, islice, repeat
from operator import and_, not_, or_

from cop.search._segments import Seen, Snapshot
from cop.search.analysis import stem_of
from cop.search.port import KEPT_WORDS, KINDS, MOST_HITS, PARTS, READ_BEYOND, Found, Hit, Order, Phrase, SearchQuery

_K1 = 1.2  # how soon further occurrences of a word cease to count
_B = 0.75  # how much a long text must make up for its length
_MASKS_KEPT = 16  # of a byte for each text
_FEW = 8  # times fewer texts than a word has are looked up one by one
_PROCEDURE = KINDS.index("procedure")
_THREAD = PARTS.index("thread")


@dataclass(frozen=True, slots=True)
class Postings:
    """The texts that hold a word or a phrase, by their numbers in order, and how often each does."""

    texts: Sequence[int] = ()
    weights: Sequence[float] = ()

    def __len__(self) -> int:
        return len(self.texts)

    def among(self, texts: Collection[int]) -> Iterable[tuple[int, float]]:
        """Those of some texts that hold it, and how often; of few texts each is looked up."""
        if len(texts) * _FEW > len(self.texts):
            return compress(zip(self.texts, self.weights, strict=True), map(texts.__contains__, self.texts))
        return self._looked_up(texts)

    def _looked_up(self, texts: Iterable[int]) -> Iterator[tuple[int, float]]:
        held, many = self.texts, len(self.texts)
        for text in texts:
            place = bisect_left(held, text)
            if place < many and held[place] == text:
                yield text, self.weights[place]


def answer_query(query: SearchQuery, snapshot: Snapshot, limit: int) -> Found:
    """The threads of a snapshot that answer a query, best first."""
    view = _View(query, snapshot)
    if query.is_listing:
        return Found(tuple(_list_latest(query, view, max(0, min(limit, MOST_HITS)))))
    wish = _understand(query, view)
    texts = _holding_any(view, wish.phrases, wish.words) if wish.is_situation else _holding_all(view, wish.all)
    has_every_word = wish.are_known and not wish.is_situation
    if wish.words and not texts:
        texts, has_every_word = _holding_any(view, wish.phrases, wish.words), False
    titled = view.titled(query.title)
    scores = _scores(view, texts | titled, wish.times)
    threads = _by_thread(view, scores, titled, _left_out(query, snapshot), query.order)
    return Found(
        tuple(islice(threads, max(0, min(limit, MOST_HITS)))), tuple(map(wish.spelled, wish.words)), has_every_word
    )


def _list_latest(query: SearchQuery, view: _View, limit: int) -> list[Hit]:
    """The threads whose texts were told or said last, each with the last one; procedures after all else.

    Where nothing is asked that tells texts of a thread apart, its own alone stands for it, as in any list.
    """
    columns = view.snapshot.columns
    of_replies = query.parts or query.texts is not None or (query.since, query.until) != (None, None)
    seen = view.texts if of_replies else (text for text in view.texts if columns["part"][text] == _THREAD)
    left_out = _left_out(query, view.snapshot)
    hits: dict[int, Hit] = {}
    lived = 0
    for text in sorted(seen, key=lambda text: (-columns["at"][text], columns["text"][text])):
        if lived == limit:
            break
        thread, is_procedure = columns["thread"][text], columns["kind"][text] == _PROCEDURE
        if thread not in hits and thread not in left_out:
            hits[thread] = Hit(thread, columns["text"][text], 0.0, is_procedure=is_procedure)
            lived += not is_procedure
    return sorted(hits.values(), key=lambda hit: hit.is_procedure)[:limit]


def score_texts(query: SearchQuery, snapshot: Snapshot, ids: Collection[int]) -> dict[int, float]:
    """How well texts fit a query, by their ids."""
    view = _View(query, snapshot)
    numbers = {number: text for number, text in enumerate(snapshot.columns["text"]) if text in ids}
    scores = _scores(view, set(numbers), _understand(query, view).times)
    return {text: scores[number] for number, text in numbers.items()}


@dataclass(frozen=True, slots=True)
class _Wish:
    """What of a query is looked for here: its phrases and those of its words that are read, as stems."""

    phrases: list[Phrase]
    words: list[Phrase]
    are_known: bool
    is_situation: bool
    typed: dict[Phrase, tuple[str, int]]

    @property
    def all(self) -> list[Phrase]:
        return [*self.phrases, *self.words]

    @property
    def times(self) -> dict[Phrase, int]:
        """How often each counts."""
        return {wish: self.typed[wish][1] if wish in self.typed else 1 for wish in self.all}

    def spelled(self, word: Phrase) -> str:
        return self.typed[word][0]


def _understand(query: SearchQuery, view: _View) -> _Wish:
    typed: dict[Phrase, tuple[str, int]] = {}
    for word, times in zip(query.words, query.times or repeat(1), strict=False):
        spelled, before = typed.get((stem_of(word),), (word, 0))
        typed[(stem_of(word),)] = spelled, before + times
    words, are_known = _readable(view, typed)
    return _Wish([_stems(phrase) for phrase in query.phrases], words, are_known, len(typed) > KEPT_WORDS, typed)


def _readable(view: _View, words: Iterable[Phrase]) -> tuple[list[Phrase], bool]:
    """The rarest of some words that are known, and whether all are. The commonest need not even be read for that.

    Which they are is decided by what the viewer sees alone; what else there is only says how soon we may stop.
    """
    at_least = {word: view.at_least(word) for word in words}
    known: list[Phrase] = []
    are_known = True
    for word in sorted(at_least, key=at_least.__getitem__):
        if len(known) >= KEPT_WORDS and at_least[word] > len(view.postings(known[KEPT_WORDS - 1])):
            rarer = (len(view.postings(other)) for other in known[KEPT_WORDS:])
            if at_least[word] + sum(count for count in rarer if count <= at_least[word]) > READ_BEYOND:
                break
        if view.postings(word):
            insort(known, word, key=lambda other: (len(view.postings(other)), other))
        else:
            are_known = False
    beyond = accumulate(len(view.postings(word)) for word in known[KEPT_WORDS:])
    return known[: KEPT_WORDS + sum(total <= READ_BEYOND for total in beyond)], are_known


def _left_out(query: SearchQuery, snapshot: Snapshot) -> set[int]:
    """The threads in which something stands that is excluded, in whichever of their texts that are seen."""
    if not query.excluded:
        return set()
    view = _View(SearchQuery(words=(), communities=query.searched_communities), snapshot)
    return view.threads_of(text for phrase in query.excluded for text in view.postings(_stems(phrase)).texts)


def _holding_all(view: _View, wishes: list[Phrase]) -> set[int]:
    """The texts that hold every phrase and every word; none where nothing is wished for."""
    held = [postings.texts for postings in sorted(map(view.postings, wishes), key=len)]
    return set(held[0]).intersection(*held[1:]) if held else set()


def _holding_any(view: _View, phrases: list[Phrase], words: list[Phrase]) -> set[int]:
    """The texts that hold every phrase, whichever words they hold; where there is no phrase, any of the words."""
    return _holding_all(view, phrases) if phrases else set().union(*(view.postings(word).texts for word in words))


def _scores(view: _View, texts: set[int], wishes: Mapping[Phrase, int]) -> dict[int, float]:
    """BM25 of each text; a wish counts as often as it was typed."""
    lengths, mean = view.snapshot.columns["length"], view.mean_length
    damping = {text: _K1 * (1 - _B + _B * lengths[text] / mean) for text in texts}
    scores = dict.fromkeys(texts, 0.0)
    for wish, times in wishes.items():
        postings = view.postings(wish)
        rarity = times * math.log(1 + (view.size - len(postings) + 0.5) / (len(postings) + 0.5))
        for text, weight in postings.among(scores):
            scores[text] += rarity * weight * (_K1 + 1) / (weight + damping[text])
    return scores


def _by_thread(
    view: _View, scores: dict[int, float], titled: set[int], left_out: set[int], order: Order
) -> Iterator[Hit]:
    """Each thread once, with its best text: exact titles first, of equals the newer, procedures after all else."""
    columns = view.snapshot.columns
    threads, kinds, times, ids = columns["thread"], columns["kind"], columns["at"], columns["text"]
    by_date = order == "date"
    places = [
        (kinds[text] == _PROCEDURE, text not in titled, 0.0 if by_date else -score, -times[text], ids[text], text)
        for text, score in scores.items()
        if threads[text] not in left_out
    ]
    met: set[int] = set()
    for is_procedure, is_untitled, *_, text_id, text in sorted(places):
        if threads[text] not in met:
            met.add(threads[text])
            yield Hit(threads[text], text_id, scores[text], not is_untitled, is_procedure)


class _View:
    """What of a snapshot may be searched for a query: the communities and kinds that it names, nothing deleted."""

    def __init__(self, query: SearchQuery, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        seen = _seen(query, snapshot)
        self._is_seen, self.size, self.mean_length = seen.mask, seen.size, seen.mean_length
        self._read: dict[Phrase, Postings] = {}

    def postings(self, phrase: Phrase) -> Postings:
        """The texts in which some stems stand side by side, or a single one anywhere, and how often."""
        if phrase not in self._read:
            self._read[phrase] = self._read_phrase(phrase) if len(phrase) > 1 else self._read_word(phrase[0])
        return self._read[phrase]

    @property
    def texts(self) -> Iterable[int]:
        """The numbers of all texts that may be searched."""
        return compress(range(len(self._is_seen)), self._is_seen)

    def at_least(self, word: Phrase) -> int:
        """In how many texts a word stands at the least: where all that cannot be seen hold it too. Costs little."""
        return self.snapshot.frequency(word[0]) - (len(self._is_seen) - self.size)

    def titled(self, title: Phrase) -> set[int]:
        """The texts of threads with exactly this title."""
        return set(self._read_word(" ".join(_stems(title)), field="title").texts) if title else set()

    def threads_of(self, texts: Iterable[int]) -> set[int]:
        return {self.snapshot.columns["thread"][text] for text in texts}

    def _read_word(self, stem: str, field: str = "words") -> Postings:
        texts: list[int] = []
        weights: list[float] = []
        for numbers, times in self.snapshot.blocks(field, stem):
            texts += numbers
            weights += times
        if self.size < len(self._is_seen):
            are_seen = bytes(map(self._is_seen.__getitem__, texts))
            return Postings(list(compress(texts, are_seen)), list(compress(weights, are_seen)))
        return Postings(texts, weights)

    def _read_phrase(self, phrase: Phrase) -> Postings:
        """Word by word, the rarest first, keeping the places where the phrase may still begin: few are left soon."""
        begins: dict[int, set[int]] | None = None
        for stem in sorted(set(phrase), key=self.snapshot.frequency):
            offsets = [offset for offset, other in enumerate(phrase) if other == stem]
            begins = {
                text: possible
                for text, places in self._places(stem, begins)
                if (possible := _begins(places, offsets, None if begins is None else begins[text]))
            }
        held = sorted((begins or {}).items())
        return Postings([text for text, _ in held], [float(len(places)) for _, places in held])

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


def _seen(query: SearchQuery, snapshot: Snapshot) -> Seen:
    """What may be found. What stands in whole communities is kept for the next search: many look in the same ones."""
    asked = query.searched_communities
    if asked not in snapshot.seen:
        while len(snapshot.seen) >= _MASKS_KEPT:
            snapshot.seen.pop(next(iter(snapshot.seen)))
        snapshot.seen[asked] = _counted(_standing_in(asked, snapshot), snapshot)
    whole = snapshot.seen[asked]
    mask = whole.mask
    for narrowed in _narrowings(query, snapshot.columns):
        mask = bytes(map(and_, mask, narrowed))
    return whole if mask is whole.mask else _counted(mask, snapshot)


def _standing_in(communities: Collection[int], snapshot: Snapshot) -> bytes:
    mask = bytearray(map(communities.__contains__, snapshot.columns["community"]))
    for text in snapshot.deleted:
        mask[text] = 0
    return bytes(mask)


def _counted(mask: bytes, snapshot: Snapshot) -> Seen:
    size = sum(mask)
    return Seen(mask, size, sum(compress(snapshot.columns["length"], mask)) / max(size, 1) or 1.0)


def _narrowings(query: SearchQuery, columns: Mapping[str, Collection[int]]) -> Iterator[Iterable[bool]]:
    """For each thing asked for beside words, whether each text is so."""
    if query.kinds or query.parts:
        kinds, parts = set(map(KINDS.index, query.kinds)), set(map(PARTS.index, query.parts))
        yield map(or_, map(kinds.__contains__, columns["kind"]), map(parts.__contains__, columns["part"]))
    if query.since is not None:
        yield map(query.since.__le__, columns["at"])
    if query.until is not None:
        yield map(query.until.__gt__, columns["at"])
    for threads in query.within:
        yield map(threads.__contains__, columns["thread"])
    if query.outside:
        yield map(not_, map(query.outside.__contains__, columns["thread"]))
    if query.texts is not None:
        yield map(query.texts.__contains__, columns["text"])


def _stems(words: Phrase) -> Phrase:
    return tuple(stem_of(word) for word in words)
