"""How two texts differ, word by word, and only around what differs.

Comparing two texts can take time that grows with the square of their length, and whoever revises chooses both. So one
reading has a budget: paragraphs are compared first, words only within paragraphs that changed, and what is too long for
the rest of the budget is shown whole, as it was and as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

KEPT, TAKEN, ADDED, LEFT_OUT = "kept", "taken", "added", "left out"
AROUND: Final = 24  # words shown on either side of a change
_PIECES = re.compile(r"\s+|[^\W_]+|.", re.DOTALL)
_LINES = re.compile(r"[^\n]*\n+|[^\n]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: kept, taken away, added, or left out because nothing changed there."""

    what: str
    text: str


@dataclass(slots=True)
class Budget:
    """How much comparing one page may still do, in pairs of pieces."""

    pairs: int = field(default=2_000_000)

    def allows(self, before: Sequence[str], after: Sequence[str]) -> bool:
        wanted = len(before) * len(after)
        if wanted > self.pairs:
            return False
        self.pairs -= wanted
        return True


def compare(before: str, after: str, budget: Budget) -> list[Piece]:
    """The pieces of both texts in their order; nothing where they are the same."""
    if before == after:
        return []
    pieces: list[Piece] = []
    for what, one, other in _steps(_LINES.findall(before), _LINES.findall(after), budget):
        if what == "equal":
            pieces.append(Piece(KEPT, one))
        elif what == "replace":
            pieces += _words(one, other, budget)
        else:
            pieces += _whole(one, other)
    return _shortened(_joined(pieces))


def _words(before: str, after: str, budget: Budget) -> list[Piece]:
    pieces: list[Piece] = []
    for what, one, other in _steps(_PIECES.findall(before), _PIECES.findall(after), budget):
        pieces += [Piece(KEPT, one)] if what == "equal" else _whole(one, other)
    return pieces


def _steps(before: list[str], after: list[str], budget: Budget) -> list[tuple[str, str, str]]:
    """What leads from one to the other; what both begin and end with costs nothing to find."""
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    same = "".join(before[:head]), "".join(before[len(before) - tail :])
    return [("equal", same[0], same[0]), *_inner_steps(old, new, budget), ("equal", same[1], same[1])]


def _inner_steps(before: list[str], after: list[str], budget: Budget) -> list[tuple[str, str, str]]:
    if not budget.allows(before, after):
        return [("replace", "".join(before), "".join(after))]
    found = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(what, "".join(before[a:b]), "".join(after[c:d])) for what, a, b, c, d in found]


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    """How many pieces both begin with."""
    return next(
        (n for n, (one, other) in enumerate(zip(before, after, strict=False)) if one != other),
        min(len(before), len(after)),
    )


def _whole(before: str, after: str) -> list[Piece]:
    return [piece for piece in (Piece(TAKEN, before), Piece(ADDED, after)) if piece.text]


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Neighbours of one sort together; of each change first what was taken, then what was added."""
    runs: list[Piece] = []
    taken, added = "", ""
    for place, piece in enumerate(pieces):
        if piece.what != KEPT:
            taken += piece.text if piece.what == TAKEN else ""
            added += piece.text if piece.what == ADDED else ""
        elif (taken or added) and not piece.text.strip() and place < len(pieces) - 1:
            taken, added = taken + piece.text, added + piece.text  # a space between two changes goes with them
        else:
            runs += [*_whole(taken, added), *([piece] if piece.text else [])]
            taken, added = "", ""
    return _merged([*runs, *_whole(taken, added)])


def _merged(runs: list[Piece]) -> list[Piece]:
    merged: list[Piece] = []
    for piece in runs:
        if merged and merged[-1].what == piece.what == KEPT:
            merged[-1] = Piece(KEPT, merged[-1].text + piece.text)
        else:
            merged.append(piece)
    return merged


def _shortened(pieces: list[Piece]) -> list[Piece]:
    """Leave out what is far from every change."""
    shown: list[Piece] = []
    for place, piece in enumerate(pieces):
        words = re.findall(r"\s*\S+\s*", piece.text)
        head, tail = (AROUND if place else 0), (AROUND if place < len(pieces) - 1 else 0)
        if piece.what != KEPT or len(words) <= head + tail + AROUND:
            shown.append(piece)
            continue
        for part in (Piece(KEPT, "".join(words[:head])), Piece(LEFT_OUT, ""), Piece(KEPT, _last(words, tail))):
            if part.text or part.what == LEFT_OUT:
                shown.append(part)
    return shown


def _last(words: list[str], number: int) -> str:
    return "".join(words[-number:]) if number else ""
