"""Who is going to try what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base


class Intention(Base):
    """Somebody is going to try this, and is asked how it went. It ends with their report, or when they say so."""

    __tablename__ = "intention"
    __table_args__ = (Index(None, "person_id", "at"), Index(None, "reminded_at", "remind_at"))

    thread_id: Mapped[int] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime]
    remind_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
