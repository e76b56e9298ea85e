"""Writing acts, and keeping the stored keys true in the same transaction.

Whoever writes an act holds the lock on the thread's order row, so that the acts of one thread are folded one after
another.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from functools import cache

from sqlalchemy import Executable, bindparam, delete, insert, select, update

from cop.platform.clock import seconds
from cop.platform.database import ask, session, table_of
from cop.ranking.acts import REPLIES, TABLE_B1, VERDICTS, Act, ActKind, is_refused
from cop.ranking.fold import ThreadKeys, advance, empty_keys, needs_replay, replay
from cop.ranking.grounds.queries import Grounds, list_acts, list_grounds, lock_standing
from cop.ranking.liveliness import seat_of
from cop.ranking.models import ActRow, Participation, ThreadOrder, stored
from cop.ranking.needs.operations import refresh_needs

_PAST = (*sorted(VERDICTS), ActKind.BAN)  # what in somebody's past on a thread makes their next act need a replay


_EARLIER_KINDS = (
    select(ActRow.kind)
    .where(
        ActRow.thread_id == bindparam("thread_id"), ActRow.person_id == bindparam("person_id"), ActRow.kind.in_(_PAST)
    )
    .distinct()
)
_WRITTEN = insert(table_of(ActRow)).returning(ActRow.id)
_HERE = Participation.thread_id == bindparam("thread"), Participation.seat == bindparam("of_seat")
_RAISED_SEAT = update(table_of(Participation)).where(*_HERE).values(x=bindparam("x"))
_NEW_SEATS = insert(table_of(Participation))


def open_order(*, thread_id: int, teller_id: int | None, voice: float, at: datetime) -> None:
    """Give a new thread its row of order, with the act of its telling.

    Args:
        teller_id: none for an imported or anonymous thread, which starts on the pool seat.
        voice: the teller's; 0 where there is none.
    """
    grounds = list_grounds([thread_id])[thread_id]
    told = _write_act(thread_id, Act(0, seconds(at), teller_id, ActKind.CREATED, voice))
    nothing = empty_keys(told_at=seconds(grounds.told_at), shelf_days=grounds.shelf_days, params=grounds.params)
    step = advance(nothing, told, seat_x=None, tellers=grounds.tellers, params=grounds.params)
    order = _new_order(thread_id, grounds)
    order.keys = step.keys
    session().add(order)
    session().flush()
    _add_seats(thread_id, {step.seat: step.x})


def record_act(
    *,
    thread_id: int,
    person_id: int | None,
    kind: ActKind,
    at: datetime,
    voice: float = 0.0,
    ref: int | None = None,
    role: str | None = None,
) -> None:
    """Write one act and fold it into the thread's keys: in one step if that will do, else from all acts.

    Args:
        person_id: who acted, or whom a ban, promotion or lost role is about; none for an anonymous teller.
        voice: theirs at that moment; on a promotion the new one.
        ref: of a reply its id, of a deletion the deleted act's, of an acceptance the condition's.
        role: in which a condition is accepted: "teller", "moderator" or "dissenter".

    Raises:
        ValueError: a teller's verdict on their own thread, which is for the caller to refuse (R9).
    """
    act = Act(0, seconds(at), person_id, kind, voice, ref, role)
    grounds, before, seat_x = lock_standing(thread_id, seat_of(act))
    if is_refused(act, grounds.tellers):
        raise ValueError("a teller gives no verdict on their own thread")
    earlier = _list_earlier_kinds(thread_id, act)
    act = _write_act(thread_id, act, counts=grounds.counts(act))
    if not grounds.counts(act):
        return
    if needs_replay(before, act, earlier_kinds=earlier):
        now = _replay(_lock_order(thread_id), grounds)
    else:
        now = _advance(grounds, before, act, seat_x)
    if _moves_needs(act, before, now):
        refresh_needs(thread_id=thread_id)


def replay_order(*, thread_id: int) -> None:
    """Fold a thread from its acts again: what its keys rest on has changed (shelf life, tellers), or they are wrong."""
    grounds = list_grounds([thread_id])[thread_id]
    order = session().get(ThreadOrder, thread_id, with_for_update=True, populate_existing=True)
    if order is None:  # somebody has lost the row; `cop check --mend` makes it anew
        order = _new_order(thread_id, grounds)
        order.keys = empty_keys(told_at=seconds(grounds.told_at), shelf_days=grounds.shelf_days, params=grounds.params)
        session().add(order)
    order.community_id, order.is_procedure = grounds.community_id, grounds.is_procedure
    order.is_withdrawn, order.ended_as, order.told_at = grounds.is_withdrawn, grounds.ended_as, grounds.told_at
    _replay(order, grounds)
    refresh_needs(thread_id=thread_id)


def list_or_unlist(*, thread_id: int) -> None:
    """Let a thread stand in the lists, or leave them, as it is withdrawn, ended or neither; its keys stay the same."""
    order, grounds = _lock_order(thread_id), list_grounds([thread_id])[thread_id]
    order.is_withdrawn, order.ended_as = grounds.is_withdrawn, grounds.ended_as
    session().flush()


def find_act_of_reply(*, thread_id: int, reply_id: int) -> ActRow | None:
    """The act of a reply, a probe or an answer, the latest if it was restored before; a report is a verdict's act."""
    return session().scalar(
        select(ActRow)
        .where(ActRow.thread_id == thread_id, ActRow.ref == reply_id, ActRow.kind.in_(sorted(REPLIES)))
        .order_by(ActRow.id.desc())
        .limit(1)
    )


def find_act(*, thread_id: int, person_id: int, kinds: Collection[ActKind], ref: int | None = None) -> ActRow | None:
    """The latest act of these kinds that somebody has done on the thread; of one condition, with its id as `ref`."""
    query = select(ActRow).where(
        ActRow.thread_id == thread_id, ActRow.person_id == person_id, ActRow.kind.in_(sorted(kinds))
    )
    if ref is not None:
        query = query.where(ActRow.ref == ref)
    return session().scalar(query.order_by(ActRow.at.desc(), ActRow.id.desc()).limit(1))


def list_threads_after(community_id: int, after: int, *, limit: int) -> list[int]:
    """The next threads of a community, by id."""
    return list(
        session().scalars(
            select(ThreadOrder.thread_id)
            .where(ThreadOrder.community_id == community_id, ThreadOrder.thread_id > after)
            .order_by(ThreadOrder.thread_id)
            .limit(limit)
        )
    )


def list_threads_of(community_id: int, person_id: int, after: int, *, limit: int) -> list[int]:
    """The next threads of a community on which somebody has done anything, by id."""
    return list(
        session().scalars(
            select(ActRow.thread_id)
            .join(ThreadOrder, ThreadOrder.thread_id == ActRow.thread_id)
            .where(ThreadOrder.community_id == community_id, ActRow.person_id == person_id, ActRow.thread_id > after)
            .distinct()
            .order_by(ActRow.thread_id)
            .limit(limit)
        )
    )


def stands_removed(thread_id: int, person_id: int) -> bool:
    """Whether the last that was written of it is that what this person did on the thread does not count."""
    last = session().scalar(
        select(ActRow.kind)
        .where(
            ActRow.thread_id == thread_id,
            ActRow.person_id == person_id,
            ActRow.kind.in_((ActKind.BAN, ActKind.UNBAN)),
        )
        .order_by(ActRow.at.desc(), ActRow.id.desc())
        .limit(1)
    )
    return last == ActKind.BAN


def _new_order(thread_id: int, grounds: Grounds) -> ThreadOrder:
    return ThreadOrder(
        thread_id=thread_id,
        community_id=grounds.community_id,
        is_procedure=grounds.is_procedure,
        is_withdrawn=grounds.is_withdrawn,
        ended_as=grounds.ended_as,
        told_at=grounds.told_at,
    )


def _lock_order(thread_id: int) -> ThreadOrder:
    return session().get_one(ThreadOrder, thread_id, with_for_update=True, populate_existing=True)


def _list_earlier_kinds(thread_id: int, act: Act) -> set[ActKind]:
    """The kinds in the person's past on the thread that the next step has to know of."""
    if act.person_id is None:
        return set()
    kinds = ask(_EARLIER_KINDS, {"thread_id": thread_id, "person_id": act.person_id})
    return {ActKind(kind) for kind in kinds.scalars()}


def _write_act(thread_id: int, act: Act, *, counts: bool = True) -> Act:
    """Store an act, which counts as it stands until a replay says otherwise, if at all; the act with its id."""
    values = {
        "thread_id": thread_id,
        "person_id": act.person_id,
        "kind": act.kind,
        "at": act.at,
        "voice": act.voice,
        "ref": act.ref,
        "role": act.role,
        "counts_as": act.voice if counts and act.kind in TABLE_B1 else None,
    }
    return replace(act, id=ask(_WRITTEN, values).scalar_one())


def _advance(grounds: Grounds, keys: ThreadKeys, act: Act, seat_x: float | None) -> ThreadKeys:
    """Fold the newest act: what it moves of the thread's row, and one seat."""
    step = advance(keys, act, seat_x=seat_x, tellers=grounds.tellers, params=grounds.params)
    _store_keys(grounds.thread_id, keys, step.keys)
    if seat_x is None:
        _add_seats(grounds.thread_id, {step.seat: step.x})
    elif step.x > seat_x:
        ask(_RAISED_SEAT, {"thread": grounds.thread_id, "of_seat": step.seat, "x": step.x})
    return step.keys


def _store_keys(thread_id: int, before: ThreadKeys, now: ThreadKeys) -> None:
    """Write what has changed and nothing else: a column that is named is brought into its indexes again."""
    stood = stored(before)
    moved = {name: value for name, value in stored(now).items() if value != stood[name]}
    if moved:
        ask(_moving(frozenset(moved)), {"thread": thread_id, **{f"to_{name}": value for name, value in moved.items()}})


@cache
def _moving(names: frozenset[str]) -> Executable:
    """The statement for a set of keys: a dozen of them come up."""
    order = table_of(ThreadOrder)
    return (
        update(order)
        .where(order.c.thread_id == bindparam("thread"))
        .values({name: bindparam(f"to_{name}", type_=order.c[name].type) for name in sorted(names)})
    )


def _replay(order: ThreadOrder, grounds: Grounds) -> ThreadKeys:
    """Fold the thread from all its acts: its row, all its seats, and the voices that have changed."""
    stored = list_acts([order.thread_id])[order.thread_id]
    again = replay(
        [one.act for one in stored if grounds.counts(one.act)],
        told_at=seconds(grounds.told_at),
        tellers=grounds.tellers,
        shelf_days=grounds.shelf_days,
        params=grounds.params,
    )
    order.keys = again.keys
    session().flush()
    session().execute(delete(Participation).where(Participation.thread_id == order.thread_id))
    _add_seats(order.thread_id, again.seats)
    for one in stored:
        counts_as = again.voices.get(one.act.id)
        if counts_as != one.counts_as:
            session().execute(update(ActRow).where(ActRow.id == one.act.id).values(counts_as=counts_as))
    return again.keys


def _moves_needs(act: Act, before: ThreadKeys, now: ThreadKeys) -> bool:
    """A check-in that is due another day, and a thread that is contested or no longer, need something else.

    While it is contested the last dissent that weighs counts too, which what is merely said does not move.
    """
    is_dissent_moved = now.contested_at is not None and act.kind not in REPLIES
    return is_dissent_moved or _asks(now) != _asks(before)


def _asks(keys: ThreadKeys) -> tuple[float | None, ...]:
    return keys.p_all, keys.check_due, keys.contested_at


def _add_seats(thread_id: int, seats: dict[int, float]) -> None:
    rows = [{"thread_id": thread_id, "seat": seat, "x": x} for seat, x in seats.items()]
    session().connection().execute(_NEW_SEATS, rows)
