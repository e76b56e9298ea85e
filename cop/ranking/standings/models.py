"""What was measured last: of a community, and of everybody in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base


class Measure(Base):
    """When standing was measured in a community, and by which rule."""

    __tablename__ = "standing_measure"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    is_simple: Mapped[bool]  # too few moderators or practitioners: everybody vouched for has a full voice
    measured_at: Mapped[datetime]


class Standing(Base):
    """Where somebody stands. `share` is t of domain.md B3, which no page shows; the voice is on the membership."""

    __tablename__ = "standing"
    __table_args__ = (CheckConstraint("band IN ('moderator', 'practitioner', 'known here', 'newcomer')", name="band"),)

    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    share: Mapped[float]
    band: Mapped[str] = mapped_column(String(20))
    ways: Mapped[str] = mapped_column(Text)  # JSON: up to three lists of ids, from a moderator to the last step
