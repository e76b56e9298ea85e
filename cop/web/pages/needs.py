"""What waits for a reader: five of it on the front page, all of it in each community."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from cop.accounts.viewer import Viewer
from cop.ranking.needs.queries import NeedLine, list_needs, list_set_aside
from cop.web.caching import write_part
from cop.web.pages.thread_lists import ListAsked

NEEDS_AT_HOME = 5


@dataclass(frozen=True, slots=True)
class WaitingPart:
    """What waits for somebody everywhere, the earliest due first, and what they have set aside."""

    needs: tuple[NeedLine, ...]
    has_more: bool
    set_aside: tuple[NeedLine, ...]


@dataclass(frozen=True, slots=True)
class NeedsList:
    """A page of what waits for somebody in one community."""

    slug: str
    asked: ListAsked
    needs: tuple[NeedLine, ...]
    set_aside: tuple[NeedLine, ...]  # under the first page alone
    earlier: str | None
    later: str | None


def build_waiting(viewer: Viewer, *, now: datetime) -> WaitingPart:
    """The most pressing of what is needed of the viewer."""
    page = list_needs(viewer, viewer.places, now=now, limit=NEEDS_AT_HOME)
    set_aside = tuple(list_set_aside(viewer, viewer.places, now=now))
    return WaitingPart(page.items, page.later is not None, set_aside)


def write_needs(viewer: Viewer, community_id: int, slug: str, asked: ListAsked, *, now: datetime) -> Markup:
    """The list as this reader reads it; nobody else does, so it is never kept.

    Raises:
        NotVisible: the cursor is none of this list.
    """
    found = list_needs(
        viewer, (community_id,), now=now, after=asked.after, before=asked.before,
        topic_id=asked.topic_id, state=asked.state, kind=asked.kind,
    )  # fmt: skip
    set_aside = () if asked.after or asked.before else tuple(list_set_aside(viewer, (community_id,), now=now))
    page = NeedsList(slug, asked, found.items, set_aside, found.earlier, found.later)
    return write_part("communities/_needs.html", page=page)
