"""What follows for order from what happens below: each event that counts becomes an act."""

from __future__ import annotations

from sqlalchemy import or_, select

from cop.communities.events import HalfLifeChanged, PersonDemoted, PersonPromoted, PersonRemoved, PersonReturned
from cop.discussions.events import (
    ReplyPublished,
    ReplyRestored,
    ReplyWithdrawn,
    ThreadImported,
    ThreadReopened,
    ThreadRestored,
    ThreadRetired,
    ThreadRevised,
    ThreadSuperseded,
    ThreadTold,
    ThreadWithdrawn,
)
from cop.discussions.models import Thread
from cop.endorsements.check_ins.models import AS_KEEPER
from cop.endorsements.events import (
    CheckInAnswered,
    CheckInTakenBack,
    ConditionAccepted,
    ConditionLeft,
    VerdictGiven,
    VerdictWithdrawn,
)
from cop.platform.clock import moment, seconds
from cop.platform.database import session
from cop.platform.outbox import enqueue
from cop.ranking.acts import CHECK_INS, KEEPER, REPLIES, VERDICTS, ActKind
from cop.ranking.counting import RECENT
from cop.ranking.models import ActRow, ThreadOrder
from cop.ranking.operations import (
    find_act,
    find_act_of_reply,
    list_or_unlist,
    open_order,
    record_act,
    replay_order,
)
from cop.ranking.states import BASE_SHELF_DAYS

REBASE = "ranking.rebase"
FOLLOW_REMOVAL = "ranking.follow_removal"


def rank_told_thread(told: ThreadTold) -> None:
    """A story begins with its teller's voice."""
    open_order(thread_id=told.thread_id, teller_id=told.teller_id, voice=told.voice, at=told.at)


def rank_imported_thread(imported: ThreadImported) -> None:
    """A story from elsewhere begins in the pool: nobody here has told it."""
    open_order(thread_id=imported.thread_id, teller_id=None, voice=0.0, at=imported.told_at)


def count_reply(published: ReplyPublished) -> None:
    """A reply, a probe or an answer enlivens; a report or a dissent is counted as the verdict it came with."""
    if published.kind not in REPLIES:
        return
    record_act(
        thread_id=published.thread_id,
        person_id=published.author_id,
        kind=ActKind(published.kind),
        voice=published.voice,
        at=published.at,
        ref=published.reply_id,
    )


def discount_reply(withdrawn: ReplyWithdrawn) -> None:
    """A reply that was taken back was never said; a report stays counted, since its verdict stands (R8, R10)."""
    said = find_act_of_reply(thread_id=withdrawn.thread_id, reply_id=withdrawn.reply_id)
    if said:
        record_act(
            thread_id=withdrawn.thread_id,
            person_id=withdrawn.author_id,
            kind=ActKind.DELETE,
            at=withdrawn.at,
            ref=said.id,
        )


def count_reply_again(restored: ReplyRestored) -> None:
    """Acts are only ever added: what was deleted is said anew, at its old time and with its old voice."""
    said = find_act_of_reply(thread_id=restored.thread_id, reply_id=restored.reply_id)
    if said:
        record_act(
            thread_id=restored.thread_id,
            person_id=said.person_id,
            kind=ActKind(said.kind),
            voice=said.voice,
            at=moment(said.at),
            ref=restored.reply_id,
        )


def follow_withdrawal(happened: ThreadWithdrawn | ThreadRestored) -> None:
    """What its teller took back leaves the lists, and comes back where it would stand anyway."""
    list_or_unlist(thread_id=happened.thread_id)


def follow_ending(happened: ThreadRetired | ThreadSuperseded | ThreadReopened) -> None:
    """What has ended leaves Living and Endorsed, and comes back when that is taken back."""
    list_or_unlist(thread_id=happened.thread_id)


def weigh_verdict(given: VerdictGiven) -> None:
    """A verdict enlivens, and speaks for or against the thread."""
    record_act(
        thread_id=given.thread_id,
        person_id=given.person_id,
        kind=ActKind(given.kind),
        voice=given.voice,
        at=given.at,
        ref=given.reply_id,
    )


def unweigh_verdict(withdrawn: VerdictWithdrawn) -> None:
    """What a person said of a thread was never said; their replies stay."""
    record_act(
        thread_id=withdrawn.thread_id,
        person_id=withdrawn.person_id,
        kind=ActKind.WITHDRAW_VERDICT,
        at=withdrawn.at,
    )


def weigh_check_in(answered: CheckInAnswered) -> None:
    """An answer enlivens and verifies; of whoever had used it, it is their verdict from now on (R3, R4)."""
    record_act(
        thread_id=answered.thread_id,
        person_id=answered.person_id,
        kind=ActKind(answered.answer),
        voice=answered.voice,
        at=answered.at,
        ref=answered.reply_id,
        role=KEEPER if answered.role == AS_KEEPER else None,
    )


def unweigh_check_in(taken_back: CheckInTakenBack) -> None:
    """That one answer was never given; what it renewed stands as before."""
    _undo(taken_back, find_act(thread_id=taken_back.thread_id, person_id=taken_back.person_id, kinds=CHECK_INS))


def weigh_condition(accepted: ConditionAccepted) -> None:
    """Once both sides accept a condition, it is contested no longer (domain.md B6)."""
    record_act(
        thread_id=accepted.thread_id,
        person_id=accepted.person_id,
        kind=ActKind.ACCEPT_CONDITION,
        at=accepted.at,
        ref=accepted.condition_id,
        role=accepted.role,
    )


def unweigh_condition(left: ConditionLeft) -> None:
    accepting = {ActKind.ACCEPT_CONDITION}
    act = find_act(thread_id=left.thread_id, person_id=left.person_id, kinds=accepting, ref=left.condition_id)
    _undo(left, act)


def _undo(happened: CheckInTakenBack | ConditionLeft, act: ActRow | None) -> None:
    if act:
        record_act(
            thread_id=happened.thread_id,
            person_id=happened.person_id,
            kind=ActKind.DELETE,
            at=happened.at,
            ref=act.id,
        )


def promote_acts(promoted: PersonPromoted) -> None:
    """A new voice reaches back to the person's own verdicts of the last ninety days (R11), thread by thread."""
    _reweigh(promoted, ActKind.PROMOTE, promoted.voice)


def demote_acts(demoted: PersonDemoted) -> None:
    """A lost role reaches back as far: those verdicts weigh nothing any more (R11)."""
    _reweigh(demoted, ActKind.ROLE_LOSS, 0.0)


def _reweigh(happened: PersonPromoted | PersonDemoted, kind: ActKind, voice: float) -> None:
    for thread_id in _list_threads_to_reweigh(happened, voice):
        record_act(thread_id=thread_id, person_id=happened.person_id, kind=kind, voice=voice, at=happened.at)


def rebase_shelf_life(revised: ThreadRevised) -> None:
    """The teller may have changed how fast the story ages."""
    life, base_days = session().execute(
        select(Thread.shelf_life, ThreadOrder.base_shelf_days)
        .join(ThreadOrder, ThreadOrder.thread_id == Thread.id)
        .where(Thread.id == revised.thread_id)
    ).one()  # fmt: skip
    if BASE_SHELF_DAYS[life] != base_days:
        replay_order(thread_id=revised.thread_id)


def rebase_half_life(changed: HalfLifeChanged) -> None:
    """Every key of the community rests on it; the worker folds its threads again, some at a time."""
    enqueue(REBASE, {"community_id": changed.community_id, "after": 0}, now=changed.at)


def follow_removal(happened: PersonRemoved | PersonReturned) -> None:
    """What somebody did counts while they are not put out; the worker sees to it, some threads at a time."""
    payload = {"community_id": happened.community_id, "person_id": happened.person_id, "after": 0}
    enqueue(FOLLOW_REMOVAL, payload, now=happened.at)


def _list_threads_to_reweigh(happened: PersonPromoted | PersonDemoted, voice: float) -> list[int]:
    """Where the person gave verdicts lately that count with another voice; by id, so that locks come in one order."""
    return list(
        session().scalars(
            select(ActRow.thread_id)
            .join(ThreadOrder, ThreadOrder.thread_id == ActRow.thread_id)
            .where(
                ActRow.person_id == happened.person_id,
                ActRow.kind.in_(sorted(VERDICTS)),
                ActRow.at >= seconds(happened.at) - RECENT,
                or_(ActRow.counts_as.is_(None), ActRow.counts_as != voice),
                ThreadOrder.community_id == happened.community_id,
            )
            .distinct()
            .order_by(ActRow.thread_id)
        )
    )
