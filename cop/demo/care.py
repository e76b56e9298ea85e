"""What became of the demonstration's threads: read from each community's care.toml, and played like everything else."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from cop.accounts.viewer import VISITOR, Viewer
from cop.communities.members.queries import get_member
from cop.discussions.endings.operations import agree_to_successor, retire_thread, supersede_thread
from cop.discussions.keepers.operations import accept_keeping, ask_keeper
from cop.discussions.models import Thread
from cop.discussions.queries import get_thread
from cop.discussions.replies import ReplyDraft, render_reply
from cop.discussions.stories import tidy_text
from cop.endorsements.check_ins.operations import answer_check_in
from cop.endorsements.conditions.operations import accept_condition, propose_condition
from cop.endorsements.conditions.queries import get_condition
from cop.endorsements.intentions.operations import begin_trying
from cop.notifications.callbacks.jobs import tell_of_years
from cop.platform.database import transaction
from cop.ranking.care.queries import find_due

Happening = tuple[float, Callable[[datetime], None]]  # how many days ago, and what


@dataclass(frozen=True, slots=True)
class EndingCard:
    """A thread is retired, or has a successor; of a teller who does not moderate, somebody agrees."""

    story: str
    by: str
    days_ago: float
    reason: str = ""
    successor: str = ""
    agreed_by: str = ""
    agreed_days_ago: float = 0.0


@dataclass(frozen=True, slots=True)
class AcceptedCard:
    by: str
    days_ago: float


@dataclass(frozen=True, slots=True)
class ConditionCard:
    story: str
    by: str
    days_ago: float
    sort: str
    text: str
    accepted: tuple[AcceptedCard, ...] = ()


@dataclass(frozen=True, slots=True)
class KeeperCard:
    """A moderator asks somebody, who says yes."""

    story: str
    by: str
    asks: str
    days_ago: float
    accepted_days_ago: float


@dataclass(frozen=True, slots=True)
class CheckInCard:
    story: str
    by: str
    days_ago: float
    answer: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class TryingCard:
    story: str
    by: str
    days_ago: float


@dataclass(frozen=True, slots=True)
class CareContent:
    """All of it in one community."""

    endings: tuple[EndingCard, ...] = ()
    conditions: tuple[ConditionCard, ...] = ()
    keepers: tuple[KeeperCard, ...] = ()
    check_ins: tuple[CheckInCard, ...] = ()
    trying: tuple[TryingCard, ...] = ()


def read_care(path: Path) -> CareContent:
    """A community's file.

    Raises:
        KeyError, TypeError, ValueError: it is not as its format says.
    """
    slug, held = path.parent.name, tomllib.loads(path.read_text(encoding="utf-8"))

    def of_stories(name: str) -> Iterator[dict[str, object]]:
        for one in held.pop(name, ()):
            yield {**one, "story": f"{slug}/{one['story']}"}

    content = CareContent(
        endings=tuple(
            EndingCard(**{**one, "successor": f"{slug}/{one['successor']}" if one.get("successor") else ""})  # type: ignore[arg-type]
            for one in of_stories("endings")
        ),
        conditions=tuple(
            ConditionCard(**{**one, "accepted": tuple(AcceptedCard(**by) for by in one.get("accepted", ()))})  # type: ignore[arg-type, attr-defined]
            for one in of_stories("conditions")
        ),
        keepers=tuple(KeeperCard(**one) for one in of_stories("keepers")),  # type: ignore[arg-type]
        check_ins=tuple(CheckInCard(**one) for one in of_stories("check_ins")),  # type: ignore[arg-type]
        trying=tuple(TryingCard(**one) for one in of_stories("trying")),  # type: ignore[arg-type]
    )
    if held:
        raise ValueError(f"nobody knows what {next(iter(held))} means")
    return content


class CarePlay:
    """What becomes of threads, in the order of time, once they are told.

    Args:
        threads: by story, the ids of what has been told so far; it fills while the demonstration is played.
        handles: by key, how people stand in addresses.
    """

    def __init__(self, threads: Mapping[str, int], handles: Mapping[str, str], viewer: Callable[[str], Viewer]) -> None:
        self._threads, self._handles, self._viewer = threads, handles, viewer
        self._conditions: dict[int, int] = {}

    def happenings(self, content: CareContent) -> Iterator[Happening]:
        for ending in content.endings:
            yield ending.days_ago, partial(self._end, ending)
            if ending.agreed_by:
                yield ending.agreed_days_ago, partial(self._agree, ending)
        for condition in content.conditions:
            yield condition.days_ago, partial(self._propose, condition)
            for one in condition.accepted:
                yield one.days_ago, partial(self._accept, condition, one)
        for keeper in content.keepers:
            yield keeper.days_ago, partial(self._ask_keeper, keeper)
            yield keeper.accepted_days_ago, partial(self._keep, keeper)
        for check_in in content.check_ins:
            yield check_in.days_ago, partial(self._answer, check_in)
        for trying in content.trying:
            yield trying.days_ago, partial(self._try, trying)

    def _end(self, card: EndingCard, at: datetime) -> None:
        with transaction():
            actor, thread = self._viewer(card.by), self._lock(card.story)
            if card.successor:
                supersede_thread(
                    actor=actor,
                    thread=thread,
                    successor_id=self._threads[card.successor],
                    reason=card.reason,
                    now=at,
                )
            else:
                retire_thread(actor=actor, thread=thread, reason=card.reason, now=at)

    def _agree(self, card: EndingCard, at: datetime) -> None:
        with transaction():
            agree_to_successor(actor=self._viewer(card.agreed_by), thread=self._lock(card.story), now=at)

    def _propose(self, card: ConditionCard, at: datetime) -> None:
        with transaction():
            actor, thread = self._viewer(card.by), self._lock(card.story)
            proposed = propose_condition(actor=actor, thread=thread, sort=card.sort, text=card.text, now=at)
            self._conditions[id(card)] = proposed.id

    def _accept(self, card: ConditionCard, one: AcceptedCard, at: datetime) -> None:
        with transaction():
            actor, thread = self._viewer(one.by), self._lock(card.story)
            condition = get_condition(thread.id, self._conditions[id(card)])
            accept_condition(actor=actor, thread=thread, condition=condition, now=at)

    def _ask_keeper(self, card: KeeperCard, at: datetime) -> None:
        with transaction():
            actor, thread = self._viewer(card.by), self._lock(card.story)
            member = get_member(thread.community_id, self._handles[card.asks])
            ask_keeper(actor=actor, thread=thread, member=member, now=at)

    def _keep(self, card: KeeperCard, at: datetime) -> None:
        with transaction():
            accept_keeping(actor=self._viewer(card.asks), thread=self._lock(card.story), now=at)

    def _answer(self, card: CheckInCard, at: datetime) -> None:
        text = render_reply(ReplyDraft(tidy_text(card.why))) if card.why else None
        with transaction():
            actor, thread = self._viewer(card.by), self._lock(card.story)
            due_at = find_due(thread.id, now=at)
            answer_check_in(actor=actor, thread=thread, answer=card.answer, text=text, due_at=due_at, now=at)

    def _try(self, card: TryingCard, at: datetime) -> None:
        with transaction():
            begin_trying(actor=self._viewer(card.by), thread=self._lock(card.story), now=at)

    def _lock(self, story: str) -> Thread:
        return get_thread(VISITOR, self._threads[story], locked=True)


def look_back_a_year(at: datetime) -> None:
    """What the worker does once a night: whoever told something a year ago is asked about it."""
    with transaction():
        tell_of_years((), at)
