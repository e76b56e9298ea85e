"""Mentions: `@handle` in a text leads to that person, where they are somebody of the community it is told in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from cop.platform.markup import Rendered

MOST_MENTIONS = 50  # in one text; the rest stay words
_MENTION = re.compile(r"(?<![\w@/.&#-])@([a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9]))(?![\w-])", re.IGNORECASE)
_PIECES = re.compile(r"<(pre|code|a)\b[^>]*>.*?</\1>|<[^>]*>|[^<]+", re.DOTALL)


def handles_in(sources: Iterable[str]) -> frozenset[str]:
    """The handles that texts may mention, as they were typed."""
    found = dict.fromkeys(match[1].lower() for source in sources for match in _MENTION.finditer(source))
    return frozenset(list(found)[:MOST_MENTIONS])


def link_mentions(rendered: Rendered, known: Collection[str]) -> Rendered:
    """The text with its known handles as links; in code and inside other links they stay words."""
    if not known:
        return rendered

    def link(mention: re.Match[str]) -> str:
        handle = mention[1].lower()
        return f'<a href="/people/{handle}">{mention[0]}</a>' if handle in known else mention[0]

    def link_words(piece: re.Match[str]) -> str:
        return piece[0] if piece[0].startswith("<") else _MENTION.sub(link, piece[0])

    return replace(rendered, html=_PIECES.sub(link_words, rendered.html))
