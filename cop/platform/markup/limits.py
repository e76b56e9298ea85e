"""How much text is read, and which texts are shown as they were typed, because Markdown would never finish.

The measures are generous to people: nobody has been seen to write a quotation of a quotation sixty deep.
"""

from __future__ import annotations

import re

TEXT_LIMIT_BYTES = 64 * 1024  # of a thread's fields, or of a reply, joined, in UTF-8

_OPEN_BRACKETS = 100  # in a row with none closed between them
_DEPTH = 60  # quotations and lists inside one another at the beginning of a line
_HEADINGS = 500  # Markdown reads the rest of the text again after each
_LINES = 4000  # 64 kB of lines of sixteen letters
_MARKS = 12_000  # each costs some twenty microseconds

_NESTED_LINE = re.compile(
    rf"^(?:[ \t]*+(?:>|[*+-](?=[ \t])|\d++\.(?=[ \t]))){{{_DEPTH}}}",
    re.MULTILINE,
)
_HEADING_LINE = re.compile(r"^[ \t>*+.\d-]*(?:#|[=-][ \t]*$)", re.MULTILINE)


def is_too_long(*texts: str) -> bool:
    """Whether texts that are stored together are more than may be stored."""
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) > TEXT_LIMIT_BYTES


def is_beyond_markdown(text: str) -> bool:
    """Whether a text is made to be slow. It is read once; what gets past this, the killing catches."""
    return (
        max(part.count("[") for part in text.split("]")) > _OPEN_BRACKETS
        or _NESTED_LINE.search(text) is not None
        or text.count("\n") > _LINES
        or sum(text.count(mark) for mark in "*_`~|\\[]<>&") > _MARKS
        or sum(1 for _ in _HEADING_LINE.finditer(text)) > _HEADINGS
    )
