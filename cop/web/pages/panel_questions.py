"""Questions to the panel of a decision: those that were asked there, and the page on which one asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cop.accounts.queries import PersonLine, list_lines
from cop.accounts.viewer import Viewer
from cop.cases.panels.queries import Asking, find_asking
from cop.cases.permissions import can_ask_panel
from cop.cases.queries import ForkLine, OwnChoice, find_way, get_passed_fork, list_own_choices
from cop.communities.queries import CommunityLine, get_line
from cop.discussions.models import Thread
from cop.discussions.probes.models import OPEN
from cop.discussions.probes.permissions import can_wonder
from cop.discussions.probes.queries import Asked, list_asked_of_panel, list_open_askers, list_wondered
from cop.discussions.probes.turns import MOST_OPEN, has_place
from cop.discussions.queries import get_thread
from cop.discussions.talks.queries import ReplyLine
from cop.platform.errors import NotVisible, Ruling


@dataclass(frozen=True, slots=True)
class Answer:
    """What one of the panel said to it, who is None when they have left."""

    reply: ReplyLine
    author: PersonLine | None


@dataclass(frozen=True, slots=True)
class PanelQuestion:
    """A question to the panel with its answers."""

    asked: Asked
    asker: PersonLine | None
    answers: tuple[Answer, ...]
    is_own: bool
    may_wonder: Ruling
    has_wondered: bool


def list_panel_questions(viewer: Viewer, thread: Thread, place: int, now: datetime) -> tuple[PanelQuestion, ...]:
    """What the panel was asked there, for a reader who has passed the decision."""
    asked = list_asked_of_panel(thread.id, place, reader_id=viewer.id)
    return _with_people(viewer, thread, asked, now) if asked else ()


def may_ask_panel(viewer: Viewer, thread: Thread, asking: Asking, now: datetime) -> Ruling:
    return can_ask_panel(
        viewer,
        thread,
        now,
        has_chosen=asking.has_chosen,
        is_open=asking.is_open,
        stands_alone=asking.stands_alone,
        has_asked=asking.has_asked,
    )


@dataclass(frozen=True, slots=True)
class AskPanelPage:
    """What stands around the form: the decision, what one chose there, and what was asked of the panel already."""

    thread_id: int
    slug: str
    title: str
    community: CommunityLine
    fork: ForkLine
    own: OwnChoice | None
    may_ask: Ruling
    questions: tuple[PanelQuestion, ...]
    is_full: bool  # as many stand open in this case as may: the next one waits
    has_place: bool

    @property
    def letter(self) -> str:
        return self.fork.options[self.own.first - 1].letter if self.own else ""


def build_ask_panel_page(viewer: Viewer, thread_id: int | None, place: int, *, now: datetime) -> AskPanelPage:
    """The page for whoever has passed the decision; whether they may ask stands in it.

    Raises:
        NotVisible: there is no such case for this viewer, or they have not passed that decision.
    """
    thread = get_thread(viewer, thread_id)
    if thread.kind != "case" or (thread.withdrawn_at is not None and viewer.id != thread.teller_id):
        raise NotVisible
    fork = get_passed_fork(thread.id, place, find_way(viewer, thread.id))
    askers = list_open_askers(thread.id)
    return AskPanelPage(
        thread_id=thread.id,
        slug=thread.slug,
        title=thread.title,
        community=get_line(viewer, thread.community_id),
        fork=fork,
        own=list_own_choices(viewer, [fork.id]).get(fork.id),
        may_ask=may_ask_panel(viewer, thread, find_asking(viewer, thread, place), now),
        questions=list_panel_questions(viewer, thread, place, now),
        is_full=len(askers) >= MOST_OPEN,
        has_place=has_place(askers, viewer.id),
    )


def _with_people(viewer: Viewer, thread: Thread, asked: Sequence[Asked], now: datetime) -> tuple[PanelQuestion, ...]:
    said = [line for one in asked for line in (one.reply, *one.answers)]
    people = list_lines({line.author_id for line in said if line.author_id})
    wondered = list_wondered(viewer, (one.reply.id for one in asked if one.probe.state == OPEN))
    return tuple(
        PanelQuestion(
            asked=one,
            asker=people.get(one.reply.author_id or 0),
            answers=tuple(Answer(line, people.get(line.author_id or 0)) for line in one.answers),
            is_own=viewer.id is not None and viewer.id == one.reply.author_id,
            may_wonder=can_wonder(viewer, thread, one.reply.author_id, one.probe.state, now),
            has_wondered=one.reply.id in wondered,
        )
        for one in asked
    )
