"""What is asked in the demonstration: read from each community's probes.toml, and played through the operations."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from cop.accounts.viewer import VISITOR, Viewer
from cop.discussions.models import Reply, Thread
from cop.discussions.operations import publish_answer, revise_story
from cop.discussions.probes.operations import add_case, ask_probe, decline_probe, remove_probe, wonder_too
from cop.discussions.probes.texts import ProbeDraft, find_faults, render_probe, settle_span
from cop.discussions.probes.wordings import asks_for, wording_of
from cop.discussions.queries import get_reply, get_thread, list_fields
from cop.discussions.replies import ReplyDraft, render_reply
from cop.discussions.stories import StoryDraft, render_story
from cop.endorsements.insights.operations import say_it_helped
from cop.platform.database import reading, transaction

Moment = tuple[datetime, Callable[[datetime], None]]  # when, and what happens


@dataclass(frozen=True, slots=True)
class Said:
    """Something that somebody says or presses beside a probe; an answer is the teller's."""

    days_ago: float
    by: str = ""
    text: str = ""
    helped: tuple[Said, ...] = ()  # who says of an answer that it helped them see it


@dataclass(frozen=True, slots=True)
class ProbeCard:
    """A question to a teller, and what became of it; without words of its own it asks as its type does."""

    story: str  # community/file
    by: str
    days_ago: float
    type: str
    text: str = ""
    quote: str = ""
    box: str = ""
    answer: Said | None = None
    declined_days_ago: float | None = None
    wondered: tuple[Said, ...] = ()
    cases: tuple[Said, ...] = ()
    removed: Said | None = None  # by a moderator, and why


@dataclass(frozen=True, slots=True)
class RewriteCard:
    """A teller changes some words of a box."""

    story: str
    days_ago: float
    box: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class ProbeContent:
    """All that is asked."""

    probes: tuple[ProbeCard, ...] = field(default=())
    rewrites: tuple[RewriteCard, ...] = field(default=())


def read_probes(path: Path) -> ProbeContent:
    """One community's file."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    slug = path.parent.name
    return ProbeContent(
        tuple(_read_probe(slug, one) for one in content.get("probes", ())),
        tuple(RewriteCard(**{**one, "story": f"{slug}/{one['story']}"}) for one in content.get("rewrites", ())),
    )


def _read_probe(slug: str, one: Mapping[str, Any]) -> ProbeCard:
    return ProbeCard(
        **{
            **one,
            "story": f"{slug}/{one['story']}",
            "answer": _read_answer(one["answer"]) if "answer" in one else None,
            "removed": Said(**one["removed"]) if "removed" in one else None,
            "wondered": tuple(Said(**wondered) for wondered in one.get("wondered", ())),
            "cases": tuple(Said(**case) for case in one.get("cases", ())),
        }
    )


def _read_answer(one: Mapping[str, Any]) -> Said:
    return Said(**{**one, "helped": tuple(Said(**helped) for helped in one.get("helped", ()))})


class ProbePlay:
    """What is asked, in the order of time, once the stories are told.

    Args:
        tellers: by story, who told it; `drafts`: by story, as it was told.
        threads: by story, the ids of what has been told so far; it fills while the demonstration is played.
    """

    def __init__(
        self,
        tellers: Mapping[str, str],
        drafts: Mapping[str, StoryDraft],
        threads: Mapping[str, int],
        viewer: Callable[[str], Viewer],
        ago: Callable[[float], datetime],
    ) -> None:
        self._tellers, self._threads, self._viewer, self._ago = tellers, threads, viewer, ago
        self._drafts = dict(drafts)
        self._replies: dict[int, int] = {}  # by card or answer

    def list_moments(self, content: ProbeContent) -> list[Moment]:
        moments = [moment for card in content.probes for moment in self._course_of(card)]
        return moments + [(self._ago(card.days_ago), partial(self._rewrite, card)) for card in content.rewrites]

    def _course_of(self, card: ProbeCard) -> list[Moment]:
        moments: list[Moment] = [(self._ago(card.days_ago), partial(self._ask, card))]
        for one in card.wondered:
            moments.append((self._ago(one.days_ago), partial(self._wonder, card, one)))
        for one in card.cases:
            moments.append((self._ago(one.days_ago), partial(self._add_case, card, one)))
        if answer := card.answer:
            moments.append((self._ago(answer.days_ago), partial(self._answer, card, answer)))
            for one in answer.helped:
                moments.append((self._ago(one.days_ago), partial(self._be_helped, card, answer, one)))
        if removed := card.removed:
            moments.append((self._ago(removed.days_ago), partial(self._remove, card, removed)))
        if card.declined_days_ago is not None:
            moments.append((self._ago(card.declined_days_ago), partial(self._decline, card)))
        return moments

    def _ask(self, card: ProbeCard, at: datetime) -> None:
        with reading():
            boxes = {box.name: box.html for box in list_fields(self._threads[card.story])}
        words = card.text or (asks_for(card.box)[1] if card.box else wording_of(card.type))
        draft = settle_span(ProbeDraft(card.type, words, card.quote, card.box), boxes)
        if faults := find_faults(draft):
            raise ValueError(f"A probe of {card.story} would be refused: {' '.join(faults.values())}")
        asked = render_probe(draft)
        with transaction():
            reply = ask_probe(actor=self._viewer(card.by), thread=self._lock(card), asked=asked, now=at)
            if reply:
                self._replies[id(card)] = reply.id

    def _answer(self, card: ProbeCard, answer: Said, at: datetime) -> None:
        text = render_reply(ReplyDraft(answer.text))
        with transaction():
            thread, actor = self._lock(card), self._viewer(self._tellers[card.story])
            said = publish_answer(actor=actor, thread=thread, answered=self._asked(card), text=text, now=at)
            self._replies[id(answer)] = said.id

    def _be_helped(self, card: ProbeCard, answer: Said, one: Said, at: datetime) -> None:
        with transaction():
            thread = self._lock(card)
            said = get_reply(VISITOR, self._replies[id(answer)])
            say_it_helped(actor=self._viewer(one.by), thread=thread, said=said, now=at)

    def _decline(self, card: ProbeCard, at: datetime) -> None:
        with transaction():
            thread, actor = self._lock(card), self._viewer(self._tellers[card.story])
            decline_probe(actor=actor, thread=thread, asked=self._asked(card), now=at)

    def _remove(self, card: ProbeCard, removed: Said, at: datetime) -> None:
        with transaction():
            thread, actor = self._lock(card), self._viewer(removed.by)
            remove_probe(actor=actor, thread=thread, asked=self._asked(card), reason=removed.text, now=at)

    def _wonder(self, card: ProbeCard, one: Said, at: datetime) -> None:
        with transaction():
            wonder_too(actor=self._viewer(one.by), thread=self._lock(card), asked=self._asked(card), now=at)

    def _add_case(self, card: ProbeCard, one: Said, at: datetime) -> None:
        text = render_reply(ReplyDraft(one.text))
        with transaction():
            thread = self._lock(card)
            add_case(actor=self._viewer(one.by), thread=thread, asked=self._asked(card), text=text, now=at)

    def _rewrite(self, card: RewriteCard, at: datetime) -> None:
        told = self._drafts[card.story]
        fields = {**told.fields, card.box: told.fields[card.box].replace(card.was, card.now)}
        self._drafts[card.story] = draft = replace(told, fields=fields)
        story = render_story(draft, now=at)
        with transaction():
            thread = get_thread(VISITOR, self._threads[card.story], locked=True)
            actor = self._viewer(self._tellers[card.story])
            revise_story(actor=actor, thread=thread, story=story, seen_revision=thread.revision, now=at)

    def _lock(self, card: ProbeCard) -> Thread:
        return get_thread(VISITOR, self._threads[card.story], locked=True)

    def _asked(self, card: ProbeCard) -> Reply:
        return get_reply(VISITOR, self._replies[id(card)], anew=True)
