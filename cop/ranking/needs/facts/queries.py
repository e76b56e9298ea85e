"""Reads of what the needs of threads follow from, and of the needs as they are stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import and_, case, func, or_, select

from cop.discussions.models import Reply, Thread
from cop.discussions.probes.models import OPEN, Probe, ProbeWonder
from cop.endorsements.conditions.models import Condition
from cop.platform.database import session
from cop.ranking.acts import DISSENTING, LEAST_VOICE, ROUNDING
from cop.ranking.models import ActRow, ThreadOrder
from cop.ranking.needs.models import Need
from cop.ranking.needs.wanted import Facts, OpenProbe


def list_facts(thread_ids: Sequence[int]) -> dict[int, Facts]:
    """What the needs of threads follow from, in two statements."""
    rows = session().execute(
        select(
            Thread.id, Thread.community_id, Thread.kind, Thread.teller_id, Thread.told_at,
            or_(Thread.withdrawn_at.is_not(None), ThreadOrder.ended_as.is_not(None)), _is_answered(),
            Thread.outcome_due_at, ThreadOrder.p_all,
            ThreadOrder.check_due, _contested_without_condition(), _last_dissent(),
        )
        .join(ThreadOrder, ThreadOrder.thread_id == Thread.id)
        .where(Thread.id.in_(thread_ids))
    )  # fmt: skip
    probes = _list_open_probes(thread_ids)
    return {row[0]: replace(Facts(*row), probes=tuple(probes.get(row[0], ()))) for row in rows}


def list_rows(thread_ids: Sequence[int]) -> dict[int, list[Need]]:
    """The needs of threads as they are stored, one statement; every id asked for is a key."""
    found: dict[int, list[Need]] = {thread_id: [] for thread_id in thread_ids}
    for need in session().scalars(select(Need).where(Need.thread_id.in_(thread_ids))):
        found[need.thread_id].append(need)
    return found


def list_threads_from(after: int, *, limit: int) -> list[int]:
    """The next threads by id."""
    return list(session().scalars(select(Thread.id).where(Thread.id > after).order_by(Thread.id).limit(limit)))


def _is_answered() -> Any:
    """Whether somebody else has said something to a question; to ask back is no answer."""
    said = select(Reply.id).where(
        Reply.thread_id == Thread.id,
        Reply.kind != "probe",
        Reply.withdrawn_at.is_(None),
        Reply.author_id.is_distinct_from(Thread.teller_id),
    )
    return and_(Thread.kind == "question", said.correlate(Thread).exists())


def _contested_without_condition() -> Any:
    """Since when it is contested, while nobody has written down where it holds."""
    written = select(Condition.id).where(Condition.thread_id == Thread.id).correlate(Thread).exists()
    return case((~written, ThreadOrder.contested_at))


def _last_dissent() -> Any:
    """The last dissent that weighs; looked for only where a thread is contested."""
    last = select(func.max(ActRow.at)).where(
        ActRow.thread_id == Thread.id,
        ActRow.kind.in_(sorted(DISSENTING)),
        ActRow.counts_as >= LEAST_VOICE - ROUNDING,
        ActRow.person_id.is_distinct_from(Thread.teller_id),
    )
    return case((ThreadOrder.contested_at.is_not(None), last.correlate(Thread).scalar_subquery()))


def _list_open_probes(thread_ids: Sequence[int]) -> dict[int, list[OpenProbe]]:
    wondered = select(func.count()).where(ProbeWonder.probe_id == Probe.reply_id).correlate(Probe).scalar_subquery()
    rows = session().execute(
        select(Probe.thread_id, Probe.reply_id, Reply.said_at, wondered)
        .join(Reply, Reply.id == Probe.reply_id)
        .where(Probe.thread_id.in_(thread_ids), Probe.state == OPEN, Reply.withdrawn_at.is_(None))
    )
    found: dict[int, list[OpenProbe]] = defaultdict(list)
    for thread_id, reply_id, asked_at, number in rows:
        found[thread_id].append(OpenProbe(reply_id, asked_at, number))
    return found
