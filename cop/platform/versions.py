"""Versions: by which a page that was kept learns that it no longer holds.

A version is a name with a stamp. Whatever changes a thing gives its name a new stamp in the same transaction; whoever
keeps something made from that thing keeps the stamps it had, read before the thing itself, and throws it away once one
of them is another. Stamps are random, so none ever comes back, not even after a backup was restored.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from functools import cache

from sqlalchemy import Executable, Select, String, bindparam, event, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from cop.platform.database import Base, ask, glance, is_sqlite, session, table_of
from cop.platform.prepared import ask_on

Stamps = tuple[int, ...]
_NEVER = 0  # the stamp of what has not changed since there are versions
_BITS = 62
_AT_ONCE = 4  # names in a statement, which is kept for each number of them
_CHANGED = "cop_changed"


class Version(Base):
    """The stamp of one name."""

    __tablename__ = "version"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    stamp: Mapped[int]


_TABLE = Version.__table__.c


def change(names: Iterable[str]) -> None:
    """Let what is kept of these names hold no longer from the commit of this transaction on."""
    session().info.setdefault(_CHANGED, set()).update(names)


def stamps_of(names: Sequence[str]) -> Stamps:
    """The stamps of names as this session sees them, in their order; one statement."""
    return _in_order(names, ask(*_asked(names)))


def current_stamps_of(names: Sequence[str]) -> Stamps:
    """The stamps of names as last committed, without a session: for a page that needs nothing else."""
    with glance() as connection:
        return _in_order(names, ask_on(connection, *_asked(names)))


def _asked(names: Sequence[str]) -> tuple[Select[str, int], dict[str, str]]:
    return _select_stamps(len(names)), {f"name{place}": name for place, name in enumerate(names)}


@cache
def _select_stamps(number: int) -> Select[str, int]:
    """Written once for each number of names: an IN that grows with its list is written out anew each time."""
    names = [bindparam(f"name{place}", type_=String) for place in range(number)]
    return select(_TABLE.name, _TABLE.stamp).where(_TABLE.name.in_(names))


def _in_order(names: Sequence[str], rows: Sequence[Sequence[object]]) -> Stamps:
    found = dict(rows)  # type: ignore[arg-type, var-annotated]  # rows of two are pairs
    return tuple(found.get(name, _NEVER) for name in names)


@event.listens_for(Session, "before_commit")
def _write_stamps(current: Session) -> None:
    """At the very end, so that nobody waits for these rows longer than the commit takes; in order, so that nobody
    waits in a circle."""
    names = sorted(current.info.pop(_CHANGED, ()))
    if not names:
        return
    for start in range(0, len(names), _AT_ONCE):
        some, stamps = names[start : start + _AT_ONCE], dict[str, str | int]()
        for place, name in enumerate(some):
            stamps |= {f"name{place}": name, f"stamp{place}": secrets.randbits(_BITS)}
        ask_on(current.connection(), _upsert(len(some), is_sqlite()), stamps)


@cache
def _upsert(number: int, on_sqlite: bool) -> Executable:
    table = table_of(Version)
    rows = [
        {column.name: bindparam(f"{column.name}{place}", type_=column.type) for column in table.c}
        for place in range(number)
    ]
    insert = (sqlite_insert if on_sqlite else postgresql_insert)(table).values(rows)
    return insert.on_conflict_do_update(index_elements=[_TABLE.name], set_={"stamp": insert.excluded.stamp})
