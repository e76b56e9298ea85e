"""Measuring a community: read and reckoned outside, then written in short transactions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, update

from cop.communities.events import PersonPromoted
from cop.communities.models import Membership
from cop.communities.queries import lock_community
from cop.platform.clock import seconds
from cop.platform.database import reading, session, transaction
from cop.platform.events import publish
from cop.ranking.events import StandingMeasured
from cop.ranking.paths import find_paths
from cop.ranking.standing import Measured, Person, measure
from cop.ranking.standings.measures.queries import (
    Held,
    find_measure,
    list_held,
    list_people,
    list_standings,
    stream_endorsings,
)
from cop.ranking.standings.models import Measure, Standing
from cop.ranking.trust import Edges

ROWS_AT_ONCE: Final = 1_000  # people written in one transaction


def measure_community(community_id: int, *, now: datetime) -> None:
    """Measure everybody's standing and write what came out; opens its own transactions.

    Between reading and writing people come, go and are promoted: only who is still what was read is written, and every
    such change asks for another measure.
    """
    with reading():
        people = list_people(community_id)
        before = list_standings(community_id)
        edges = Edges.of(stream_endorsings(community_id))
    shares = {person_id: stood.share for person_id, stood in before.items()}
    measured = measure(people, edges, now=seconds(now), before=shares)
    rows = _rows(community_id, measured)
    with transaction():
        lock_community(community_id)
        has_changed = _give_voices(community_id, people, measured, now)
        has_changed |= {row["person_id"]: (row["band"], row["ways"]) for row in rows} != {
            person_id: (stood.band, stood.ways) for person_id, stood in before.items()
        }
        session().merge(Measure(community_id=community_id, is_simple=measured.is_simple, measured_at=now))
        if has_changed:
            publish(StandingMeasured(community_id=community_id, at=now))
    _keep(community_id, rows, gone=before.keys() - {row["person_id"] for row in rows})


def _rows(community_id: int, measured: Measured) -> list[dict[str, Any]]:
    ways = find_paths(measured)
    return [
        {
            "community_id": community_id,
            "person_id": person.id,
            "share": measured.standing.get(person.id, 0.0),
            "band": measured.band[person.id],
            "ways": json.dumps(ways.get(person.id, [])),
        }
        for person in measured.present
    ]


def _give_voices(community_id: int, people: Sequence[Person], measured: Measured, now: datetime) -> bool:
    """Write the voices that are others now; whether any is."""
    last, held = find_measure(community_id), list_held(community_id)
    roles = {person.id: person.role for person in people}
    new = {
        person_id: voice
        for person_id, voice in measured.voice.items()
        if person_id in held and held[person_id].role == roles[person_id] and held[person_id].voice != voice
    }
    if new:
        _write_voices(community_id, new)
    for person_id, voice in new.items():
        if voice and _was_promoted_since(last, held[person_id]):
            publish(PersonPromoted(community_id=community_id, person_id=person_id, voice=voice, at=now))
    return bool(new)


def _was_promoted_since(last: Measure | None, held: Held) -> bool:
    """Whose verdicts of the last ninety days count with a full voice only until theirs is known (R11)."""
    return last is not None and held.practitioner_since is not None and held.practitioner_since >= last.measured_at


def _write_voices(community_id: int, voices: Mapping[int, float]) -> None:
    memberships: Any = Membership.__table__
    session().connection().execute(
        update(memberships)
        .where(memberships.c.community_id == community_id, memberships.c.person_id == bindparam("whose"))
        .values(voice=bindparam("new")),
        [{"whose": person_id, "new": voice} for person_id, voice in voices.items()],
    )


def _keep(community_id: int, rows: Sequence[dict[str, Any]], *, gone: set[int]) -> None:
    """Put what came out in place of what stood, some people at a time."""
    for begin in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[begin : begin + ROWS_AT_ONCE]
        with transaction():
            _forget(community_id, [row["person_id"] for row in some])
            session().execute(insert(Standing), some)
    if gone:
        with transaction():
            _forget(community_id, sorted(gone))


def _forget(community_id: int, person_ids: Sequence[int]) -> None:
    session().execute(delete(Standing).where(Standing.community_id == community_id, Standing.person_id.in_(person_ids)))
