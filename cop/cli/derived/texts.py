"""Whether the HTML that is stored beside a text is what the renderer makes of it.

What an older renderer made is not looked at, nor what was stored as it was typed since no renderer answered: it may
look otherwise and is right all the same. Nobody knows any more who was in a community when a text was written, so a
mention may be a link or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cop.cli.derived.queries import (
    Stray,
    TextRow,
    list_texts_of_communities,
    list_texts_of_people,
    list_texts_of_threads,
)
from cop.communities.members.queries import keep_known_handles
from cop.discussions.mentions import handles_in, link_mentions
from cop.discussions.stories import render_fields
from cop.platform import markup
from cop.platform.database import reading
from cop.platform.markup import RENDERER_VERSION, Rendered

_MENTION = re.compile(r'<a href="/people/([a-z0-9-]+)">(@\1)</a>', re.IGNORECASE)


def find_wrong_texts_of_threads(thread_ids: Sequence[int]) -> Iterator[Stray]:
    """The boxes of threads, replies, what waits to be asked, and everything in cases."""
    with reading():
        rows = list_texts_of_threads(thread_ids)
    return _find_wrong(rows)


def find_wrong_bios(person_ids: Sequence[int]) -> Iterator[Stray]:
    with reading():
        rows = list_texts_of_people(person_ids)
    return _find_wrong(rows)


def find_wrong_welcomes(community_ids: Sequence[int]) -> Iterator[Stray]:
    with reading():
        rows = list_texts_of_communities(community_ids)
    return _find_wrong(rows)


def _find_wrong(rows: Sequence[TextRow]) -> Iterator[Stray]:
    for row in rows:
        is_known = 0 <= row.renderer <= RENDERER_VERSION
        if not is_known:
            yield Stray(row.table, f"{row.prefix}renderer", row.key, row.renderer, RENDERER_VERSION, row.thread_id)
        if not row.source or not is_known or row.renderer == RENDERER_VERSION:
            yield from _compare(row)


def _compare(row: TextRow) -> Iterator[Stray]:
    again = _render(row)
    if again.renderer == RENDERER_VERSION and _unlinked(row.html) != _unlinked(again.html):
        html = _link(again, row.community_id).html
        yield Stray(row.table, f"{row.prefix}html", row.key, row.html, html, row.thread_id)


def _render(row: TextRow) -> Rendered:
    if not row.source:
        return Rendered("", "", RENDERER_VERSION)
    return render_fields({row.box: row.source})[row.box] if row.box else markup.render(row.source)


def _link(text: Rendered, community_id: int | None) -> Rendered:
    handles = handles_in([text.source])
    if not handles or community_id is None:
        return text
    with reading():
        return link_mentions(text, keep_known_handles(community_id, handles))


def _unlinked(html: str) -> str:
    return _MENTION.sub(r"\2", html)
