"""How trust reached somebody: the strongest ways from the moderators, by name, for the page that says why."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import prod
from typing import Any, Final

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from cop.ranking.standing import ALPHA, Measured

SHOWN: Final = 3  # ways to each person
LONGEST: Final = 5  # people on a way: beyond that hardly anything arrives


def find_paths(measured: Measured) -> dict[int, list[list[int]]]:
    """For everybody whom trust reaches, up to three ways: ids of people from a moderator to whoever passed it on last.

    The last steps are those that bring the most, strongest first; before each stands the likeliest way to it. A way
    never leads through the person it leads to. Nobody else's trust makes a moderator one, so theirs are left out.
    """
    if measured.is_simple:
        return {}
    moves = _normalise(measured.trust)
    moderators = [row for row, person in enumerate(measured.present) if person.role == "moderator"]
    came_from = _likeliest_steps(moves, moderators)
    arriving = _arriving(measured, moves)
    found, sources = {}, frozenset(moderators)
    for row, person in enumerate(measured.present):
        ways = [] if row in sources else _ways_to(row, arriving, came_from, sources)
        if ways:
            found[person.id] = [[measured.present[step].id for step in way] for way in ways]
    return found


class Strengths:
    """How strong ways are: two of one strength may stand for each other, since floats alone decided between them."""

    def __init__(self, measured: Measured) -> None:
        self._rows = {person.id: row for row, person in enumerate(measured.present)}
        self._sources = {person.id for person in measured.present if person.role == "moderator"}
        self._moves = _normalise(measured.trust)
        self._arriving = _arriving(measured, self._moves)

    def of(self, person_id: int, way: Sequence[int]) -> tuple[float, float] | None:
        """What its last step brings, and the likelihood of the way to that step; None of what is no way to them."""
        if not way or len(way) > LONGEST or way[0] not in self._sources or not self._rows.keys() >= {*way, person_id}:
            return None
        rows = [self._rows[one] for one in way]
        links = [float(self._moves[one, other]) for one, other in pairwise(rows)]
        brings = float(self._arriving[rows[-1], self._rows[person_id]])
        return (brings, prod(links)) if person_id not in way and brings and all(links) else None


def _arriving(measured: Measured, moves: Any) -> Any:
    """What each brings to each."""
    standing = np.array([measured.standing[person.id] for person in measured.present])
    return sparse.csc_matrix(sparse.diags(standing) @ moves)


def _normalise(trust: Any) -> Any:
    out = np.asarray(trust.sum(axis=1)).ravel()
    return sparse.csr_matrix(sparse.diags(np.divide(1.0, out, out=np.zeros_like(out), where=out > 0)) @ trust)


def _likeliest_steps(moves: Any, moderators: list[int]) -> Any:
    """For everybody, who stands before them on the likeliest way from any moderator; negative where nobody does."""
    lengths = moves.copy()
    lengths.data = -np.log((1 - ALPHA) * lengths.data)  # the likeliest way is the shortest in this measure
    _distance, came_from, _source = csgraph.dijkstra(
        lengths, indices=moderators, min_only=True, return_predecessors=True
    )
    return came_from


def _ways_to(row: int, arriving: Any, came_from: Any, sources: frozenset[int]) -> list[list[int]]:
    begin, end = arriving.indptr[row], arriving.indptr[row + 1]
    last_steps = arriving.indices[begin:end][np.argsort(-arriving.data[begin:end], kind="stable")]
    ways = (_way_to(int(step), came_from) for step in last_steps)
    return [way for way in ways if way[0] in sources and row not in way and len(way) <= LONGEST][:SHOWN]


def _way_to(step: int, came_from: Any) -> list[int]:
    way = [step]
    while came_from[way[0]] >= 0:
        way.insert(0, int(came_from[way[0]]))
    return way
