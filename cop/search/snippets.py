"""The passage of a text that shows why it was found.

The text comes from the database, as plain text; what goes out is plain text in pieces, of which some are marked. The
template writes them, and escapes them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cop.search.analysis import Reading, parts_of, read, stem_of
from cop.search.port import Phrase

WIDTH = 240  # characters, about three lines
AROUND = 1_200  # characters of the passage that opens in place
_ELLIPSIS = "…"
_GAP = f" {_ELLIPSIS}"
_LEAD = 40  # characters kept before the first match, where neither a sentence nor a clause begins near it
_REACH = 0.4  # of the width, at most, goes to what leads up to the first match
_SENTENCE = re.compile(r"(?:[.!?…。！？]+[\"'”’»)\]]*\s+|[。！？])(?=\S)")
_CLAUSE = re.compile(r"[,;:–—]\s+(?=\S)")


class Fragment(NamedTuple):
    """A piece of a snippet."""

    text: str
    is_match: bool


@dataclass(frozen=True, slots=True)
class _Mark:
    """A run of the text that answers the query, and which wish of the query it answers."""

    start: int
    end: int
    wish: int


def snippet(text: str, words: Iterable[str], phrases: Iterable[Phrase] = (), width: int = WIDTH) -> list[Fragment]:
    """The window of a text with most of what was looked for; where nothing of it stands, the beginning.

    Args:
        text: plain text as people read it, not Markdown and not HTML.
        words: the words searched for, in plain form (`Found.words`).
        phrases: the phrases searched for, in plain form.
        width: the most characters, ellipses apart.
    """
    return snippets(read(text), words, phrases, (width,))[0]


def snippets(
    text: Reading, words: Iterable[str], phrases: Iterable[Phrase], widths: Iterable[int]
) -> tuple[list[Fragment], ...]:
    """The same in several widths, of a text that is read already."""
    marks = _marks(text, words, phrases)
    return tuple(_window(text.text, marks, width) for width in widths)


def _window(read: str, marks: Sequence[_Mark], width: int) -> list[Fragment]:
    first, last = _best_run(marks, width - int(width * _REACH))
    begin = _begin(read, first, last, width)
    end = _end(read, last, begin + width)
    begin, end = _without_gaps(read, begin, end)
    fragments = list(_cut(read, [mark for mark in marks if begin <= mark.start and mark.end <= end], begin, end))
    before = [Fragment(_ELLIPSIS, False)] if begin else []
    after = [Fragment(_ELLIPSIS, False)] if end < len(read) else []
    return before + fragments + after


def _marks(text: Reading, words: Iterable[str], phrases: Iterable[Phrase]) -> list[_Mark]:
    """Everything that answers, in the order of the text, without overlap; a phrase goes before its words."""
    stemmed = [tuple(map(stem_of, phrase)) for phrase in phrases if phrase]
    wishes = {stem_of(word): wish for wish, word in enumerate(words, len(stemmed))}
    marks: list[_Mark] = []
    free = 0  # the first word that belongs to no mark yet
    for at in _answering(text, {*wishes, *(phrase[0] for phrase in stemmed)}):
        if at >= free and (wish := _wish_at(text, at, stemmed, wishes)) is not None:
            free = at + (len(stemmed[wish]) if wish < len(stemmed) else 1)
            marks.append(_Mark(text.spans[at].start(), text.spans[free - 1].end(), wish))
    return marks


def _answering(text: Reading, stems: Collection[str]) -> Iterator[int]:
    """The places of the words that may answer: those with one of the stems, and those that may have it as a part."""
    for at, (stem, span) in enumerate(zip(text.stems, text.spans, strict=True)):
        if stem in stems or not span[0].isalpha():
            yield at


def _wish_at(text: Reading, at: int, phrases: Sequence[Phrase], wishes: dict[str, int]) -> int | None:
    """Which wish is answered by the words from a place on: a phrase, or a word, or what is a part of one."""
    for wish, phrase in enumerate(phrases):
        if tuple(text.stems[at : at + len(phrase)]) == phrase:
            return wish
    if text.stems[at] in wishes:
        return wishes[text.stems[at]]
    return next((wishes[part] for part in parts_of(text.spans[at][0]) if part in wishes), None)


def _best_run(marks: Sequence[_Mark], width: int) -> tuple[int, int]:
    """Where that run of marks begins and ends which answers most wishes within so many characters."""
    near: Counter[int] = Counter()
    run, most, ahead = (0, 0), (0, 0), 0
    for behind, mark in enumerate(marks):
        while ahead < len(marks) and marks[ahead].start < mark.start + width:
            near[marks[ahead].wish] += 1
            ahead += 1
        if (len(near), ahead - behind) > most:
            run, most = (mark.start, marks[ahead - 1].end), (len(near), ahead - behind)
        near[mark.wish] -= 1
        if not near[mark.wish]:
            del near[mark.wish]
    return run


def _begin(text: str, first: int, last: int, width: int) -> int:
    """The beginning of the text where the run is near it, else of its sentence, its clause, or at least of a word."""
    if last <= width:
        return 0
    fills = len(text) - first >= width  # where the text ends sooner, what leads up to the match has its room
    reach = max(first - int(width * _REACH), 0) if fills else max(len(text) - width, 0)
    for boundary in (_SENTENCE, _CLAUSE):
        starts = [match.end() for match in boundary.finditer(text, reach, first + 1) if match.end() <= first]
        if starts:
            return starts[-1] if fills and boundary is _SENTENCE else starts[0]
    earliest = max(first - _LEAD, 0)
    return text.find(" ", earliest, first) + 1 or earliest


def _end(text: str, last: int, latest: int) -> int:
    """The end of the window, after a word where there is one to end with."""
    if latest >= len(text):
        return len(text)
    space = text.rfind(" ", last, latest + 1)
    return latest if space < 0 else space


def _without_gaps(text: str, begin: int, end: int) -> tuple[int, int]:
    """Where the window is cut at an ellipsis of the text, or between two of its boxes, ours alone stands there."""
    if begin:
        begin = end - len(text[begin:end].lstrip(_GAP))
    if end < len(text):
        end = begin + len(text[begin:end].rstrip(_GAP))
    return begin, end


def _cut(text: str, marks: Iterable[_Mark], begin: int, end: int) -> Iterator[Fragment]:
    """The window in pieces, marked and unmarked."""
    at = begin
    for mark in marks:
        if at < mark.start:
            yield Fragment(text[at : mark.start], False)
        yield Fragment(text[mark.start : mark.end], True)
        at = mark.end
    if at < end:
        yield Fragment(text[at:end], False)
