"""Reads of what somebody is going to try; only ever their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cop.accounts.viewer import Viewer
from cop.communities.models import Community
from cop.discussions.models import Thread
from cop.endorsements.intentions.models import Intention
from cop.platform.database import session
from cop.platform.slugs import slug_of

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class TryingLine:
    """Something that one is going to try."""

    thread_id: int
    title: str
    community: str
    at: datetime
    remind_at: datetime

    @property
    def slug(self) -> str:
        return slug_of(self.title)


def list_intentions(viewer: Viewer, *, limit: int = MOST_SHOWN) -> list[TryingLine]:
    """What the viewer is going to try where they still are, the oldest first."""
    rows = session().execute(
        select(Thread.id, Thread.title, Community.name, Intention.at, Intention.remind_at)
        .join(Intention, Intention.thread_id == Thread.id)
        .join(Community, Community.id == Thread.community_id)
        .where(
            Intention.person_id == viewer.person_id,
            Thread.community_id.in_(list(viewer.places)),
            Thread.withdrawn_at.is_(None),
        )
        .order_by(Intention.at, Thread.id)
        .limit(limit)
    )
    return [TryingLine(*row) for row in rows]


def list_to_remind(now: datetime, *, limit: int) -> list[tuple[Intention, int]]:
    """Of what somebody was going to try two weeks ago, with the community of it."""
    rows = session().execute(
        select(Intention, Thread.community_id)
        .join(Thread, Thread.id == Intention.thread_id)
        .where(Intention.reminded_at.is_(None), Intention.remind_at <= now)
        .order_by(Intention.remind_at, Intention.thread_id, Intention.person_id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]
