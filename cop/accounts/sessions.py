"""Sessions: a device is signed in, is seen, and is signed out, one at a time or all at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, update

from cop.accounts.devices import describe
from cop.accounts.models import Session
from cop.accounts.viewer import Viewer
from cop.platform.database import session
from cop.platform.tokens import hash_of, new_token

STAY = timedelta(days=60)  # "keep me signed in on this device"
SHIFT = timedelta(hours=14)  # otherwise: the longest shift, and no further
SEEN_EVERY = timedelta(hours=1)  # finer than this nobody is followed


def start_session(*, person_id: int, stays: bool, now: datetime, user_agent: str = "") -> str:
    """Sign a device in; the token goes into its cookie and is not kept here."""
    token = new_token()
    session().add(
        Session(
            token_hash=hash_of(token),
            person_id=person_id,
            device=describe(user_agent),
            started_at=now,
            last_seen_at=now,
            expires_at=now + (STAY if stays else SHIFT),
        )
    )
    session().flush()
    return token


def is_long_unseen(viewer: Viewer, *, now: datetime) -> bool:
    """Whether it is time to write down that this device is still used."""
    return viewer.session_id is not None and (viewer.last_seen_at is None or now - viewer.last_seen_at >= SEEN_EVERY)


def note_seen(*, session_id: int, now: datetime) -> None:
    session().execute(update(Session).where(Session.id == session_id).values(last_seen_at=now))


def end_session(*, actor: Viewer) -> None:
    """Sign this device out: a copy of its cookie is dead from now on."""
    session().execute(delete(Session).where(Session.id == actor.session_id))


def end_one_session(*, actor: Viewer, session_id: int) -> None:
    """Sign one of one's own devices out; somebody else's is not touched."""
    session().execute(delete(Session).where(Session.id == session_id, Session.person_id == actor.person_id))


def end_other_sessions(*, person_id: int, session_id: int | None) -> None:
    """Sign every device of a person out but one, or all of them."""
    ended = delete(Session).where(Session.person_id == person_id)
    session().execute(ended.where(Session.id != session_id) if session_id is not None else ended)


def forget_expired_sessions(*, now: datetime) -> None:
    session().execute(delete(Session).where(Session.expires_at < now))
