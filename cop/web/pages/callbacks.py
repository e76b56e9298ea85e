"""What became of what somebody told, as their own pages list it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from cop.accounts.viewer import Viewer
from cop.notifications.callbacks.queries import CallbackLine, list_callbacks


@dataclass(frozen=True, slots=True)
class BecamePage:
    """A page of it, the latest first."""

    lines: tuple[CallbackLine, ...]
    is_first: bool
    later: str | None

    @property
    def has_news(self) -> bool:
        return any(line.seen_at is None for line in self.lines)

    @property
    def up_to(self) -> int:
        """The second up to which this page shows what there is."""
        return ceil(self.lines[0].at.timestamp()) if self.lines else 0


def build_became_page(viewer: Viewer, *, after: str | None) -> BecamePage:
    """All of it, in one statement a page.

    Raises:
        NotVisible: the cursor is none of this list.
    """
    page = list_callbacks(viewer, after=after)
    return BecamePage(page.items, not after, page.later)


def list_latest_callbacks(viewer: Viewer, *, limit: int) -> tuple[CallbackLine, ...]:
    return list_callbacks(viewer, limit=limit).items
