"""Where a case is cut, what can be chosen there, what people chose, and what came of it.

The text up to the first fork is the thread's own (`story_field`). Everything behind a fork stands in these tables, and
nowhere that search, lists or revisions read.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base
from cop.platform.ids import new_id

MOST_FORKS, LEAST_OPTIONS, MOST_OPTIONS = 4, 3, 6
CONFIDENCES = (1, 2, 3, 4)  # a hunch, leaning, fairly sure, would stake the night


class Fork(Base):
    """A moment at which it could have gone otherwise. Its id is the seal over everything that follows it."""

    __tablename__ = "fork"
    __table_args__ = (UniqueConstraint("thread_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    place: Mapped[int]  # from 1
    prompt: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(Text)  # what is known by then; of the first fork the thread's own text
    html: Mapped[str] = mapped_column(Text)
    renderer: Mapped[int]


class ForkOption(Base):
    """One thing that could be done at a fork."""

    __tablename__ = "fork_option"
    __table_args__ = (UniqueConstraint("fork_id", "place"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    fork_id: Mapped[int] = mapped_column(ForeignKey("fork.id", ondelete="CASCADE"))
    place: Mapped[int]  # from 1
    text: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(200), default="")


class ForkCue(Base):
    """Something that shows by then, which whoever chooses may say has swayed them."""

    __tablename__ = "fork_cue"
    __table_args__ = (UniqueConstraint("fork_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    fork_id: Mapped[int] = mapped_column(ForeignKey("fork.id", ondelete="CASCADE"))
    place: Mapped[int]
    text: Mapped[str] = mapped_column(String(200))


class Commitment(Base):
    """What somebody chose before they saw what others had; never changed. A second thought stands beside it."""

    __tablename__ = "commitment"
    __table_args__ = (
        UniqueConstraint("fork_id", "person_id"),
        CheckConstraint("role IN ('newcomer', 'practitioner', 'moderator')", name="role"),
        CheckConstraint("confidence BETWEEN 1 AND 4", name="confidence"),
        Index(None, "fork_id", "role", "at", "id"),
        Index(None, "person_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    fork_id: Mapped[int] = mapped_column(ForeignKey("fork.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    role: Mapped[str] = mapped_column(String(20))  # what they were in the community at that moment
    ranks: Mapped[str] = mapped_column(String(100))  # JSON: the rank of each option, by place; ties take mid-ranks
    first: Mapped[int]  # the place of the option they put first
    confidence: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    renderer: Mapped[int]
    at: Mapped[datetime]


class CommitmentCue(Base):
    """A cue that somebody said had swayed them."""

    __tablename__ = "commitment_cue"
    __table_args__ = (Index(None, "cue_id"),)

    commitment_id: Mapped[int] = mapped_column(
        ForeignKey("commitment.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    cue_id: Mapped[int] = mapped_column(
        ForeignKey("fork_cue.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


class SecondThought(Base):
    """What changed somebody's mind after they had chosen, or would now; beside their choice, never in its place."""

    __tablename__ = "second_thought"

    commitment_id: Mapped[int] = mapped_column(
        ForeignKey("commitment.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    renderer: Mapped[int]
    at: Mapped[datetime]


class CaseOutcome(Base):
    """What came of a case, shown last; of a live one it is not known yet, and its teller is asked for it."""

    __tablename__ = "case_outcome"

    thread_id: Mapped[int] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    source: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    renderer: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime | None]
    asked: Mapped[int] = mapped_column(default=0)  # how often its teller was asked


class CaseCut(Base):
    """A case was cut from a story by whoever told both."""

    __tablename__ = "case_cut"
    __table_args__ = (Index(None, "story_id"),)

    case_id: Mapped[int] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    story_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
