"""A thread's page: the story, how alive it is, who stands behind it, what came of it, and what the viewer may do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cop.accounts.queries import PersonLine, list_lines
from cop.accounts.viewer import Viewer
from cop.communities.queries import CommunityLine, list_communities_by_id, list_roles_in
from cop.discussions.models import Thread
from cop.discussions.permissions import can_reply, can_revise_thread
from cop.discussions.queries import (
    FieldText,
    ReplyLine,
    get_thread,
    list_answers,
    list_fields,
    list_kinds_said,
    list_replies,
)
from cop.endorsements.permissions import can_give_verdict
from cop.endorsements.queries import list_standing
from cop.platform.errors import Ruling
from cop.platform.pagination import Page
from cop.ranking.queries import activity_of, order_of
from cop.ranking.states import FIRST_DAYS
from cop.web.pages.stands import StandPanel, build_stand

FILTERS = ("report", "dissent")
WORDS_A_MINUTE = 200
BEEN_HERE = 4  # people in the margin; how many there are is told elsewhere, and only after an answer
_INVITING = ("not_when", "noticed", "expected", "options", "did_why", "outcome", "watch_for")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks of the page: which replies, from where on, and what the composer is set to."""

    show: str = ""
    before: str | None = None
    start: str | None = None
    kind: str = "reply"


@dataclass(frozen=True, slots=True)
class Someone:
    """A person on this page, with their role in its community."""

    id: int
    handle: str
    name: str
    line: PersonLine
    role: str


@dataclass(frozen=True, slots=True)
class Post:
    """A reply with whoever said it; nobody when they have left."""

    reply: ReplyLine
    author: Someone | None
    is_own: bool
    is_teller: bool
    answers: tuple[Post, ...] = ()


@dataclass(frozen=True, slots=True)
class Signs:
    """How alive the thread is."""

    state: str
    resting_since: datetime
    pulse: tuple[int, ...]
    month: int
    practised_at: datetime | None


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Everything the page of a thread shows to this viewer, and nothing that it does not."""

    id: int
    slug: str
    kind: str
    title: str
    hook: str
    community: CommunityLine
    teller: Someone | None
    is_own: bool
    attribution: str
    source_url: str
    happened: str
    told_at: datetime
    minutes: int
    revision: int
    revised_at: datetime | None
    shelf_life: str
    signs: Signs
    sections: tuple[FieldText, ...]
    invitations: tuple[str, ...]
    is_outcome_unknown: bool
    stand: StandPanel
    been_here: tuple[Someone, ...]
    posts: tuple[Post, ...]
    earlier: str | None
    later: str | None
    filters: tuple[str, ...]
    asked: Asked
    may_reply: Ruling
    may_endorse: Ruling
    may_revise: Ruling
