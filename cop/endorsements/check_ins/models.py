"""What somebody was asked when a check-in was due, and what they answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base

STILL, DEPENDS, NO_LONGER = ANSWERS = ("still", "depends", "no_longer")
AS_TELLER, AS_KEEPER, BY_PRACTICE = ROLES = ("teller", "keeper", "practice")


class CheckIn(Base):
    """One person and one check-in of one thread, known by when it became due. It is asked once, and answered once."""

    __tablename__ = "check_in"
    __table_args__ = (
        CheckConstraint("answer IN ('still', 'depends', 'no_longer')", name="answer"),
        CheckConstraint("role IN ('teller', 'keeper', 'practice')", name="role"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        Index(None, "person_id", "answered_at"),
        Index(None, "reply_id"),
    )

    thread_id: Mapped[int] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    due_at: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # seconds: it tells check-ins apart
    asked_at: Mapped[datetime | None]  # by mail
    answer: Mapped[str | None] = mapped_column(String(10))
    answered_at: Mapped[datetime | None]
    role: Mapped[str | None] = mapped_column(String(10))
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("reply.id", ondelete="SET NULL"))  # with the reason
    voice_before: Mapped[float | None]  # of the verdict that it renewed or replaced, in case it is taken back
