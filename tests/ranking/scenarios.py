"""The golden vectors: scenarios as acts, and what comes out of the code under the vectors' own names."""

from __future__ import annotations

import json
from collections.abc import Iterable
from math import inf
from pathlib import Path
from typing import Any

from cop.ranking.acts import Act, ActKind, Params
from cop.ranking.fold import ThreadKeys
from cop.ranking.liveliness import activity
from cop.ranking.pulse import pulse, week_of
from cop.ranking.rebuild import Rebuilt
from cop.ranking.states import is_doubtful, needs_check_in, state_at
from tests.ranking.stored_thread import StoredThread

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text())


def scenarios(topic: str) -> list[dict[str, Any]]:
    return [scenario for scenario in VECTORS["scenarios"] if scenario["topic"] == topic]


class People:
    """Gives every name of a scenario a number, the same one each time."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers) + 1)


def stored_thread(given: dict[str, Any]) -> tuple[StoredThread, list[Act]]:
    """The thread of a scenario before anything happened, and its acts in order of arrival."""
    people = People()
    thread, params = given["thread"], given["params"]
    stored = StoredThread(
        told_at=thread["created_at"],
        tellers=frozenset(people.number(name) for name in thread["tellers"]),
        shelf_days=thread["shelf_days"],
        params=Params(params["H_days"], params["HQ_days"], params["lambda"]),
    )
    return stored, [_act(event, people) for event in given["events"]]


def _act(event: dict[str, Any], people: People) -> Act:
    return Act(
        id=event["id"],
        at=event["at"],
        person_id=people.number(event["user"]) if event.get("user") else None,
        kind=ActKind(event["kind"]),
        voice=event.get("voice") or 0.0,
        ref=event.get("ref"),
        role=event.get("role"),
    )


def outcome(
    keys: ThreadKeys | Rebuilt, presences: Iterable[tuple[int, int]], given: dict[str, Any]
) -> dict[str, object]:
    """What a scenario expects, under its names; `presences` are (second, person)."""
    now = given["now"]
    params = Params(given["params"]["H_days"])
    return {
        "K": _none_for_nothing(keys.k),
        "activity_now": activity(keys.k, now, params),
        "log2_P": _none_for_nothing(keys.log2_p),
        "log2_N": _none_for_nothing(keys.log2_n),
        "q": keys.q,
        "P_all": keys.p_all,
        "N_all": keys.n_all,
        "E": keys.e,
        "R": _none_for_nothing(keys.r),
        "rest_at": _none_for_nothing(keys.rest_at),
        "last_verified": keys.last_verified,
        "shelf_days": keys.shelf_days,
        "check_due": keys.check_due,
        "contested": keys.contested_at is not None,
        "contested_at": keys.contested_at,
        "proposal": is_doubtful(q=keys.q, firm_dissenters=keys.firm_dissenters),
        "needs_checkin": needs_check_in(p_all=keys.p_all, check_due=keys.check_due, now=now),
        "state": str(state_at(rest_at=keys.rest_at, told_at=keys.told_at, now=now)),
        "pulse": list(pulse(((week_of(at), person) for at, person in presences), now)),
    }


def is_near(field: str, got: object, expected: object) -> bool:
    """Whether a number, or each of a dictionary, is within the vectors' tolerance; everything else must be equal."""
    if isinstance(expected, dict) and isinstance(got, dict):
        return got.keys() == expected.keys() and all(is_near(field, got[key], expected[key]) for key in expected)
    if isinstance(expected, float) and isinstance(got, int | float) and not isinstance(got, bool):
        tolerance = VECTORS["tolerance"]
        return abs(got - expected) <= tolerance.get(field, tolerance["default"])
    return got == expected


def _none_for_nothing(value: float) -> float | None:
    return None if value == -inf else value
