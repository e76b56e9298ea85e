"""Who stands behind a thread, as far as this viewer is to know: names without counts, or the totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from cop.accounts.queries import PersonLine
from cop.accounts.viewer import Viewer
from cop.communities.queries import list_roles_in
from cop.discussions.models import Thread
from cop.discussions.versions import SITE, of_place, of_standing
from cop.endorsements.permissions import sees_totals
from cop.endorsements.queries import (
    LEAST_VOICE,
    OwnStand,
    OwnVerdict,
    Stand,
    count_stand,
    find_own_stand,
    list_faces,
    list_standing,
)
from cop.web.caching import kept_part, write_part

STANDING = ("seen", "held", "adapted")  # whose names stand beside a story before one has answered
USED = ("held", "adapted", "failed")
AS_DRAWN = {"depends": "adapted", "no_longer": "failed"}  # what became of it since is drawn as this
MOST_NAMES = 7
MOST_IN_MARGIN = 4
MOST_FACES = 10
_WIDTH, _GAP = 100.0, 1.0  # of the tally's viewBox


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch of the tally."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Totals:
    """How many stand where, with some of their faces; made only for those who may see it."""

    counts: Stand
    seen: tuple[PersonLine, ...]
    used: tuple[PersonLine, ...]
    otherwise: tuple[PersonLine, ...]
    tally: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class StandPanel:
    """What the viewer said, and what they are shown of what others said."""

    names: Markup  # without counts: for whoever has not answered
    been_here: Markup
    roles: Mapping[int, str]  # in this community, of everybody who appears in the totals
    totals: Totals | None
    own: OwnVerdict | None
    said_not_now: bool
    is_counted: bool  # whether the viewer's own verdict is among the totals
    trying_since: datetime | None  # since when the viewer is going to try it; known to nobody else


def build_stand(viewer: Viewer, thread: Thread) -> StandPanel:
    """The panel of a thread that the viewer sees; without an answer of theirs the totals are not even read."""
    own = find_own_stand(thread.id, viewer) if viewer.is_authenticated else OwnStand()
    has_answered = own.verdict is not None or own.said_not_now
    shows_totals = sees_totals(viewer, thread, has_answered=has_answered)
    names, been_here = _names(thread)
    totals, roles = _totals(thread) if shows_totals else (None, {})
    return StandPanel(
        names=names,
        been_here=been_here,
        roles=roles,
        totals=totals,
        own=own.verdict,
        said_not_now=own.said_not_now,
        is_counted=viewer.voice_in(thread.community_id) >= LEAST_VOICE,
        trying_since=own.trying_since if viewer.place_in(thread.community_id) else None,
    )


def _names(thread: Thread) -> tuple[Markup, Markup]:
    """The names as a sentence, and a few of them in the margin; how many there are is told only after an answer."""

    def make() -> tuple[Markup, Markup]:
        names = list_standing(thread.id, kinds=STANDING, limit=MOST_NAMES)
        roles, few = _roles(thread, names), names[:MOST_IN_MARGIN]
        said = write_part("threads/_names.html", names=names, roles=roles)
        return said, write_part("threads/_been_here.html", names=few, roles=roles) if few else Markup("")

    return kept_part(("names", thread.id), _rests_on(thread), make)


def _totals(thread: Thread) -> tuple[Totals, Mapping[int, str]]:
    def make() -> tuple[Totals, Mapping[int, str]]:
        totals = _total(thread.id)
        return totals, _roles(thread, (*totals.seen, *totals.used, *totals.otherwise))

    return kept_part(("totals", thread.id), _rests_on(thread), make)


def _rests_on(thread: Thread) -> tuple[str, ...]:
    return of_standing(thread.id), of_place(thread.community_id), SITE


def _roles(thread: Thread, people: Iterable[PersonLine]) -> Mapping[int, str]:
    found = list_roles_in([thread.community_id], {person.id for person in people})
    return {person: role for (_, person), role in found.items()}


def _total(thread_id: int) -> Totals:
    counts, faces = count_stand(thread_id), list_faces(thread_id, limit_each=MOST_FACES)
    used = [person for kind in USED for person in faces[kind]]
    return Totals(
        counts=counts,
        seen=tuple(faces["seen"]),
        used=tuple(used[:MOST_FACES]),
        otherwise=tuple(faces["otherwise"]),
        tally=_tally(counts),
    )


def _tally(counts: Stand) -> tuple[Bar, ...]:
    """The bars of what became of it, in shares of the width that the gaps leave."""
    numbers = {kind: counts.counts[kind] for kind in USED}
    for since, drawn in AS_DRAWN.items():
        numbers[drawn] += counts.counts[since]
    present = [kind for kind in USED if numbers[kind]]
    room = _WIDTH - _GAP * (len(present) - 1)
    bars, x = [], 0.0
    for kind in present:
        width = room * numbers[kind] / counts.used
        bars.append(Bar(kind, x, width))
        x += width + _GAP
    return tuple(bars)
