"""What came of a story: a page of its replies, with the teller's answers below them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup

from cop.accounts.queries import PersonLine, list_lines
from cop.accounts.viewer import VISITOR, Viewer
from cop.cases.panels.queries import has_answered, list_panel_places
from cop.cases.permissions import can_answer_for_panel
from cop.communities.queries import list_roles_in
from cop.discussions.marks.queries import Unread
from cop.discussions.models import Thread
from cop.discussions.permissions import (
    can_answer,
    can_restore_reply,
    can_revise_reply,
    can_withdraw_reply,
)
from cop.discussions.probes.boxes import decision_in
from cop.discussions.probes.models import OPEN
from cop.discussions.probes.permissions import can_answer_probe, is_teller
from cop.discussions.probes.queries import (
    CaseOf,
    ProbeLine,
    Traits,
    WaitingLine,
    list_cases,
    list_probes,
    list_waiting_of,
    read_traits,
)
from cop.discussions.talks.queries import ReplyLine, list_answers, list_replies
from cop.discussions.versions import SITE, of_place, of_thread
from cop.endorsements.check_ins.queries import list_answers_said
from cop.platform.characters import is_storable
from cop.platform.errors import Ruling
from cop.web.caching import Packed, kept_part, write_part
from cop.web.forms.threads import ReplyForm
from cop.web.pages import insights
from cop.web.pages.insights import Helped
from cop.web.pages.probes import OpenProbe, Shown, fill_slots, list_open_probes, slot_of

FILTERS = ("report", "dissent", OPEN)
MOST_CHARACTERS, MOST_WORDS = 200, 6  # of what is looked for in one thread
_NOT_THEIRS = Ruling(False)  # of others' replies nobody is told why; sentences for each of twenty would cost
_NOBODY = Helped()
KINDS = ("reply", "probe", "report", "dissent")  # what the composer under a thread can be set to


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks of the page: which replies, from where on, and what the composer is set to."""

    show: str = ""
    before: str | None = None
    start: str | None = None
    kind: str = "reply"
    first: bool = False
    find: str = ""  # words, with single spaces between

    @property
    def is_narrowed(self) -> bool:
        return bool(self.show or self.find)


@dataclass(frozen=True, slots=True)
class Post:
    """A reply with whoever said it, who is None when they have left."""

    reply: ReplyLine
    author: PersonLine | None
    is_tellers: bool
    may_answer: Ruling
    may_revise: Ruling
    may_withdraw: Ruling
    may_restore: Ruling
    probe: ProbeLine | None = None
    check_in: str = ""  # the answer to a check-in of which this is the reason
    beside: CaseOf | None = None  # the probe to which it says “in my case”
    beside_asker: PersonLine | None = None
    answers: tuple[Post, ...] = ()
    is_answer: bool = False  # of which it can be said that it helped
    helped: Helped = _NOBODY

    @property
    def place(self) -> int:
        """The decision whose panel is asked, or 0."""
        return decision_in(self.probe.box) if self.probe else 0

    @property
    def slot(self) -> Markup:
        """Where the viewer's own buttons about a probe or an answer go."""
        if self.is_answer:
            return insights.slot_of(self.reply.id)
        return slot_of(self.reply.id) if self.probe else Markup("")


@dataclass(frozen=True, slots=True)
class Posts:
    """A page of what came of it, before it is written out."""

    thread_id: int
    posts: tuple[Post, ...]
    roles: Mapping[int, str]  # in this community, by person
    is_newest: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """Which replies a page shows, the last of them, and whether nothing comes after it."""

    reply_ids: frozenset[int]
    newest: int | None
    is_newest: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """A page of what came of it, written out."""

    posts: Markup
    earlier: str | None
    later: str | None
    filters: tuple[str, ...]
    asked: Asked
    unread: Unread | None
    waiting: tuple[WaitingLine, ...]  # the viewer's own probes whose turn has not come
    asked_of_you: tuple[OpenProbe, ...]  # for the teller: what stands open, the most wondered first

    @property
    def is_long(self) -> bool:
        """Whether it takes more than this page."""
        return bool(self.earlier or self.later)


@dataclass(frozen=True, slots=True)
class _Written:
    """A page of the talk as it is kept."""

    posts: Packed
    authors: frozenset[int]
    seen: Seen
    earlier: str | None
    later: str | None
    filters: tuple[str, ...]
    probes: tuple[Shown, ...]
    answers: tuple[ReplyLine, ...]  # of which it can be said that they helped; without their words
    has_waiting: bool

    def __sizeof__(self) -> int:
        lines = len(self.seen.reply_ids) + 10 * len(self.answers) + 20 * len(self.probes)
        return sys.getsizeof(self.posts) + 100 * lines


def read_words(text: str) -> str:
    """What is looked for in a thread: the words of it, at most six, or nothing where a database could not look."""
    return " ".join(text[:MOST_CHARACTERS].split()[:MOST_WORDS]) if is_storable(text) else ""


def build_talk(
    viewer: Viewer, thread: Thread, asked: Asked, form: ReplyForm, unread: Unread | None, *, now: datetime
) -> tuple[Talk, Seen]:
    """The replies asked for as everybody reads them; whoever may answer or change some reads them with the ways to.

    Raises:
        NotVisible: a cursor is none of this list.
    """

    def make(reader: Viewer) -> _Written:
        return _write(reader, thread, asked, form, now)

    key = ("talk", thread.id, asked.show, asked.before, asked.start, asked.first)
    names = (of_thread(thread.id), of_place(thread.community_id), SITE)
    is_own_reading = asked.find or thread.kind == "case"  # in a case each reads what they have unsealed
    written = make(viewer) if is_own_reading else kept_part(key, names, lambda: make(VISITOR))
    if viewer.id is not None and (viewer.id == thread.teller_id or viewer.id in written.authors):
        written = make(viewer)
    new = unread if unread and unread.reply_ids else None
    posts = fill_slots(written.posts.text, viewer, thread, written.probes, now)
    posts = insights.fill_slots(posts, viewer, thread, written.answers, now)
    waiting = tuple(list_waiting_of(viewer, thread.id)) if written.has_waiting else ()
    asks = is_teller(viewer, thread) and thread.kind != "case" and OPEN in written.filters
    queue = list_open_probes(viewer, thread, now) if asks else ()
    return Talk(posts, written.earlier, written.later, written.filters, asked, new, waiting, queue), written.seen


def _write(reader: Viewer, thread: Thread, asked: Asked, form: ReplyForm, now: datetime) -> _Written:
    page = list_replies(
        thread.id,
        kind=asked.show if asked.show and asked.show != OPEN else None,
        open_only=asked.show == OPEN,
        words=asked.find.lower().split(),
        before=asked.before,
        start=asked.start,
        first=asked.first,
        reader_id=reader.id,
    )
    answers = list_answers((line.id for line in page.items), reader_id=reader.id)
    is_newest = page.later is None and not asked.is_narrowed
    traits = read_traits(thread.id, reader_id=reader.id)
    posts = _build_posts(reader, thread, page.items, answers, traits, is_newest=is_newest, now=now)
    written = write_part("threads/_posts.html", page=posts, form=form) if posts.posts else Markup("")
    there = traits.kinds | ({OPEN} if traits.has_open else frozenset())
    filters = tuple(kind for kind in FILTERS if kind in there)
    probes = tuple(Shown(post.reply, post.probe.state) for post in posts.posts if post.probe)
    seen = _seen([*page.items, *(answer for of_one in answers.values() for answer in of_one)], is_newest=is_newest)
    said = [one.reply for post in posts.posts for one in (post, *post.answers) if one.is_answer]
    helpful = tuple(replace(line, html="") for line in said)
    return _Written(
        Packed(written), _authors(posts), seen, page.earlier, page.later, filters, probes, helpful, traits.has_waiting
    )


def _seen(lines: list[ReplyLine], *, is_newest: bool) -> Seen:
    newest = max(lines, key=lambda line: (line.said_at, line.id), default=None)
    return Seen(frozenset(line.id for line in lines), newest.id if newest else None, is_newest)


def _authors(posts: Posts) -> frozenset[int]:
    return frozenset(
        said.author.id for post in posts.posts for said in (post, *post.answers) if said.author is not None
    )


def _build_posts(
    viewer: Viewer,
    thread: Thread,
    lines: tuple[ReplyLine, ...],
    answers: Mapping[int, list[ReplyLine]],
    traits: Traits,
    *,
    is_newest: bool,
    now: datetime,
) -> Posts:
    said = [*lines, *(answer for of_one in answers.values() for answer in of_one)]
    probes = list_probes(line.id for line in lines if line.kind == "probe")
    cases = list_cases([line.id for line in lines]) if traits.has_cases else {}
    answered = list_answers_said(line.id for line in lines if line.kind == "reply")
    askers = {case.asker_id for case in cases.values() if case.asker_id}
    people = list_lines({line.author_id for line in said if line.author_id} | askers)
    helpful = insights.list_answers(thread, said)
    helped, helpful_ids = insights.list_whom_they_helped(thread, helpful), {line.id for line in helpful}

    on_panels = list_panel_places(viewer, thread) if thread.kind == "case" and probes else frozenset()
    answered_by_viewer = has_answered(viewer, probes.keys()) if on_panels else frozenset()

    def may_answer(line: ReplyLine) -> Ruling:
        if thread.kind == "case" and line.id in probes:
            return can_answer_for_panel(
                viewer,
                thread,
                line,
                now,
                is_panellist=decision_in(probes[line.id].box) in on_panels,
                has_answered=line.id in answered_by_viewer,
            )
        if viewer.id != thread.teller_id:
            return _NOT_THEIRS
        probe = probes.get(line.id)
        return (
            can_answer_probe(viewer, thread, line, probe.state, now) if probe else can_answer(viewer, thread, line, now)
        )

    def post(line: ReplyLine) -> Post:
        is_own = viewer.id is not None and viewer.id == line.author_id
        beside = cases.get(line.id)
        return Post(
            reply=_as_read_by(viewer, line),
            author=people.get(line.author_id or 0),
            is_tellers=thread.teller_id is not None and thread.teller_id == line.author_id,
            may_answer=may_answer(line),
            may_revise=can_revise_reply(viewer, line, thread.community_id, now) if is_own else _NOT_THEIRS,
            may_withdraw=can_withdraw_reply(viewer, line) if is_own else _NOT_THEIRS,
            may_restore=can_restore_reply(viewer, line, thread.community_id, now) if is_own else _NOT_THEIRS,
            probe=probes.get(line.id),
            check_in=answered.get(line.id, ""),
            beside=beside,
            beside_asker=people.get(beside.asker_id or 0) if beside else None,
            answers=tuple(post(answer) for answer in answers.get(line.id, ())),
            is_answer=line.id in helpful_ids,
            helped=helped.get(line.id, _NOBODY),
        )

    roles = {person: role for (_, person), role in list_roles_in([thread.community_id], people).items()}
    return Posts(thread.id, tuple(post(line) for line in lines), roles, is_newest)


def _as_read_by(viewer: Viewer, line: ReplyLine) -> ReplyLine:
    """What was withdrawn says nothing any more, except to whoever said it."""
    if line.withdrawn_at is None or (viewer.id is not None and viewer.id == line.author_id):
        return line
    return replace(line, html="", setting="", differed="")
