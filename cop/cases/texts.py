"""What a teller sends who brings a case: the situation, where it had to be decided, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cop.cases.models import LEAST_OPTIONS, MOST_FORKS, MOST_OPTIONS
from cop.discussions.cues import LONGEST_HOOK, default_hook, passages_of
from cop.discussions.stories import LONGEST_TITLE, SHORTEST_TITLE, Story, render_fields, words_in
from cop.platform import markup
from cop.platform.characters import says_something
from cop.platform.markup import Rendered
from cop.platform.words import gettext as _

BOXES = ("situation", "not_when", "noticed")  # the situation, what binds you, what you can see
LONGEST_LINE = 200  # of a prompt, an option and what is added to it, a cue
MOST_CUES = 12  # to be ticked at one fork
NOTHING = Rendered("", "", markup.RENDERER_VERSION)


@dataclass(frozen=True, slots=True)
class ForkDraft:
    """A decision as it was typed; `number` is that of its boxes."""

    number: int
    prompt: str
    options: Sequence[tuple[str, str]]  # what could be done, and a line on it
    part: str = ""
    cues: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """A case as it was typed. Nothing of it is trusted; `faults_of` says what is missing."""

    title: str
    hook: str
    fields: Mapping[str, str]
    forks: Sequence[ForkDraft]
    outcome: str = ""
    is_live: bool = False


@dataclass(frozen=True, slots=True)
class ForkText:
    """A decision that can be stored."""

    prompt: str
    part: Rendered
    options: tuple[tuple[str, str], ...]
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseText:
    """A case that can be stored: checked, and rendered before any transaction opens.

    Args:
        outcome: None of a live one.
    """

    story: Story
    forks: tuple[ForkText, ...]
    outcome: Rendered | None


def faults_of_frame(title: str, hook: str) -> dict[str, str]:
    """What keeps the two lines from standing above it."""
    faults = {}
    if not says_something(title, SHORTEST_TITLE):
        faults["title"] = _("Give it a title of at least three characters.")
    for name, text, most in (("title", title, LONGEST_TITLE), ("hook", hook, LONGEST_HOOK)):
        if len(text) > most:
            faults[name] = _too_long(text, most)
    return faults


def faults_of(draft: CaseDraft) -> dict[str, str]:
    """What keeps the case from being told, as one sentence for each box."""
    faults = faults_of_frame(draft.title, draft.hook)
    if not says_something(draft.fields.get("situation", "")):
        faults["situation"] = _("Say what was going on. A line is enough to begin.")
    if not draft.forks:
        faults["prompt_1"] = _("Say what had to be decided.")
    for place, fork in enumerate(draft.forks[:MOST_FORKS], start=1):
        faults |= _faults_of_fork(fork, place)
    if not says_something(draft.outcome) and not draft.is_live:
        faults["outcome"] = _("Say what came of it, or that it is still to be decided.")
    if markup.is_too_long(*draft.fields.values(), *(fork.part for fork in draft.forks), draft.outcome):
        faults["situation"] = _("It is longer than 64 kB, which is about ten thousand words. Bring half of it first.")
    return faults


def faults_of_outcome(text: str) -> dict[str, str]:
    if not says_something(text):
        return {"outcome": _("Say what you did, and what followed. A line is enough to begin.")}
    if markup.is_too_long(text):
        return {"outcome": _("It is longer than 64 kB, which is about ten thousand words.")}
    return {}


def render_case(draft: CaseDraft) -> CaseText:
    """Render a draft without faults. Slow: never inside a transaction."""
    noticed = draft.fields.get("noticed", "")
    story = Story(
        title=draft.title,
        hook=draft.hook or default_hook(noticed),
        happened="",
        shelf_life="",
        outcome_unknown=False,
        words=words_in(draft.fields),  # how long it takes to read is told to everybody: not how much is sealed
        fields=render_fields(draft.fields),
    )
    first = [cue for passage in passages_of(noticed) for cue in passage.cues]
    forks = tuple(_render_fork(fork, first if place == 0 else fork.cues) for place, fork in enumerate(draft.forks))
    outcome = markup.render(draft.outcome) if says_something(draft.outcome) else None
    return CaseText(story, forks, outcome)


def _render_fork(fork: ForkDraft, cues: Sequence[str]) -> ForkText:
    part = markup.render(fork.part) if fork.part else NOTHING
    return ForkText(fork.prompt, part, tuple(fork.options), tuple(dict.fromkeys(cues))[:MOST_CUES])


def _faults_of_fork(fork: ForkDraft, place: int) -> dict[str, str]:
    faults, at = {}, fork.number
    if not says_something(fork.prompt):
        faults[f"prompt_{at}"] = _("Say what had to be decided.")
    elif len(fork.prompt) > LONGEST_LINE:
        faults[f"prompt_{at}"] = _too_long(fork.prompt, LONGEST_LINE)
    said = [text for text, _note in fork.options]
    if not LEAST_OPTIONS <= len(said) <= MOST_OPTIONS:
        faults[f"option_{at}_1"] = _(
            "Name from %(least)s to %(most)s things that could be done.", least=LEAST_OPTIONS, most=MOST_OPTIONS
        )
    elif len({text.casefold() for text in said}) < len(said):
        faults[f"option_{at}_1"] = _("Two of them are the same.")
    longest = max((line for option in fork.options for line in option), key=len, default="")
    if len(longest) > LONGEST_LINE:
        faults[f"option_{at}_1"] = _too_long(longest, LONGEST_LINE)
    if place > 1 and not says_something(fork.part):
        faults[f"part_{at}"] = _("Say what is known by then. It opens once somebody has chosen before it.")
    if any(len(cue) > LONGEST_LINE for cue in fork.cues):
        faults[f"cues_{at}"] = _too_long(max(fork.cues, key=len), LONGEST_LINE)
    return faults


def _too_long(text: str, most: int) -> str:
    return _("This is %(length)s characters; %(most)s is the most.", length=len(text), most=most)
