"""Links in Markdown, found in one reading, and bare addresses made into links.

Python-Markdown looks for the end of every `[` anew, one character at a time: 8 kB of `[` cost it 16 s.
These expressions give nothing back once they have taken it (`++`, `*+`) and stop at the fourth level, so
that each bracket is passed a few times at most: 8 kB cost 10 ms. A title after the address is read over; it
is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

from bleach.linkifier import Linker
from markdown import Markdown

from cop.platform.markup.cleaning import is_web_address

_LABEL = re.compile(r"(?:[^\[\]]++|\[(?:[^\[\]]++|\[[^\[\]]*+\])*+\])*+\]")
_ADDRESS = re.compile(
    r"\(\s*+"
    r"(?:<([^<>\n]*+)>|((?:[^()\s]++|\((?:[^()\s]++|\([^()\s]*+\))*+\))*+))"
    r"(?:\s++(?:\"[^\"]*+\"|'[^']*+'))?+"
    r"\s*+\)"
)
_DEFINITION = re.compile(
    r"^[ ]{0,3}\[([^\[\]]*+)\]:[ ]*+(?:\n[ ]*+)?+([^\s]++)[ ]*+"
    r"(?:\n[ ]*+)?(([\"'])([^\n]*)\4[ ]*+|\(([^\n]*)\)[ ]*+)?$",
    re.MULTILINE,
)
_SIX_KINDS = ("link", "image_link", "reference", "image_reference", "short_reference", "short_image_ref")
_BARE_ADDRESS = re.compile(
    r"\(?\bhttps?://\w"
    r"(?:(?!&(?:lt|gt|quot);)[^\s<>\"`{}|\\^])*"
    r"(?<![.,!?:'*_~…])(?<!(?<!&amp);)",  # marks at the end belong to the sentence
    re.IGNORECASE,
)

_PIECES = re.compile(r"<(pre|code|a)\b[^>]*>.*?</\1>|<[^>]*>|[^<]+", re.DOTALL)


def read_links_once(markdown: Markdown) -> None:
    """Give Python-Markdown's six kinds of link and its definitions expressions that end."""
    for kind in _SIX_KINDS:
        processor = markdown.inlinePatterns[kind]
        processor.getText = _find_label
        processor.getLink = _address_finder(processor.unescape)
    markdown.parser.blockprocessors["reference"].RE = _DEFINITION


def link_bare_addresses(html: str) -> str:
    """Addresses that stand in the text, outside code and links, as links to themselves.

    bleach is shown only the words between two tags: of what it is told to skip it escapes the entities again.
    """
    return _PIECES.sub(_link_words, html)


def _keep_if_allowed(attributes: dict[Any, str], new: bool) -> dict[Any, str] | None:
    return attributes if is_web_address(unescape(attributes[(None, "href")])) else None


_linker = Linker(callbacks=[_keep_if_allowed], url_re=_BARE_ADDRESS)


def _link_words(piece: re.Match[str]) -> str:
    words = piece[0]
    if words.startswith("<") or "://" not in words:
        return words
    return str(_linker.linkify(words))


def _find_label(text: str, start: int) -> tuple[str, int, bool]:
    """The words between the brackets, where they end, and whether they do."""
    found = _LABEL.match(text, start)
    return (text[start : found.end() - 1], found.end(), True) if found else ("", start, False)


def _address_finder(
    unstash: Callable[[str], str],
) -> Callable[[str, int], tuple[str, str | None, int, bool]]:
    def find_address(text: str, start: int) -> tuple[str, str | None, int, bool]:
        """The address, no title, where the parenthesis ends, and whether it does."""
        found = _ADDRESS.match(text, start)
        if not found:
            return "", None, start, False
        return unstash(found[1] or found[2] or "").strip(), None, found.end(), True

    return find_address
