"""Communities, memberships and vouches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base
from cop.platform.ids import new_id

NEWCOMER, PRACTITIONER, MODERATOR = "newcomer", "practitioner", "moderator"
ROLES = (NEWCOMER, PRACTITIONER, MODERATOR)
INKS = ("iron", "verdigris", "sepia")
SHELF_LIVES = ("weeks", "months", "years", "never")


class Community(Base):
    """People who share a practice, and the place where they talk about it."""

    __tablename__ = "community"
    __table_args__ = (
        CheckConstraint("visibility IN ('public', 'members', 'secret')", name="visibility"),
        CheckConstraint("ink IN ('iron', 'verdigris', 'sepia')", name="ink"),
        CheckConstraint("shelf_life IN ('weeks', 'months', 'years', 'never')", name="shelf_life"),
        CheckConstraint("half_life_days BETWEEN 7 AND 180", name="half_life"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    practice: Mapped[str] = mapped_column(String(200))
    welcome: Mapped[str] = mapped_column(Text, default="")
    visibility: Mapped[str] = mapped_column(String(10), default="public")
    ink: Mapped[str] = mapped_column(String(20), default="iron")
    half_life_days: Mapped[float] = mapped_column(default=30.0)
    verdict_half_life_days: Mapped[float] = mapped_column(default=365.0)
    quality_weight: Mapped[float] = mapped_column(default=4.0)  # lambda of domain.md B6
    shelf_life: Mapped[str] = mapped_column(String(10), default="months")
    founded_at: Mapped[datetime]


class Membership(Base):
    """One person in one community: their role, and the weight their acts carry from now on."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("role IN ('newcomer', 'practitioner', 'moderator')", name="role"),
        CheckConstraint("voice BETWEEN 0 AND 1", name="voice"),
        Index(None, "community_id", "role"),
    )

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    role: Mapped[str] = mapped_column(String(20), default=NEWCOMER)
    voice: Mapped[float] = mapped_column(default=0.0)
    joined_at: Mapped[datetime]
    practitioner_since: Mapped[datetime | None]
    silenced_until: Mapped[datetime | None]


class Vouch(Base):
    """ "I have seen this person do the work": one per pair and community, with the line that says what was seen."""

    __tablename__ = "vouch"
    __table_args__ = (
        UniqueConstraint("community_id", "by_id", "for_id"),
        CheckConstraint("by_id <> for_id", name="not_oneself"),
        Index(None, "community_id", "for_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    for_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    line: Mapped[str] = mapped_column(String(280))
    at: Mapped[datetime]
