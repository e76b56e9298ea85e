"""Callbacks, and when somebody was last told of them by mail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base
from cop.platform.ids import new_id

REPORT, WONDERED, SECOND_THOUGHT, CASE, PROCEDURE, YEAR, HELPED = (
    "report", "wondered", "thought", "case", "procedure", "year", "helped",
)  # fmt: skip


class Callback(Base):
    """Something became of a thread, and its teller is told: once for each thing, whatever is delivered twice.

    That an answer helped somebody is told to whoever answered. `ref_id` is what it is about: a reply, a commitment,
    another thread, an insight; of a year how many. The words are found when
    it is read, so that what was withdrawn or sealed meanwhile says nothing.
    """

    __tablename__ = "callback"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "thread_id", "ref_id"),
        CheckConstraint(
            "kind IN ('report', 'wondered', 'thought', 'case', 'procedure', 'year', 'helped')", name="kind"
        ),
        Index(None, "person_id", "at", "id"),
        Index(None, "thread_id", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    ref_id: Mapped[int]
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class CallbackLetter(Base):
    """One teller's letters about what became of theirs: the last one, and the one that is planned."""

    __tablename__ = "callback_letter"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sent_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
