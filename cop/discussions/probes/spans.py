"""Spans: words of a story that somebody quotes, found again in its HTML whatever was changed around them.

Only text is ever wrapped, piece by piece between the tags that are there, so what comes out is as well-formed as what
came in. What stands beside the words goes before the block of the page that holds them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import unescape

_PIECES = re.compile(r"<[^<>]*>|[^<]+")
_LETTERS = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|\w{1,31});|.", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-z0-9]+)")
_INLINE = frozenset(("a", "b", "i", "em", "strong", "code", "del", "s", "span", "sub", "sup", "kbd", "mark", "q"))
_VOID = frozenset(("br", "hr", "img"))
_ALIKE = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "…": "."})
_OPENS, _CLOSES = '<span class="mk">', "</span>"
_PASSAGE = '<div class="passage">'
_ASIDES = re.compile(r"(?:\s*<aside\b.*?</aside>)*", re.DOTALL)

Insertion = tuple[int, int, str]  # where, which of one place comes first, and what
Letter = tuple[str, int, int]  # as it is compared, and where it stands in the HTML; -1 for a gap between blocks


@dataclass(frozen=True, slots=True)
class Beside:
    """Words of the text, and the HTML that is to stand beside them."""

    quote: str
    html: str


def tidy_quote(text: str) -> str:
    """The words as they are compared: single spaces, and one kind of quotation mark and dash."""
    return " ".join(text.split()).translate(_ALIKE)


def reading_of(html: str) -> str:
    """What is read, as quotes are compared with it."""
    return "".join(letter for letter, _start, _end in _letters(html))


def stands_in(html: str, quote: str) -> bool:
    """Whether the quoted words stand in this text."""
    wanted = tidy_quote(quote)
    return bool(wanted) and wanted in reading_of(html)


def set_beside(html: str, besides: Sequence[Beside]) -> tuple[str, list[int]]:
    """The text with the quoted words marked and what belongs to them beside them; and which have lost their words."""
    letters = _letters(html)
    found = [_find(letters, beside.quote) for beside in besides]
    placed = sorted((place[0][1], number) for number, place in enumerate(found) if place)
    marks = _join(stretch for place in found if place for stretch in _stretches(html, place))
    insertions = [one for start, end in marks for one in ((start, 1, _OPENS), (end, 0, _CLOSES))]
    insertions += _put_asides(html, [(at, besides[number].html) for at, number in placed])
    return _inserted(html, insertions), [number for number, place in enumerate(found) if not place]


def set_first(html: str, aside: str) -> str:
    """The text with this beside its first block."""
    return _inserted(html, _put_asides(html, [(0, aside)]))


def _find(letters: Sequence[Letter], quote: str) -> list[Letter]:
    """The letters of the first place in which the quote stands, or none."""
    wanted = tidy_quote(quote)
    at = "".join(letter for letter, _start, _end in letters).find(wanted) if wanted else -1
    return [letter for letter in letters[at : at + len(wanted)] if letter[1] >= 0] if at >= 0 else []


def _stretches(html: str, place: Sequence[Letter]) -> list[tuple[int, int]]:
    """The stretches of text between two tags that a quote covers."""
    stretches: list[tuple[int, int]] = []
    for _letter, start, end in place:
        if stretches and "<" not in html[stretches[-1][1] : start]:
            stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
        else:
            stretches.append((start, end))
    return stretches


def _join(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches that overlap as one: two may quote the same words."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _put_asides(html: str, asides: Sequence[tuple[int, str]]) -> list[Insertion]:
    """Put each before the outermost block around its place, in a passage of its own or the one there is."""
    blocks, by_block = _blocks(html), defaultdict(list)
    for at, aside in asides:
        by_block[next((block for block in blocks if at < block[1]), (0, len(html)))].append(aside)
    insertions: list[Insertion] = []
    for (begins, ends), found in by_block.items():
        if html.startswith(_PASSAGE, begins):
            inside = _ASIDES.match(html, begins + len(_PASSAGE))
            insertions.append((inside.end() if inside else begins + len(_PASSAGE), 1, "".join(found)))
        else:
            insertions += [(begins, 1, _PASSAGE + "".join(found)), (ends, 0, "</div>")]
    return insertions


def _inserted(html: str, insertions: Sequence[Insertion]) -> str:
    parts, last = [], 0
    for at, _order, piece in sorted(insertions, key=lambda one: one[:2]):
        parts += [html[last:at], piece]
        last = at
    return "".join([*parts, html[last:]])


def _letters(html: str) -> list[Letter]:
    """What is read, letter by letter, with single spaces, and where each stands."""
    letters: list[Letter] = []
    for piece in _PIECES.finditer(html):
        if piece[0].startswith("<"):
            tag = _TAG.match(piece[0])
            if tag and tag[2] not in _INLINE:
                _add(letters, " ", -1, -1)
            continue
        for one in _LETTERS.finditer(piece[0]):
            for letter in unescape(one[0]):
                _add(letters, letter, piece.start() + one.start(), piece.start() + one.end())
    return letters


def _add(letters: list[Letter], letter: str, start: int, end: int) -> None:
    if not letter.isspace():
        letters.append((letter.translate(_ALIKE), start, end))
    elif letters and letters[-1][0] != " ":
        letters.append((" ", start, end))


def _blocks(html: str) -> list[tuple[int, int]]:
    """Where each outermost block begins and ends."""
    blocks, depth, begins = [], 0, 0
    for piece in _PIECES.finditer(html):
        tag = _TAG.match(piece[0])
        if tag is None or tag[2] in _VOID:
            continue
        if not tag[1]:
            begins = piece.start() if depth == 0 else begins
            depth += 1
            continue
        depth -= 1
        if depth == 0:
            blocks.append((begins, piece.end()))
    return blocks
