"""What a thread needs, from what is stored of it: a pure function, so that whoever writes and whoever checks agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cop.cases.operations import OUTCOME_ASKED_AFTER
from cop.discussions.probes.permissions import SITTING_BACK
from cop.platform.clock import moment
from cop.ranking.acts import reaches
from cop.ranking.needs.due import Rule, due_time
from cop.ranking.states import CHECKABLE_SUPPORT

_LATEST: Final = 253_402_300_799  # the year 9999, beyond which there are no dates


@dataclass(frozen=True, slots=True)
class OpenProbe:
    """A question that stands open before the teller."""

    reply_id: int
    asked_at: datetime
    wondered: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the needs of a thread follow from.

    Args:
        is_gone: withdrawn, so that nothing is needed there.
        is_answered: of a question, that somebody else has said something to it.
        outcome_due_at: none once the teller has said what came of it.
        p_all, check_due, contested_at, last_dissent: as order keeps them, in its units.
    """

    thread_id: int
    community_id: int
    kind: str
    teller_id: int | None
    told_at: datetime
    is_gone: bool
    is_answered: bool
    outcome_due_at: datetime | None
    p_all: float
    check_due: float
    contested_at: int | None
    last_dissent: int | None
    probes: tuple[OpenProbe, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A need as its row should be."""

    kind: Rule
    ref_id: int
    for_id: int | None
    since: datetime
    due_at: datetime

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from the other needs of its thread."""
        return str(self.kind), self.ref_id


def needs_of(facts: Facts) -> dict[tuple[str, int], Wanted]:
    """Everything that is or will be needed there if nothing further happens."""
    if facts.is_gone or facts.kind == "procedure":
        return {}
    return {wanted.key: wanted for wanted in _list_needs(facts)}


def _list_needs(facts: Facts) -> Iterator[Wanted]:
    if facts.kind == "question" and not facts.is_answered:
        yield _wanted(Rule.QUESTION, facts.told_at, facts.told_at.timestamp())
    if facts.teller_id is not None or facts.kind == "case":
        yield from (_probe(facts, probe) for probe in facts.probes)
    if facts.teller_id is not None and facts.outcome_due_at is not None:
        yield _outcome(facts, facts.outcome_due_at)
    if reaches(facts.p_all, CHECKABLE_SUPPORT):
        due = _date(facts.check_due)
        yield Wanted(Rule.CHECK_IN, 0, None, due, due)
    if facts.contested_at is not None:
        yield _wanted(Rule.CONTESTED, _date(facts.contested_at), facts.last_dissent or facts.contested_at)


def _probe(facts: Facts, probe: OpenProbe) -> Wanted:
    """Nobody expects an answer while the teller sits back; the day it is due by is that of the asking all the same."""
    since = max(probe.asked_at, facts.told_at + SITTING_BACK) if facts.kind == "story" else probe.asked_at
    due = _date(due_time(Rule.PROBE, probe.asked_at.timestamp(), wondered=probe.wondered))
    asked_id = None if facts.kind == "case" else facts.teller_id  # of a case its panel: who that is, the reading says
    return Wanted(Rule.PROBE, probe.reply_id, asked_id, since, due)


def _outcome(facts: Facts, due_at: datetime) -> Wanted:
    """Of a live case the date in store moves on when its teller is asked; they owe it from the first asking on."""
    due = facts.told_at + OUTCOME_ASKED_AFTER[0] if facts.kind == "case" else due_at
    return Wanted(Rule.OUTCOME, 0, facts.teller_id, due, due)


def _wanted(rule: Rule, since: datetime, at: float) -> Wanted:
    return Wanted(rule, 0, None, since, _date(due_time(rule, at)))


def _date(at: float) -> datetime:
    """The moment of a second, or the nearest one that can be stored."""
    return moment(min(max(at, 0.0), _LATEST)).replace(microsecond=0)
