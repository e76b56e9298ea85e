"""Code: fenced blocks and their colours, and the ends of code within a line.

Python-Markdown's own extension lets the writer hand options to pygments (`{.python filters=… tagsfile=…}`),
and reads the text again for every fence that is never closed. Ours takes the name of the language and
nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import Any

from markdown import Markdown
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Error, Generic, Keyword, Name, Number, Operator, String, Token

LANGUAGES = frozenset(  # known ones only: for another name pygments would look through every installed package
    """
    bash c c++ clojure console cpp cs csharp css diff docker dockerfile elixir erlang fortran go graphql
    haskell hcl hs html http ini java javascript jinja jl js json julia kotlin latex lisp lua make makefile
    matlab nginx nix octave pascal perl php postgresql powershell ps1 py pycon python r rb rs ruby rust sas
    scala scheme scss sh shell sparql splus sql stata swift tcl terraform tex toml ts typescript vim xml
    yaml yml zsh
    """.split()  # noqa: SIM905 - one to a line they would fill the file
)

_FENCE = re.compile(r"(?P<indent> {0,3})(?P<fence>`{3,}+|~{3,}+) *+\{?+ *+\.?+(?P<language>[\w#+-]*+)[^`]*+")
_KINDS = {  # what is coloured, and the class of it
    Keyword: "k",
    Operator.Word: "k",
    Name.Attribute: "na",
    Name.Class: "nf",
    Name.Function: "nf",
    Name.Tag: "nt",
    String: "s",
    Number: "m",
    Comment: "c",
    Generic.Deleted: "gd",
    Generic.Inserted: "gi",
    Generic.Heading: "gh",
    Generic.Subheading: "gh",
    Error: "err",
}


def read_code_once(markdown: Markdown) -> None:
    """Take fenced blocks out first, and give backticks within a line an end that is looked for quickly."""
    markdown.preprocessors.register(_FencedCode(markdown), "fenced_code", 25)
    markdown.inlinePatterns["backtick"].find_code_spans = _find_code_span


def _find_code_span(start: int, text: str) -> tuple[int, int | None]:
    """Where the code after some backticks begins and ends; no end when as many backticks do not come again."""
    begin = start
    while text.startswith("`", begin):
        begin += 1
    closing = re.compile(rf"(?<!`)`{{{begin - start}}}(?!`)").search(text, begin)
    return begin, closing.start() if closing else None


class _FencedCode:
    """A preprocessor that takes fenced blocks out of the text before anything else reads it."""

    def __init__(self, markdown: Markdown) -> None:
        self._stash = markdown.htmlStash

    def run(self, lines: list[str]) -> list[str]:
        return list(self._without_blocks(iter(lines)))

    def _without_blocks(self, lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            opening = _FENCE.fullmatch(line)
            if not opening:
                yield line
                continue
            code = "\n".join(_take_block(lines, opening["fence"], opening["indent"])).rstrip("\n")
            block = highlight_code(code, opening["language"].lower())
            yield from ("", self._stash.store(block), "", "")  # alone between blank lines, it is no one's paragraph


def _take_block(lines: Iterator[str], fence: str, indent: str) -> Iterator[str]:
    """The lines up to the closing fence, or to the end: a fence left open is closed for the writer."""
    for line in lines:
        mark = line.strip()
        if len(mark) >= len(fence) and mark == fence[0] * len(mark):
            return
        yield line.removeprefix(indent)


def highlight_code(code: str, language: str) -> str:
    """A block of code as HTML, in colours if its language is known."""
    words = _colour(code, language) if language in LANGUAGES else escape(code)
    return f"<pre><code>{words}</code></pre>"


def _colour(code: str, language: str) -> str:
    pieces = get_lexer_by_name(language, stripnl=False, ensurenl=False).get_tokens(code)
    runs = groupby(((_kind_of(token), text) for token, text in pieces), key=lambda piece: piece[0])
    return "".join(_mark("".join(text for _, text in run), kind) for kind, run in runs)


def _kind_of(kind: Any) -> str:
    """The class of the nearest known kind above one of pygments' tokens; empty for what is not coloured."""
    while kind is not Token and kind not in _KINDS:
        kind = kind.parent
    return _KINDS.get(kind, "")


def _mark(text: str, kind: str) -> str:
    return f'<span class="{kind}">{escape(text)}</span>' if kind else escape(text)
