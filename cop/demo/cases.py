"""The demonstration's cases: read from their files and played through the operations like everything else.

A case is one TOML file in `<community>/cases/`; the format is described in content/README.md.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from cop.accounts.viewer import Viewer
from cop.cases import choices as texts_of_choices
from cop.cases.choices import Choice, ChoiceDraft, render_choice
from cop.cases.operations import commit_choice, tell_case, think_again
from cop.cases.panels.operations import answer_for_panel, ask_panel
from cop.cases.queries import list_cues_up_to
from cop.cases.texts import CaseDraft, ForkDraft, faults_of, render_case
from cop.communities.queries import get_community
from cop.demo.content import FOLDER
from cop.demo.faults import BadContent
from cop.discussions.operations import publish_reply
from cop.discussions.queries import get_reply, get_thread
from cop.discussions.replies import ReplyDraft, render_reply
from cop.discussions.stories import tidy_text
from cop.platform import markup
from cop.platform.database import reading, transaction

Happening = tuple[float, Callable[[datetime], None]]  # how many days ago, and what


@dataclass(frozen=True, slots=True)
class ChoiceCard:
    """What somebody chose, and what they thought later."""

    by: str
    fork: int
    days_ago: float
    confidence: int
    why: str
    first: int | None = None
    last: int | None = None
    order: Sequence[int] = ()
    cues: Sequence[str] = ()
    second_thought: str = ""
    second_days_ago: float = 0.0


@dataclass(frozen=True, slots=True)
class SayingCard:
    """What somebody said below a case."""

    by: str
    days_ago: float
    text: str


@dataclass(frozen=True, slots=True)
class AskedCard:
    """What somebody asked the panel of a decision, and what each of it answered."""

    by: str
    fork: int
    days_ago: float
    text: str
    answers: tuple[SayingCard, ...]


@dataclass(frozen=True, slots=True)
class CaseCard:
    """A case, who chose what in it, and what was said of it."""

    file: str
    community: str
    teller: str
    told_days_ago: float
    draft: CaseDraft
    choices: tuple[ChoiceCard, ...]
    talk: tuple[SayingCard, ...]
    asked: tuple[AskedCard, ...]
    story: str = ""  # the file of the teller's own story from which it was cut


def read_cases(folder: Path = FOLDER) -> list[CaseCard]:
    """Every file, by community.

    Raises:
        BadContent: one of them is not as its format says.
    """
    return [_read(path) for path in sorted(folder.glob("*/cases/*.toml"))]


@dataclass
class CasePlay:
    """Plays cases; who is who comes from the play around it."""

    cards: Sequence[CaseCard]
    viewer_of: Callable[[str], Viewer]
    stories: Mapping[str, int] = field(default_factory=dict)  # by file, what has been told so far
    threads: dict[str, int] = field(default_factory=dict)
    _asked: dict[int, int] = field(default_factory=dict)

    def happenings(self) -> Iterator[Happening]:
        for card in self.cards:
            yield card.told_days_ago, partial(self._tell, card)
            for choice in card.choices:
                yield choice.days_ago, partial(self._choose, card, choice)
                if choice.second_thought:
                    yield choice.second_days_ago, partial(self._think_again, card, choice)
            for saying in card.talk:
                yield saying.days_ago, partial(self._say, card, saying)
            for asked in card.asked:
                yield asked.days_ago, partial(self._ask, card, asked)
                for answer in asked.answers:
                    yield answer.days_ago, partial(self._answer, card, asked, answer)

    def _tell(self, card: CaseCard, at: datetime) -> None:
        _refuse_faults(card, faults_of(card.draft))
        case = render_case(card.draft)
        with transaction():
            teller = self.viewer_of(card.teller)
            community = get_community(teller, card.community)
            story_id = self.stories[card.story] if card.story else None
            told = tell_case(actor=teller, community=community, case=case, now=at, story_id=story_id)
            self.threads[card.file] = told.id

    def _choose(self, card: CaseCard, given: ChoiceCard, at: datetime) -> None:
        choice = self._render(card, given)
        with transaction():
            actor = self.viewer_of(given.by)
            thread = get_thread(actor, self.threads[card.file], locked=True)
            commit_choice(actor=actor, thread=thread, place=given.fork, choice=choice, now=at)

    def _render(self, card: CaseCard, given: ChoiceCard) -> Choice:
        with reading():
            shown = {cue.text: cue.id for cue in list_cues_up_to(self.threads[card.file], given.fork)}
        if strays := set(given.cues) - shown.keys():
            raise BadContent(f"The demonstration's file {card.file} has no cue “{strays.pop()}”.")
        draft = ChoiceDraft(
            tidy_text(given.why), given.first, given.last, given.order, given.confidence, [shown[c] for c in given.cues]
        )
        _refuse_faults(card, texts_of_choices.faults_of(draft))
        return render_choice(draft)

    def _think_again(self, card: CaseCard, given: ChoiceCard, at: datetime) -> None:
        text = markup.render(tidy_text(given.second_thought))
        with transaction():
            actor = self.viewer_of(given.by)
            thread = get_thread(actor, self.threads[card.file], locked=True)
            think_again(actor=actor, thread=thread, place=given.fork, text=text, now=at)

    def _say(self, card: CaseCard, saying: SayingCard, at: datetime) -> None:
        text = render_reply(ReplyDraft(tidy_text(saying.text)))
        with transaction():
            actor = self.viewer_of(saying.by)
            thread = get_thread(actor, self.threads[card.file], locked=True)
            publish_reply(actor=actor, thread=thread, text=text, now=at)

    def _ask(self, card: CaseCard, asked: AskedCard, at: datetime) -> None:
        text = render_reply(ReplyDraft(tidy_text(asked.text)))
        with transaction():
            actor = self.viewer_of(asked.by)
            thread = get_thread(actor, self.threads[card.file], locked=True)
            reply = ask_panel(actor=actor, thread=thread, place=asked.fork, text=text, now=at)
            if reply is not None:
                self._asked[id(asked)] = reply.id

    def _answer(self, card: CaseCard, asked: AskedCard, answer: SayingCard, at: datetime) -> None:
        text = render_reply(ReplyDraft(tidy_text(answer.text)))
        with transaction():
            actor = self.viewer_of(answer.by)
            thread = get_thread(actor, self.threads[card.file], locked=True)
            answered = get_reply(actor, self._asked[id(asked)])
            answer_for_panel(actor=actor, thread=thread, answered=answered, text=text, now=at)


def _read(path: Path) -> CaseCard:
    name = f"{path.parent.parent.name}/cases/{path.name}"
    try:
        return _card(name, path.parent.parent.name, tomllib.loads(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, ValueError) as problem:
        raise BadContent(f"The demonstration's file {name} is not in order: {problem}.") from problem


def _card(name: str, community: str, held: dict[str, Any]) -> CaseCard:
    boxes = {box: tidy_text(held[box]) for box in ("situation", "noticed", "not_when") if held.get(box)}
    outcome = tidy_text(held.get("outcome", ""))
    draft = CaseDraft(
        title=held["title"],
        hook=held.get("hook", ""),
        fields=boxes,
        forks=[_fork(number, fork) for number, fork in enumerate(held["forks"], start=1)],
        outcome=outcome,
        is_live=not outcome,
    )
    choices = tuple(ChoiceCard(**one) for one in held.get("choices", ()))
    talk = tuple(SayingCard(**one) for one in held.get("talk", ()))
    asked = tuple(
        AskedCard(**{**one, "answers": tuple(SayingCard(**answer) for answer in one.get("answers", ()))})
        for one in held.get("asked", ())
    )
    story = f"{community}/{held['story']}" if "story" in held else ""
    return CaseCard(name, community, held["teller"], held["told_days_ago"], draft, choices, talk, asked, story)


def _fork(number: int, held: Mapping[str, Any]) -> ForkDraft:
    return ForkDraft(
        number=number,
        prompt=held["prompt"],
        options=[(option["text"], option.get("note", "")) for option in held["options"]],
        part=tidy_text(held.get("part", "")),
        cues=tuple(held.get("cues", ())),
    )


def _refuse_faults(card: CaseCard, faults: Mapping[str, str]) -> None:
    if faults:
        raise BadContent(f"The demonstration's file {card.file} would be refused: {' '.join(faults.values())}")
