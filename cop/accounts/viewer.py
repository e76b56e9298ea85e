"""Who is looking: loaded once per request in a short read of its own, and never an ORM row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Place:
    """What a person is in one community: role, the weight of their acts, and until when they may not write."""

    role: str
    voice: float
    silenced_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person a page is made for or an operation is done by; `id` is None for a visitor.

    Has the four properties that Flask-Login asks of its current user.
    """

    id: int | None = None
    handle: str = ""
    name: str = ""
    practice: str = ""
    practising_since: int | None = None
    setting: str = ""
    is_verified: bool = True  # whoever is made without a database, in a test, need not say so
    is_administrator: bool = False
    language: str = ""
    time_zone: str = ""
    theme: str = ""
    session_id: int | None = None
    last_seen_at: datetime | None = None
    places: Mapping[int, Place] = field(default_factory=dict)  # by community id
    removed_from: frozenset[int] = frozenset()  # communities whose moderators have put them out

    @property
    def is_authenticated(self) -> bool:
        return self.id is not None

    @property
    def is_active(self) -> bool:
        return self.id is not None

    @property
    def is_anonymous(self) -> bool:
        return self.id is None

    def get_id(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> int:
        """The id where a person is needed.

        Raises:
            RuntimeError: a visitor got as far as an operation, which is a fault of the caller.
        """
        if self.id is None:
            raise RuntimeError("a visitor cannot act")
        return self.id

    def place_in(self, community_id: int) -> Place | None:
        """What this person is in the community, or None for visitors and outsiders."""
        return self.places.get(community_id)

    def was_removed_from(self, community_id: int) -> bool:
        return community_id in self.removed_from

    def voice_in(self, community_id: int) -> float:
        place = self.place_in(community_id)
        return place.voice if place else 0.0


VISITOR = Viewer()
