"""When standing is measured again: whatever changes who is in a community, or who trusts whom by a vouch."""

from __future__ import annotations

from typing import Final

from cop.communities.events import (
    ModeratorAppointed,
    ModeratorDismissed,
    PersonDemoted,
    PersonLeft,
    PersonRemoved,
    PersonReturned,
    PersonVouchedFor,
    VouchWithdrawn,
)
from cop.platform.outbox import enqueue

MEASURE: Final = "ranking.measure_standing"
MEASURE_ALL: Final = "ranking.measure_all_standing"


def measure_again(
    happened: PersonVouchedFor | VouchWithdrawn | PersonDemoted | PersonLeft | PersonRemoved | PersonReturned
    | ModeratorAppointed | ModeratorDismissed,
) -> None:  # fmt: skip
    """The worker measures the community once this is committed; verdicts wait for the night."""
    enqueue(MEASURE, {"community_id": happened.community_id}, now=happened.at)
