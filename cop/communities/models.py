"""Communities, who is in them and how they came in or went, vouches and topics."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base
from cop.platform.ids import new_id

NEWCOMER, PRACTITIONER, MODERATOR = "newcomer", "practitioner", "moderator"
ROLES = (NEWCOMER, PRACTITIONER, MODERATOR)
INKS = ("iron", "verdigris", "sepia")
VISIBILITIES = ("public", "members", "secret")
PUBLIC, MEMBERS, SECRET = VISIBILITIES
SHELF_LIVES = ("weeks", "months", "years", "never")
_OPEN_VOUCH, _OPEN_REQUEST, _OPEN_REMOVAL = (
    text(f"{column} IS NULL") for column in ("withdrawn_at", "settled_at", "ended_at")
)


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
    welcome: Mapped[str] = mapped_column(Text, default="")  # as it was written
    welcome_html: Mapped[str] = mapped_column(Text, default="", server_default="")
    welcome_renderer: Mapped[int] = mapped_column(default=0, server_default="0")
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
    appointed_at: Mapped[datetime | None]  # set once they moderated: no withdrawn vouch unmakes them then
    silenced_until: Mapped[datetime | None]


class Vouch(Base):
    """ "I have seen this person do the work", with the line that says what was seen; one stands for each pair."""

    __tablename__ = "vouch"
    __table_args__ = (
        CheckConstraint("by_id <> for_id", name="not_oneself"),
        CheckConstraint("role IN ('practitioner', 'moderator')", name="role"),
        Index(
            "uq_vouch_standing", "community_id", "by_id", "for_id", unique=True,
            sqlite_where=_OPEN_VOUCH, postgresql_where=_OPEN_VOUCH,
        ),
        Index(None, "community_id", "for_id"),
        Index(None, "community_id", "by_id", "at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    for_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(20), default=MODERATOR, server_default=MODERATOR)  # the voucher's, then
    line: Mapped[str] = mapped_column(String(280))
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Topic(Base):
    """A subject that the community keeps. A retired one stays on what was told of it and is offered no more."""

    __tablename__ = "topic"
    __table_args__ = (UniqueConstraint("community_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(40))
    retired_at: Mapped[datetime | None]


class JoinRequest(Base):
    """Somebody asked to be let in. One is open at a time; how it ended is a word, when, and by whom."""

    __tablename__ = "join_request"
    __table_args__ = (
        CheckConstraint("outcome IN ('approved', 'refused', 'withdrawn')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (settled_at IS NULL)", name="settled"),
        Index(
            "uq_join_request_open", "community_id", "person_id", unique=True,
            sqlite_where=_OPEN_REQUEST, postgresql_where=_OPEN_REQUEST,
        ),
        Index(None, "community_id", "settled_at", "id"),
        Index(None, "person_id", "community_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    line: Mapped[str] = mapped_column(String(280))
    asked_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(String(10))
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    sentence: Mapped[str] = mapped_column(String(500), default="")  # why not, when it was refused


class Invitation(Base):
    """One way in for one person. Only the hash of its token is kept; one by mail gets its token when it is sent."""

    __tablename__ = "invitation"
    __table_args__ = (Index(None, "community_id", "made_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254), default="")  # empty: whoever has the link
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    revoked_at: Mapped[datetime | None]


class Silence(Base):
    """Until when somebody who has left may not write once they are in again: to go and come back does not end it."""

    __tablename__ = "silence"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    until: Mapped[datetime]


class Removal(Base):
    """A moderator put somebody out, and why. What they were is kept, so that it can be taken back."""

    __tablename__ = "removal"
    __table_args__ = (
        CheckConstraint("role IN ('newcomer', 'practitioner', 'moderator')", name="role"),
        Index(
            "uq_removal_standing", "community_id", "person_id", unique=True,
            sqlite_where=_OPEN_REMOVAL, postgresql_where=_OPEN_REMOVAL,
        ),
        Index(None, "community_id", "ended_at", "at"),
        Index(None, "person_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]
    role: Mapped[str] = mapped_column(String(20))
    voice: Mapped[float]
    joined_at: Mapped[datetime]
    practitioner_since: Mapped[datetime | None]
    appointed_at: Mapped[datetime | None]
    silenced_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]  # taken back, or let in again
