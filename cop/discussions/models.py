"""Threads, the fields of a story, and replies."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base
from cop.platform.ids import new_id
from cop.platform.slugs import slug_of

KINDS = ("story", "case", "question", "procedure")
FIELDS = ("situation", "noticed", "expected", "options", "did_why", "outcome", "not_when", "watch_for")
REPLY_KINDS = ("reply", "probe", "answer", "report", "dissent")


class Thread(Base):
    """One discussion. A story told here has a teller; an imported or anonymous one has none."""

    __tablename__ = "thread"
    __table_args__ = (
        UniqueConstraint("community_id", "external_id"),
        CheckConstraint("kind IN ('story', 'case', 'question', 'procedure')", name="kind"),
        CheckConstraint("shelf_life IN ('weeks', 'months', 'years', 'never')", name="shelf_life"),
        Index(None, "community_id", "told_at"),
        Index(None, "teller_id", "told_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10), default="story")
    teller_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(200))  # 140 when told here; an imported title may be longer
    hook: Mapped[str] = mapped_column(String(62), default="")
    told_at: Mapped[datetime]
    happened: Mapped[str] = mapped_column(String(7), default="")  # "2023" or "2023-05"
    shelf_life: Mapped[str] = mapped_column(String(10))
    words: Mapped[int]
    replies: Mapped[int] = mapped_column(default=0)  # of every kind; recounted by `cop check`
    readers: Mapped[int] = mapped_column(default=0, server_default="0")  # practitioners; recounted by `cop check`
    outcome_due_at: Mapped[datetime | None]  # set while the teller does not know yet what came of it
    revision: Mapped[int] = mapped_column(default=0)
    revised_at: Mapped[datetime | None]
    attribution: Mapped[str] = mapped_column(String(200), default="")
    source_url: Mapped[str] = mapped_column(String(500), default="")
    external_id: Mapped[str | None] = mapped_column(String(200))
    was_cut: Mapped[bool] = mapped_column(default=False, server_default=false())  # a case was made of this story
    withdrawn_at: Mapped[datetime | None]  # its teller took it back: no list and no search shows it
    withdrawn_by_id: Mapped[int | None]  # no foreign key: SQLite would copy this table, to which others point

    @property
    def slug(self) -> str:
        """What stands in its address; of what was withdrawn the title is gone from there too."""
        return slug_of(self.title) if self.withdrawn_at is None else "withdrawn"


class ThreadTopic(Base):
    """A thread speaks of a topic of its community."""

    __tablename__ = "thread_topic"
    __table_args__ = (Index(None, "topic_id", "thread_id"),)

    thread_id: Mapped[int] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    topic_id: Mapped[int] = mapped_column(
        ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


class StoryField(Base):
    """One box of a story, as it was written and as it was rendered, with the renderer's version."""

    __tablename__ = "story_field"
    __table_args__ = (
        CheckConstraint(
            "name IN ('situation', 'noticed', 'expected', 'options', 'did_why', 'outcome', 'not_when', 'watch_for')",
            name="name",
        ),
    )

    thread_id: Mapped[int] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    renderer: Mapped[int]


class Reply(Base):
    """What somebody added to a thread, flat in time; only the teller's answer stands one level below.

    A field report or a dissent is a reply that came with a verdict; the verdict may change, the text stays.
    `seal_id` withholds a reply from those who have not committed on the case it belongs to.
    """

    __tablename__ = "reply"
    __table_args__ = (
        CheckConstraint("kind IN ('reply', 'probe', 'answer', 'report', 'dissent')", name="kind"),
        CheckConstraint("verdict IN ('held', 'adapted', 'failed', 'otherwise')", name="verdict"),
        CheckConstraint("(kind = 'answer') = (answers_id IS NOT NULL)", name="answers"),
        CheckConstraint("(kind IN ('report', 'dissent')) = (verdict IS NOT NULL)", name="verdict_of_kind"),
        Index(None, "thread_id", "said_at", "id"),
        Index(None, "author_id", "said_at"),
        Index(None, "answers_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(10))
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("reply.id", ondelete="CASCADE"))
    verdict: Mapped[str | None] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    renderer: Mapped[int]
    setting: Mapped[str] = mapped_column(String(200), default="")
    differed: Mapped[str] = mapped_column(String(1000), default="")
    said_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=0)
    revised_at: Mapped[datetime | None]
    seal_id: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None]  # its author took it back: only they still read it
    withdrawn_by_id: Mapped[int | None]


class Unsealed(Base):
    """Somebody has opened a seal of a case: they told it, have chosen there, or have read on without choosing.

    What a seal withholds is whatever carries its id; who may read it is decided from these rows alone (`seals`).
    """

    __tablename__ = "unsealed"
    __table_args__ = (
        CheckConstraint("how IN ('told', 'committed', 'skipped')", name="how"),
        Index(None, "person_id", "thread_id"),
        Index(None, "thread_id"),
    )

    seal_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    place: Mapped[int]  # of the seal in its thread: they are opened in order
    how: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]


class Procedure(Base):
    """What a thread of this kind points to: a document elsewhere, who keeps it, and when they last looked at it."""

    __tablename__ = "procedure"

    thread_id: Mapped[int] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    link: Mapped[str] = mapped_column(String(500), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    reviewed_at: Mapped[datetime]


class ProcedureGround(Base):
    """A procedure rests on a discussion."""

    __tablename__ = "procedure_ground"
    __table_args__ = (Index(None, "thread_id"),)

    procedure_id: Mapped[int] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    thread_id: Mapped[int] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    place: Mapped[int]


class Revision(Base):
    """A change of a thread or a reply: who made it, when, and what had stood until then."""

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("thread_id", "number"),
        UniqueConstraint("reply_id", "number"),
        CheckConstraint("(thread_id IS NULL) <> (reply_id IS NULL)", name="of_one"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("reply.id", ondelete="CASCADE"))
    number: Mapped[int]  # the first change is 1
    source: Mapped[str] = mapped_column(Text)  # JSON: the fields as they were typed
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    at: Mapped[datetime]


class ReadMark(Base):
    """How far somebody has read a thread, for themselves alone; losing one costs them a few lines read twice."""

    __tablename__ = "read_mark"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    thread_id: Mapped[int] = mapped_column(
        ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime]  # when they had read everything there was
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("reply.id", ondelete="SET NULL"))  # the last one read
    is_practitioners: Mapped[bool] = mapped_column(default=False, server_default=false())  # and so in `thread.readers`
