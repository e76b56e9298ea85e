"""What somebody proposed, and who has accepted it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base
from cop.platform.ids import new_id

HOLDS_WHEN, NOT_WHEN = SORTS = ("holds_when", "not_when")
LONGEST_CONDITION = 280
TELLER, MODERATOR, DISSENTER = "teller", "moderator", "dissenter"


class Condition(Base):
    """ "Holds when …" or "not when …", of one thread. Whoever proposes it accepts it by that."""

    __tablename__ = "condition"
    __table_args__ = (
        CheckConstraint("sort IN ('holds_when', 'not_when')", name="sort"),
        Index(None, "thread_id", "proposed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    sort: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(String(LONGEST_CONDITION))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    proposed_at: Mapped[datetime]


class Acceptance(Base):
    """Somebody accepts a condition, as what they were at that moment."""

    __tablename__ = "acceptance"
    __table_args__ = (
        CheckConstraint("role IN ('teller', 'moderator', 'dissenter')", name="role"),
        Index(None, "person_id"),
    )

    condition_id: Mapped[int] = mapped_column(
        ForeignKey("condition.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    role: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
