"""A case as it is read below its situation: the decisions behind the reader, the one before them, what is sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from cop.accounts.viewer import Viewer
from cop.cases.permissions import can_commit, can_read_on, can_tell_outcome
from cop.cases.queries import (
    CueLine,
    ForkLine,
    Outcome,
    OwnChoice,
    Way,
    find_outcome,
    find_story_of,
    find_way,
    has_begun,
    list_cases_cut_from,
    list_cues_up_to,
    list_forks,
    list_own_choices,
    list_whole_forks,
    read_outcome,
)
from cop.cases.texts import CaseText, ForkText
from cop.communities.permissions import can_join
from cop.communities.queries import CommunityLine, get_line
from cop.discussions.drafts.queries import find_begun
from cop.discussions.models import Thread
from cop.discussions.queries import ThreadLine, get_thread, list_thread_lines, title_for
from cop.discussions.versions import of_thread
from cop.platform.errors import NotVisible, Ruling
from cop.platform.markup import Rendered
from cop.web.caching import kept_part, rest_on, write_part
from cop.web.forms.cases import ChoiceForm
from cop.web.pages.composer import Around, ComposerPage, Telling, build_composer, build_reviser, sections_of


@dataclass(frozen=True, slots=True)
class Passed:
    """A decision that lies behind the reader: how they passed it, and what they put first."""

    fork: ForkLine
    how: str
    own: OwnChoice | None

    @property
    def letter(self) -> str:
        return "abcdef"[self.own.first - 1] if self.own else ""


@dataclass(frozen=True, slots=True)
class CasePart:
    """What stands below the situation, for this reader."""

    thread_id: int
    slug: str
    community_slug: str
    community_name: str
    teller_name: str
    total: int
    passed: tuple[Passed, ...]
    here: ForkLine | None  # the decision before which the reader stands
    cues: tuple[CueLine, ...]
    is_own: bool
    is_live: bool
    is_through: bool
    outcome: Outcome | None
    story: ThreadLine | None
    may_commit: Ruling
    may_read_on: Ruling
    may_join: Ruling
    may_tell_outcome: Ruling


def render_case(
    viewer: Viewer, thread: Thread, form: ChoiceForm | None, *, slug: str, name: str, teller_name: str, now: datetime
) -> tuple[Markup, Way]:
    """The part, written out for this reader alone and kept for nobody, and how far they have come.

    Args:
        form: their choice as it was sent; without one it stands as they left it.
    """
    way = find_way(viewer, thread.id)
    is_own = viewer.id is not None and viewer.id == thread.teller_id
    if thread.withdrawn_at is not None and not is_own:
        return Markup(""), Way(way.total, {})
    part = _build_part(viewer, thread, way, slug, name, teller_name, is_own, now)
    return write_part("cases/_part.html", part=part, form=form or _as_left(viewer, part)), way


def _as_left(viewer: Viewer, part: CasePart) -> ChoiceForm:
    """What this reader has begun to say at the decision before which they stand."""
    aim = f"choice{part.here.place}:{part.thread_id}" if part.here and part.may_commit else ""
    begun = find_begun(viewer, [aim]) if aim else None
    form = ChoiceForm.refilled(begun) if begun else ChoiceForm(formdata=None)
    form.is_in_hand = False
    return form


def _build_part(
    viewer: Viewer, thread: Thread, way: Way, slug: str, name: str, teller_name: str, is_own: bool, now: datetime
) -> CasePart:
    forks, own = list_forks(thread.id, way), list_own_choices(viewer, way.opened)
    passed = [Passed(fork, way.opened[fork.id], own.get(fork.id)) for fork in forks if fork.id in way.opened]
    here = next((fork for fork in forks if fork.id not in way.opened), None)
    outcome = find_outcome(thread.id, way)
    is_live = thread.outcome_due_at is not None
    return CasePart(
        thread_id=thread.id,
        slug=thread.slug,
        community_slug=slug,
        community_name=name,
        teller_name=teller_name,
        total=way.total,
        passed=tuple(passed),
        here=here,
        cues=tuple(list_cues_up_to(thread.id, here.place)) if here else (),
        is_own=is_own,
        is_live=is_live,
        is_through=way.is_through,
        outcome=outcome,
        story=_story_of(viewer, thread.id) if way.is_through else None,
        may_commit=can_commit(viewer, thread, now),
        may_read_on=can_read_on(viewer, thread),
        may_join=can_join(viewer, thread.community_id),
        may_tell_outcome=can_tell_outcome(viewer, thread, now, is_known=not is_live),
    )


def list_cuts(viewer: Viewer, story: Thread) -> tuple[ThreadLine, ...]:
    """The cases that were made of a story, as far as the viewer sees them."""
    case_ids = kept_part(("cuts", story.id), (of_thread(story.id),), lambda: tuple(list_cases_cut_from(story.id)))
    rest_on(*map(of_thread, case_ids))
    lines = list_thread_lines(viewer, case_ids)
    return tuple(line for case_id in case_ids if (line := lines.get(case_id)) and line.withdrawn_at is None)


def _story_of(viewer: Viewer, case_id: int) -> ThreadLine | None:
    """The story it was cut from, which tells how it went on: for those alone who are through."""
    story_id = find_story_of(case_id)
    return list_thread_lines(viewer, [story_id]).get(story_id) if story_id is not None else None


@dataclass(frozen=True, slots=True)
class CasePreview:
    """A case as it will read to somebody who has come to its end; nothing of it is sealed to its teller."""

    telling: Telling
    forks: tuple[ForkText, ...]
    outcome: Rendered | None


def preview_of_case(case: CaseText) -> CasePreview:
    telling = Telling(case.story.title, case.story.hook, sections_of(case.story.fields))
    return CasePreview(telling, case.forks, case.outcome)


@dataclass(frozen=True, slots=True)
class CaseComposerPage:
    """The composer of a case.

    Args:
        is_begun: somebody has chosen by now; only the lines above it can be changed.
        story: what it is cut from.
    """

    composer: ComposerPage
    is_begun: bool = False
    story: ThreadLine | None = None
    preview: CasePreview | None = None


def build_case_composer(
    viewer: Viewer, slug: str, around: Around, *, story_id: int | None = None, now: datetime
) -> CaseComposerPage:
    """The composer of a community the viewer sees, empty or with a story to cut.

    Raises:
        NotVisible: there is no such community for this viewer.
    """
    composer = build_composer(viewer, slug, around, now=now)
    story = find_own_story(viewer, story_id, composer.community.id)
    return CaseComposerPage(composer, story=list_thread_lines(viewer, [story.id])[story.id] if story else None)


def build_case_reviser(
    viewer: Viewer, thread_id: int | None, *, is_overtaken: bool = False, now: datetime
) -> CaseComposerPage:
    """The composer with a case that stands.

    Raises:
        NotVisible: there is no such case for this viewer.
    """
    composer = build_reviser(viewer, thread_id, Around(is_overtaken=is_overtaken), now=now)
    return CaseComposerPage(composer, is_begun=has_begun(composer.revised.id if composer.revised else 0))


def find_own_story(viewer: Viewer, story_id: int | None, community_id: int) -> Thread | None:
    """The story that the viewer told here and would cut, or None for anything else."""
    if story_id is None:
        return None
    try:
        story = get_thread(viewer, story_id)
    except NotVisible:
        return None
    is_cut = story.kind == "story" and story.community_id == community_id and story.withdrawn_at is None
    return story if is_cut and viewer.id is not None and story.teller_id == viewer.id else None


def read_whole(thread_id: int) -> tuple[list[ForkLine], str]:
    """Everything of a case, as its teller revises it."""
    row = read_outcome(thread_id)
    return list_whole_forks(thread_id), row.source if row and row.told_at else ""


@dataclass(frozen=True, slots=True)
class OutcomePage:
    """Where the teller of a live case says what came of it."""

    thread_id: int
    slug: str
    title: str
    community: CommunityLine
    may_tell: Ruling


def build_outcome_page(viewer: Viewer, thread_id: int | None, *, now: datetime) -> OutcomePage:
    """Where its teller says what came of a case.

    Raises:
        NotVisible: there is no such case for this viewer.
    """
    thread = get_thread(viewer, thread_id)
    if thread.kind != "case":
        raise NotVisible
    return OutcomePage(
        thread_id=thread.id,
        slug=thread.slug,
        title=title_for(viewer, thread),
        community=get_line(viewer, thread.community_id),
        may_tell=can_tell_outcome(viewer, thread, now, is_known=thread.outcome_due_at is None),
    )
