"""Reads of what stood before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from cop.discussions.models import FIELDS, ProcedureGround, Reply, Revision, StoryField, Thread
from cop.discussions.procedures.queries import get_procedure
from cop.platform import ids
from cop.platform.database import session

OF_PROCEDURES = ("rests_on", "link", "owner", "reviewed")  # changes made before these were kept lack them
REVISIONS_A_PAGE = 5
Words = dict[str, str]  # what was typed, by the name of the box, in the order in which it is read


@dataclass(frozen=True, slots=True)
class Change:
    """One change: what stood before it and after it."""

    number: int
    by_id: int | None
    at: datetime
    before: Words
    after: Words


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of changes, latest first; `earlier` is the number of the next one below."""

    items: tuple[Change, ...]
    earlier: int | None


def list_changes_of_thread(thread: Thread, *, up_to: int | None = None) -> Changes:
    """The changes of a thread from number `up_to` down."""
    return _list(Revision.thread_id == thread.id, read_thread(thread), up_to)


def list_changes_of_reply(reply: Reply, *, up_to: int | None = None) -> Changes:
    """The changes of a reply from number `up_to` down."""
    return _list(Revision.reply_id == reply.id, read_reply(reply), up_to)


def read_thread(thread: Thread) -> Words:
    """A thread's words as they stand."""
    rows = session().execute(select(StoryField.name, StoryField.source).where(StoryField.thread_id == thread.id))
    sources = {row.name: row.source for row in rows}
    return {
        "title": thread.title,
        "hook": thread.hook,
        "happened": thread.happened,
        **{name: sources[name] for name in FIELDS if name in sources},
        **(_read_procedure(thread.id) if thread.kind == "procedure" else {"shelf_life": thread.shelf_life}),
    }


def _read_procedure(thread_id: int) -> Words:
    """What a procedure has beside its words; people and discussions by their ids, since either may be gone one day."""
    procedure = get_procedure(thread_id)
    grounds = session().scalars(
        select(ProcedureGround.thread_id)
        .where(ProcedureGround.procedure_id == thread_id)
        .order_by(ProcedureGround.place, ProcedureGround.thread_id)
    )
    return {
        "rests_on": "\n".join(ids.spell(one) for one in grounds),
        "link": procedure.link,
        "owner": ids.spell(procedure.owner_id) if procedure.owner_id is not None else "",
        "reviewed": procedure.reviewed_at.date().isoformat(),
    }


def read_reply(reply: Reply) -> Words:
    """A reply's words as they stand."""
    return {"body": reply.source, "setting": reply.setting, "differed": reply.differed}


def _list(of: ColumnElement[bool], now: Words, up_to: int | None) -> Changes:
    """One more on either side: above, for what came after the first; below, to know whether more follow."""
    query = select(Revision.number, Revision.by_id, Revision.at, Revision.source).where(of)
    if up_to is not None:
        query = query.where(Revision.number <= up_to + 1)
    rows = list(session().execute(query.order_by(Revision.number.desc()).limit(REVISIONS_A_PAGE + 2)))
    after = now
    changes = []
    for row in rows:
        before: Words = json.loads(row.source)
        if up_to is None or row.number <= up_to:
            changes.append(Change(row.number, row.by_id, row.at, before, after))
        after = before
    shown = changes[:REVISIONS_A_PAGE]
    return Changes(tuple(shown), changes[REVISIONS_A_PAGE].number if len(changes) > len(shown) else None)
