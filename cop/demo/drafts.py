"""What people of the demonstration have begun and not told yet: read from each community's drafts.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cop.accounts.viewer import Viewer
from cop.communities.queries import get_community
from cop.discussions.drafts.operations import Target, save_draft
from cop.discussions.stories import tidy_text
from cop.platform.database import transaction
from cop.platform.ids import new_id


@dataclass(frozen=True, slots=True)
class DraftCard:
    """Something half written: of which kind, and what stands in its boxes so far."""

    community: str
    by: str
    days_ago: float
    kind: str
    boxes: Mapping[str, str]


def read_drafts(path: Path) -> tuple[DraftCard, ...]:
    """A community's file.

    Raises:
        KeyError, TypeError, ValueError: it is not as its format says.
    """
    held = tomllib.loads(path.read_text(encoding="utf-8"))["drafts"]
    return tuple(DraftCard(community=path.parent.name, **one) for one in held)


def begin_draft(card: DraftCard, viewer: Callable[[str], Viewer], at: datetime) -> None:
    """Somebody begins, and leaves it at that."""
    fields = tuple((name, tidy_text(text)) for name, text in card.boxes.items())
    with transaction():
        actor = viewer(card.by)
        target = Target(card.kind, get_community(actor, card.community).id)
        save_draft(actor=actor, draft_id=new_id(), seen_revision=0, target=target, fields=fields, now=at)
