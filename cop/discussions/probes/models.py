"""What a probe is beside the reply that holds its words, who wondered too, and what waits for its turn."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base
from cop.platform.ids import new_id

TYPES = (
    "cue", "knowledge", "analogue", "goal", "option", "basis", "experience", "aiding", "time", "assessment",
    "expectancy", "whatif", "uncertainty",
)  # fmt: skip
OPEN, ANSWERED, DECLINED, WITHDRAWN = "open", "answered", "declined", "withdrawn"
LONGEST_QUOTE = 300
LONGEST_REASON = 500


class Probe(Base):
    """A question to the teller, or in a case to the panel of a decision; its words are the reply's.

    `box` and `quote` say what it points at: a box of the story, or a decision (`probes.boxes`), and words in it.
    `gone_at` is set while the quoted words do not stand there any more. `settled_at` is when the teller answered or
    declined it; whoever asked may still withdraw it then.
    """

    __tablename__ = "probe"
    __table_args__ = (
        CheckConstraint(
            "type IN ('cue', 'knowledge', 'analogue', 'goal', 'option', 'basis', 'experience', 'aiding', 'time', "
            "'assessment', 'expectancy', 'whatif', 'uncertainty')",
            name="type",
        ),
        CheckConstraint("state IN ('open', 'answered', 'declined', 'withdrawn')", name="state"),
        Index(None, "thread_id", "state"),
    )

    reply_id: Mapped[int] = mapped_column(
        ForeignKey("reply.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    type: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10), default=OPEN)
    box: Mapped[str] = mapped_column(String(20), default="")  # of discussions.models.FIELDS, a decision, or nothing
    quote: Mapped[str] = mapped_column(String(LONGEST_QUOTE), default="")
    gone_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))


class ProbeWonder(Base):
    """Somebody wondered the same, and said so instead of asking it again."""

    __tablename__ = "probe_wonder"
    __table_args__ = (Index(None, "person_id"),)

    probe_id: Mapped[int] = mapped_column(
        ForeignKey("probe.reply_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime]


class ProbeCase(Base):
    """A reply that says how it was in somebody else's case, beside a probe."""

    __tablename__ = "probe_case"
    __table_args__ = (Index(None, "probe_id"),)

    reply_id: Mapped[int] = mapped_column(
        ForeignKey("reply.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    probe_id: Mapped[int] = mapped_column(ForeignKey("probe.reply_id", ondelete="CASCADE"))


class ProbeRemoval(Base):
    """A moderator took a probe away that harms. Whoever asked it is told why, and no one else but moderators."""

    __tablename__ = "probe_removal"

    reply_id: Mapped[int] = mapped_column(
        ForeignKey("probe.reply_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    at: Mapped[datetime]


class WaitingProbe(Base):
    """A probe whose turn has not come. It is no reply yet, so that nobody but whoever asked it meets it anywhere."""

    __tablename__ = "waiting_probe"
    __table_args__ = (Index(None, "thread_id", "asked_at", "id"), Index(None, "asker_id"))

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    asker_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    type: Mapped[str] = mapped_column(String(12))
    box: Mapped[str] = mapped_column(String(20), default="")
    quote: Mapped[str] = mapped_column(String(LONGEST_QUOTE), default="")
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    renderer: Mapped[int]
    asked_at: Mapped[datetime]
    place: Mapped[int]  # in the thread's queue: of one moment, first come is first
