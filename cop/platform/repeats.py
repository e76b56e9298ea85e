"""A double click sends a form twice; the second gets the first one's answer.

Every writing form carries a hidden random key. The key is stored with the answer in the transaction that did the work,
so either both are there or neither.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Index, String, bindparam, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.database import Base, ask, session, table_of

KEPT = timedelta(days=2)


class SentForm(Base):
    """A form that somebody has sent, and where it led."""

    __tablename__ = "sent_form"
    __table_args__ = (Index(None, "sent_at"),)

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    led_to: Mapped[str] = mapped_column(String(500))
    sent_at: Mapped[datetime]


_ANSWER = select(SentForm.led_to).where(SentForm.person_id == bindparam("person_id"), SentForm.key == bindparam("key"))
_REMEMBERED = insert(table_of(SentForm))


def new_key() -> str:
    """A key for one showing of a form."""
    return secrets.token_urlsafe(16)


def answer_of(person_id: int, key: str) -> str | None:
    """Where the same form led when this person sent it before, or None when it is new."""
    answer: str | None = ask(_ANSWER, {"person_id": person_id, "key": key}).scalar()
    return answer


def remember(person_id: int, key: str, *, led_to: str, now: datetime) -> None:
    """Keep the answer, in the transaction that did the work; a simultaneous twin then fails and finds it."""
    ask(_REMEMBERED, {"person_id": person_id, "key": key[:40], "led_to": led_to, "sent_at": now})


def forget_old(*, now: datetime) -> None:
    """Remove keys nobody can still send by mistake."""
    session().execute(delete(SentForm).where(SentForm.sent_at < now - KEPT))
