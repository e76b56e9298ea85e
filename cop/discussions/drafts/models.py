"""A draft, as its table holds it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base
from cop.platform.ids import new_id

NEW_THREADS = ("story", "case", "question", "procedure")  # of these one may have begun several in one community
SENT = "sent"  # came in while nobody was signed in; what for is found out when somebody claims it


class Draft(Base):
    """What somebody is writing: its fields as they were sent, and for which composer.

    It belongs to a person, or for a day to the browser whose cookie has this hash. `aim` is the one thing a reply or a
    revision is for, so that a person has at most one draft of each; it is empty where there may be several, and in a
    draft that was thrown away, which can be taken back for an hour.
    """

    __tablename__ = "draft"
    __table_args__ = (
        UniqueConstraint("person_id", "aim"),
        CheckConstraint("(person_id IS NULL) <> (cookie_hash IS NULL)", name="owner"),
        Index(None, "person_id", "saved_at"),
        Index(None, "cookie_hash"),
        Index(None, "discarded_at"),
        Index(None, "community_id"),
        Index(None, "thread_id"),
        Index(None, "reply_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    cookie_hash: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(10))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id", ondelete="SET NULL"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="SET NULL"))
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("reply.id", ondelete="SET NULL"))
    aim: Mapped[str | None] = mapped_column(String(40))
    path: Mapped[str] = mapped_column(String(2000), default="")  # where a form was sent to
    fields: Mapped[str] = mapped_column(Text)  # JSON: pairs of name and value
    revision: Mapped[int] = mapped_column(default=1)
    begun_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    discarded_at: Mapped[datetime | None]
