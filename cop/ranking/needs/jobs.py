"""Writing the needs of threads that were told before there were any: the upgrade plans it, some threads at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cop.platform.outbox import Payload, enqueue
from cop.ranking.needs.facts.queries import list_threads_from
from cop.ranking.needs.operations import refresh_needs

FILL: Final = "ranking.needs"  # the migration writes a row of this name
THREADS_AT_ONCE: Final = 100


def fill_needs(payloads: Sequence[Payload], now: datetime) -> None:
    for payload in payloads:
        thread_ids = list_threads_from(payload["after"], limit=THREADS_AT_ONCE)
        for thread_id in thread_ids:
            refresh_needs(thread_id=thread_id)
        if len(thread_ids) == THREADS_AT_ONCE:
            enqueue(FILL, {"after": thread_ids[-1]}, now=now)
