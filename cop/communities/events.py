"""What happens in communities, beside the talk."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CommunityFounded:
    community_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonJoined:
    community_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonVouchedFor:
    """Somebody said what they have seen a person do."""

    community_id: int
    by_id: int
    for_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonPromoted:
    """Somebody's word weighs more here from now on."""

    community_id: int
    person_id: int
    voice: float
    at: datetime
