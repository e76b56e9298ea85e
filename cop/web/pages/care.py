"""What a thread's page says of what became of it, and what each reader may do about that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cop.accounts.queries import PersonLine
from cop.accounts.viewer import Viewer
from cop.discussions.endings.permissions import can_drop, can_reopen, can_retire, can_second, can_supersede
from cop.discussions.endings.queries import EndingLine, find_ending
from cop.discussions.keepers.permissions import can_accept_keeping, can_ask_keeper, can_release_keeper
from cop.discussions.keepers.queries import KeeperLine, find_keeper, has_teller_here
from cop.discussions.models import Thread
from cop.discussions.versions import SITE, of_place, of_standing
from cop.endorsements.check_ins.models import AS_KEEPER, AS_TELLER
from cop.endorsements.check_ins.permissions import can_answer_check_in, role_in_check_in
from cop.endorsements.check_ins.queries import OwnAnswer, find_last_answer, has_answered
from cop.endorsements.conditions.permissions import (
    can_accept_condition,
    can_leave_condition,
    can_propose_condition,
    is_settled,
    role_towards,
)
from cop.endorsements.conditions.queries import (
    ConditionLine,
    DissentLine,
    find_strongest_dissent,
    list_conditions,
    list_dissenters,
)
from cop.endorsements.queries import OwnVerdict
from cop.platform.errors import Ruling
from cop.ranking.lines import OrderLine
from cop.ranking.queries import order_of
from cop.web.caching import kept_part

ANSWER_SHOWN = timedelta(days=14)  # for so long whoever answered a check-in reads what they said, and can take it back


@dataclass(frozen=True, slots=True)
class Care:
    """What everybody may know of how a thread stands: it is kept with the article.

    Args:
        due_at: when the present check-in became due; none while none is.
        conditions: those that both sides accept.
        dissent: the strongest reason, of a contested thread.
    """

    ending: EndingLine | None
    keeper: KeeperLine | None
    is_teller_here: bool
    due_at: datetime | None
    conditions: tuple[ConditionLine, ...]
    dissent: DissentLine | None
    is_disputed: bool  # somebody's word that weighs speaks against it

    @property
    def has_ended(self) -> bool:
        return self.ending is not None and not self.ending.is_proposed

    @property
    def is_proposed(self) -> bool:
        return self.ending is not None and self.ending.is_proposed

    @property
    def is_successor_gone(self) -> bool:
        return self.ending is not None and self.ending.is_successor_gone

    @property
    def keeper_id(self) -> int | None:
        """Whoever keeps it; not who was only asked to."""
        return self.keeper.person.id if self.keeper and self.keeper.has_accepted else None


@dataclass(frozen=True, slots=True)
class Yours:
    """What this reader is asked, and may do, about how a thread stands."""

    thread_id: int
    care: Care
    role: str  # as which they are asked whether it still holds
    own: OwnVerdict | None
    may_answer: Ruling
    may_reply: Ruling
    answered: OwnAnswer | None  # lately
    is_due: bool
    may_second: Ruling
    may_drop: Ruling
    may_keep: Ruling
    may_stand_again: Ruling  # what had taken its place is gone

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show them."""
        rulings = (self.may_answer, self.may_second, self.may_drop, self.may_keep, self.may_stand_again)
        return not (self.answered or any(rulings))


@dataclass(frozen=True, slots=True)
class Tending:
    """What moderators and the teller may do to how a thread stands."""

    may_retire: Ruling
    may_supersede: Ruling
    may_reopen: Ruling
    may_ask_keeper: Ruling
    may_release: Ruling
    is_keeper: bool

    @property
    def is_empty(self) -> bool:
        rulings = (self.may_retire, self.may_supersede, self.may_reopen, self.may_ask_keeper, self.may_release)
        return not any(rulings)


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """A condition with what the reader may do about it."""

    line: ConditionLine
    is_settled: bool
    roles: frozenset[str]  # in which it was accepted; how many would do otherwise is not told here
    may_accept: Ruling
    may_leave: Ruling


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is proposed, and whether the reader may propose more."""

    rows: tuple[ConditionRow, ...]
    may_propose: Ruling

    @property
    def is_empty(self) -> bool:
        return not self.rows and not self.may_propose


def read_care(thread: Thread, order: OrderLine, now: datetime, *, is_teller_here: bool) -> Care:
    """How a thread stands, for everybody: one statement, and more where it is disputed or its teller has gone."""
    is_disputed = order.n_all > 0
    conditions = list_conditions(thread.id) if is_disputed else []
    dissenters = list_dissenters(thread.id) if conditions else frozenset[int]()
    return Care(
        ending=find_ending(thread.id),
        keeper=None if is_teller_here else find_keeper(thread),
        is_teller_here=is_teller_here,
        due_at=order.check_due if order.is_due(now) and thread.withdrawn_at is None else None,
        conditions=tuple(one for one in conditions if is_settled(one.accepted, dissenters)),
        dissent=find_strongest_dissent(thread.id) if order.contested_at else None,
        is_disputed=is_disputed,
    )


def read_care_of(thread: Thread, *, now: datetime) -> Care:
    """The same, for the pages that ask it by itself."""
    return read_care(thread, order_of([thread.id])[thread.id], now, is_teller_here=has_teller_here(thread))


def build_yours(
    viewer: Viewer, thread: Thread, care: Care, own: OwnVerdict | None, may_reply: Ruling, *, now: datetime
) -> Yours:
    """What the reader is asked; nothing is read for visitors and for those of whom nothing is asked."""
    role = role_in_check_in(
        viewer,
        thread,
        verdict=own.kind if own else None,
        answer=own.answer if own else None,
        keeper_id=care.keeper_id,
    )
    has_said = role in (AS_TELLER, AS_KEEPER) or (own is not None and own.answer is not None)
    answered = find_last_answer(thread.id, viewer) if has_said else None
    is_answered = care.due_at is not None and bool(role) and has_answered(thread.id, viewer, care.due_at)
    may_answer = can_answer_check_in(
        viewer, thread, now, role=role, is_due=care.due_at is not None, has_answered=is_answered
    )
    asked_id = care.keeper.person.id if care.keeper and not care.keeper.has_accepted else None
    return Yours(
        thread_id=thread.id,
        care=care,
        role=role,
        own=own,
        may_answer=may_answer,
        may_reply=may_reply,
        answered=answered if answered and answered.answered_at + ANSWER_SHOWN > now else None,
        is_due=care.due_at is not None,
        may_second=can_second(
            viewer, thread, now, is_proposed=care.is_proposed, is_successor_gone=care.is_successor_gone
        ),
        may_drop=can_drop(viewer, thread, is_proposed=care.is_proposed),
        may_keep=can_accept_keeping(viewer, thread, now, asked_id=asked_id),
        may_stand_again=_can_reopen(viewer, thread, care) if care.is_successor_gone else Ruling(False),
    )


def build_tending(viewer: Viewer, thread: Thread, care: Care, *, now: datetime) -> Tending:
    keeper_id = care.keeper.person.id if care.keeper else None
    return Tending(
        may_retire=can_retire(viewer, thread, has_ended=care.has_ended),
        may_supersede=can_supersede(viewer, thread, now, has_ended=care.has_ended),
        may_reopen=Ruling(False) if care.is_successor_gone else _can_reopen(viewer, thread, care),
        may_ask_keeper=can_ask_keeper(
            viewer, thread, is_teller_here=care.is_teller_here, is_kept=keeper_id is not None
        ),
        may_release=can_release_keeper(viewer, thread, keeper_id=keeper_id),
        is_keeper=viewer.id is not None and viewer.id == care.keeper_id,
    )


def _can_reopen(viewer: Viewer, thread: Thread, care: Care) -> Ruling:
    return can_reopen(
        viewer,
        thread,
        has_ended=care.has_ended,
        seconder_id=care.ending.seconded_by_id if care.ending else None,
        is_successor_gone=care.is_successor_gone,
    )


def build_conditions(viewer: Viewer, thread: Thread, *, has_ended: bool, now: datetime) -> Conditions:
    """The conditions of a disputed thread; what is the same for everybody is kept."""
    names = (of_standing(thread.id), of_place(thread.community_id), SITE)
    lines, dissenters = kept_part(
        ("conditions", thread.id), names, lambda: (list_conditions(thread.id), list_dissenters(thread.id))
    )
    is_dissenter = viewer.id in dissenters
    role = role_towards(viewer, thread, is_dissenter=is_dissenter)

    def row(line: ConditionLine) -> ConditionRow:
        has_accepted = viewer.id in line.accepted
        return ConditionRow(
            line=line,
            is_settled=is_settled(line.accepted, dissenters),
            roles=frozenset(line.accepted.values()),
            may_accept=can_accept_condition(viewer, thread, now, role=role, has_accepted=has_accepted),
            may_leave=can_leave_condition(has_accepted=has_accepted),
        )

    return Conditions(
        rows=tuple(row(line) for line in lines),
        may_propose=can_propose_condition(
            viewer,
            thread,
            now,
            role=role,
            is_dissenter=is_dissenter,
            dissenters=len(dissenters),
            proposed=len(lines),
            has_ended=has_ended,
        ),
    )


def people_of(care: Care) -> tuple[PersonLine, ...]:
    """Everybody whom it names with a face."""
    named = (care.keeper.person if care.keeper else None, care.dissent.author if care.dissent else None)
    return tuple(person for person in named if person is not None)
