"""What changes the order of many threads at once: the worker does it in batches, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cop.communities.members.queries import find_removal
from cop.communities.queries import lock_community
from cop.platform.events import publish
from cop.platform.outbox import Payload, enqueue
from cop.ranking.acts import ActKind
from cop.ranking.events import OrderRewritten
from cop.ranking.operations import list_threads_after, list_threads_of, record_act, replay_order, stands_removed
from cop.ranking.reactions import FOLLOW_REMOVAL, REBASE

THREADS_AT_ONCE = 40


def rebase_keys(payloads: Sequence[Payload], now: datetime) -> None:
    """Fold the next threads of a community from their acts: its half-life has changed.

    The community is held meanwhile, so that no other half-life comes in between; whoever acts on a thread in the
    meantime holds its order first and reads the half-life then.
    """
    for payload in payloads:
        community_id = payload["community_id"]
        lock_community(community_id)
        thread_ids = list_threads_after(community_id, payload["after"], limit=THREADS_AT_ONCE)
        for thread_id in thread_ids:
            replay_order(thread_id=thread_id)
        publish(OrderRewritten(community_id=community_id, at=now))
        if len(thread_ids) == THREADS_AT_ONCE:
            enqueue(REBASE, payload | {"after": thread_ids[-1]}, now=now)


def follow_removals(payloads: Sequence[Payload], now: datetime) -> None:
    """See that what somebody did counts on the next threads exactly if they are not put out.

    It asks how things stand now and not what was said when the row was written, so that a removal taken back at once
    ends well in whichever order the two rows are delivered.
    """
    for payload in payloads:
        community_id, person_id = payload["community_id"], payload["person_id"]
        lock_community(community_id)
        is_out = find_removal(community_id, person_id) is not None
        thread_ids = list_threads_of(community_id, person_id, payload["after"], limit=THREADS_AT_ONCE)
        for thread_id in thread_ids:
            if stands_removed(thread_id, person_id) != is_out:
                kind = ActKind.BAN if is_out else ActKind.UNBAN
                record_act(thread_id=thread_id, person_id=person_id, kind=kind, at=now)
        publish(OrderRewritten(community_id=community_id, at=now))
        if len(thread_ids) == THREADS_AT_ONCE:
            enqueue(FOLLOW_REMOVAL, payload | {"after": thread_ids[-1]}, now=now)
