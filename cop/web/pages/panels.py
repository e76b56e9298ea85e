"""What was chosen at a decision: practitioners beside newcomers, one's own beside theirs, and every reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cop.accounts.queries import PersonLine, list_lines
from cop.accounts.viewer import Viewer
from cop.cases.metrics import GAIN_OVER, gain_of
from cop.cases.panels.queries import (
    Panellist,
    Reason,
    asking_of,
    count_cues,
    count_newcomers,
    list_panel,
    list_panels,
    list_past_choices,
    list_reasons,
    list_some_reasons,
)
from cop.cases.panels.standing import Match, accord_word, is_open, match_of, soft_match_at
from cop.cases.permissions import can_think_again
from cop.cases.queries import (
    ForkLine,
    OptionLine,
    OwnChoice,
    Way,
    find_way,
    get_passed_fork,
    list_cues_up_to,
    list_own_choices,
)
from cop.communities.queries import CommunityLine, get_line, list_roles_in
from cop.discussions.models import Thread
from cop.discussions.queries import get_thread
from cop.platform.errors import NotVisible, Ruling
from cop.web.pages.panel_questions import PanelQuestion, list_panel_questions, may_ask_panel

LEAST_NAMED = 2  # of the panel, for a cue that the reader did not name to be told


@dataclass(frozen=True, slots=True)
class Share:
    """One option: how many of either group put it first."""

    option: OptionLine
    practitioners: int
    newcomers: int
    practitioners_share: int  # of a hundred, for the bar
    newcomers_share: int
    is_mine: bool


@dataclass(frozen=True, slots=True)
class NamedCue:
    """A cue, how many of the panel named it, and whether the reader did."""

    text: str
    number: int
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Voice:
    """A practitioner's reason with whoever gave it, who is None when they have left."""

    reason: Reason
    letter: str
    author: PersonLine | None
    role: str


@dataclass(frozen=True, slots=True)
class Panel:
    """What practitioners and newcomers chose, once there is a panel."""

    size: int
    newcomers: int
    shares: tuple[Share, ...]
    accord: str
    match: Match | None
    cues: tuple[NamedCue, ...]


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """A decision that lies behind the reader. Without a panel nothing of the choices is in it."""

    thread_id: int
    slug: str
    title: str
    community: CommunityLine
    teller: PersonLine | None
    fork: ForkLine
    total: int
    how: str
    own: OwnChoice | None
    panel: Panel | None
    voices: tuple[Voice, ...]
    has_more_voices: bool
    gain: float | None
    is_live: bool
    is_own: bool
    may_think_again: Ruling
    may_ask: Ruling  # the panel, how they picked
    questions: tuple[PanelQuestion, ...]  # that it was asked
    leads_to: int  # the decision that follows, or 0 when what came of it does

    @property
    def letter(self) -> str:
        return "abcdef"[self.own.first - 1] if self.own else ""


@dataclass(frozen=True, slots=True)
class ReasonsPage:
    """A page of all reasons, by choice."""

    thread_id: int
    slug: str
    title: str
    community: CommunityLine
    fork: ForkLine
    voices: tuple[Voice, ...]
    later: str | None


def build_decision_page(viewer: Viewer, thread_id: int | None, place: int, *, now: datetime) -> DecisionPage:
    """What was chosen at a decision that lies behind the reader.

    Raises:
        NotVisible: there is no such case, or the reader has neither chosen there nor read on.
    """
    thread, way, fork = _passed(viewer, thread_id, place)
    own = list_own_choices(viewer, [fork.id]).get(fork.id)
    panel, is_own = list_panel(fork.id, thread.community_id), viewer.id == thread.teller_id
    opens = is_open(panel)
    asking = asking_of(viewer, thread, place, fork.id, own, panel)
    reasons = list_some_reasons(fork.id, thread.community_id) if opens or is_own else []
    return DecisionPage(
        thread_id=thread.id,
        slug=thread.slug,
        title=thread.title,
        community=get_line(viewer, thread.community_id),
        teller=list_lines([thread.teller_id]).get(thread.teller_id) if thread.teller_id is not None else None,
        fork=fork,
        total=way.total,
        how=way.opened[fork.id],
        own=own,
        panel=_panel(thread, fork, panel, own) if opens else None,
        voices=_voices(thread, fork, reasons),
        has_more_voices=len(panel) > len(reasons) > 0,
        gain=_gain(viewer),
        is_live=thread.outcome_due_at is not None,
        is_own=is_own,
        may_think_again=can_think_again(viewer, thread, now, has_chosen=own is not None),
        may_ask=may_ask_panel(viewer, thread, asking, now),
        questions=list_panel_questions(viewer, thread, place, now) if opens or is_own else (),
        leads_to=place + 1 if place < way.total else 0,
    )


def build_reasons_page(viewer: Viewer, thread_id: int | None, place: int, *, after: str | None) -> ReasonsPage:
    """Every reason given there, a page at a time.

    Raises:
        NotVisible: as above, or there is no panel yet.
    """
    thread, _way, fork = _passed(viewer, thread_id, place)
    if viewer.id != thread.teller_id and not is_open(list_panel(fork.id, thread.community_id)):
        raise NotVisible
    page = list_reasons(fork.id, thread.community_id, after=after)
    return ReasonsPage(
        thread_id=thread.id,
        slug=thread.slug,
        title=thread.title,
        community=get_line(viewer, thread.community_id),
        fork=fork,
        voices=_voices(thread, fork, page.items),
        later=page.later,
    )


def _passed(viewer: Viewer, thread_id: int | None, place: int) -> tuple[Thread, Way, ForkLine]:
    thread = get_thread(viewer, thread_id)
    if thread.withdrawn_at is not None and viewer.id != thread.teller_id:
        raise NotVisible
    way = find_way(viewer, thread.id)
    return thread, way, get_passed_fork(thread.id, place, way)


def _panel(thread: Thread, fork: ForkLine, panel: Sequence[Panellist], own: OwnChoice | None) -> Panel:
    firsts, newcomers = Counter(one.first for one in panel), count_newcomers(fork.id)
    of_newcomers = sum(newcomers.values())
    before = sum((one.at, one.id) < (own.at, own.id) for one in panel) if own else 0
    return Panel(
        size=len(panel),
        newcomers=of_newcomers,
        shares=tuple(
            Share(
                option=option,
                practitioners=firsts[option.place],
                newcomers=newcomers.get(option.place, 0),
                practitioners_share=round(100 * firsts[option.place] / len(panel)),
                newcomers_share=round(100 * newcomers.get(option.place, 0) / of_newcomers) if of_newcomers else 0,
                is_mine=own is not None and own.first == option.place,
            )
            for option in fork.options
        ),
        accord=accord_word(panel),
        match=match_of(own.id, own.ranks, before, panel) if own else None,
        cues=_cues(thread, fork, own),
    )


def _cues(thread: Thread, fork: ForkLine, own: OwnChoice | None) -> tuple[NamedCue, ...]:
    """Those the reader named, and those that two or more of the panel did; most named first."""
    counts = count_cues(fork.id, thread.community_id)
    mine = own.cue_ids if own else frozenset()
    cues = [
        NamedCue(cue.text, counts.get(cue.id, 0), cue.id in mine)
        for cue in list_cues_up_to(thread.id, fork.place)
        if cue.id in mine or counts.get(cue.id, 0) >= LEAST_NAMED
    ]
    return tuple(sorted(cues, key=lambda cue: -cue.number))


def _voices(thread: Thread, fork: ForkLine, reasons: Sequence[Reason]) -> tuple[Voice, ...]:
    people = list_lines({reason.person_id for reason in reasons if reason.person_id is not None})
    roles: Mapping[int, str] = {
        person: role for (_, person), role in list_roles_in([thread.community_id], people).items()
    }
    letters = {option.place: option.letter for option in fork.options}
    return tuple(
        Voice(
            reason,
            letters.get(reason.first, ""),
            people.get(reason.person_id or 0),
            roles.get(reason.person_id or 0, ""),
        )
        for reason in reasons
    )


def _gain(viewer: Viewer) -> float | None:
    """How the reader has come along, for nobody but themselves; None before twenty choices."""
    choices = list_past_choices(viewer)
    if len(choices) < 2 * GAIN_OVER:
        return None
    panels = list_panels({choice.fork_id for choice in choices})
    matches = []
    for choice in choices:
        panel = panels[choice.fork_id]
        before = sum((one.at, one.id) < (choice.at, choice.commitment_id) for one in panel)
        matched = soft_match_at(choice.commitment_id, choice.ranks, before, panel)
        if matched is not None:
            matches.append(matched)
    return gain_of(matches)
