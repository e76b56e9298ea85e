"""Words without markup: made fit to store, escaped to be shown, and read back out of stored HTML."""

from __future__ import annotations

import re
from html import escape, unescape

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNFIT = re.compile(  # PostgreSQL refuses NUL, Markdown marks its places with 2 and 3, HTML allows none of them
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]"
)
_HALVES = re.compile("[\ud800-\udfff]")  # half a surrogate pair has no UTF-8
_PROSE = re.compile(r"[^\W\d_](?: ?(?:[^\W_]|[,.;?!'’“”\"()–—-]|:(?= )))*")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_BREAKS = re.compile(r"<br>|</(?:p|li|h[3-6]|pre|t[dhr])>")
_TAGS = re.compile(r"<[^<>]*>")
_QUOTE_ENDS = re.compile(r"(</?blockquote>)")
_ADDRESSES = re.compile(r'<a href="(https?:[^"]*)"')


def tidy(text: str) -> str:
    """The text with line ends of one kind and without characters that cannot be stored or shown."""
    text = _LINE_ENDS.sub("\n", text)
    return _HALVES.sub("\N{REPLACEMENT CHARACTER}", _UNFIT.sub("", text))


def render_prose(text: str) -> str | None:
    """The HTML of one line of words and punctuation, as Markdown makes it; None of anything else.

    Most of what is said in passing has no mark in it that Markdown would read, and need not wait for a renderer.
    """
    return f"<p>{text}</p>" if _PROSE.fullmatch(text) else None


def escape_paragraphs(text: str) -> str:
    """The words of a tidy text as HTML: a paragraph for each run of lines, a break for each line."""
    return "\n".join(_escape_paragraph(words) for words in _BLANK_LINES.split(text) if words.strip())


def _escape_paragraph(words: str) -> str:
    return "<p>" + escape(words.strip("\n"), quote=False).replace("\n", "<br>\n") + "</p>"


def without_quotes(html: str) -> str:
    """HTML that `render` made without its quotations: what its writer says of their own."""
    kept, depth = [], 0
    for piece in _QUOTE_ENDS.split(html):
        if piece == "<blockquote>":
            depth += 1
        elif piece == "</blockquote>":
            depth -= 1
        elif not depth:
            kept.append(piece)
    return " ".join(kept)


def addresses_in(html: str) -> list[str]:
    """Where the links in HTML that `render` made lead."""
    return [unescape(address) for address in _ADDRESSES.findall(html)]


def plain_text(html: str) -> str:
    """The words of HTML that `render` made, on one line. They are not HTML: escape them to show them.

    In such HTML every `<` begins a tag and no attribute holds one, so no parser is needed.
    """
    return " ".join(unescape(_TAGS.sub("", _BREAKS.sub(" ", html))).split())
