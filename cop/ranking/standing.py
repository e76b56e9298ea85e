"""Standing: how far trust reaches somebody from the moderators of a community, and the voice it gives.

domain.md B3 with R0, R1, S1 to S4 of B0. Shown in words, never as a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cop.ranking.acts import DAY, FULL_SEAT, LEAST_VOICE, reaches
from cop.ranking.trust import Edges, Floats, Numbers, cap_outflow, damp, flow, gather

ALPHA: Final = 0.30  # of all trust that much starts anew at the moderators with each step
LEAST_MODERATORS: Final = 3  # with fewer, or fewer than ten practitioners, everybody vouched for has a full voice
LEAST_PRACTITIONERS: Final = 10
RECENT: Final = 365 * DAY  # seconds


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the community.

    Args:
        role: "newcomer", "practitioner" or "moderator"; the last two have been vouched for.
        last_act_at: whole seconds UTC; None before the first act.
        is_banned: left out of everything, without a voice.
    """

    id: int
    role: str
    last_act_at: int | None = None
    is_banned: bool = False

    @property
    def is_vouched(self) -> bool:
        return self.role in ("practitioner", "moderator") and not self.is_banned


@dataclass(frozen=True)
class Measured:
    """What came out.

    Args:
        is_simple: the community is too small for the measure; voices are 1 for the vouched and 0 for others.
        present: who is not banned, in the order of the rows of `trust`.
        trust: what each person passes on to each other one, damped and capped; sparse, of (n, n).
        standing: t by person, which adds up to 1; empty under the simple rule.
        reference: t_ref, the standing of a full voice; None under the simple rule.
        voice: v by person, 0 or 0.1 to 1.
        band: the word for each person who is not banned.
        steps: how many it took.
    """

    is_simple: bool
    present: Sequence[Person]
    trust: Any
    standing: Mapping[int, float]
    reference: float | None
    voice: Mapping[int, float]
    band: Mapping[int, str]
    steps: int = 0


def measure(people: Sequence[Person], edges: Edges, *, now: int, before: Mapping[int, float] | None = None) -> Measured:
    """The standing, voice and band of everybody in a community at `now` (whole seconds UTC).

    Args:
        before: an earlier standing by person, to begin with: the end is the same, and sooner reached.
    """
    present = [person for person in people if not person.is_banned]
    trust = build_trust(present, edges, now=now)
    if is_too_small(present):
        voice = {person.id: float(person.is_vouched) for person in people}
        return Measured(True, present, trust, {}, None, voice, _name_bands(present, voice, {}))
    seeds = seeds_of(present)
    standing, steps = flow(trust, seeds, start=_start_from(before, present, seeds), alpha=ALPHA)
    reference = reference_of(present, standing, now=now)
    by_id = {person.id: float(t) for person, t in zip(present, standing, strict=True)}
    relative = {person_id: t / reference for person_id, t in by_id.items()}
    voice = {person.id: voice_of(person, relative.get(person.id, 0.0)) for person in people}
    return Measured(False, present, trust, by_id, reference, voice, _name_bands(present, voice, relative), steps)


def is_too_small(present: Sequence[Person]) -> bool:
    """Whether the simple rule stands (S3): trust from two people, or among nine, would be anybody's to bend."""
    moderators = sum(person.role == "moderator" for person in present)
    return moderators < LEAST_MODERATORS or sum(person.is_vouched for person in present) < LEAST_PRACTITIONERS


def build_trust(present: Sequence[Person], edges: Edges, *, now: int) -> Any:
    """The matrix of trust between them, in their order: gathered, then damped, then capped (S1)."""
    ids = np.array([person.id for person in present], dtype=np.int64)
    order = np.argsort(ids)
    by, by_is_here = _rows_of(edges.by, ids, order)
    to, to_is_here = _rows_of(edges.to, ids, order)
    here = by_is_here & to_is_here
    raw = gather(by[here], to[here], edges.worth[here], edges.at[here], people=len(present), now=now)
    return cap_outflow(damp(raw), vouched_of(present))


def _rows_of(people: Numbers, ids: Numbers, order: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
    """The row of each person, and whether they are among those present at all."""
    if not ids.size:
        return np.zeros(people.size, np.int64), np.zeros(people.size, bool)
    row = order[np.minimum(np.searchsorted(ids, people, sorter=order), ids.size - 1)]
    return row, ids[row] == people


def _start_from(before: Mapping[int, float] | None, present: Sequence[Person], seeds: Floats) -> Floats | None:
    """What was measured before, made to add up to 1 again."""
    if not before:
        return None
    start = np.array([before.get(person.id, 0.0) for person in present])
    total = start.sum()
    return start / total if total > 0 else seeds


def vouched_of(present: Sequence[Person]) -> NDArray[np.bool_]:
    return np.array([person.is_vouched for person in present], dtype=bool)


def seeds_of(present: Sequence[Person]) -> Floats:
    """Where trust starts: at the moderators, in equal parts."""
    moderators = np.array([person.role == "moderator" for person in present], dtype=float)
    seeds: Floats = moderators / moderators.sum()
    return seeds


def reference_of(present: Sequence[Person], standing: Floats, *, now: int) -> float:
    """The median standing of the vouched who acted within a year, or of all of them if nobody did (S1)."""
    reached = [(p, float(t)) for p, t in zip(present, standing, strict=True) if p.is_vouched and t > 0]
    active = [t for p, t in reached if p.last_act_at is not None and p.last_act_at >= now - RECENT]
    return float(np.median(active or [t for _person, t in reached]))


def voice_of(person: Person, relative: float) -> float:
    """A voice of 0.1 to 1 for the vouched whom enough trust reaches (R1), else 0."""
    voice = min(1.0, relative)
    return voice if person.is_vouched and reaches(voice, LEAST_VOICE) else 0.0


def band_of(person: Person, voice: float, relative: float) -> str:
    """The word for somebody's standing (S4), the first that fits."""
    if person.role == "moderator":
        return "moderator"
    if person.is_vouched and reaches(voice, FULL_SEAT):
        return "practitioner"
    return "known here" if person.is_vouched or reaches(relative, LEAST_VOICE) else "newcomer"


def _name_bands(present: Sequence[Person], voice: Mapping[int, float], relative: Mapping[int, float]) -> dict[int, str]:
    return {person.id: band_of(person, voice[person.id], relative.get(person.id, 0.0)) for person in present}
