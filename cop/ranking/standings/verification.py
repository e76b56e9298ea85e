"""`cop check`: is everybody's stored standing what the vouches and verdicts say? Measures each community again.

It is measured as of the moment it was measured last, beginning with what is stored, which therefore stands if a step
more does not move it: shares within 1e-9. Voices and words follow from the stored shares. A community in which trust
has moved since waits for its next measure and is not looked at. Only `cop check` imports this: it loads scipy.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import isclose

import numpy as np

from cop.platform.clock import seconds
from cop.platform.database import reading
from cop.ranking.paths import Strengths, find_paths
from cop.ranking.standing import Measured, Person, band_of, measure, reference_of, voice_of
from cop.ranking.standings.measures.queries import (
    Held,
    Stood,
    find_measure,
    has_moved_since,
    list_held,
    list_people,
    list_standings,
    stream_endorsings,
)
from cop.ranking.standings.models import Measure
from cop.ranking.standings.queries import list_communities_after
from cop.ranking.trust import Edges

COMMUNITIES_AT_ONCE = 100
NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class WrongStanding:
    """One stored value that is not what trust says."""

    community_id: int
    person_id: int | None
    key: str  # "share", "voice", "band", "ways", "standing" for a missing or needless row, "is_simple" of the community
    stored: object
    expected: object


@dataclass(frozen=True, slots=True)
class _Stored:
    """All that is stored of a community's standing, and what it rests on."""

    measure: Measure
    people: list[Person]
    stood: Mapping[int, Stood]
    held: Mapping[int, Held]
    edges: Edges


def check_standings() -> Iterator[WrongStanding]:
    """Walk all communities; people vouch meanwhile, so only what is found a second time is reported."""
    after = 0
    while found := _list_next(after):
        after = found[-1]
        for community_id in found:
            if any(_findings(community_id)):
                yield from _findings(community_id)


def _list_next(after: int) -> list[int]:
    with reading():
        return list_communities_after(after, limit=COMMUNITIES_AT_ONCE)


def _findings(community_id: int) -> Iterator[WrongStanding]:
    with reading():
        stored = _load(community_id)
    if stored:
        yield from _compare(community_id, stored)


def _load(community_id: int) -> _Stored | None:
    """What is stored; None where nothing was measured yet, or trust has moved since."""
    last = find_measure(community_id)
    if last is None or has_moved_since(community_id, last.measured_at):
        return None
    return _Stored(
        measure=last,
        people=list_people(community_id),
        stood=list_standings(community_id),
        held=list_held(community_id),
        edges=Edges.of(stream_endorsings(community_id)),
    )


def _compare(community_id: int, stored: _Stored) -> Iterator[WrongStanding]:
    shares = {person_id: stood.share for person_id, stood in stored.stood.items()}
    measured = measure(stored.people, stored.edges, now=seconds(stored.measure.measured_at), before=shares)
    if measured.is_simple != stored.measure.is_simple:
        yield WrongStanding(community_id, None, "is_simple", stored.measure.is_simple, measured.is_simple)
        return
    present = {person.id for person in measured.present}
    for person_id in sorted(shares.keys() - present):
        yield WrongStanding(community_id, person_id, "standing", "a row", None)
    for person_id in sorted(present - shares.keys()):
        yield WrongStanding(community_id, person_id, "standing", None, "a row")
    if shares.keys() == present:
        yield from _compare_people(community_id, stored, measured)
        yield from _compare_ways(community_id, stored, measured)


def _compare_people(community_id: int, stored: _Stored, measured: Measured) -> Iterator[WrongStanding]:
    reference = _reference(stored, measured)
    for person in measured.present:
        stood, held = stored.stood[person.id], stored.held.get(person.id)
        share = measured.standing.get(person.id, 0.0)
        if not isclose(stood.share, share, rel_tol=0, abs_tol=NEAR):
            yield WrongStanding(community_id, person.id, "share", stood.share, share)
        relative = stood.share / reference if reference else 0.0
        voice = voice_of(person, relative) if reference else float(person.is_vouched)
        if held and not isclose(held.voice, voice, rel_tol=0, abs_tol=NEAR):
            yield WrongStanding(community_id, person.id, "voice", held.voice, voice)
        band = band_of(person, voice, relative)
        if stood.band != band:
            yield WrongStanding(community_id, person.id, "band", stood.band, band)


def _compare_ways(community_id: int, stored: _Stored, measured: Measured) -> Iterator[WrongStanding]:
    """The ways of trust, by the stored shares; ways that are equally strong may stand for each other."""
    shares = {person_id: stood.share for person_id, stood in stored.stood.items()}
    measured = replace(measured, standing=shares)
    expected, strengths = find_paths(measured), None
    for person in measured.present:
        have, want = _read_ways(stored.stood[person.id].ways), expected.get(person.id, [])
        if have == want:
            continue
        strengths = strengths or Strengths(measured)
        if have is None or not _are_as_strong(person.id, have, want, strengths):
            yield WrongStanding(community_id, person.id, "ways", stored.stood[person.id].ways, json.dumps(want))


def _are_as_strong(person_id: int, have: list[list[int]], want: list[list[int]], strengths: Strengths) -> bool:
    ours, theirs = ([strengths.of(person_id, way) for way in ways] for ways in (have, want))
    return (
        len(have) == len(want) == len({tuple(way) for way in have})
        and len({way[-1] for way in have if way}) == len(have)
        and all(
            one is not None and other is not None and all(map(_is_near, one, other))
            for one, other in zip(ours, theirs, strict=True)
        )
    )


def _is_near(one: float, other: float) -> bool:
    return isclose(one, other, rel_tol=NEAR, abs_tol=NEAR)


def _read_ways(stored: str) -> list[list[int]] | None:
    """The stored ways, or None for what are none."""
    try:
        ways = json.loads(stored)
    except ValueError:
        return None
    is_sound = isinstance(ways, list) and all(
        isinstance(way, list) and all(isinstance(step, int) for step in way) for way in ways
    )
    return ways if is_sound else None


def _reference(stored: _Stored, measured: Measured) -> float | None:
    """The share of a full voice, of what is stored; None under the simple rule."""
    if measured.is_simple:
        return None
    shares = np.array([stored.stood[person.id].share for person in measured.present])
    return reference_of(measured.present, shares, now=seconds(stored.measure.measured_at))
