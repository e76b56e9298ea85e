"""Open needs, and which of them somebody has set aside for a while."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base
from cop.platform.ids import new_id


class Need(Base):
    """Something that a thread waits for; follows from what is stored of the thread (`needs.wanted`), not from a clock.

    One whose time has not come stands here already, and shows from `since` on. `for_id` is whom it is addressed to;
    none means whoever may help.
    """

    __tablename__ = "need"
    __table_args__ = (
        UniqueConstraint("thread_id", "kind", "ref_id"),
        CheckConstraint("kind IN ('question', 'probe', 'checkin', 'contested', 'outcome')", name="kind"),
        Index(None, "community_id", "due_at", "id"),
        Index(None, "for_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10))
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    ref_id: Mapped[int] = mapped_column(default=0)  # of a probe the reply that holds its words
    for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    since: Mapped[datetime]
    due_at: Mapped[datetime]


class Snooze(Base):
    """Somebody has set a need aside, for themselves alone."""

    __tablename__ = "snooze"
    __table_args__ = (Index(None, "person_id"),)

    need_id: Mapped[int] = mapped_column(
        ForeignKey("need.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    until: Mapped[datetime]
