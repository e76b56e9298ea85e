"""How alive communities are, as lists and their own pages show it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cop.discussions.versions import SITE, of_place, of_talk
from cop.ranking.lines import CommunityActivity
from cop.ranking.queries import pulse_of_communities
from cop.web.caching import kept_by_id


def pulses_of(community_ids: Iterable[int], *, now: datetime) -> dict[int, CommunityActivity]:
    """The pulse of each community, counted anew only where something happened since."""

    def names_of(community_id: int) -> tuple[str, ...]:
        return of_talk(community_id), of_place(community_id), SITE

    return kept_by_id("pulse", community_ids, names_of, lambda missing: pulse_of_communities(missing, now=now))
