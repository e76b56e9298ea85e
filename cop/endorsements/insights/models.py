"""Who said of which answer that it helped them see it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base
from cop.platform.ids import new_id


class Insight(Base):
    """Somebody says that an answer helped them see it; once for each person and answer, taken back or not.

    `moved_at` is when it last began or ceased to count: it was given or taken back, or what it is about came back.
    """

    __tablename__ = "insight"
    __table_args__ = (UniqueConstraint("reply_id", "person_id"), Index(None, "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    reply_id: Mapped[int] = mapped_column(ForeignKey("reply.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    moved_at: Mapped[datetime]
