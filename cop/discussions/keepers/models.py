"""Who keeps what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base

_STANDING = text("ended_at IS NULL")


class Keeping(Base):
    """A moderator has asked a practitioner to look after a thread; from `accepted_at` on they do."""

    __tablename__ = "keeping"
    __table_args__ = (
        Index(
            "uq_keeping_standing", "thread_id", unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING
        ),
        Index(None, "person_id"),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]  # declined, given up or taken back
