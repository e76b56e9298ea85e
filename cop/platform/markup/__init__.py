"""Text that people write: Markdown in, safe HTML out, once, when it is saved.

    plain.py      characters that may be stored, words without markup as HTML, words read back out of HTML
    limits.py     how much text is read, and which texts Markdown is not asked to read at all
    children.py   the processes that do the work and may be killed; two of them for each process of ours
    wire.py       what a process and its children say to each other
    child.py      the program of such a process; it imports the four below, and nothing else does
    rendering.py  Markdown to HTML
    links.py      links, addresses and references, found without reading the text twice
    code.py       fenced blocks and their colours
    cleaning.py   nh3 and its list of what may be in the HTML: the last word

Rendering is slow and may not end, so it never happens inside a database transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from cop.platform.markup.children import ChildFailed, ask_child
from cop.platform.markup.limits import TEXT_LIMIT_BYTES, is_beyond_markdown, is_too_long
from cop.platform.markup.plain import (
    addresses_in,
    escape_paragraphs,
    plain_text,
    render_prose,
    tidy,
    without_quotes,
)

__all__ = [
    "NOT_RENDERED",
    "RENDERER_VERSION",
    "TEXT_LIMIT_BYTES",
    "Rendered",
    "addresses_in",
    "is_too_long",
    "plain_text",
    "render",
    "render_many",
    "without_quotes",
]

RENDERER_VERSION = 2  # stored beside the HTML; raise it when the same text would give other HTML
NOT_RENDERED = 0  # stored instead when no child answered: the words are there, escaped, and may be rendered later

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as it was written (tidied), as it is shown, and the version of the renderer between them."""

    source: str
    html: str
    renderer: int


def render(source: str) -> Rendered:
    """Markdown as HTML that may stand on a page. Any text gives an answer: at worst its words, escaped."""
    text = tidy(source)
    if is_too_long(text) or is_beyond_markdown(text):
        return Rendered(text, escape_paragraphs(text), RENDERER_VERSION)
    if prose := render_prose(text):
        return Rendered(text, prose, RENDERER_VERSION)
    try:
        html = ask_child(text)
    except ChildFailed as failure:
        _log.warning("A text of %d characters is shown as it was typed: %s.", len(text), failure)
        return Rendered(text, escape_paragraphs(text), NOT_RENDERED)
    if html is None:
        html = escape_paragraphs(text)
    return Rendered(text, html, RENDERER_VERSION)


def render_many(sources: Iterable[str]) -> list[Rendered]:
    """The same for many, in order. Each waits for its own turn: an import must not hold up a reply."""
    return [render(source) for source in sources]
