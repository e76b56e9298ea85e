"""The reminder to take the people out, with the places of a text that one would look at again."""

from __future__ import annotations

from collections.abc import Mapping

from cop.communities.members.queries import list_names_with
from cop.communities.queries import find_visible_id
from cop.discussions.telltales import Telltale, capitals_in, find_telltales
from cop.platform import markup
from cop.platform.database import reading
from cop.web.callers import viewer


def look_for_people(slug: str, texts: Mapping[str, str], *, titles: Mapping[str, str]) -> tuple[Telltale, ...]:
    """What of a text may point at somebody; who tells it is no secret. Slow: never while a transaction is open."""
    if markup.is_too_long(*texts.values(), *titles.values()):
        return ()
    words = capitals_in(texts) | capitals_in(titles)
    with reading():
        community_id = find_visible_id(viewer(), slug)
        names = list_names_with(community_id, words) if community_id is not None else []
    return find_telltales(texts, titles=titles, names=[name for name in names if name != viewer().name])
