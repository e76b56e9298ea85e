"""P1 to P11 after every act of whole streams: replies, verdicts, second thoughts and undoings in the order they came.

`test_properties.py` asks what one more act does to any thread; here every act of a stream is that act.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from math import exp2, log2

from hypothesis import given
from hypothesis import strategies as st

from cop.ranking.acts import (
    DAY,
    DISSENTING,
    SUPPORTING,
    TABLE_B1,
    VERDICTS,
    WEIGHTS,
    Act,
    ActKind,
    Params,
    gives_verdict,
)  # fmt: skip
from cop.ranking.counting import counting_acts
from cop.ranking.fold import ThreadKeys
from cop.ranking.liveliness import activity, seat_of
from tests.ranking import strategies as some
from tests.ranking.stored_thread import StoredThread, differing
from tests.ranking.test_properties import TINY, sampled, traces, worth_by_age

streams = some.histories(late=False, most=30)


def steps(history: some.History) -> list[tuple[Act, StoredThread, ThreadKeys, dict[int, float]]]:
    """Each act of a stream with the thread as it stood before, and the keys and seats before and after."""
    found = []
    stored = history.empty()
    for act in history.arrivals:
        before = StoredThread(stored.told_at, stored.tellers, stored.shelf_days, stored.params)
        before.acts, before.keys, before.seats = list(stored.acts), stored.keys, dict(stored.seats)
        stored.receive_one(act)
        found.append((act, before, stored.keys, dict(stored.seats)))
    return found


def is_first_word(act: Act, before: StoredThread) -> bool:
    """Whether it is the first verdict of somebody who tells nothing here and about whom nothing was decided."""
    known = {one.kind for one in before.acts if one.person_id == act.person_id}
    return gives_verdict(act, before.tellers) and known.isdisjoint(VERDICTS | {ActKind.BAN})


@sampled
@given(streams)
def test_p1_p2_p9_a_first_word_moves_what_holds_up_its_own_way_wherever_it_stands_in_a_stream(history) -> None:
    for act, stood, after, _seats in steps(history):
        before = stood.keys
        if not is_first_word(act, stood):
            continue
        assert after.k >= before.k
        if act.voice < 0.1 - TINY:
            assert (after.q, after.e) == (before.q, before.e)
        elif act.kind in SUPPORTING:
            assert after.q > before.q
            assert after.e > before.e
            assert after.r > before.r
        else:
            assert act.kind in DISSENTING
            assert after.q < before.q
            assert after.e <= before.e
            gain, loss = after.k - before.k, stood.params.quality_weight * log2(before.q / after.q)
            assert abs(gain - loss) < 1e-6 or (after.r > before.r) == (gain > loss)


@sampled
@given(st.lists(some.histories(late=False, most=8), min_size=2, max_size=3))
def test_p3_at_every_moment_of_several_streams_the_stored_order_is_that_of_todays_worth(histories) -> None:
    """Reckoned backwards from each moment, which is not one of theirs alone: time passes for all, and moves nobody."""
    threads = [replace(history, params=Params()).empty() for history in histories]
    arrivals = [(act.at, number, act) for number, history in enumerate(histories) for act in history.arrivals]
    for at, number, act in sorted(arrivals, key=lambda one: (*one[:2], one[2].id)):
        threads[number].receive_one(act)
        begun = [thread for thread in threads if any(one.kind in TABLE_B1 for one in thread.acts) and thread.seats]
        worth = {id(thread): worth_by_age(thread, at + DAY) for thread in begun}
        for one in begun:
            for other in begun:
                if one.keys.r > other.keys.r + 1e-6:
                    assert worth[id(one)] > worth[id(other)]


@sampled
@given(streams)
def test_p4_p5_after_every_act_the_stored_keys_are_those_of_all_acts_in_any_order(history) -> None:
    stored = history.empty()
    for act in history.arrivals:
        stored.receive_one(act)
        assert differing(stored.keys, stored.rebuilt()) == {}

    backwards = history.empty().receive(reversed(history.arrivals))

    assert differing(backwards.keys, stored.rebuilt()) == {}


@sampled
@given(streams)
def test_p6_a_thread_is_never_livelier_than_the_strongest_act_of_each_seat(history) -> None:
    stored = history.empty()
    for act in history.arrivals:
        stored.receive_one(act)
        counted = [one for one in counting_acts(stored.acts, stored.tellers) if one.kind in TABLE_B1]
        strongest: dict[int, float] = defaultdict(float)
        for one in counted:
            seat = seat_of(one)
            weight = WEIGHTS[one.kind].life * (one.voice if seat else 0.5)
            fresh = weight * exp2((one.at - act.at) / stored.params.half_life)
            strongest[seat] = max(strongest[seat], fresh)
        if counted:
            assert activity(stored.keys.k, act.at, stored.params) <= sum(strongest.values()) * (1 + 1e-9)


@sampled
@given(streams)
def test_p7_p8_what_a_ring_adds_in_a_stream_is_bounded_by_its_voices(history) -> None:
    """The ring: whoever has an odd number. The others alone tell the same thread without them."""
    honest = [act for act in history.arrivals if act.person_id is None or act.person_id % 2 == 0]
    ring = [act for act in history.arrivals if act not in honest and act.kind in TABLE_B1]
    if not honest or (ring and ring[0].kind is ActKind.CREATED):
        return
    without = replace(history, arrivals=tuple(honest)).stored()
    if not without.seats:
        return

    together = replace(history, arrivals=tuple(sorted([*honest, *ring], key=lambda act: act.place))).stored()

    strongest: dict[int, float] = defaultdict(float)
    for act in ring:
        weight = WEIGHTS[act.kind].life * (act.voice if seat_of(act) else 0.5)
        strongest[seat_of(act)] = max(strongest[seat_of(act)], weight)
    living = activity(without.keys.k, history.latest_at, history.params)
    assert together.keys.k - without.keys.k <= log2(1 + sum(strongest.values()) / living) + TINY
    if all(act.voice < 0.1 - TINY for act in ring):
        assert (together.keys.q, together.keys.e) == (without.keys.q, without.keys.e)


UNDONE_BY_NAME = {
    ActKind.REPLY, ActKind.PROBE, ActKind.ANSWER,
    ActKind.STILL, ActKind.DEPENDS, ActKind.NO_LONGER, ActKind.ACCEPT_CONDITION,
}  # fmt: skip


@sampled
@given(streams)
def test_p10_whatever_a_stream_undoes_is_as_if_it_had_never_happened(history) -> None:
    stored = history.empty()
    for act in history.arrivals:
        earlier = list(stored.acts)
        stored.receive_one(act)
        if act.kind is ActKind.WITHDRAW_VERDICT:
            rest = [one for one in earlier if one.person_id != act.person_id or one.kind not in VERDICTS]
        elif act.kind is ActKind.DELETE:
            rest = [one for one in earlier if one.id != act.ref or one.kind not in UNDONE_BY_NAME]
        elif act.kind is ActKind.BAN:
            kept = {ActKind.CREATED, ActKind.DELETE}
            rest = [one for one in earlier if one.person_id != act.person_id or one.kind in kept]
        else:
            continue
        assert traces(stored, history.empty().receive(rest)) == {}


@sampled
@given(streams)
def test_p11_in_a_stream_only_second_thoughts_and_undoings_are_folded_anew_and_all_else_moves_one_seat(history) -> None:
    stored = history.empty()
    for act in history.arrivals:
        theirs = {one.kind for one in stored.acts if act.person_id is not None and one.person_id == act.person_id}
        thinks_again = act.kind in VERDICTS and not theirs.isdisjoint(VERDICTS)
        seats, replays = dict(stored.seats), stored.replays
        stored.receive_one(act)
        if act.kind in TABLE_B1 and not thinks_again and ActKind.BAN not in theirs:
            assert stored.replays == replays
            assert {seat for seat in stored.seats if stored.seats[seat] != seats.get(seat)} <= {seat_of(act)}
            assert seats.keys() <= stored.seats.keys()
