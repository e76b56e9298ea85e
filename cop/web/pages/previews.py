"""How a reply will read, before it is said."""

from __future__ import annotations

from dataclasses import dataclass

from cop.discussions.replies import ReplyText


@dataclass(frozen=True, slots=True)
class Preview:
    """A reply as others would read it; without a word in it `html` is empty."""

    html: str
    setting: str = ""
    differed: str = ""
    quote: str = ""


def preview_of(text: ReplyText, *, quote: str = "") -> Preview:
    return Preview(text.body.html, text.setting, text.differed, quote)
