"""What a thread has come to, who said so and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base

RETIRED, SUPERSEDED = "retired", "superseded"
LONGEST_REASON = 500
_STANDING = text("ended_at IS NULL")


class Ending(Base):
    """A thread was retired, or another has taken its place. One stands at a time; one taken back stays as a trace.

    The teller alone only proposes a successor: it holds from `at` on, when a practitioner has agreed. What a moderator
    says holds at once.
    """

    __tablename__ = "ending"
    __table_args__ = (
        CheckConstraint("kind IN ('retired', 'superseded')", name="kind"),
        Index(
            "uq_ending_standing", "thread_id", unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING
        ),
        Index(None, "successor_id"),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    said_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    at: Mapped[datetime | None]  # none while it is only proposed
    seconded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]  # taken back
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
