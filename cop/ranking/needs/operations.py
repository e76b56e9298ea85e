"""Keeping the needs of a thread true, and setting one aside.

What somebody sets aside shows to nobody else, so nothing is published; nor when needs are written, since no page that
is kept shows them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from cop.accounts.viewer import Viewer
from cop.communities.places.queries import as_of_now_inside
from cop.platform.database import session
from cop.ranking.needs.facts.queries import list_facts, list_rows
from cop.ranking.needs.models import Need, Snooze
from cop.ranking.needs.permissions import can_snooze
from cop.ranking.needs.queries import find_snooze
from cop.ranking.needs.wanted import needs_of

SET_ASIDE_FOR: Final = timedelta(days=7)


def refresh_needs(*, thread_id: int) -> None:
    """Write the needs of a thread as what is stored of it says; a need that stays keeps its row."""
    facts = list_facts([thread_id]).get(thread_id)
    wanted = needs_of(facts) if facts else {}
    for row in list_rows([thread_id])[thread_id]:
        if want := wanted.pop((row.kind, row.ref_id), None):
            row.for_id, row.since, row.due_at = want.for_id, want.since, want.due_at
        else:
            session().delete(row)
    for want in wanted.values():
        session().add(
            Need(
                kind=str(want.kind),
                thread_id=thread_id,
                community_id=facts.community_id if facts else 0,
                ref_id=want.ref_id,
                for_id=want.for_id,
                since=want.since,
                due_at=want.due_at,
            )
        )
    session().flush()


def snooze_need(*, actor: Viewer, need: Need, now: datetime) -> None:
    """Set a need aside for a week, for oneself. Doing so twice is no error."""
    actor = as_of_now_inside(actor, need.community_id)
    can_snooze(actor, need.community_id, now).enforce()
    session().merge(Snooze(need_id=need.id, person_id=actor.person_id, until=now + SET_ASIDE_FOR))
    session().flush()


def take_up_need(*, actor: Viewer, need: Need, now: datetime) -> None:
    """Let it wait for one again. Doing so twice is no error."""
    actor = as_of_now_inside(actor, need.community_id)
    can_snooze(actor, need.community_id, now).enforce()
    if snooze := find_snooze(need.id, actor.person_id):
        session().delete(snooze)
        session().flush()
