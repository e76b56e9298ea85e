"""Who stands behind a thread, as far as this viewer is to know: names without counts, or the totals."""

from __future__ import annotations

from dataclasses import dataclass

from cop.accounts.queries import PersonLine
from cop.accounts.viewer import Viewer
from cop.discussions.models import Thread
from cop.endorsements.permissions import sees_totals
from cop.endorsements.queries import (
    LEAST_VOICE,
    OwnVerdict,
    Stand,
    count_stand,
    find_verdict,
    has_said_not_now,
    list_faces,
    list_standing,
)

STANDING = ("seen", "held", "adapted")  # whose names stand beside a story before one has answered
USED = ("held", "adapted", "failed")
MOST_NAMES = 7
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

    names: tuple[PersonLine, ...]
    has_more_names: bool
    totals: Totals | None
    own: OwnVerdict | None
    said_not_now: bool
    is_counted: bool  # whether the viewer's own verdict is among the totals

    @property
    def everyone(self) -> tuple[PersonLine, ...]:
        """Everybody who appears in the panel."""
        totals = self.totals
        return (*self.names, *totals.seen, *totals.used, *totals.otherwise) if totals else self.names


def build_stand(viewer: Viewer, thread: Thread) -> StandPanel:
    """The panel of a thread that the viewer sees; without an answer of theirs the totals are not even read."""
    own = find_verdict(thread.id, viewer) if viewer.is_authenticated else None
    said_not_now = viewer.is_authenticated and own is None and has_said_not_now(thread.id, viewer)
    shows_totals = sees_totals(viewer, thread, has_answered=own is not None or said_not_now)
    names = list_standing(thread.id, kinds=STANDING, limit=MOST_NAMES + 1)
    return StandPanel(
        names=tuple(names[:MOST_NAMES]),
        has_more_names=len(names) > MOST_NAMES,
        totals=_total(thread.id) if shows_totals else None,
        own=own,
        said_not_now=said_not_now,
        is_counted=viewer.voice_in(thread.community_id) >= LEAST_VOICE,
    )


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
    present = [kind for kind in USED if counts.counts[kind]]
    room = _WIDTH - _GAP * (len(present) - 1)
    bars, x = [], 0.0
    for kind in present:
        width = room * counts.counts[kind] / counts.used
        bars.append(Bar(kind, x, width))
        x += width + _GAP
    return tuple(bars)
