"""Reads of probes: those of a page, those that stand beside the story, and the queue before the teller."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal, select, union
from sqlalchemy.orm import aliased

from cop.accounts.viewer import Viewer
from cop.communities.queries import WHOEVER
from cop.discussions.models import Reply, StoryField, Thread
from cop.discussions.probes.boxes import decision_box
from cop.discussions.probes.models import (
    ANSWERED,
    OPEN,
    WITHDRAWN,
    Probe,
    ProbeCase,
    ProbeRemoval,
    ProbeWonder,
    WaitingProbe,
)
from cop.discussions.probes.spans import reading_of
from cop.discussions.probes.turns import MOST_OPEN, MOST_WAITING, Turn
from cop.discussions.queries import visible_threads
from cop.discussions.seals.queries import is_open_to
from cop.discussions.talks.queries import ReplyLine, list_answers, select_lines
from cop.platform.database import ask, session
from cop.platform.errors import NotVisible

MOST_BESIDE = 24  # probes beside one story; older ones are read in the talk
MOST_ASKED_ALREADY = MOST_OPEN
_WAITS, _CASES, _OPEN = "waits", "cases", "open"


@dataclass(frozen=True, slots=True)
class ProbeLine:
    """What a probe is, beside its words."""

    reply_id: int
    type: str
    state: str
    box: str
    quote: str
    gone_at: datetime | None
    wondered: int

    @property
    def is_open(self) -> bool:
        return self.state == OPEN


@dataclass(frozen=True, slots=True)
class Asked:
    """A probe with its words and what the teller answered."""

    probe: ProbeLine
    reply: ReplyLine
    answers: tuple[ReplyLine, ...]


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """One's own probe that waits for its turn."""

    id: int
    type: str
    quote: str
    html: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Traits:
    """What there is in a thread: kinds of replies, open probes, replies of “in my case”, and whether anything waits."""

    kinds: frozenset[str]
    has_open: bool
    has_cases: bool
    has_waiting: bool


def read_traits(thread_id: int, *, reader_id: int | None) -> Traits:
    """What a thread's page has to look for, as far as this reader may know of it, one statement."""
    found = set(ask(_select_traits(), {"thread": thread_id, "viewer_id": reader_id}).scalars())
    return Traits(frozenset(found - {_OPEN, _CASES, _WAITS}), _OPEN in found, _CASES in found, _WAITS in found)


@cache
def _select_traits() -> Any:
    is_open_to_them, thread = is_open_to(WHOEVER.id), bindparam("thread", type_=Reply.thread_id.type)
    said = select(Reply.kind.label("trait")).where(Reply.thread_id == thread, is_open_to_them)
    is_open = (
        select(literal(_OPEN))
        .select_from(Probe)
        .join(Reply, Reply.id == Probe.reply_id)
        .where(Probe.thread_id == thread, Probe.state == OPEN, is_open_to_them)
    )
    cases = select(literal(_CASES)).where(
        ProbeCase.probe_id.in_(select(Probe.reply_id).where(Probe.thread_id == thread))
    )
    waits = select(literal(_WAITS)).where(WaitingProbe.thread_id == thread)
    return union(said, is_open, cases, waits)


def find_probe(reply_id: int) -> Probe | None:
    return session().get(Probe, reply_id)


def find_removal(reply_id: int) -> ProbeRemoval | None:
    return session().get(ProbeRemoval, reply_id)


def list_removals(reply_ids: Iterable[int]) -> dict[int, str]:
    """Why moderators took these away, by the replies that held their words."""
    rows = session().execute(
        select(ProbeRemoval.reply_id, ProbeRemoval.reason).where(ProbeRemoval.reply_id.in_(list(reply_ids)))
    )
    return {row.reply_id: row.reason for row in rows}


def has_asked_panel(person_id: int, thread_id: int, place: int) -> bool:
    """Whether somebody has asked the panel of a decision, or waits to; what was withdrawn was not asked."""
    here = (Probe.thread_id == thread_id, Probe.box == decision_box(place), Probe.state != WITHDRAWN)
    asked = (
        select(literal(1))
        .select_from(Probe)
        .join(Reply, Reply.id == Probe.reply_id)
        .where(*here, Reply.author_id == person_id)
    )
    waits = select(literal(1)).where(
        WaitingProbe.thread_id == thread_id,
        WaitingProbe.box == decision_box(place),
        WaitingProbe.asker_id == person_id,
    )
    return session().execute(union(asked, waits)).first() is not None


def get_probe(reply_id: int) -> Probe:
    """The probe whose words this reply holds; whether the viewer sees the reply was asked before.

    Raises:
        NotVisible: it is no probe.
    """
    found = session().get(Probe, reply_id, populate_existing=True)
    if found is None:
        raise NotVisible
    return found


def list_probes(reply_ids: Iterable[int]) -> dict[int, ProbeLine]:
    """Probes by the replies that hold their words, one statement."""
    wanted = list(reply_ids)
    if not wanted:
        return {}
    rows = session().execute(_select_probes().where(Probe.reply_id.in_(wanted)))
    return {row.reply_id: ProbeLine(*row) for row in rows}


def list_beside(thread_id: int) -> list[Asked]:
    """The probes that point at a place in the story, answered or open, in the order in which they were asked."""
    return _with_answers(ask(_select_beside(), {"thread": thread_id}))


@cache
def _select_beside() -> Any:
    return (
        _select_asked(bindparam("thread", type_=Probe.thread_id.type))
        .where(Probe.state.in_((OPEN, ANSWERED)), Probe.box != "")
        .order_by(Reply.said_at.desc(), Reply.id.desc())
        .limit(MOST_BESIDE)
    )


def list_asked_of_panel(thread_id: int, place: int, *, reader_id: int | None) -> list[Asked]:
    """What the panel of a decision was asked, with its answers, for a reader who has passed it; oldest first."""
    rows = session().execute(
        _select_asked(thread_id, reader_id=reader_id)
        .where(Probe.state != WITHDRAWN, Probe.box == decision_box(place))
        .order_by(Reply.said_at.desc(), Reply.id.desc())
        .limit(MOST_BESIDE)
    )
    return _with_answers(rows, reader_id=reader_id)


def list_asked_already(thread_id: int) -> list[Asked]:
    """What stands open before the teller, the most wondered first: whoever wants to ask looks here."""
    rows = session().execute(
        _select_asked(thread_id).where(Probe.state == OPEN).order_by(Reply.said_at.desc(), Reply.id.desc()).limit(
            MOST_ASKED_ALREADY
        )
    )  # fmt: skip
    asked = [_asked(row, {}) for row in rows]
    return sorted(asked, key=lambda one: (-one.probe.wondered, one.reply.said_at, one.reply.id))


def list_open_askers(thread_id: int) -> list[int | None]:
    """Who asked what stands open on a thread, one entry for each."""
    asked = select(Reply.author_id).join(Probe, Probe.reply_id == Reply.id)
    return list(session().scalars(asked.where(Probe.thread_id == thread_id, Probe.state == OPEN)))


def list_turns(thread_id: int) -> list[Turn]:
    """What waits on a thread and who asked it, first come first."""
    rows = session().execute(
        select(WaitingProbe.id, WaitingProbe.asker_id)
        .where(WaitingProbe.thread_id == thread_id)
        .order_by(WaitingProbe.asked_at, WaitingProbe.place, WaitingProbe.id)
        .limit(MOST_WAITING)
    )
    return [(row.id, row.asker_id) for row in rows]


def count_places(thread_id: int) -> int:
    """The place behind everything that waits on a thread."""
    last = select(func.max(WaitingProbe.place)).where(WaitingProbe.thread_id == thread_id)
    return (session().scalar(last) or 0) + 1


def list_waiting_of(viewer: Viewer, thread_id: int) -> list[WaitingLine]:
    """One's own probes that wait on a thread, in the order in which they will be asked."""
    if viewer.id is None:
        return []
    rows = session().execute(
        select(
            WaitingProbe.id, WaitingProbe.type, WaitingProbe.quote, WaitingProbe.html, WaitingProbe.asked_at,
        )
        .where(WaitingProbe.thread_id == thread_id, WaitingProbe.asker_id == viewer.id)
        .order_by(WaitingProbe.asked_at, WaitingProbe.place, WaitingProbe.id)
        .limit(MOST_WAITING)
    )  # fmt: skip
    return [WaitingLine(*row) for row in rows]


def get_waiting(viewer: Viewer, waiting_id: int | None) -> WaitingProbe:
    """One's own probe that waits, in a thread that one still sees.

    Raises:
        NotVisible: there is none, or it is somebody else's.
    """
    found = session().scalar(
        select(WaitingProbe).where(
            WaitingProbe.id == waiting_id,
            WaitingProbe.asker_id == viewer.id,
            WaitingProbe.thread_id.in_(visible_threads(viewer).with_only_columns(Thread.id)),
        )
    )
    if found is None:
        raise NotVisible
    return found


def list_wondered(viewer: Viewer, probe_ids: Iterable[int]) -> frozenset[int]:
    """Which of these the viewer wondered too."""
    wanted = list(probe_ids)
    if viewer.id is None or not wanted:
        return frozenset()
    own = select(ProbeWonder.probe_id).where(ProbeWonder.person_id == viewer.id, ProbeWonder.probe_id.in_(wanted))
    return frozenset(session().scalars(own))


def count_wondered(probe_id: int) -> int:
    return session().scalar(select(func.count()).where(ProbeWonder.probe_id == probe_id)) or 0


@dataclass(frozen=True, slots=True)
class CaseOf:
    """What a reply of “in my case” stands beside: a probe, and who asked it."""

    probe_id: int
    asker_id: int | None


def list_cases(reply_ids: Iterable[int]) -> dict[int, CaseOf]:
    """Beside which probes these replies stand; of what was withdrawn nothing is said."""
    probe = aliased(Reply)
    rows = session().execute(
        select(ProbeCase.reply_id, ProbeCase.probe_id, probe.author_id)
        .join(probe, probe.id == ProbeCase.probe_id)
        .where(ProbeCase.reply_id.in_(list(reply_ids)), probe.withdrawn_at.is_(None), probe.seal_id.is_(None))
    )
    return {row.reply_id: CaseOf(row.probe_id, row.author_id) for row in rows}


def list_probes_with_words(thread_id: int) -> list[tuple[Probe, Reply]]:
    """Every probe of a thread with the reply that holds its words, for what writes anew what became of them."""
    rows = session().execute(
        select(Probe, Reply).join(Reply, Reply.id == Probe.reply_id).where(Probe.thread_id == thread_id)
    )
    return [(row[0], row[1]) for row in rows]


def list_answers_to(reply_id: int) -> list[Reply]:
    return list(session().scalars(select(Reply).where(Reply.answers_id == reply_id)))


def list_quoting(thread_id: int) -> list[Probe]:
    """The probes of a thread that quote some of it."""
    return list(session().scalars(select(Probe).where(Probe.thread_id == thread_id, Probe.quote != "")))


def read_boxes(thread_id: int) -> dict[str, str]:
    """What is read in each box of a thread, as quotes are compared with it."""
    fields = select(StoryField.name, StoryField.html).where(StoryField.thread_id == thread_id)
    return {row.name: reading_of(row.html) for row in session().execute(fields)}


def _with_answers(rows: Iterable[Any], *, reader_id: int | None = None) -> list[Asked]:
    found = list(rows)[::-1]
    answers = list_answers((row.id for row in found if row.state == ANSWERED), reader_id=reader_id)
    return [_asked(row, answers) for row in found]


def _asked(row: Any, answers: dict[int, list[ReplyLine]]) -> Asked:
    stand = tuple(line for line in answers.get(row.id, ()) if line.withdrawn_at is None)
    return Asked(ProbeLine(*row[13:20]), ReplyLine(*row[:13]), stand)


def _select_asked(thread_id: int | ColumnElement[int], *, reader_id: int | None = None) -> Any:
    return (
        select_lines()
        .add_columns(*_columns())
        .join(Probe, Probe.reply_id == Reply.id)
        .where(Probe.thread_id == thread_id, is_open_to(reader_id), Reply.withdrawn_at.is_(None))
    )


def _select_probes() -> Any:
    return select(*_columns())


def _columns() -> tuple[Any, ...]:
    wondered = select(func.count()).where(ProbeWonder.probe_id == Probe.reply_id).correlate(Probe).scalar_subquery()
    return (
        Probe.reply_id, Probe.type, Probe.state, Probe.box, Probe.quote, Probe.gone_at, wondered.label("wondered"),
    )  # fmt: skip
