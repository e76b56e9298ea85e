"""When standing is measured again: whatever changes who is in a community, or who trusts whom by a vouch.

Verdicts and answers that helped wait for the night. A thread that comes back brings its verdicts with it and has no
time of its own that `cop check` could tell that from, so it is measured at once.
"""

from __future__ import annotations

from typing import Final

from cop.accounts.events import AccountClosed, PersonRestored, PersonSuspended
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
from cop.discussions.events import ThreadRestored
from cop.platform.outbox import enqueue
from cop.ranking.standings.queries import list_communities_of

MEASURE: Final = "ranking.measure_standing"
MEASURE_ALL: Final = "ranking.measure_all_standing"


def measure_where_they_are(happened: AccountClosed | PersonSuspended | PersonRestored) -> None:
    """Whoever is not there passes nothing on; of an account that is closed this is asked before they are let go."""
    for community_id in list_communities_of(happened.person_id):
        enqueue(MEASURE, {"community_id": community_id}, now=happened.at)


def measure_again(
    happened: PersonVouchedFor | VouchWithdrawn | PersonDemoted | PersonLeft | PersonRemoved | PersonReturned
    | ModeratorAppointed | ModeratorDismissed | ThreadRestored,
) -> None:  # fmt: skip
    """The worker measures the community once this is committed; verdicts wait for the night."""
    enqueue(MEASURE, {"community_id": happened.community_id}, now=happened.at)
