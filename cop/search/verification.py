"""Whether the index holds what the database does: compared by id, a batch at a time, and mended where it differs.

Each night the worker compares and mends; `cop check` compares and says what it found. Of the index the ids are held
in memory, eight bytes each; of the database never more than a batch.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, islice
from pathlib import Path

from sqlalchemy import Select, select

from cop.discussions.models import Reply, Thread
from cop.platform.database import reading, session
from cop.search._home import read_json, write_json
from cop.search.port import SearchIndex

AT_ONCE = 2_000  # ids in one statement
MOST_NAMED = 10_000  # of each sort in one comparison; what differs more is mended the next night, or by a rebuild
_NOTE = "verified"


@dataclass(frozen=True, slots=True)
class Difference:
    """What the index lacks, and what it holds of which the database knows nothing (any more)."""

    threads: tuple[int, ...] = ()
    replies: tuple[int, ...] = ()
    surplus: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.threads or self.replies or self.surplus)


@dataclass(frozen=True, slots=True)
class Verified:
    """The last comparison: when it was, and how many texts it put in and took out."""

    at: int
    missing: int
    surplus: int


def compare(index: SearchIndex) -> Difference:
    """Compare the index with the database; what is said meanwhile may show as missing.

    Raises:
        IndexUnavailable: there is no sound index.
    """
    held = index.ids()
    return Difference(
        threads=tuple(islice(_missing(Thread, held), MOST_NAMED)),
        replies=tuple(islice(_missing(Reply, held), MOST_NAMED)),
        surplus=tuple(islice(_surplus(held), MOST_NAMED)),
    )


def note_verified(folder: Path, verified: Verified) -> None:
    """Write down beside the index what a comparison came to."""
    write_json(folder / _NOTE, asdict(verified))


def last_verified(folder: Path) -> Verified | None:
    """What the last comparison came to; None when there was none yet."""
    noted = read_json(folder / _NOTE)
    return Verified(**noted) if noted.keys() == {"at", "missing", "surplus"} else None


def _missing(model: type[Thread] | type[Reply], held: Sequence[int]) -> Iterator[int]:
    latest = -(2**63)
    while True:
        query = _findable(model).where(model.id > latest).order_by(model.id).limit(AT_ONCE)
        with reading():
            ids = list(session().scalars(query))
        yield from (one for one in ids if not _holds(held, one))
        if len(ids) < AT_ONCE:
            return
        latest = ids[-1]


def _surplus(held: Sequence[int]) -> Iterator[int]:
    for start in range(0, len(held), AT_ONCE):
        asked = list(held[start : start + AT_ONCE])
        threads, replies = (_findable(model).where(model.id.in_(asked)) for model in (Thread, Reply))
        with reading():
            known = set(chain(session().scalars(threads), session().scalars(replies)))
        yield from (one for one in asked if one not in known)


def _findable(model: type[Thread] | type[Reply]) -> Select[int]:
    """The ids that the index should hold: of what is sealed or withdrawn none."""
    if model is Thread:
        return select(Thread.id).where(Thread.withdrawn_at.is_(None))
    stands = (Reply.seal_id.is_(None), Reply.withdrawn_at.is_(None), Thread.withdrawn_at.is_(None))
    return select(Reply.id).join(Thread, Thread.id == Reply.thread_id).where(*stands)


def _holds(held: Sequence[int], one: int) -> bool:
    place = bisect_left(held, one)
    return place < len(held) and held[place] == one
