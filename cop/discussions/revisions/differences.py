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

    pairs: int = field(default=1_000_000)

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
    if not budget.allows(before, after):
        return [("delete", "".join(before), ""), ("insert", "", "".join(after))]
    found = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(what, "".join(before[a:b]), "".join(after[c:d])) for what, a, b, c, d in found]


def _whole(before: str, after: str) -> list[Piece]:
    return [piece for piece in (Piece(TAKEN, before), Piece(ADDED, after)) if piece.text]


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Neighbours of one sort together, and single spaces between two changes with the changes."""
    runs: list[Piece] = []
    for place, piece in enumerate(pieces):
        between = 0 < place < len(pieces) - 1 and piece.what == KEPT and not piece.text.strip()
        for part in (Piece(TAKEN, piece.text), Piece(ADDED, piece.text)) if between else (piece,):
            _add(runs, part)
    return runs


def _add(runs: list[Piece], piece: Piece) -> None:
    """Put a piece behind the run of its sort, which may stand before one run of the other sort of change."""
    for place in (-1, -2):
        if len(runs) >= -place and runs[place].what == piece.what:
            if place == -2 and KEPT in (piece.what, runs[-1].what):
                break
            runs[place] = Piece(piece.what, runs[place].text + piece.text)
            return
    runs.append(piece)


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
