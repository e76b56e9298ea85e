"""The worker's part: a community after something changed there, and all of them every night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cop.platform.database import reading, transaction
from cop.platform.outbox import Payload, enqueue
from cop.ranking.standings.queries import list_communities_after
from cop.ranking.standings.reactions import MEASURE

COMMUNITIES_AT_ONCE = 100


def measure_standings(payloads: Sequence[Payload], now: datetime) -> None:
    """Measure each community once, however many rows ask for it."""
    from cop.ranking.standings.operations import measure_community  # loads scipy, which no web process needs

    for community_id in sorted({payload["community_id"] for payload in payloads}):
        measure_community(community_id, now=now)


def measure_all(_payloads: Sequence[Payload], now: datetime) -> None:
    """Ask for a measure of every community, so many at a time; asked twice, a community is measured twice."""
    after = 0
    while found := _list_next(after):
        with transaction():
            for community_id in found:
                enqueue(MEASURE, {"community_id": community_id}, now=now)
        after = found[-1]


def _list_next(after: int) -> list[int]:
    with reading():
        return list_communities_after(after, limit=COMMUNITIES_AT_ONCE)
