"""Where a case is cut: its forks, laid down in their order, and the story that it was cut from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, exists, update

from cop.accounts.viewer import Viewer
from cop.cases.events import CaseWasCut
from cop.cases.models import CaseCut, Fork, ForkCue, ForkOption
from cop.cases.queries import list_fork_rows
from cop.cases.texts import ForkText
from cop.discussions.models import Reply, Thread, Unsealed
from cop.discussions.queries import get_thread
from cop.discussions.seals.operations import open_seal
from cop.platform.database import session
from cop.platform.errors import NotVisible
from cop.platform.events import publish


def lay_forks(thread: Thread, forks: Sequence[ForkText], *, teller_id: int, now: datetime) -> None:
    """Put these forks in the place of those there are. A fork keeps its id, and so the seal on what was said behind
    it; what stood behind one that is gone goes under the last. Nobody but the teller has passed any."""
    standing = list_fork_rows(thread.id)
    laid = []
    for place, text in enumerate(forks, start=1):
        row = standing.pop(0) if standing else Fork(thread_id=thread.id)
        row.place, row.prompt = place, text.prompt
        row.source, row.html, row.renderer = text.part.source, text.part.html, text.part.renderer
        session().add(row)
        session().flush()
        _replace_lines(row, text)
        open_seal(seal_id=row.id, thread_id=thread.id, place=place, person_id=teller_id, how="told", now=now)
        laid.append(row)
    _lift([row.id for row in standing], laid[-1].id)


def cut_from(*, actor: Viewer, thread: Thread, story_id: int, now: datetime) -> None:
    """Say which story of one's own a case was cut from.

    Raises:
        NotVisible: it is somebody else's, elsewhere, or gone.
    """
    story = get_thread(actor, story_id)
    if story.teller_id != actor.id or story.community_id != thread.community_id or story.kind != "story":
        raise NotVisible
    session().add(CaseCut(case_id=thread.id, story_id=story.id))
    story.was_cut = True
    session().flush()
    publish(CaseWasCut(thread_id=story.id, community_id=thread.community_id, case_id=thread.id, at=now))


def recount_cuts(*, thread_id: int) -> None:
    """Say anew whether a case was cut from a story."""
    is_cut = exists().where(CaseCut.story_id == thread_id)
    session().execute(update(Thread).where(Thread.id == thread_id).values(was_cut=is_cut))


def _replace_lines(fork: Fork, text: ForkText) -> None:
    session().execute(delete(ForkOption).where(ForkOption.fork_id == fork.id))
    session().execute(delete(ForkCue).where(ForkCue.fork_id == fork.id))
    for place, (option, note) in enumerate(text.options, start=1):
        session().add(ForkOption(fork_id=fork.id, place=place, text=option, note=note))
    for place, cue in enumerate(text.cues, start=1):
        session().add(ForkCue(fork_id=fork.id, place=place, text=cue))
    session().flush()


def _lift(gone: Sequence[int], last: int) -> None:
    session().execute(update(Reply).where(Reply.seal_id.in_(gone)).values(seal_id=last))
    session().execute(delete(Unsealed).where(Unsealed.seal_id.in_(gone)))
    session().execute(delete(Fork).where(Fork.id.in_(gone)))
    session().flush()
