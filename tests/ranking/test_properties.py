"""P1 to P11 of domain.md B6, as B0 states them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from math import exp2, inf, log2

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from cop.ranking.acts import CHECK_INS, DAY, KEEPER, REPLIES, WEIGHTS, Act, ActKind, Params
from cop.ranking.fold import needs_replay
from cop.ranking.liveliness import LANDMARK, POOL, activity, raise_seat
from tests.ranking import strategies as some
from tests.ranking.stored_thread import StoredThread, differing

TINY = 1e-9
STRONGEST = 3.0  # the largest weight of any act

BUSY = [HealthCheck.too_slow]  # how fast a busy machine draws histories says nothing about them
sampled = settings(max_examples=60, deadline=None, suppress_health_check=BUSY)
searched = settings(max_examples=200, deadline=None, suppress_health_check=BUSY)


def and_then(history: some.History, *acts: Act) -> StoredThread:
    """The thread of a history with more acts, of people it does not know, after all others."""
    return history.stored().receive(acts)


def by_stranger(history: some.History, kind: ActKind, voice: float, *, after: int = 0, number: int = 0) -> Act:
    return Act(history.next_id + number, history.latest_at + after, some.STRANGER + number, kind, voice)


# P1, P2: what one more verdict does


@sampled
@given(some.histories(), some.supporting_kinds, some.voices_that_weigh, st.integers(0, 40 * DAY))
def test_p1_support_by_a_new_person_raises_holding_and_endorsement_and_never_lowers_order(
    history, kind, voice, pause
) -> None:
    before = history.stored().keys

    after = and_then(history, by_stranger(history, kind, voice, after=pause)).keys

    assert after.q > before.q
    assert after.e > before.e
    assert after.k >= before.k
    assert after.r > before.r
    if voice >= 0.5:
        assert after.k > before.k


@sampled
@given(some.histories(), some.dissenting_kinds, some.voices, st.integers(0, 40 * DAY))
def test_p2_dissent_by_a_new_person_never_raises_holding_or_endorsement_and_never_calms(
    history, kind, voice, pause
) -> None:
    before = history.stored().keys

    after = and_then(history, by_stranger(history, kind, voice, after=pause)).keys

    assert after.q <= before.q
    assert after.e <= before.e
    assert after.k >= before.k
    if voice >= 0.1:
        assert after.q < before.q


# P3: the order of what nobody touches


def worth_by_age(stored: StoredThread, now: int) -> float:
    """log2 of today's activity times q^lambda, every act aged back from now: no landmark anywhere."""
    half_life = stored.params.half_life_days * DAY
    voices = stored.replayed().voices
    seats: dict[int | None, float] = defaultdict(float)
    for act in stored.acts:
        if act.id not in voices:
            continue
        own = act.person_id is not None and voices[act.id] >= 0.5
        weight = WEIGHTS[act.kind].life * (voices[act.id] if own else 0.5)
        seat = act.person_id if own else None
        seats[seat] = max(seats[seat], weight * exp2(-(now - act.at) / half_life))
    return log2(sum(seats.values())) + stored.params.quality_weight * log2(stored.keys.q)


@sampled
@given(
    st.lists(some.histories(most=8), min_size=2, max_size=4),
    st.lists(st.integers(0, 3000), min_size=1, max_size=3),
)
def test_p3_untouched_threads_keep_their_order_at_every_later_time(all_histories, days_later) -> None:
    stored = [replace(history, params=Params()).stored() for history in all_histories]
    start = max(history.latest_at for history in all_histories)

    for days in days_later:
        now = start + days * DAY
        for one in stored:
            for other in stored:
                if one.keys.r > other.keys.r + 1e-6:
                    assert worth_by_age(one, now) > worth_by_age(other, now)


# P4, P5: the truth is the set of acts


@searched
@given(some.histories())
def test_p4_keys_kept_act_by_act_equal_the_keys_rebuilt_from_all_acts(history) -> None:
    stored = history.empty()

    for act in history.arrivals:
        stored.receive_one(act)

    rebuilt = stored.rebuilt()
    assert differing(stored.keys, rebuilt) == {}
    assert stored.seats == pytest.approx(rebuilt.seats, rel=0, abs=TINY)
    assert stored.replayed().voices == rebuilt.voices


@sampled
@given(some.histories(with_controls=False, late=False, most=60))
def test_p4_holds_after_every_single_act_of_a_thread_that_arrives_in_order(history) -> None:
    stored = history.empty()

    for act in history.arrivals:
        stored.receive_one(act)
        assert differing(stored.keys, stored.rebuilt()) == {}


@sampled
@given(st.data())
def test_p4_one_seat_after_another_sums_to_what_all_of_them_give(data) -> None:
    seats = {0: -inf, 1: -inf, 2: -inf, 3: -inf}
    k = -inf
    for _ in range(60):
        seat = data.draw(st.integers(0, 3))
        x = data.draw(st.floats(-200, 1300))
        k = raise_seat(k, seats[seat], x)
        seats[seat] = max(seats[seat], x)

    largest = max(seats.values())
    assert k == pytest.approx(largest + log2(sum(exp2(x - largest) for x in seats.values())), rel=0, abs=TINY)


@sampled
@given(some.histories(), st.randoms(use_true_random=False))
def test_p5_the_order_of_arrival_does_not_matter(history, random) -> None:
    shuffled = list(history.arrivals)
    random.shuffle(shuffled)

    assert differing(history.empty().receive(shuffled).keys, history.stored().rebuilt()) == {}


@sampled
@given(some.histories(with_controls=False, late=False), st.randoms(use_true_random=False))
def test_p5_the_order_of_different_people_in_one_second_does_not_matter(history, random) -> None:
    """Ids are dealt anew within each second, but each person's own acts keep their order."""
    shuffled: list[Act] = []
    for second in sorted({act.at for act in history.arrivals}):
        acts = [act for act in history.arrivals if act.at == second]
        people = [act.person_id for act in acts]
        random.shuffle(people)
        queues = {person: [act for act in acts if act.person_id == person] for person in people}
        shuffled += [queues[person].pop(0) for person in people]
    renumbered = [replace(act, id=number) for number, act in enumerate(shuffled, start=1)]

    before, after = history.stored().keys, history.empty().receive(renumbered).keys

    assert (after.k, after.q, after.e) == pytest.approx((before.k, before.q, before.e), rel=0, abs=TINY)


# P6, P7, P8: what one person, a crowd and a ring can do


@sampled
@given(
    some.histories(),
    st.lists(st.tuples(st.integers(0, 60 * DAY), some.reply_kinds, some.full_voices), min_size=1, max_size=12),
)
def test_p6_many_acts_of_one_person_count_as_their_strongest(history, doings) -> None:
    acts = [
        replace(by_stranger(history, kind, voice, after=pause), id=history.next_id + number)
        for number, (pause, kind, voice) in enumerate(doings)
    ]
    alone = [and_then(history, act).keys.k for act in acts]

    together = and_then(history, *acts)

    assert together.keys.k == pytest.approx(max(alone), rel=0, abs=TINY)
    assert len(together.seats) <= len(history.stored().seats) + 1


def test_p6_a_lone_daily_poster_is_one_practitioner() -> None:
    thread = StoredThread(some.TOLD_AT, frozenset({some.TELLER}))

    for day in range(400):
        thread.receive_one(Act(day + 1, some.TOLD_AT + day * DAY, some.TELLER, ActKind.REPLY, 1.0))

    assert activity(thread.keys.k, some.TOLD_AT + 399 * DAY, thread.params) == pytest.approx(1.0)


@sampled
@given(
    some.histories(),
    st.lists(st.tuples(some.lively_kinds, some.pool_voices), min_size=1, max_size=30),
)
def test_p7_a_crowd_without_seats_adds_little_life(history, crowd) -> None:
    before = history.stored().keys
    acts = [by_stranger(history, kind, voice, number=n) for n, (kind, voice) in enumerate(crowd)]

    after = and_then(history, *acts).keys

    living = activity(before.k, history.latest_at, history.params)
    assert after.k - before.k <= log2(1 + 0.5 * STRONGEST / living) + TINY


@sampled
@given(some.histories(), st.lists(st.tuples(some.lively_kinds, some.low_voices), min_size=1, max_size=30))
def test_p7_a_crowd_without_voice_changes_nothing_in_what_holds_up(history, crowd) -> None:
    before = history.stored().keys
    acts = [by_stranger(history, kind, voice, number=n) for n, (kind, voice) in enumerate(crowd)]

    after = and_then(history, *acts).keys

    assert (after.q, after.e, after.contested_at) == (before.q, before.e, before.contested_at)
    assert (after.last_verified, after.shelf_days) == (before.last_verified, before.shelf_days)


def test_p7_ten_thousand_accounts_without_voice_move_a_thread_by_one_pooled_seat() -> None:
    thread = StoredThread(some.TOLD_AT, frozenset({some.TELLER}))
    thread.receive_one(Act(1, some.TOLD_AT, some.TELLER, ActKind.CREATED, 1.0))
    before = thread.keys

    for number in range(10_000):
        act = Act(2 + number, some.TOLD_AT + 1, some.STRANGER + number, ActKind.FAILED, 0.05)
        thread.acts.clear()
        thread.receive_one(act)

    assert thread.keys.k - before.k <= log2(1 + 1.5 / activity(before.k, some.TOLD_AT + 1, Params()))
    assert (thread.keys.q, thread.keys.e) == (before.q, before.e)


@sampled
@given(
    some.histories(),
    st.lists(st.tuples(some.lively_kinds, some.voices), min_size=1, max_size=12),
)
def test_p8_a_ring_adds_no_more_life_than_its_voices(history, ring) -> None:
    before = history.stored().keys
    acts = [by_stranger(history, kind, voice, number=n) for n, (kind, voice) in enumerate(ring)]

    after = and_then(history, *acts).keys

    weight = STRONGEST * sum(voice for _, voice in ring) + 0.5 * STRONGEST
    living = activity(before.k, history.latest_at, history.params)
    assert after.k - before.k <= log2(1 + weight / living) + TINY
    empty_handed = (history.latest_at - LANDMARK) / history.params.half_life + log2(weight)
    assert replace(history, arrivals=tuple(acts)).stored().keys.r <= empty_handed + TINY


# P9: when a dissent raises a thread


@sampled
@given(some.histories(), some.dissenting_kinds, some.full_voices)
def test_p9_a_dissent_raises_a_thread_only_when_its_life_outweighs_its_doubt(history, kind, voice) -> None:
    before = history.stored().keys

    after = and_then(history, by_stranger(history, kind, voice)).keys

    living = activity(before.k, history.latest_at, history.params)
    gain = log2(1 + WEIGHTS[kind].life * voice / living)
    loss = history.params.quality_weight * log2(before.q / after.q)
    assume(abs(gain - loss) > TINY)
    assert (after.r > before.r) == (gain > loss)


@pytest.mark.parametrize(("kind", "half_lives"), [(ActKind.OTHERWISE, 0.06), (ActKind.FAILED, -0.52)])
def test_p9_values_of_the_definition(kind, half_lives) -> None:
    """A = 5, P = 10, N = 0, full voice."""
    acts = [Act(1 + n, some.TOLD_AT, 1 + n, ActKind.SEEN, 1.0) for n in range(10)]
    thread = StoredThread(some.TOLD_AT).receive(acts)
    k_of_five = (some.TOLD_AT - LANDMARK) / Params().half_life + log2(5)
    thread.keys = replace(thread.keys, k=k_of_five, r=thread.keys.r - thread.keys.k + k_of_five)
    before = thread.keys.r

    thread.receive_one(Act(99, some.TOLD_AT, some.STRANGER, kind, 1.0))

    assert thread.keys.r - before == pytest.approx(half_lives, abs=0.005)


# P10: undoing


def traces(after: StoredThread, without: StoredThread) -> dict[str, tuple[object, object]]:
    """What an undone act has left in the keys; the place of the last act is no key."""
    left = differing(after.keys, without.keys)
    return {name: values for name, values in left.items() if not name.startswith("latest_")}


@sampled
@given(some.histories(), st.sampled_from(some.PEOPLE))
def test_p10_a_ban_leaves_the_thread_as_if_the_person_had_only_told(history, person) -> None:
    ban = Act(history.next_id, history.latest_at + DAY, person, ActKind.BAN)
    rest = [act for act in history.arrivals if act.person_id != person or act.kind in (ActKind.CREATED, ActKind.DELETE)]

    banned = and_then(history, ban)

    assert traces(banned, replace(history, arrivals=tuple(rest)).stored()) == {}


@sampled
@given(some.histories(), st.sampled_from(some.PEOPLE))
def test_p10_a_ban_that_is_lifted_leaves_no_trace(history, person) -> None:
    others = tuple(act for act in history.arrivals if act.kind not in (ActKind.BAN, ActKind.UNBAN))
    history = replace(history, arrivals=others)
    ban = Act(history.next_id, history.latest_at + DAY, person, ActKind.BAN)
    unban = Act(history.next_id + 1, history.latest_at + 2 * DAY, person, ActKind.UNBAN)

    after = and_then(history, ban, unban)

    assert traces(after, history.stored()) == {}


@sampled
@given(
    some.histories(),
    st.lists(st.tuples(some.verdict_kinds, some.voices, st.integers(0, 200 * DAY)), min_size=1, max_size=4),
)
def test_p10_a_withdrawn_verdict_was_never_given_however_often_it_was_replaced(history, verdicts) -> None:
    given_ones = [
        Act(history.next_id + n, history.latest_at + after, some.STRANGER, kind, voice)
        for n, (kind, voice, after) in enumerate(verdicts)
    ]
    withdrawal = Act(history.next_id + 99, history.latest_at + 201 * DAY, some.STRANGER, ActKind.WITHDRAW_VERDICT)

    after = and_then(history, *given_ones, withdrawal)

    assert traces(after, history.stored()) == {}


@sampled
@given(some.histories(), some.reply_kinds, some.voices)
def test_p10_a_deleted_reply_was_never_said(history, kind, voice) -> None:
    reply = by_stranger(history, kind, voice)
    deletion = Act(history.next_id + 1, history.latest_at + 1, some.TELLER, ActKind.DELETE, ref=reply.id)

    after = and_then(history, reply, deletion)

    assert traces(after, history.stored()) == {}


@sampled
@given(
    some.histories(),
    st.sampled_from([ActKind.HELD, ActKind.ADAPTED]),
    st.sampled_from(sorted(CHECK_INS)),
    st.sampled_from([None, KEEPER]),
    some.voices,
)
def test_p10_an_answer_taken_back_leaves_what_stood_before(history, kind, answer, role, voice) -> None:
    verdict = by_stranger(history, kind, voice)
    answered = replace(verdict, id=verdict.id + 1, at=verdict.at + 1, kind=answer, role=role)
    deletion = Act(verdict.id + 2, verdict.at + 2, some.STRANGER, ActKind.DELETE, ref=answered.id)

    after = and_then(history, verdict, answered, deletion)

    assert traces(after, and_then(history, verdict)) == {}


# P11: what one act touches


@sampled
@given(some.histories(), some.lively_kinds, some.voices, st.integers(0, 40 * DAY))
def test_p11_the_newest_act_of_somebody_new_touches_one_seat_and_needs_no_other_act(
    history, kind, voice, pause
) -> None:
    stored = history.stored()
    seats, replays = dict(stored.seats), stored.replays
    act = by_stranger(history, kind, voice, after=pause)

    stored.receive_one(act)

    touched = {seat for seat in stored.seats if stored.seats[seat] != seats.get(seat)}
    assert stored.replays == replays
    assert touched <= {some.STRANGER if voice >= 0.5 - TINY else POOL}
    assert stored.seats == pytest.approx(stored.rebuilt().seats, rel=0, abs=TINY)


@sampled
@given(some.histories())
@example(some.History(Params(), 180.0, frozenset(), (Act(1, some.TOLD_AT, 1, ActKind.CREATED, 1.0),)))
def test_p11_only_what_is_late_or_replaces_or_undoes_needs_the_other_acts(history) -> None:
    stored = history.stored()
    newest = history.next_id

    def needs(kind: ActKind, at: int, earlier: set[ActKind]) -> bool:
        return needs_replay(stored.keys, Act(newest, at, 5, kind, 1.0), earlier_kinds=earlier)

    now = history.latest_at
    assert not any(needs(kind, now, {ActKind.SEEN, ActKind.REPLY}) for kind in REPLIES)
    assert not needs(ActKind.HELD, now, {ActKind.REPLY, ActKind.PROBE})
    assert needs(ActKind.HELD, now, {ActKind.SEEN})
    assert needs(ActKind.STILL, now, {ActKind.HELD})
    assert needs(ActKind.REPLY, now, {ActKind.BAN})
    assert needs(ActKind.REPLY, now - 1, set())
    same_second = Act(0, now, 5, ActKind.REPLY, 1.0)
    assert needs_replay(stored.keys, same_second, earlier_kinds=())
    assert all(needs(kind, now, set()) for kind in set(ActKind) - set(WEIGHTS))
