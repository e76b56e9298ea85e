"""A person and their sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base
from cop.platform.ids import new_id


class Person(Base):
    """Somebody with an account. What they practise is said in one line, as to a colleague."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    handle: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(254), unique=True)  # folded: see accounts.addresses
    password_hash: Mapped[str] = mapped_column(String(200))
    practice: Mapped[str] = mapped_column(String(120), default="")
    practising_since: Mapped[int | None]  # a year
    setting: Mapped[str] = mapped_column(String(160), default="")
    signed_up_at: Mapped[datetime]


class Session(Base):
    """One device signed in. Only the hash of its token is kept, so a read of the table signs nobody in."""

    __tablename__ = "session"
    __table_args__ = (Index(None, "person_id"), Index(None, "expires_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
