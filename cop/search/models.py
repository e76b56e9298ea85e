"""Where titles begin: what is offered while somebody types."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base

LONGEST_START = 80  # characters of a title, from one of its words on
_BY_BYTES = String(LONGEST_START).with_variant(String(LONGEST_START, collation="C"), "postgresql")


class TitleStart(Base):
    """A title, folded, from one of its words on: so that "numbers" finds "Cold knees, good numbers".

    `word` is which of the title's words it begins with, from 0: a title that itself begins so is offered first.
    """

    __tablename__ = "title_start"
    __table_args__ = (Index("ix_title_start_start", "start", "thread_id", "word"),)

    thread_id: Mapped[int] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    word: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    start: Mapped[str] = mapped_column(_BY_BYTES)
