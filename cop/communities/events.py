"""What happens in communities, beside the talk. Each carries the ids of what changed, and nothing to be read."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CommunityFounded:
    community_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CommunityRevised:
    """Its moderators changed what it says of itself, or who may see it."""

    community_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class HalfLifeChanged:
    """How long things stay alive here: every key of the community rests on it."""

    community_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class TopicsChanged:
    """A topic was added, renamed, retired or taken up again."""

    community_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonJoined:
    community_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonLeft:
    """Somebody went of their own accord: what they said stays and counts."""

    community_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonRemoved:
    """A moderator put somebody out: what they said stays and counts no more."""

    community_id: int
    person_id: int
    removal_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonReturned:
    """Somebody who had been removed is in again: what they said counts as before."""

    community_id: int
    person_id: int
    removal_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class AskedToJoin:
    community_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class JoinRequestWithdrawn:
    community_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class JoinRequestSettled:
    """A moderator let somebody in, or said why not."""

    community_id: int
    person_id: int
    request_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonInvited:
    """By a link, or by mail to somebody who may not have an account."""

    community_id: int
    invitation_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class InvitationRevoked:
    community_id: int
    invitation_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonVouchedFor:
    """Somebody said what they have seen a person do."""

    community_id: int
    person_id: int
    vouch_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class VouchWithdrawn:
    community_id: int
    person_id: int
    vouch_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonPromoted:
    """Somebody's word weighs more here from now on."""

    community_id: int
    person_id: int
    voice: float
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonDemoted:
    """What remains of the vouches does not suffice: a newcomer again. Their verdicts of the last ninety days weigh
    nothing from now on (domain.md B0, R11); what they said stays said."""

    community_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ModeratorAppointed:
    community_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ModeratorDismissed:
    community_id: int
    person_id: int
    at: datetime
