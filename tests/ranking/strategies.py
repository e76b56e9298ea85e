"""Threads as they might happen: tied seconds, fractional voices, second thoughts, bans, late arrivals."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from cop.ranking.acts import (
    CHECK_INS,
    DAY,
    DISSENTING,
    KEEPER,
    REPLIES,
    SUPPORTING,
    TABLE_B1,
    VERDICTS,
    Act,
    ActKind,
    Params,
)
from tests.ranking.stored_thread import StoredThread

TOLD_AT = 1_767_225_600  # 1 January 2026
TELLER, CO_TELLER = 1, 2
PEOPLE = range(1, 9)
STRANGER = 100  # somebody whom no generated thread knows

full_voices = st.one_of(st.sampled_from([0.5, 0.75, 1.0]), st.floats(0.5, 1.0))
voices_that_weigh = st.one_of(st.sampled_from([0.1, 0.25, 0.4999]), st.floats(0.1, 1.0), full_voices)
low_voices = st.one_of(st.sampled_from([0.0, 0.05, 0.0999]), st.floats(0.0, 0.0999))
pool_voices = st.one_of(low_voices, st.sampled_from([0.1, 0.4999]), st.floats(0.0, 0.4999))
voices = st.one_of(low_voices, voices_that_weigh)

lively_kinds = st.sampled_from(sorted(TABLE_B1 - {ActKind.CREATED}))
reply_kinds = st.sampled_from(sorted(REPLIES))
verdict_kinds = st.sampled_from(sorted(VERDICTS))
supporting_kinds = st.sampled_from(sorted(SUPPORTING))
dissenting_kinds = st.sampled_from(sorted(DISSENTING))
control_kinds = st.sampled_from(sorted(set(ActKind) - TABLE_B1))

params = st.builds(
    Params,
    half_life_days=st.sampled_from([7.0, 30.0, 180.0]),
    verdict_half_life_days=st.sampled_from([365.0, 90.0]),
    quality_weight=st.sampled_from([1.0, 4.0, 6.0]),
)
ties = st.sampled_from([TOLD_AT + days * DAY for days in (0, 1, 91, 180, 400)])
moments = st.one_of(ties, ties, ties, st.integers(TOLD_AT, TOLD_AT + 400 * DAY))


@dataclass(frozen=True)
class History:
    """A thread and everything that happened on it, in order of arrival."""

    params: Params
    shelf_days: float
    tellers: frozenset[int]
    arrivals: tuple[Act, ...]

    def empty(self) -> StoredThread:
        return StoredThread(TOLD_AT, self.tellers, self.shelf_days, self.params)

    def stored(self) -> StoredThread:
        return self.empty().receive(self.arrivals)

    @property
    def latest_at(self) -> int:
        return max(act.at for act in self.arrivals)

    @property
    def next_id(self) -> int:
        return max(act.id for act in self.arrivals) + 1


@st.composite
def lively_acts(draw: st.DrawFn, act_id: int) -> Act:
    person = draw(st.sampled_from([*PEOPLE, *PEOPLE, None]))
    kind = draw(lively_kinds)
    voice = draw(voices) if person is not None else 0.0
    role = draw(st.sampled_from([None, None, KEEPER])) if kind in CHECK_INS else None
    return Act(act_id, draw(moments), person, kind, voice, role=role)


@st.composite
def control_acts(draw: st.DrawFn, act_id: int) -> Act:
    kind = draw(control_kinds)
    ref = draw(st.integers(1, max(1, act_id - 1))) if kind is ActKind.DELETE else None
    role = None
    if kind is ActKind.ACCEPT_CONDITION:
        role = draw(st.sampled_from(["teller", "moderator", "dissenter"]))
        ref = draw(st.sampled_from([None, None, 77]))
    voice = draw(voices_that_weigh) if kind is ActKind.PROMOTE else 0.0
    return Act(act_id, draw(moments), draw(st.sampled_from(PEOPLE)), kind, voice, ref, role)


@st.composite
def histories(draw: st.DrawFn, *, with_controls: bool = True, late: bool = True, most: int = 24) -> History:
    """Any history; acts arrive in order unless `late`, and now and then twice."""
    acts = [Act(1, TOLD_AT, draw(st.sampled_from([TELLER, None])), ActKind.CREATED, draw(voices))]
    if acts[0].person_id is None:
        acts[0] = replace(acts[0], voice=0.0)
    for act_id in range(2, draw(st.integers(1, most)) + 2):
        controls = with_controls and draw(st.integers(0, 3)) == 0
        acts.append(draw(control_acts(act_id) if controls else lively_acts(act_id)))
    if late:
        acts = draw(st.permutations(acts))
        acts += draw(st.lists(st.sampled_from(acts), max_size=3))
    else:
        acts = sorted(acts, key=lambda act: act.place)
        acts = [replace(act, id=number) for number, act in enumerate(acts, start=1)]
    tellers = draw(st.sampled_from([frozenset({TELLER}), frozenset({TELLER, CO_TELLER}), frozenset()]))
    shelf_days = draw(st.sampled_from([45.0, 180.0, 730.0, 1825.0]))
    return History(draw(params), shelf_days, tellers, tuple(acts))
