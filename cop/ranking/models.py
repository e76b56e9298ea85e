"""Acts, seats and the stored keys of order."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from math import inf
from typing import Any

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.clock import seconds
from cop.platform.database import Base
from cop.ranking.fold import ThreadKeys


class ActRow(Base):
    """One event that counts for order. Append-only: withdrawals and promotions are acts too (domain.md B0, D1).

    `counts_as` alone is rewritten, and follows from the acts: the voice that the act counts with since the last
    promotion or lost role; none once it is withdrawn, deleted or its person banned.
    """

    __tablename__ = "act"
    __table_args__ = (
        Index(None, "thread_id", "at", "id"),
        Index(None, "person_id", "thread_id", "kind"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    person_id: Mapped[int | None]  # no foreign key: an act outlives its person
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[int]  # whole seconds, UTC
    voice: Mapped[float]
    ref: Mapped[int | None]  # the reply that was said; of a deletion the deleted act, of an acceptance the condition
    role: Mapped[str | None] = mapped_column(String(10))  # in which somebody accepted a condition
    counts_as: Mapped[float | None]


class Participation(Base):
    """The strongest act of one seat in one thread; seat 0 is the pool of everybody with little voice."""

    __tablename__ = "participation"

    thread_id: Mapped[int] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    seat: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    x: Mapped[float]


class ThreadOrder(Base):
    """Where a thread stands: one row a thread, every key rebuildable from its acts (see `fold.ThreadKeys`)."""

    __tablename__ = "thread_order"
    __table_args__ = (
        # what has ended is passed over on the way: it stands last, so that the index alone says so
        Index("ix_thread_order_living", "community_id", "is_procedure", "is_withdrawn", "r", "thread_id", "ended_as"),
        Index(
            "ix_thread_order_endorsed",
            "community_id",
            "is_procedure",
            "is_withdrawn",
            "e",
            "k",
            "thread_id",
            "ended_as",
        ),
        Index("ix_thread_order_new", "community_id", "is_procedure", "is_withdrawn", "told_at", "thread_id"),
        Index("ix_thread_order_practised", "community_id", "practised_at"),
        Index(
            "ix_thread_order_rest", "community_id", "is_procedure", "is_withdrawn", "rest_at", "thread_id", "ended_as"
        ),
        Index("ix_thread_order_due", "check_due", "thread_id"),
        Index("ix_thread_order_ended", "community_id", "ended_as", "told_at", "thread_id"),
    )

    thread_id: Mapped[int] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    is_procedure: Mapped[bool] = mapped_column(default=False)
    is_withdrawn: Mapped[bool] = mapped_column(default=False, server_default=false())
    ended_as: Mapped[str | None] = mapped_column(String(10))  # retired or superseded: it has left Living and Endorsed
    told_at: Mapped[datetime]
    k: Mapped[float]
    log2_p: Mapped[float | None]  # none is the logarithm of nothing
    log2_n: Mapped[float | None]
    p_all: Mapped[float]
    n_all: Mapped[float]
    dissenters: Mapped[int]
    firm_dissenters: Mapped[int]
    q: Mapped[float]
    r: Mapped[float]
    e: Mapped[float]
    rest_at: Mapped[float]
    practised_at: Mapped[int | None]
    last_verified: Mapped[int]
    base_shelf_days: Mapped[float]
    shelf_days: Mapped[float]
    check_due: Mapped[float]
    contested_at: Mapped[int | None]
    condition_at: Mapped[int | None]
    latest_at: Mapped[int]
    latest_id: Mapped[int]

    @property
    def keys(self) -> ThreadKeys:
        """The row as the mathematics takes it."""
        return keys_of(self)

    @keys.setter
    def keys(self, keys: ThreadKeys) -> None:
        for name, value in stored(keys).items():
            setattr(self, name, value)


STORED_KEYS = tuple(field.name for field in fields(ThreadKeys) if field.name != "told_at")
_LOGS = ("log2_p", "log2_n")


def keys_of(row: Any) -> ThreadKeys:
    """The keys in a row of order, or in one of its columns and the thread's."""
    found = {name: getattr(row, name) for name in STORED_KEYS}
    for name in _LOGS:
        found[name] = -inf if found[name] is None else found[name]
    return ThreadKeys(told_at=seconds(row.told_at), **found)


def stored(keys: ThreadKeys) -> dict[str, Any]:
    """The keys as the row's columns hold them."""
    values = {name: getattr(keys, name) for name in STORED_KEYS}
    for name in _LOGS:
        values[name] = None if values[name] == -inf else values[name]
    return values
