"""`cop check`: is every need there that should be, with its day, and no other?"""

from __future__ import annotations

from collections.abc import Iterator

from cop.platform.database import reading
from cop.ranking.needs.models import Need
from cop.ranking.needs.queries import list_facts, list_rows, list_threads_from
from cop.ranking.needs.wanted import Wanted, needs_of
from cop.ranking.verification import BATCH, Finding


def check_needs(batch: int = BATCH) -> Iterator[Finding]:
    """Walk all threads; one with findings is read a second time, since people write meanwhile."""
    last = 0
    while thread_ids := _next(last, batch):
        last = thread_ids[-1]
        for thread_id in sorted({finding.thread_id for finding in _findings(thread_ids)}):
            yield from _findings([thread_id])


def _next(after: int, limit: int) -> list[int]:
    with reading():
        return list_threads_from(after, limit=limit)


def _findings(thread_ids: list[int]) -> list[Finding]:
    with reading():
        stored, facts = list_rows(thread_ids), list_facts(thread_ids)
        return [
            finding
            for thread_id, of_thread in facts.items()
            for finding in _compare(thread_id, stored[thread_id], needs_of(of_thread))
        ]


def _compare(thread_id: int, stored: list[Need], wanted: dict[tuple[str, int], Wanted]) -> Iterator[Finding]:
    have = {(row.kind, row.ref_id): (row.for_id, row.since, row.due_at) for row in stored}
    want = {key: (need.for_id, need.since, need.due_at) for key, need in wanted.items()}
    for key in sorted(have.keys() | want.keys()):
        if have.get(key) != want.get(key):
            yield Finding(thread_id, f"need {key[0]}", _due(have.get(key)), _due(want.get(key)))


def _due(row: tuple[object, ...] | None) -> object:
    return "nothing" if row is None else f"due {row[-1]}"
