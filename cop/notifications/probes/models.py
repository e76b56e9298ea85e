"""When a teller was last told of what they are asked, so that it is at most once a day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base


class ProbeLetter(Base):
    """One teller's letters about probes: the last one, and the one that is planned."""

    __tablename__ = "probe_letter"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sent_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
