"""Adding procedures, changing them, and saying that one has looked at them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete

from cop.accounts.viewer import Viewer
from cop.communities.models import Community
from cop.communities.places.queries import as_of_now_inside
from cop.discussions.events import ProcedureReviewed, ThreadRevised, ThreadTold
from cop.discussions.models import Procedure, ProcedureGround, Thread
from cop.discussions.operations import add_thread, replace_fields
from cop.discussions.permissions import can_add_procedure, can_keep_procedure
from cop.discussions.procedures.queries import get_procedure, keep_groundworthy
from cop.discussions.procedures.texts import ProcedureText
from cop.discussions.revisions.operations import keep_thread_as_it_stands
from cop.platform.database import session
from cop.platform.errors import Conflict, Unsound
from cop.platform.events import publish
from cop.platform.words import gettext as _


def add_procedure(
    *, actor: Viewer, community: Community, text: ProcedureText, owner_id: int, grounds: Sequence[int], now: datetime
) -> Thread:
    """Point to a document, and name the discussions that it rests on.

    Raises:
        Unsound: nothing of what it is to rest on can be seen in this community.
    """
    actor = as_of_now_inside(actor, community.id)
    can_add_procedure(actor, community.id, now).enforce()
    thread = add_thread(community, text.story, kind="procedure", teller_id=actor.person_id, told_at=now)
    session().add(Procedure(thread_id=thread.id, link=text.link, owner_id=owner_id, reviewed_at=text.reviewed_at))
    session().flush()
    _rest(actor, thread, grounds)
    publish(
        ThreadTold(
            thread_id=thread.id,
            community_id=community.id,
            teller_id=actor.person_id,
            voice=actor.voice_in(community.id),
            at=now,
        )
    )
    return thread


def revise_procedure(
    *,
    actor: Viewer,
    thread: Thread,
    text: ProcedureText,
    owner_id: int,
    grounds: Sequence[int],
    seen_revision: int,
    now: datetime,
) -> None:
    """Change what it says, where it points to, who keeps it and what it rests on.

    Raises:
        Conflict: it was changed since `seen_revision` was shown.
        Unsound: as in adding.
    """
    procedure = get_procedure(thread.id)
    actor = as_of_now_inside(actor, thread.community_id)
    can_keep_procedure(actor, thread, procedure.owner_id, now).enforce()
    if thread.revision != seen_revision:
        raise Conflict(_("This has been changed since you opened it. What stands now is above, yours is below."))
    keep_thread_as_it_stands(thread=thread, by_id=actor.person_id, now=now)
    thread.title, thread.words = text.story.title, text.story.words
    thread.revision, thread.revised_at = thread.revision + 1, now
    procedure.link, procedure.owner_id, procedure.reviewed_at = text.link, owner_id, text.reviewed_at
    replace_fields(thread.id, text.story)
    session().flush()
    _rest(actor, thread, grounds)
    publish(ThreadRevised(thread_id=thread.id, community_id=thread.community_id, at=now))


def mark_reviewed(*, actor: Viewer, thread: Thread, now: datetime) -> None:
    """Say that one has looked at it today, and that it can stand. It is a change like any other, and kept as one."""
    procedure = get_procedure(thread.id)
    actor = as_of_now_inside(actor, thread.community_id)
    can_keep_procedure(actor, thread, procedure.owner_id, now).enforce()
    if procedure.reviewed_at.date() != now.date():
        keep_thread_as_it_stands(thread=thread, by_id=actor.person_id, now=now)
        thread.revision += 1
    procedure.reviewed_at = now
    session().flush()
    publish(ProcedureReviewed(thread_id=thread.id, community_id=thread.community_id, at=now))


def _rest(actor: Viewer, thread: Thread, grounds: Sequence[int]) -> None:
    standing = keep_groundworthy(actor, thread.community_id, grounds)
    if not standing:
        raise Unsound({"rests_on": _("Choose at least one discussion that it rests on.")})
    session().execute(delete(ProcedureGround).where(ProcedureGround.procedure_id == thread.id))
    for place, thread_id in enumerate(standing):
        session().add(ProcedureGround(procedure_id=thread.id, thread_id=thread_id, place=place))
    session().flush()
