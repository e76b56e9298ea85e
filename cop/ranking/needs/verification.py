"""`cop check`: is every need there that should be, with its day, and no other?"""

from __future__ import annotations

from collections.abc import Iterator

from cop.platform.database import reading
from cop.ranking.needs.facts.queries import list_facts, list_rows, list_threads_from
from cop.ranking.needs.models import Need
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
    have = {(row.kind, row.ref_id): row for row in stored}
    for key in sorted(have.keys() | wanted.keys()):
        row, want = have.get(key), wanted.get(key)
        if _due(row) != _due(want):
            yield Finding(thread_id, f"need {key[0]}", _due(row), _due(want))
        for name in ("for_id", "since"):
            one, other = getattr(row, name, None), getattr(want, name, None)
            if row and want and one != other:
                yield Finding(thread_id, f"{name} of need {key[0]}", one, other)


def _due(one: Need | Wanted | None) -> object:
    return "nothing" if one is None else f"due {one.due_at}"
