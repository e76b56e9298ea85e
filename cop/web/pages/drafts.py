"""Two versions of one draft, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from cop.discussions.drafts.fields import Fields, tidy_fields
from cop.discussions.drafts.queries import DraftLine


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
