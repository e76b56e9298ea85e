"""How a title and the beginning of one are folded, the same for both: words without case, accents and signs."""

from __future__ import annotations

from cop.search.analysis import compose, words_in
from cop.search.models import LONGEST_START
from cop.search.query_language import is_small

MOST_STARTS = 12  # words of a title from which it is offered


def fold_title(text: str) -> str:
    """The plain words of a text with one space between them."""
    return " ".join(word.plain for word in words_in(compose(text)))


def fold_typed(text: str) -> str:
    """The same for what has been typed so far: a word that is finished ends with a space."""
    folded = fold_title(text[:LONGEST_START])
    return f"{folded} " if folded and text[-1:].isspace() else folded


def starts_of(title: str) -> dict[int, str]:
    """A folded title from each of its telling words on, by the number of the word; the first always counts."""
    words = fold_title(title).split()
    telling = [number for number, word in enumerate(words) if number == 0 or not is_small(word)]
    return {number: " ".join(words[number:])[:LONGEST_START] for number in telling[:MOST_STARTS]}
