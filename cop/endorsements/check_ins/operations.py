"""Asking whether it still holds, answering, and taking an answer back.

When a check-in is due follows from order, which stands above this package: whoever calls says so, as with `now`.
"""

from __future__ import annotations

from datetime import datetime

from cop.accounts.viewer import Viewer
from cop.communities.places.queries import as_of_now_inside
from cop.discussions.keepers.queries import find_keeper
from cop.discussions.models import Reply, Thread
from cop.discussions.operations import publish_with_check_in
from cop.discussions.replies import ReplyText
from cop.endorsements.check_ins.models import ANSWERS, BY_PRACTICE, STILL, CheckIn
from cop.endorsements.check_ins.permissions import can_answer_check_in, role_in_check_in
from cop.endorsements.check_ins.queries import find_last_row, has_answered, list_rows_by_practice
from cop.endorsements.events import CheckInAnswered, CheckInAsked, CheckInTakenBack
from cop.endorsements.models import Verdict
from cop.platform.clock import seconds
from cop.platform.database import session
from cop.platform.errors import NotAllowed, Unsound
from cop.platform.events import publish
from cop.platform.words import gettext as _


def answer_check_in(
    *, actor: Viewer, thread: Thread, answer: str, text: ReplyText | None, due_at: datetime | None, now: datetime
) -> Reply | None:
    """Say whether it still holds. Whoever had used it renews their verdict by it, or puts this in its place.

    Args:
        text: the reason, which `depends` and `no_longer` need; it becomes a reply.
        due_at: when the present check-in became due; none while none is.

    Raises:
        NotAllowed: it is not asked at present, or not of them, or they have answered.
        Unsound: there is no such answer, or its reason is missing.
    """
    actor = as_of_now_inside(actor, thread.community_id)
    verdict = session().get(Verdict, (thread.id, actor.person_id))
    role = _role(actor, thread, verdict)
    has = due_at is not None and has_answered(thread.id, actor, due_at)
    can_answer_check_in(
        actor, thread, now, role=role, is_due=due_at is not None, has_answered=has
    ).enforce()  # fmt: skip
    if answer not in ANSWERS:
        raise Unsound({"answer": _("Choose one of the three.")})
    if text is None and answer != STILL:
        raise Unsound({"body": _("Say why in a line. It stands as a reply.")})
    reply = publish_with_check_in(actor=actor, thread=thread, text=text, now=now) if text else None
    row = _row_of(thread, actor, due_at or now)
    row.answer, row.answered_at, row.role = answer, now, role
    row.reply_id = reply.id if reply else None
    if verdict is not None and role == BY_PRACTICE:
        row.voice_before = verdict.voice
        verdict.answer, verdict.answered_at = answer, now
        verdict.voice = actor.voice_in(thread.community_id)
    session().flush()
    publish(
        CheckInAnswered(
            thread_id=thread.id,
            community_id=thread.community_id,
            person_id=actor.person_id,
            answer=answer,
            role=role,
            voice=actor.voice_in(thread.community_id),
            reply_id=row.reply_id,
            at=now,
        )
    )
    return reply


def take_back_check_in(*, actor: Viewer, thread: Thread, now: datetime) -> None:
    """Take back what one answered last, as if one had not; a reason that was written stays as a reply.

    Raises:
        NotAllowed: one has answered nothing.
    """
    actor = as_of_now_inside(actor, thread.community_id)
    row = find_last_row(thread.id, actor.person_id)
    if row is None:
        raise NotAllowed(_("There is no answer of yours to take back."))
    verdict = session().get(Verdict, (thread.id, actor.person_id))
    if row.role == BY_PRACTICE and verdict is not None and verdict.answered_at == row.answered_at:
        _restore(verdict, row)
    row.answer = row.answered_at = row.role = row.reply_id = row.voice_before = None
    session().flush()
    publish(CheckInTakenBack(thread_id=thread.id, community_id=thread.community_id, person_id=actor.person_id, at=now))


def ask_check_in(*, thread_id: int, community_id: int, person_id: int, due_at: datetime, now: datetime) -> None:
    """Note that somebody is asked by mail, once in a check-in."""
    key = (thread_id, person_id, seconds(due_at))
    row = session().get(CheckIn, key) or CheckIn(thread_id=thread_id, person_id=person_id, due_at=seconds(due_at))
    row.asked_at = now
    session().add(row)
    session().flush()
    publish(CheckInAsked(thread_id=thread_id, community_id=community_id, person_id=person_id, at=now))


def _role(actor: Viewer, thread: Thread, verdict: Verdict | None) -> str:
    keeper = find_keeper(thread)
    return role_in_check_in(
        actor,
        thread,
        verdict=verdict.kind if verdict else None,
        answer=verdict.answer if verdict else None,
        keeper_id=keeper.person.id if keeper and keeper.has_accepted else None,
    )


def _row_of(thread: Thread, actor: Viewer, due_at: datetime) -> CheckIn:
    key = (thread.id, actor.person_id, seconds(due_at))
    row = session().get(CheckIn, key)
    if row is None:
        row = CheckIn(thread_id=thread.id, person_id=actor.person_id, due_at=seconds(due_at))
        session().add(row)
    return row


def _restore(verdict: Verdict, row: CheckIn) -> None:
    """The verdict as it stood before: as it was given, or as an earlier check-in had renewed it."""
    earlier = [one for one in list_rows_by_practice(row.thread_id, row.person_id, verdict.given_at) if one is not row]
    verdict.answer = earlier[0].answer if earlier else None
    verdict.answered_at = earlier[0].answered_at if earlier else None
    verdict.voice = row.voice_before if row.voice_before is not None else verdict.voice
