"""The words of the bench: invented, and as uneven as a language: searches meet common and rare ones."""

from __future__ import annotations

import random
from itertools import accumulate, product

VOCABULARY, COMMONEST = 4_000, 60  # nobody looks for the words that stand everywhere
_ONSETS = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr", "pl")
_VOWELS = ("a", "e", "i", "o", "u")
_ENDS = ("", "n", "r", "s", "l", "nd", "rt")


def vocabulary() -> list[str]:
    """The commonest first."""
    syllables = ["".join(parts) for parts in product(_ONSETS, _VOWELS, _ENDS)]
    chance = random.Random(1)
    words = dict.fromkeys("".join(chance.choices(syllables, k=2)) for _ in range(2 * VOCABULARY))
    return list(words)[:VOCABULARY]


WORDS = vocabulary()
_REACHED = list(accumulate(1 / (place + 2.7) for place in range(1, VOCABULARY + 1)))  # Zipf and Mandelbrot


def prose(chance: random.Random, words: int) -> str:
    """Words in sentences of twelve and paragraphs of five sentences."""
    drawn = chance.choices(WORDS, cum_weights=_REACHED, k=words)
    sentences = [" ".join(drawn[start : start + 12]).capitalize() + "." for start in range(0, words, 12)]
    return "\n\n".join(" ".join(sentences[start : start + 5]) for start in range(0, len(sentences), 5))


def two_telling_words(chance: random.Random, text: str) -> str:
    """Two words that stand in one text, as somebody would look for them who remembers what it was about."""
    common = frozenset(WORDS[:COMMONEST])
    telling = sorted(set(text.lower().replace(".", "").split()) - common)
    return " ".join(chance.sample(telling, 2))
