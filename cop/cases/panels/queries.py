"""Reads of what was chosen at a fork. Whoever calls these has found that the reader has passed it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from cop.accounts.viewer import Viewer
from cop.cases.models import Commitment, CommitmentCue, Fork, SecondThought
from cop.cases.panels.standing import is_open, stands_alone
from cop.cases.queries import OwnChoice, Second, find_way, get_passed_fork, list_own_choices, read_ranks
from cop.communities.models import MODERATOR, NEWCOMER, PRACTITIONER, Removal
from cop.discussions.models import Reply, Thread
from cop.discussions.probes.queries import has_asked_panel
from cop.platform.clock import moment
from cop.platform.database import session
from cop.platform.errors import NotVisible
from cop.platform.pagination import Page, read_cursor, write_cursor

MOST_PANELLISTS = 500
REASONS_A_PAGE, REASONS_EACH = 20, 3
_PANEL = (PRACTITIONER, MODERATOR)


@dataclass(frozen=True, slots=True)
class Panellist:
    """A practitioner's choice, without its reason."""

    id: int
    person_id: int | None
    ranks: tuple[float, ...]
    first: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a practitioner chose as they did, and what they thought later."""

    id: int
    person_id: int | None
    first: int
    confidence: int
    html: str
    at: datetime
    second: Second | None


def list_panel(fork_id: int, community_id: int) -> list[Panellist]:
    """The practitioners who chose there, in the order in which they did; who was put out is set aside meanwhile."""
    rows = session().execute(
        select(Commitment.id, Commitment.person_id, Commitment.ranks, Commitment.first, Commitment.at)
        .where(Commitment.fork_id == fork_id, _is_panel(community_id))
        .order_by(Commitment.at, Commitment.id)
        .limit(MOST_PANELLISTS)
    )
    return [Panellist(row.id, row.person_id, read_ranks(row.ranks), row.first, row.at) for row in rows]


def count_newcomers(fork_id: int) -> dict[int, int]:
    """How many newcomers put which option first. Their reasons and names are nobody's business."""
    rows = session().execute(
        select(Commitment.first, func.count())
        .where(Commitment.fork_id == fork_id, Commitment.role == NEWCOMER)
        .group_by(Commitment.first)
    )
    return {row[0]: row[1] for row in rows}


def count_cues(fork_id: int, community_id: int) -> dict[int, int]:
    """How many of the panel each cue has swayed."""
    rows = session().execute(
        select(CommitmentCue.cue_id, func.count())
        .join(Commitment, Commitment.id == CommitmentCue.commitment_id)
        .where(Commitment.fork_id == fork_id, _is_panel(community_id))
        .group_by(CommitmentCue.cue_id)
    )
    return {row[0]: row[1] for row in rows}


def list_some_reasons(fork_id: int, community_id: int) -> list[Reason]:
    """The first few reasons for each choice, so that the one who chose alone is read like everybody else."""
    place = func.row_number().over(partition_by=Commitment.first, order_by=(Commitment.at, Commitment.id))
    ranked = (
        select(Commitment.id, place.label("place"))
        .where(Commitment.fork_id == fork_id, _is_panel(community_id))
        .subquery()
    )
    rows = session().execute(
        _select_reasons()
        .join(ranked, ranked.c.id == Commitment.id)
        .where(ranked.c.place <= REASONS_EACH)
        .order_by(Commitment.first, Commitment.at, Commitment.id)
    )
    return [_reason(row) for row in rows]


def list_reasons(fork_id: int, community_id: int, *, after: str | None) -> Page[Reason]:
    """A page of all reasons, by choice and then in order of time.

    Raises:
        NotVisible: the cursor is none of this list.
    """
    query = _select_reasons().where(Commitment.fork_id == fork_id, _is_panel(community_id))
    if after:
        query = query.where(_is_behind(after))
    rows = (
        session()
        .execute(query.order_by(Commitment.first, Commitment.at, Commitment.id).limit(REASONS_A_PAGE + 1))
        .all()
    )
    shown = [_reason(row) for row in rows[:REASONS_A_PAGE]]
    last = shown[-1] if len(rows) > REASONS_A_PAGE else None
    return Page(tuple(shown), later=write_cursor(last.first, last.at.timestamp(), last.id) if last else None)


@dataclass(frozen=True, slots=True)
class Asking:
    """What it depends on whether somebody may ask the panel of a decision."""

    has_chosen: bool
    is_open: bool
    stands_alone: bool
    has_asked: bool


def find_asking(viewer: Viewer, thread: Thread, place: int) -> Asking:
    """How somebody stands to the panel of a decision.

    Raises:
        NotVisible: they have not passed that decision.
    """
    fork = get_passed_fork(thread.id, place, find_way(viewer, thread.id))
    own = list_own_choices(viewer, [fork.id]).get(fork.id)
    return asking_of(viewer, thread, place, fork.id, own, list_panel(fork.id, thread.community_id))


def asking_of(
    viewer: Viewer, thread: Thread, place: int, fork_id: int, own: OwnChoice | None, panel: Sequence[Panellist]
) -> Asking:
    """The same where the choices have been read already."""
    if own is None or viewer.id is None:
        return Asking(False, is_open(panel), False, False)
    named = _list_named(fork_id, thread.community_id, leaving_out=own.id)
    return Asking(
        has_chosen=True,
        is_open=is_open(panel),
        stands_alone=stands_alone(own.id, own.first, own.cue_ids, panel, named),
        has_asked=has_asked_panel(viewer.id, thread.id, place),
    )


def list_panel_places(viewer: Viewer, thread: Thread) -> frozenset[int]:
    """The decisions of a case on whose panel somebody is."""
    found = (
        select(Fork.place)
        .join(Commitment, Commitment.fork_id == Fork.id)
        .where(Fork.thread_id == thread.id, Commitment.person_id == viewer.id, _is_panel(thread.community_id))
    )
    return frozenset(session().scalars(found)) if viewer.id is not None else frozenset()


def has_answered(viewer: Viewer, reply_ids: Collection[int]) -> frozenset[int]:
    """Which of these questions somebody has answered; what they withdrew they have not."""
    found = select(Reply.answers_id).where(
        Reply.answers_id.in_(reply_ids), Reply.author_id == viewer.id, Reply.withdrawn_at.is_(None)
    )
    return frozenset(one for one in session().scalars(found) if one is not None) if reply_ids else frozenset()


def _list_named(fork_id: int, community_id: int, *, leaving_out: int) -> frozenset[int]:
    """The cues that anybody else of the panel named."""
    found = (
        select(CommitmentCue.cue_id)
        .join(Commitment, Commitment.id == CommitmentCue.commitment_id)
        .where(Commitment.fork_id == fork_id, Commitment.id != leaving_out, _is_panel(community_id))
    )
    return frozenset(session().scalars(found.distinct()))


@dataclass(frozen=True, slots=True)
class PastChoice:
    """One of somebody's own choices, for how they have come along."""

    fork_id: int
    commitment_id: int
    ranks: tuple[float, ...]
    at: datetime


def list_past_choices(viewer: Viewer) -> list[PastChoice]:
    """Everything the viewer chose, oldest first; only ever read for themselves."""
    rows = session().execute(
        select(Commitment.fork_id, Commitment.id, Commitment.ranks, Commitment.at)
        .where(Commitment.person_id == viewer.id)
        .order_by(Commitment.at, Commitment.id)
    )
    return [PastChoice(row.fork_id, row.id, read_ranks(row.ranks), row.at) for row in rows]


def list_panels(fork_ids: Collection[int]) -> dict[int, list[Panellist]]:
    """The panels of several forks, in one statement."""
    rows = session().execute(
        select(
            Commitment.fork_id, Commitment.id, Commitment.person_id, Commitment.ranks, Commitment.first, Commitment.at
        )
        .join(Fork, Fork.id == Commitment.fork_id)
        .join(Thread, Thread.id == Fork.thread_id)
        .where(Commitment.fork_id.in_(fork_ids), _is_panel(Thread.community_id))
        .order_by(Commitment.at, Commitment.id)
    )
    panels: dict[int, list[Panellist]] = {fork_id: [] for fork_id in fork_ids}
    for row in rows:
        panels[row.fork_id].append(Panellist(row.id, row.person_id, read_ranks(row.ranks), row.first, row.at))
    return panels


def _is_panel(community_id: Any) -> ColumnElement[bool]:
    removed = select(Removal.id).where(
        Removal.community_id == community_id, Removal.person_id == Commitment.person_id, Removal.ended_at.is_(None)
    )
    return and_(Commitment.role.in_(_PANEL), ~removed.exists())


def _select_reasons() -> Any:
    return select(
        Commitment.id, Commitment.person_id, Commitment.first, Commitment.confidence, Commitment.html, Commitment.at,
        SecondThought.source.label("second_source"), SecondThought.html.label("second_html"),
        SecondThought.at.label("second_at"),
    ).outerjoin(SecondThought, SecondThought.commitment_id == Commitment.id)  # fmt: skip


def _reason(row: Any) -> Reason:
    second = Second(row.second_source, row.second_html, row.second_at) if row.second_at else None
    return Reason(row.id, row.person_id, row.first, row.confidence, row.html, row.at, second)


def _is_behind(after: str) -> ColumnElement[bool]:
    first, at, commitment_id = _read(after)
    later = or_(Commitment.at > at, and_(Commitment.at == at, Commitment.id > commitment_id))
    return or_(Commitment.first > first, and_(Commitment.first == first, later))


def _read(cursor: str) -> tuple[int, datetime, int]:
    first, at, commitment_id = read_cursor(cursor, int, float, int)
    try:
        return int(first), moment(float(at)), int(commitment_id)
    except (OverflowError, ValueError, OSError) as problem:
        raise NotVisible from problem
