"""What follows for probes from what is said and taken back."""

from __future__ import annotations

from sqlalchemy import select

from cop.accounts.events import AccountClosed
from cop.discussions.events import ProbeAnswered, ReplyPublished, ReplyRestored, ReplyWithdrawn, ThreadRevised
from cop.discussions.models import Reply, Thread
from cop.discussions.probes.models import ANSWERED, DECLINED, OPEN, WITHDRAWN, Probe
from cop.discussions.probes.operations import forget_own, look_for_span, open_next, settle
from cop.discussions.probes.queries import find_probe, list_quoting, read_boxes
from cop.platform.database import session
from cop.platform.events import publish


def settle_answered(published: ReplyPublished) -> None:
    """What the teller says to a probe is its answer, and leaves its place to the next."""
    probe = _answered_by(published.reply_id) if published.kind == "answer" else None
    if probe is None:
        return
    settle(probe, ANSWERED, by_id=published.author_id, now=published.at)
    publish(
        ProbeAnswered(
            reply_id=probe.reply_id,
            answer_id=published.reply_id,
            thread_id=published.thread_id,
            community_id=published.community_id,
            at=published.at,
        )
    )
    open_next(thread=session().get_one(Thread, published.thread_id), now=published.at)


def follow_withdrawal(withdrawn: ReplyWithdrawn) -> None:
    """A probe that was taken back leaves its place; an answer that was taken back leaves its probe declined."""
    if (answered := _answered_by(withdrawn.reply_id)) and answered.state == ANSWERED:
        if not _stands_answered(answered.reply_id):
            settle(answered, DECLINED, by_id=withdrawn.author_id, now=withdrawn.at)
        return
    probe = find_probe(withdrawn.reply_id)
    if probe is None:
        return
    probe.state = WITHDRAWN
    session().flush()
    open_next(thread=session().get_one(Thread, withdrawn.thread_id), now=withdrawn.at)


def follow_restoring(restored: ReplyRestored) -> None:
    """What was brought back is what it was; that it finds a place was asked before."""
    if (answered := _answered_by(restored.reply_id)) and answered.state in (OPEN, DECLINED):
        settle(answered, ANSWERED, by_id=restored.author_id, now=restored.at)
        open_next(thread=session().get_one(Thread, restored.thread_id), now=restored.at)
    elif probe := find_probe(restored.reply_id):
        is_settled = probe.settled_at is not None
        probe.state = (ANSWERED if _stands_answered(probe.reply_id) else DECLINED) if is_settled else OPEN
        session().flush()


def look_for_spans(revised: ThreadRevised) -> None:
    """The teller may have changed the words that somebody quoted: note what is gone, and what is there again."""
    boxes = read_boxes(revised.thread_id)
    for probe in list_quoting(revised.thread_id):
        look_for_span(probe, boxes, now=revised.at)
    session().flush()


def forget_person(closed: AccountClosed) -> None:
    """What somebody has not asked yet is not asked when they are gone."""
    forget_own(person_id=closed.person_id)


def _answered_by(reply_id: int) -> Probe | None:
    """The probe that a reply answers, if it does."""
    return session().scalar(select(Probe).join(Reply, Reply.answers_id == Probe.reply_id).where(Reply.id == reply_id))


def _stands_answered(probe_id: int) -> bool:
    answers = select(Reply.id).where(Reply.answers_id == probe_id, Reply.withdrawn_at.is_(None)).limit(1)
    return session().scalar(answers) is not None
