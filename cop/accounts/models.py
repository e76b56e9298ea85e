"""A person, their sessions, and the tickets that letters carry."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base
from cop.platform.ids import new_id

# What a letter's link is for.
SIGN_UP, INVITATION, VERIFY, RESET, NEW_ADDRESS, UNDO = (
    "sign-up",
    "invitation",
    "verify",
    "reset",
    "new-address",
    "undo",
)


class Person(Base):
    """Somebody with an account. What they practise is said in one line, as to a colleague.

    Who has left keeps this row, so that what they told stays told; nothing in it says any more who they were.
    """

    __tablename__ = "person"
    __table_args__ = (Index(None, "name_skeleton"), Index(None, "administrator_since"))

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    handle: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_skeleton: Mapped[str] = mapped_column(String(200), default="")  # see accounts.names
    email: Mapped[str] = mapped_column(String(254), unique=True)  # folded: see accounts.addresses
    password_hash: Mapped[str] = mapped_column(String(200))
    practice: Mapped[str] = mapped_column(String(120), default="")
    practising_since: Mapped[int | None]  # a year
    setting: Mapped[str] = mapped_column(String(160), default="")
    willing_to_be_asked: Mapped[bool] = mapped_column(default=False)  # a preference, with no who and no when
    bio: Mapped[str] = mapped_column(Text, default="")
    bio_html: Mapped[str] = mapped_column(Text, default="")
    bio_renderer: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(String(12), default="")
    time_zone: Mapped[str] = mapped_column(String(64), default="")
    theme: Mapped[str] = mapped_column(String(10), default="")
    signed_up_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    administrator_since: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    suspended_by_id: Mapped[int | None]
    suspended_for: Mapped[str] = mapped_column(String(280), default="")
    deactivated_at: Mapped[datetime | None]


class Session(Base):
    """One device signed in. Only the hash of its token is kept, so a read of the table signs nobody in."""

    __tablename__ = "session"
    __table_args__ = (Index(None, "person_id"), Index(None, "expires_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    device: Mapped[str] = mapped_column(String(40), default="")  # browser and system, in two words
    started_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]  # to the hour
    expires_at: Mapped[datetime]


class Ticket(Base):
    """What the link in one letter allows, once and for a while. Only the hash of its token is kept.

    It is made by whoever sends the letter, at that moment, so that the token is nowhere but in the letter.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint(
            "purpose IN ('sign-up', 'invitation', 'verify', 'reset', 'new-address', 'undo')", name="purpose"
        ),
        Index(None, "person_id", "purpose"),
        Index(None, "address", "purpose"),
        Index(None, "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(String(254))
    about: Mapped[str] = mapped_column(Text, default="{}")  # what was said when it was asked for, as JSON
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
