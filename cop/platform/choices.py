"""What an administrator decides while the site runs; it stands over the environment's word, which is the default.

Read on every page, so each process remembers it for a few seconds. The read has a connection of its own: it may happen
in the middle of anything, and must neither begin nor end somebody else's transaction.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime

from flask import current_app
from sqlalchemy import String, delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.contexts import app_itself
from cop.platform.database import Base, glance, session
from cop.settings import FOUND, SIGNUP, Settings

REMEMBERED = 5.0  # seconds
LONGEST_NAME = 60
_KEPT = "cop-choices"


class SiteSetting(Base):
    """One choice, and who made it when; without a row the environment decides."""

    __tablename__ = "site_setting"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime]
    set_by_id: Mapped[int | None]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the site is called, who may make an account, and who may found a community."""

    site_name: str
    signup: str
    found: str


def site_settings() -> Choices:
    """The choices that hold, at most a few seconds old. When the database is silent, the environment's."""
    made_at, choices = app_itself().extensions.get(_KEPT, (0.0, None))
    if choices is None or time.monotonic() - made_at > REMEMBERED:
        choices = _read()
        current_app.extensions[_KEPT] = (time.monotonic(), choices)
    kept: Choices = choices
    return kept


def choose(choices: Choices, *, by_id: int, now: datetime) -> None:
    """Set them all, in the running transaction."""
    session().execute(delete(SiteSetting))
    for name in Choices.__slots__:
        session().add(SiteSetting(name=name, value=getattr(choices, name), set_at=now, set_by_id=by_id))
    session().flush()


def forget_choices() -> None:
    """Read them afresh next time: after they were set here."""
    current_app.extensions.pop(_KEPT, None)


def _read() -> Choices:
    settings: Settings = current_app.extensions["cop-settings"]
    choices = Choices(settings.site_name, settings.signup, settings.found)
    try:
        with glance() as connection:
            rows = connection.execute(select(SiteSetting.name, SiteSetting.value)).all()
    except SQLAlchemyError:
        return choices
    stored = {row.name: row.value for row in rows}
    sound = {"site_name": None, "signup": SIGNUP, "found": FOUND}
    return replace(
        choices,
        **{
            name: value
            for name, value in stored.items()
            if name in sound and (sound[name] is None or value in (sound[name] or ()))
        },
    )
