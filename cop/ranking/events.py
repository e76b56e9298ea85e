"""What happens to the order beside single acts."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OrderRewritten:
    """The worker has put some threads of a community in their place anew."""

    community_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class StandingMeasured:
    """The worker has measured a community anew, and something came out otherwise than before."""

    community_id: int
    at: datetime
