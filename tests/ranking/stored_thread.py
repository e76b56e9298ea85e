"""A thread kept as the database keeps it: keys, seats and acts. The tests feed it acts as they arrive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf, isclose

from cop.ranking.acts import Act, Params, has_voice
from cop.ranking.fold import Replay, ThreadKeys, advance, empty_keys, needs_replay, replay
from cop.ranking.liveliness import seat_of
from cop.ranking.rebuild import Rebuilt, rebuild_thread

KEYS = tuple(ThreadKeys.__slots__)


@dataclass
class StoredThread:
    told_at: int
    tellers: frozenset[int] = frozenset()
    shelf_days: float = 180.0
    params: Params = field(default_factory=Params)
    acts: list[Act] = field(default_factory=list)
    seats: dict[int, float] = field(default_factory=dict)
    replays: int = 0

    def __post_init__(self) -> None:
        self.keys = empty_keys(told_at=self.told_at, shelf_days=self.shelf_days, params=self.params)

    def receive(self, acts: Iterable[Act]) -> StoredThread:
        for act in acts:
            self.receive_one(act)
        return self

    def receive_one(self, act: Act) -> None:
        """What the database does: an id is stored once; then one step, or a replay of everything stored."""
        if any(known.id == act.id for known in self.acts):
            return
        theirs = {a.kind for a in self.acts if act.person_id is not None and a.person_id == act.person_id}
        self.acts.append(act)
        if needs_replay(self.keys, act, earlier_kinds=theirs):
            self.replays += 1
            again = self.replayed()
            self.keys, self.seats = again.keys, again.seats
            return
        seat = seat_of(act)
        step = advance(self.keys, act, seat_x=self.seats.get(seat), tellers=self.tellers, params=self.params)
        self.keys = step.keys
        if step.x > -inf:
            self.seats[step.seat] = step.x

    def replayed(self) -> Replay:
        return replay(
            self.acts,
            told_at=self.told_at,
            tellers=self.tellers,
            shelf_days=self.shelf_days,
            params=self.params,
        )

    def rebuilt(self) -> Rebuilt:
        return rebuild_thread(
            self.acts,
            told_at=self.told_at,
            tellers=self.tellers,
            shelf_days=self.shelf_days,
            params=self.params,
        )

    def presences(self) -> set[tuple[int, int]]:
        """(second, person) of every act that counts with a voice that weighs."""
        voices = self.replayed().voices
        return {
            (act.at, act.person_id)
            for act in self.acts
            if act.person_id is not None and has_voice(voices.get(act.id, 0.0))
        }


def differing(stored: ThreadKeys, expected: Rebuilt | ThreadKeys) -> dict[str, tuple[object, object]]:
    """Every key that is further than 1e-9 from what it should be; a millisecond for the time of rest."""
    found: dict[str, tuple[object, object]] = {}
    for name in KEYS:
        have, want = getattr(stored, name), getattr(expected, name)
        if have is None or want is None:
            agree = have is want
        else:
            agree = isclose(have, want, rel_tol=0, abs_tol=1e-3 if name == "rest_at" else 1e-9)
        if not agree:
            found[name] = (have, want)
    return found
