"""Standing: how far trust reaches somebody from the moderators of a community, and the voice it gives.

domain.md B3 with R0, R1, S1 to S4 of B0. Shown in words, never as a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cop.ranking.acts import DAY, FULL_SEAT, LEAST_VOICE, ROUNDING, reaches
from cop.ranking.trust import Endorsing, Floats, cap_outflow, current, damp, flow, gather

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
        trust: what each person passes on to each other one, damped and capped.
        standing: t by person, which adds up to 1; empty under the simple rule.
        reference: t_ref, the standing of a full voice; None under the simple rule.
        voice: v by person, 0 or 0.1 to 1.
        band: the word for each person who is not banned.
        steps: how many it took.
    """

    is_simple: bool
    trust: Mapping[tuple[int, int], float]
    standing: Mapping[int, float]
    reference: float | None
    voice: Mapping[int, float]
    band: Mapping[int, str]
    steps: int = 0


def measure(people: Sequence[Person], endorsings: Iterable[Endorsing], *, now: int) -> Measured:
    """The standing, voice and band of everybody in a community at `now` (whole seconds UTC)."""
    present = [person for person in people if not person.is_banned]
    trust = build_trust(present, endorsings, now=now)
    pairs = _name_pairs(trust, present)
    if is_too_small(present):
        voice = {person.id: float(person.is_vouched) for person in people}
        return Measured(True, pairs, {}, None, voice, _name_bands(present, voice, {}))
    standing, steps = flow(trust, seeds_of(present), alpha=ALPHA)
    reference = reference_of(present, standing, now=now)
    relative = {person.id: float(t) / reference for person, t in zip(present, standing, strict=True)}
    voice = {person.id: voice_of(person, relative.get(person.id, 0.0)) for person in people}
    by_id = {person.id: float(t) for person, t in zip(present, standing, strict=True)}
    return Measured(False, pairs, by_id, reference, voice, _name_bands(present, voice, relative), steps)


def is_too_small(present: Sequence[Person]) -> bool:
    """Whether the simple rule stands (S3): trust from two people, or among nine, would be anybody's to bend."""
    moderators = sum(person.role == "moderator" for person in present)
    return moderators < LEAST_MODERATORS or sum(person.is_vouched for person in present) < LEAST_PRACTITIONERS


def build_trust(present: Sequence[Person], endorsings: Iterable[Endorsing], *, now: int) -> Any:
    """The matrix of trust between them: gathered, then damped, then capped (S1)."""
    row = {person.id: number for number, person in enumerate(present)}
    edges = [
        (row[one.by], row[other], worth, one.at)
        for one, worth in current(endorsings)
        for other in one.to
        if one.by in row and other in row
    ]
    by, to, worth, at = (np.array(column) for column in zip(*edges, strict=True)) if edges else (np.empty(0, int),) * 4
    raw = gather(by, to, worth, at, people=len(present), now=now)
    return cap_outflow(damp(raw), vouched_of(present))


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


def _name_pairs(trust: Any, present: Sequence[Person]) -> dict[tuple[int, int], float]:
    pairs = trust.tocoo()
    return {
        (present[i].id, present[j].id): float(value)
        for i, j, value in zip(pairs.row, pairs.col, pairs.data, strict=True)
        if value > ROUNDING
    }
