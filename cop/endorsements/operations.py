"""One door for verdicts: a verdict that needs its reason brings the text, and both are stored in one act."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from cop.accounts.viewer import Viewer
from cop.communities.places.queries import as_of_now_inside
from cop.discussions.models import Reply, Thread
from cop.discussions.operations import publish_with_verdict
from cop.discussions.replies import ReplyText
from cop.discussions.seals.queries import find_seal_over
from cop.endorsements.events import VerdictGiven, VerdictWithdrawn
from cop.endorsements.intentions.operations import end_trying
from cop.endorsements.models import USED, NotNow, Verdict
from cop.endorsements.permissions import can_give_verdict
from cop.platform.database import session
from cop.platform.errors import Unsound
from cop.platform.events import publish
from cop.platform.words import gettext as _


def give_verdict(*, actor: Viewer, thread: Thread, kind: str, text: ReplyText | None, now: datetime) -> Reply | None:
    """Say that one has seen this, used it, or would do otherwise; replaces what one said before.

    `seen` needs no text. The others bring a field report or a dissent, which is published as a reply in the same act
    and stays when the verdict is replaced or withdrawn. The reply is returned.

    Raises:
        NotAllowed: one's own thread, a procedure, not in the community, or silenced.
        Unsound: a verdict that needs its text came without.
    """
    actor = as_of_now_inside(actor, thread.community_id)
    can_give_verdict(actor, thread, now).enforce()
    find_seal_over(actor, thread)  # of a case, nobody says anything who has not come past its first decision
    if (text is None) != (kind == "seen"):
        raise Unsound({"body": _("Say what happened. A line is enough to begin.")})
    reply = publish_with_verdict(actor=actor, thread=thread, text=text, verdict=kind, now=now) if text else None
    verdict = session().get(Verdict, (thread.id, actor.person_id)) or Verdict(
        thread_id=thread.id, person_id=actor.person_id
    )
    verdict.kind, verdict.given_at = kind, now
    verdict.voice = actor.voice_in(thread.community_id)
    verdict.reply_id = reply.id if reply else None
    verdict.answer = verdict.answered_at = None
    session().add(verdict)
    _forget_not_now(actor, thread)
    session().flush()
    if kind in USED:
        end_trying(actor=actor, thread=thread, now=now)
    publish(
        VerdictGiven(
            thread_id=thread.id,
            community_id=thread.community_id,
            person_id=actor.person_id,
            kind=kind,
            voice=verdict.voice,
            reply_id=verdict.reply_id,
            at=now,
        )
    )
    return reply


def withdraw_verdict(*, actor: Viewer, thread: Thread, now: datetime) -> None:
    """Take one's verdict back, as if never given; a text that came with it stays. Doing so twice is no error."""
    actor = as_of_now_inside(actor, thread.community_id)
    verdict = session().get(Verdict, (thread.id, actor.person_id))
    if verdict is None:
        return
    session().delete(verdict)
    session().flush()
    publish(VerdictWithdrawn(thread_id=thread.id, community_id=thread.community_id, person_id=actor.person_id, at=now))


def say_not_now(*, actor: Viewer, thread: Thread, now: datetime) -> None:
    """Leave the question open and see what others said; it counts for nothing."""
    actor = as_of_now_inside(actor, thread.community_id)
    can_give_verdict(actor, thread, now).enforce()
    if session().get(Verdict, (thread.id, actor.person_id)) is None:
        session().merge(NotNow(thread_id=thread.id, person_id=actor.person_id, said_at=now))
        session().flush()


def _forget_not_now(actor: Viewer, thread: Thread) -> None:
    session().execute(delete(NotNow).where(NotNow.thread_id == thread.id, NotNow.person_id == actor.person_id))
