"""Reads of procedures and of what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, select

from cop.accounts.viewer import Viewer
from cop.discussions.models import Procedure, ProcedureGround, Thread
from cop.discussions.queries import findable_threads
from cop.platform.database import folded, session
from cop.platform.errors import NotVisible

MOST_FOUND = 10


def get_procedure(thread_id: int) -> Procedure:
    """What a thread points to.

    Raises:
        NotVisible: it is no procedure.
    """
    found = session().get(Procedure, thread_id)
    if found is None:
        raise NotVisible
    return found


def list_grounds_of(viewer: Viewer, procedure_id: int) -> list[int]:
    """The discussions that a procedure rests on, in their order, as far as they stand and the viewer sees them."""
    query = (
        findable_threads(viewer)
        .with_only_columns(Thread.id)
        .join(ProcedureGround, ProcedureGround.thread_id == Thread.id)
        .where(ProcedureGround.procedure_id == procedure_id)
        .order_by(ProcedureGround.place, Thread.id)
    )
    return list(session().scalars(query))


def keep_groundworthy(viewer: Viewer, community_id: int, thread_ids: Iterable[int]) -> list[int]:
    """Those of the threads on which a procedure of this community can rest, each once and in their order."""
    asked = list(dict.fromkeys(thread_ids))
    query = _groundworthy(viewer, community_id).with_only_columns(Thread.id).where(Thread.id.in_(asked))
    found = set(session().scalars(query))
    return [thread_id for thread_id in asked if thread_id in found]


def find_by_title(viewer: Viewer, community_id: int, words: Sequence[str]) -> list[int]:
    """A few threads in whose title or line below it all words stand, the latest first."""
    said = folded(Thread.title + " " + Thread.hook)
    query = (
        _groundworthy(viewer, community_id)
        .with_only_columns(Thread.id)
        .where(*(said.contains(word, autoescape=True) for word in words))
        .order_by(Thread.told_at.desc(), Thread.id)
        .limit(MOST_FOUND)
    )
    return list(session().scalars(query)) if words else []


def list_titles(thread_ids: Sequence[int]) -> dict[int, str]:
    """Titles of threads that were found to be seen."""
    rows = session().execute(select(Thread.id, Thread.title).where(Thread.id.in_(thread_ids)))
    return {row.id: row.title for row in rows}


def list_standing_titles(thread_ids: Sequence[int]) -> dict[int, str]:
    """Titles of what a procedure whose reader was found to see it rests on or did, without what was withdrawn."""
    standing = Thread.id.in_(thread_ids), Thread.withdrawn_at.is_(None)
    rows = session().execute(select(Thread.id, Thread.title).where(*standing))
    return {row.id: row.title for row in rows}


def _groundworthy(viewer: Viewer, community_id: int) -> Select[Thread]:
    return findable_threads(viewer).where(Thread.community_id == community_id, Thread.kind != "procedure")
