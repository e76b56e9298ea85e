"""What came of a story: a page of its replies, with the teller's answers below them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from cop.accounts.queries import PersonLine, list_lines
from cop.accounts.viewer import VISITOR, Viewer
from cop.communities.queries import list_roles_in
from cop.discussions.models import Thread
from cop.discussions.permissions import can_answer, can_revise_reply
from cop.discussions.queries import ReplyLine, list_answers, list_kinds_said, list_replies
from cop.discussions.versions import SITE, of_place, of_thread
from cop.platform.errors import Ruling
from cop.web.caching import kept_part, write_part
from cop.web.forms.threads import ReplyForm

FILTERS = ("report", "dissent")
KINDS = ("reply", "report", "dissent")  # what the composer under a thread can be set to


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks of the page: which replies, from where on, and what the composer is set to."""

    show: str = ""
    before: str | None = None
    start: str | None = None
    kind: str = "reply"


@dataclass(frozen=True, slots=True)
class Post:
    """A reply with whoever said it, who is None when they have left."""

    reply: ReplyLine
    author: PersonLine | None
    is_tellers: bool
    may_answer: Ruling
    may_revise: Ruling
    answers: tuple[Post, ...] = ()


@dataclass(frozen=True, slots=True)
class Posts:
    """A page of what came of it, before it is written out."""

    thread_id: int
    posts: tuple[Post, ...]
    roles: Mapping[int, str]  # in this community, by person


@dataclass(frozen=True, slots=True)
class Talk:
    """A page of what came of it, written out."""

    posts: Markup
    earlier: str | None
    later: str | None
    filters: tuple[str, ...]
    asked: Asked


def build_talk(viewer: Viewer, thread: Thread, asked: Asked, form: ReplyForm, *, now: datetime) -> Talk:
    """The replies asked for as everybody reads them; whoever may answer or change some reads them with the ways to.

    Raises:
        NotVisible: a cursor is none of this list.
    """

    def make(reader: Viewer) -> tuple[Markup, frozenset[int], str | None, str | None, tuple[str, ...]]:
        page = list_replies(thread.id, kind=asked.show or None, before=asked.before, start=asked.start)
        answers = list_answers(line.id for line in page.items)
        posts = _build_posts(reader, thread, page.items, answers, now)
        written = write_part("threads/_posts.html", page=posts, form=form) if posts.posts else Markup("")
        said_kinds = list_kinds_said(thread.id)
        filters = tuple(kind for kind in FILTERS if kind in said_kinds)
        return written, _authors(posts), page.earlier, page.later, filters

    key = ("talk", thread.id, asked.show, asked.before, asked.start)
    names = (of_thread(thread.id), of_place(thread.community_id), SITE)
    written, speakers, earlier, later, filters = kept_part(key, names, lambda: make(VISITOR))
    if viewer.id is not None and (viewer.id == thread.teller_id or viewer.id in speakers):
        written = make(viewer)[0]
    return Talk(written, earlier, later, filters, asked)


def _authors(posts: Posts) -> frozenset[int]:
    return frozenset(
        said.author.id for post in posts.posts for said in (post, *post.answers) if said.author is not None
    )


def _build_posts(
    viewer: Viewer,
    thread: Thread,
    lines: tuple[ReplyLine, ...],
    answers: Mapping[int, list[ReplyLine]],
    now: datetime,
) -> Posts:
    said = [*lines, *(answer for of_one in answers.values() for answer in of_one)]
    people = list_lines({line.author_id for line in said if line.author_id})

    def post(line: ReplyLine) -> Post:
        return Post(
            reply=line,
            author=people.get(line.author_id or 0),
            is_tellers=thread.teller_id is not None and thread.teller_id == line.author_id,
            may_answer=can_answer(viewer, thread, line, now),
            may_revise=can_revise_reply(viewer, line.author_id, thread.community_id, now),
            answers=tuple(post(answer) for answer in answers.get(line.id, ())),
        )

    roles = {person: role for (_, person), role in list_roles_in([thread.community_id], people).items()}
    return Posts(thread.id, tuple(post(line) for line in lines), roles)
