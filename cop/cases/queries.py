"""Reads of cases. What lies behind a seal is asked for by a `Way`: how far this reader has come, and no further."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from cop.accounts.viewer import Viewer
from cop.cases.models import (
    CaseCut,
    CaseOutcome,
    Commitment,
    CommitmentCue,
    Fork,
    ForkCue,
    ForkOption,
    SecondThought,
)
from cop.discussions.models import Thread, Unsealed
from cop.discussions.seals.queries import list_opened
from cop.platform.database import session
from cop.platform.errors import NotVisible

MOST_ASKED, OUTCOMES_AT_ONCE = 2, 200
MOST_CASES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Way:
    """How far somebody has come in a case: the seals they have opened, in order, and how many there are."""

    total: int
    opened: Mapping[int, str]  # fork ids, with how

    @property
    def is_through(self) -> bool:
        return len(self.opened) >= self.total > 0

    @property
    def next_place(self) -> int:
        """Where they stand: the fork at which they have not chosen yet, one more than there are when through."""
        return len(self.opened) + 1


@dataclass(frozen=True, slots=True)
class OptionLine:
    place: int
    text: str
    note: str

    @property
    def letter(self) -> str:
        return "abcdef"[self.place - 1]


@dataclass(frozen=True, slots=True)
class CueLine:
    id: int
    text: str


@dataclass(frozen=True, slots=True)
class ForkLine:
    """A decision with what can be chosen and what shows by then."""

    id: int
    place: int
    prompt: str
    source: str
    html: str
    options: tuple[OptionLine, ...]
    cues: tuple[CueLine, ...]


@dataclass(frozen=True, slots=True)
class Second:
    """A second thought, as it was written and as it is shown."""

    source: str
    html: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OwnChoice:
    """What somebody chose at a fork, for themselves."""

    id: int
    fork_id: int
    ranks: tuple[float, ...]
    first: int
    confidence: int
    source: str
    html: str
    at: datetime
    role: str
    cue_ids: frozenset[int]
    second: Second | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case; without `told_at` it is not known yet."""

    source: str
    html: str
    told_at: datetime | None


def find_way(viewer: Viewer, thread_id: int) -> Way:
    """How far this viewer has come; a visitor stands before the first fork."""
    total = session().scalar(select(func.count()).where(Fork.thread_id == thread_id)) or 0
    return Way(total, list_opened(viewer, thread_id))


def list_forks(thread_id: int, way: Way) -> list[ForkLine]:
    """The decisions that whoever has come so far may read: those behind them and the one before them."""
    return _forks_where(Fork.thread_id == thread_id, Fork.place <= way.next_place)


def list_whole_forks(thread_id: int) -> list[ForkLine]:
    """Every decision, for its teller who revises it."""
    return _forks_where(Fork.thread_id == thread_id)


def list_fork_rows(thread_id: int) -> list[Fork]:
    """The rows of all decisions, for what lays them anew."""
    return list(session().scalars(select(Fork).where(Fork.thread_id == thread_id).order_by(Fork.place)))


def get_fork(thread_id: int, place: int, way: Way) -> ForkLine:
    """One decision that lies behind or right before the reader.

    Raises:
        NotVisible: there is none, or it lies further on; both look the same.
    """
    found = _forks_where(Fork.thread_id == thread_id, Fork.place == place, Fork.place <= way.next_place)
    if not found:
        raise NotVisible
    return found[0]


def get_passed_fork(thread_id: int, place: int, way: Way) -> ForkLine:
    """One decision that lies behind the reader, of which they may see what was chosen.

    Raises:
        NotVisible: there is none, or they have neither chosen there nor read on.
    """
    fork = get_fork(thread_id, place, way)
    if fork.id not in way.opened:
        raise NotVisible
    return fork


def list_cues_up_to(thread_id: int, place: int) -> list[CueLine]:
    """Everything that shows by a decision, as it came."""
    rows = session().execute(
        select(ForkCue.id, ForkCue.text)
        .join(Fork, Fork.id == ForkCue.fork_id)
        .where(Fork.thread_id == thread_id, Fork.place <= place)
        .order_by(Fork.place, ForkCue.place)
    )
    return [CueLine(*row) for row in rows]


def find_outcome(thread_id: int, way: Way) -> Outcome | None:
    """What came of it, for whoever is through."""
    return read_outcome(thread_id) if way.is_through else None


def read_outcome(thread_id: int) -> Outcome | None:
    row = session().execute(
        select(CaseOutcome.source, CaseOutcome.html, CaseOutcome.told_at).where(CaseOutcome.thread_id == thread_id)
    ).first()  # fmt: skip
    return Outcome(*row) if row else None


def get_outcome_row(thread_id: int) -> CaseOutcome:
    """What came of a case, to be written.

    Raises:
        NotVisible: it is no case.
    """
    found = session().get(CaseOutcome, thread_id, populate_existing=True)
    if found is None:
        raise NotVisible
    return found


def list_own_choices(viewer: Viewer, fork_ids: Collection[int]) -> dict[int, OwnChoice]:
    """What the viewer chose, by fork, with their second thoughts; two statements."""
    if viewer.id is None or not fork_ids:
        return {}
    rows = (
        session()
        .execute(
            select(Commitment, SecondThought.source, SecondThought.html, SecondThought.at)
            .outerjoin(SecondThought, SecondThought.commitment_id == Commitment.id)
            .where(Commitment.person_id == viewer.id, Commitment.fork_id.in_(fork_ids))
        )
        .all()
    )
    cues = list_cues_named(row[0].id for row in rows)
    return {
        one.fork_id: OwnChoice(
            one.id, one.fork_id, read_ranks(one.ranks), one.first, one.confidence, one.source, one.html, one.at,
            one.role, cues.get(one.id, frozenset()), Second(source, html, at) if at else None,
        )
        for one, source, html, at in rows
    }  # fmt: skip


def find_commitment(person_id: int, fork_id: int) -> Commitment | None:
    return session().scalar(select(Commitment).where(Commitment.person_id == person_id, Commitment.fork_id == fork_id))


def list_cues_named(commitment_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Which cues swayed whom, by commitment."""
    wanted = list(commitment_ids)
    if not wanted:
        return {}
    rows = session().execute(
        select(CommitmentCue.commitment_id, CommitmentCue.cue_id).where(CommitmentCue.commitment_id.in_(wanted))
    )
    named: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        named[row.commitment_id].add(row.cue_id)
    return {one: frozenset(cues) for one, cues in named.items()}


def has_begun(thread_id: int) -> bool:
    """Whether anybody has chosen or read on: from then on the text stands as they read it."""
    found = select(Unsealed.seal_id).where(Unsealed.thread_id == thread_id, Unsealed.how != "told").limit(1)
    return session().execute(found).first() is not None


def list_open_texts(thread_ids: Collection[int]) -> dict[int, list[str]]:
    """What a case says before anybody has chosen: its first question and what could be done. Search may hold it."""
    if not thread_ids:
        return {}
    rows = session().execute(
        select(Fork.thread_id, Fork.prompt, ForkOption.text, ForkOption.note)
        .join(ForkOption, ForkOption.fork_id == Fork.id)
        .where(Fork.thread_id.in_(thread_ids), Fork.place == 1)
        .order_by(Fork.thread_id, ForkOption.place)
    )
    texts: dict[int, list[str]] = {}
    for row in rows:
        texts.setdefault(row.thread_id, [row.prompt]).append(f"{row.text}. {row.note}" if row.note else row.text)
    return texts


def list_due_outcomes(now: datetime) -> list[tuple[Thread, CaseOutcome]]:
    """Live cases whose tellers are to be asked by now, held against other writers."""
    rows = session().execute(
        select(Thread, CaseOutcome)
        .join(CaseOutcome, CaseOutcome.thread_id == Thread.id)
        .where(
            Thread.outcome_due_at <= now,
            Thread.withdrawn_at.is_(None),
            Thread.teller_id.is_not(None),
            CaseOutcome.told_at.is_(None),
            CaseOutcome.asked < MOST_ASKED,
        )
        .order_by(Thread.id)
        .limit(OUTCOMES_AT_ONCE)
        .with_for_update()
    )
    return [(thread, outcome) for thread, outcome in rows]


def list_cases_cut_from(story_id: int) -> list[int]:
    """The cases that were made of a story; who may see them is asked of the threads."""
    found = select(CaseCut.case_id).where(CaseCut.story_id == story_id).order_by(CaseCut.case_id)
    return list(session().scalars(found.limit(MOST_CASES_SHOWN)))


def find_story_of(case_id: int) -> int | None:
    return session().scalar(select(CaseCut.story_id).where(CaseCut.case_id == case_id))


def read_ranks(stored: str) -> tuple[float, ...]:
    return tuple(map(float, json.loads(stored)))


def _forks_where(*which: ColumnElement[bool]) -> list[ForkLine]:
    rows = (
        session()
        .execute(select(Fork.id, Fork.place, Fork.prompt, Fork.source, Fork.html).where(*which).order_by(Fork.place))
        .all()
    )
    ids = [row.id for row in rows]
    options, cues = _options_of(ids), _cues_of(ids)
    return [ForkLine(*row, options=tuple(options[row.id]), cues=tuple(cues[row.id])) for row in rows]


def _options_of(fork_ids: Collection[int]) -> dict[int, list[OptionLine]]:
    rows = session().execute(
        select(ForkOption.fork_id, ForkOption.place, ForkOption.text, ForkOption.note)
        .where(ForkOption.fork_id.in_(fork_ids))
        .order_by(ForkOption.fork_id, ForkOption.place)
    )
    options: dict[int, list[OptionLine]] = defaultdict(list)
    for row in rows:
        options[row.fork_id].append(OptionLine(row.place, row.text, row.note))
    return options


def _cues_of(fork_ids: Collection[int]) -> dict[int, list[CueLine]]:
    rows = session().execute(
        select(ForkCue.fork_id, ForkCue.id, ForkCue.text)
        .where(ForkCue.fork_id.in_(fork_ids))
        .order_by(ForkCue.fork_id, ForkCue.place)
    )
    cues: dict[int, list[CueLine]] = defaultdict(list)
    for row in rows:
        cues[row.fork_id].append(CueLine(row.id, row.text))
    return cues
