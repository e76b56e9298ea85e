"""The list of one's drafts, and two versions of one, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.discussions.drafts.fields import Fields, tidy_fields
from cop.discussions.drafts.queries import DraftLine, DraftRow, list_drafts, list_thrown
from cop.platform.pagination import Page


@dataclass(frozen=True, slots=True)
class DraftsPage:
    """What one has begun, and what of it can still be taken back."""

    drafts: Page[DraftRow]
    thrown: tuple[DraftRow, ...]


def build_drafts_page(viewer: Viewer, *, after: str | None, now: datetime) -> DraftsPage:
    return DraftsPage(list_drafts(viewer, after=after), tuple(list_thrown(viewer, now=now)))


@dataclass(frozen=True, slots=True)
class Both:
    """What was saved in another tab, and what this one holds; boxes that say the same in both are not shown."""

    path: str
    stands: DraftLine
    mine: Fields
    theirs_alone: Fields
    mine_alone: Fields

    @classmethod
    def of(cls, path: str, stands: DraftLine, sent: Fields) -> Both:
        mine = tidy_fields(sent)
        return cls(
            path,
            stands,
            mine,
            tuple(pair for pair in stands.fields if pair not in mine),
            tuple(pair for pair in mine if pair not in stands.fields),
        )
