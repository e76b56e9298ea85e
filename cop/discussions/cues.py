"""Cues: the short lines of what a teller noticed, in the teller's own words.

A short line stands in the margin beside the long text that follows it; where every line is short, the cues are the
text. Blocks of Markdown (code, lists, quotes, tables) are never taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cop.platform import markup
from cop.platform.markup import Rendered

LONGEST_CUE = 90
LONGEST_HOOK = 62
MOST_CUES = 40  # beyond that it is a list and not what somebody noticed; each is rendered on its own
_LABEL = "<b>Cue</b>"
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_BLOCK = re.compile(r"\s{4,}|\t| {0,3}(?:[-*+]\s|\d+[.)]\s|>|\||#{1,6}\s)")


@dataclass(frozen=True, slots=True)
class Passage:
    """Some cues and the text beside which they stand; the text is empty where only cues are left."""

    cues: tuple[str, ...]
    text: str


def passages_of(noticed: str) -> list[Passage]:
    """Cut the field into passages, in its own order."""
    passages: list[Passage] = []
    cues: list[str] = []
    for block in _blocks(noticed):
        if _is_cue(block):
            cues.append(block)
        else:
            passages.append(Passage(tuple(cues), block))
            cues = []
    if cues:
        passages.append(Passage(tuple(cues), ""))
    return passages


def first_cue(noticed: str) -> str:
    """The first cue, or nothing."""
    return next((cue for passage in passages_of(noticed) for cue in passage.cues), "")


def default_hook(noticed: str) -> str:
    """The line under the title when the teller leaves it: the first cue, cut at a word to 62 characters."""
    cue = first_cue(noticed)
    if len(cue) <= LONGEST_HOOK:
        return cue
    return cue[: LONGEST_HOOK - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def render_noticed(noticed: str) -> Rendered:
    """The field as HTML: every piece is rendered and cleaned on its own, and only our own marks stand around them."""
    passages = passages_of(noticed)
    if sum(len(passage.cues) for passage in passages) > MOST_CUES:
        return markup.render(noticed)
    pieces = markup.render_many([piece for passage in passages for piece in (*passage.cues, passage.text)])
    rendered = iter(pieces)
    parts = []
    for passage in passages:
        cues = [_unwrapped(next(rendered).html) for _ in passage.cues]
        parts.append(_set(cues, next(rendered).html))
    return Rendered(noticed, "\n".join(parts), markup.RENDERER_VERSION)


def words_of_noticed(html: str) -> str:
    """The words of what `render_noticed` made, without the label that we put on a cue in the margin."""
    return markup.plain_text(html.replace(_LABEL, "").replace("</aside>", "</p>"))


def _set(cues: Sequence[str], text: str) -> str:
    if not text:
        return '<ul class="cues">' + "".join(f"<li>{cue}</li>" for cue in cues) + "</ul>"
    if not cues:
        return text
    asides = "".join(f'<aside class="cue" role="note">{_LABEL}{cue}</aside>' for cue in cues)
    return f'<div class="passage">{asides}{text}</div>'


def _unwrapped(html: str) -> str:
    """What stands in the one paragraph that a single line becomes."""
    inner = html.strip().removeprefix("<p>").removesuffix("</p>")
    return html if "<p>" in inner else inner


def _is_cue(block: str) -> bool:
    return "\n" not in block and len(block) <= LONGEST_CUE and not _BLOCK.match(block) and not _FENCE.match(block)


def _blocks(text: str) -> list[str]:
    """Plain lines one by one; a fence to its end and neighbouring lines of Markdown blocks as one."""
    blocks: list[str] = []
    fence = ""
    joins = False
    for line in text.replace("\r\n", "\n").split("\n"):
        opening = _FENCE.match(line)
        if fence:
            blocks[-1] += "\n" + line
            fence = "" if opening and opening[1].startswith(fence) else fence
        elif opening:
            blocks.append(line)
            fence, joins = opening[1], False
        elif not line.strip():
            joins = False
        elif _BLOCK.match(line):
            blocks[-1:] = [blocks[-1] + "\n" + line] if joins else [*blocks[-1:], line]
            joins = True
        else:
            blocks.append(line.strip())
            joins = False
    return blocks
