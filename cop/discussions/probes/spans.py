"""Spans: words of a story that somebody quotes, found again in its HTML whatever was changed around them.

Only text is ever wrapped, piece by piece between the tags that are there, so what comes out is as well-formed as what
came in. What stands beside the words goes before the block of the page that holds them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
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
_ASIDES = re.compile(r"(?:\s*(?:<aside\b.*?</aside>|<!--beside-\d+-->))*", re.DOTALL)

Letter = tuple[str, int, int]  # as it is compared, and where it stands in the HTML; -1 for a gap between blocks


@dataclass(frozen=True, slots=True)
class Beside:
    """Words of the text, and the HTML that is to stand beside them."""

    quote: str
    html: str


def tidy_quote(text: str) -> str:
    """The words as they are compared: single spaces, and one kind of quotation mark and dash."""
    return " ".join(text.split()).translate(_ALIKE)


def stands_in(html: str, quote: str) -> bool:
    """Whether the quoted words stand in this text."""
    return _find(html, quote) is not None


def set_beside(html: str, besides: Sequence[Beside]) -> tuple[str, list[int]]:
    """The text with the quoted words marked and what belongs to them beside them; and which have lost their words."""
    gone = []
    for number, beside in sorted(enumerate(besides), key=lambda one: _place_of(html, one[1].quote)):
        found = _find(html, beside.quote)
        if found is None:
            gone.append(number)
        else:
            html = _insert(_mark(html, found), found[0][1], f"<!--beside-{number}-->")
    for number, beside in enumerate(besides):
        html = html.replace(f"<!--beside-{number}-->", beside.html)
    return html, gone


def set_first(html: str, aside: str) -> str:
    """The text with this beside its first block."""
    return _insert(html, 0, aside)


def _find(html: str, quote: str) -> list[Letter] | None:
    """The letters of the first place in which the quote stands."""
    wanted = tidy_quote(quote)
    letters = _letters(html)
    at = "".join(letter for letter, _start, _end in letters).find(wanted) if wanted else -1
    return [letter for letter in letters[at : at + len(wanted)] if letter[1] >= 0] if at >= 0 else None


def _place_of(html: str, quote: str) -> int:
    """Where it begins, so that what stands beside one passage comes in the order of its words."""
    found = _find(html, quote)
    return found[0][1] if found else len(html)


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


def _mark(html: str, found: Sequence[Letter]) -> str:
    """Wrap each stretch of text between two tags; from the last to the first, so that places stay what they are."""
    stretches: list[list[int]] = []
    for _letter, start, end in found:
        if stretches and "<" not in html[stretches[-1][1] : start]:
            stretches[-1][1] = max(end, stretches[-1][1])
        else:
            stretches.append([start, end])
    for start, end in reversed(stretches):
        html = f"{html[:start]}{_OPENS}{html[start:end]}{_CLOSES}{html[end:]}"
    return html


def _insert(html: str, at: int, token: str) -> str:
    """Put the token before the outermost block around this place, in a passage of its own or the one there is."""
    begins, ends = _block_around(html, at)
    block = html[begins:ends]
    if not block.startswith(_PASSAGE):
        return f"{html[:begins]}{_PASSAGE}{token}{block}</div>{html[ends:]}"
    inside = begins + len(_PASSAGE)
    asides = _ASIDES.match(html, inside)
    after = asides.end() if asides else inside
    return f"{html[:after]}{token}{html[after:]}"


def _block_around(html: str, at: int) -> tuple[int, int]:
    depth, begins = 0, 0
    for piece in _PIECES.finditer(html):
        tag = _TAG.match(piece[0])
        if tag is None or tag[2] in _VOID:
            continue
        if not tag[1]:
            begins = piece.start() if depth == 0 else begins
            depth += 1
            continue
        depth -= 1
        if depth == 0 and piece.end() > at:
            return begins, piece.end()
    return 0, len(html)
