"""Verdicts, and "not now"."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base

VERDICTS = ("seen", "held", "adapted", "otherwise", "failed")
USED = ("held", "adapted", "failed")


class Verdict(Base):
    """What one person says of one thread; a new one replaces it. The voice is that of the moment it was given.

    `answer` is what they last said when a check-in was due, which renews it or takes its place (domain.md B0, R3); the
    voice is then that of the answer.
    """

    __tablename__ = "verdict"
    __table_args__ = (
        CheckConstraint("kind IN ('seen', 'held', 'adapted', 'otherwise', 'failed')", name="kind"),
        Index(None, "person_id", "given_at"),
    )

    thread_id: Mapped[int] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    kind: Mapped[str] = mapped_column(String(10))
    voice: Mapped[float]
    given_at: Mapped[datetime]
    set_aside_at: Mapped[datetime | None]  # its person was removed: it is kept, and counted nowhere
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("reply.id", ondelete="SET NULL"))
    answer: Mapped[str | None] = mapped_column(String(10))
    answered_at: Mapped[datetime | None]


class NotNow(Base):
    """Somebody looked at "And you?" and said not now: they see what others said, and count for nothing."""

    __tablename__ = "not_now"

    thread_id: Mapped[int] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    said_at: Mapped[datetime]
