"""The one place that decides what is sealed for whom. Whatever reads what a seal may withhold stands on this."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from cop.accounts.viewer import Viewer
from cop.discussions.models import Reply, Thread, Unsealed
from cop.platform.database import session
from cop.platform.errors import NotAllowed, NotVisible
from cop.platform.words import gettext as _

# somebody's id, or the column or parameter that names them
Person = int | ColumnElement[int] | ColumnElement[int | None] | InstrumentedAttribute[int] | None


def is_open_to(person_id: Person, reply: Any = Reply) -> ColumnElement[bool]:
    """Whether a reply is sealed by nothing, or by a seal that this person has opened; a visitor has opened none."""
    unsealed: ColumnElement[bool] = reply.seal_id.is_(None)
    if person_id is None:
        return unsealed
    opened = select(Unsealed.seal_id).where(
        Unsealed.person_id == person_id, Unsealed.thread_id == reply.thread_id, Unsealed.seal_id == reply.seal_id
    )
    return or_(unsealed, opened.exists())


def list_opened(viewer: Viewer, thread_id: int) -> dict[int, str]:
    """The seals of a thread that somebody has opened, and how."""
    if viewer.id is None:
        return {}
    rows = session().execute(
        select(Unsealed.seal_id, Unsealed.how)
        .where(Unsealed.person_id == viewer.id, Unsealed.thread_id == thread_id)
        .order_by(Unsealed.place)
    )
    return {row.seal_id: row.how for row in rows}


def find_seal_over(viewer: Viewer, thread: Thread) -> int | None:
    """The seal under which somebody's words in a thread go: the last one they have opened, since they know what it hid.

    Raises:
        NotAllowed: it is a case of which they have opened nothing.
    """
    if thread.kind != "case":
        return None
    opened = list_opened(viewer, thread.id)
    if not opened:
        raise NotAllowed(_("Choose first, or read on without choosing. What is said of a case is sealed until then."))
    return list(opened)[-1]


def get_seal_at(viewer: Viewer, thread_id: int, place: int) -> int:
    """The seal of one decision, which somebody has opened.

    Raises:
        NotVisible: there is none, or they have not opened it.
    """
    found = session().scalar(
        select(Unsealed.seal_id).where(
            Unsealed.person_id == viewer.id, Unsealed.thread_id == thread_id, Unsealed.place == place
        )
    )
    if found is None:
        raise NotVisible
    return found
