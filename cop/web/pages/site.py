"""The front page: for visitors what this place is, for people with an account what is alive where they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from cop.accounts.queries import has_administrator
from cop.accounts.viewer import Viewer
from cop.communities.queries import CommunityLine, list_communities_by_id, list_visible_ids
from cop.discussions.drafts.queries import DraftRow, list_latest
from cop.discussions.marks.buffer import MarkBuffer
from cop.discussions.marks.queries import UnreadThread, list_unread_threads
from cop.discussions.permissions import can_tell
from cop.discussions.queries import list_fields
from cop.discussions.versions import SITE, of_place, of_talk
from cop.endorsements.intentions.queries import TryingLine, list_intentions
from cop.notifications.callbacks.queries import CallbackLine
from cop.platform.errors import Ruling
from cop.platform.markup import plain_text
from cop.platform.schema import is_schema_newest
from cop.ranking.lines import CommunityActivity
from cop.ranking.queries import list_living_across, list_thread_ids
from cop.web.caching import kept_by_id, write_part
from cop.web.pages.callbacks import list_latest_callbacks
from cop.web.pages.cards import Card, list_cards
from cop.web.pages.communities import CommunityRow, build_communities_page
from cop.web.pages.needs import WaitingPart, build_waiting
from cop.web.pages.signs import pulses_of

COMMUNITIES_SHOWN = 12  # on a visitor's front page; the rest is one link away
COMMUNITIES_AT_HOME = 5
THREADS_EACH = 3
UNREAD_AT_HOME, DRAFTS_AT_HOME, CALLBACKS_AT_HOME = 5, 3, 3
_LIVELY = 12  # among as many of the most alive threads there is a story, or there is none worth showing
_SENTENCES, _SHORTEST_OPENING, _LONGEST_OPENING = 2, 100, 260
_END_OF_SENTENCE = re.compile(r"[.?!…][”’\"')]*(?=\s+[“‘\"'(]*[^\W\d_a-z])")


@dataclass(frozen=True, slots=True)
class Passage:
    """How a story that is alive begins, the story, and where it was told."""

    text: str
    card: Card
    community_slug: str


@dataclass(frozen=True, slots=True)
class WelcomePage:
    """What a visitor gets: one passage, if anything is alive, and the communities."""

    passage: Passage | None
    communities: tuple[CommunityRow, ...]
    has_more: bool
    is_first_run: bool = False  # nothing is here and nobody looks after the site


@dataclass(frozen=True, slots=True)
class Hearth:
    """A community somebody is in, and what is most alive there."""

    community: CommunityLine
    activity: CommunityActivity
    threads: Markup  # empty where nothing was told yet
    may_tell: Ruling


@dataclass(frozen=True, slots=True)
class TryingRow:
    """Something that the viewer is going to try, and whether they are asked by now how it went."""

    line: TryingLine
    is_due: bool


@dataclass(frozen=True, slots=True)
class HomePage:
    """What somebody with an account gets: it always ends."""

    waiting: WaitingPart
    unread: tuple[UnreadThread, ...]
    drafts: tuple[DraftRow, ...]
    became: tuple[CallbackLine, ...]
    trying: tuple[TryingRow, ...]  # what the viewer is going to try; nobody else's
    hearths: tuple[Hearth, ...]
    has_more: bool
    to_join: tuple[CommunityRow, ...]


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether this process can serve pages. A lost index is rebuilt while it does, so it is told and does not count."""

    database: str
    schema: str
    index: str

    @property
    def is_ready(self) -> bool:
        return self.database == "answers" and self.schema == "newest"


def build_welcome_page(viewer: Viewer, *, now: datetime) -> WelcomePage:
    rows = build_communities_page(viewer, after=None, now=now).rows
    if not rows and not has_administrator():
        return WelcomePage(None, (), has_more=False, is_first_run=True)
    return WelcomePage(_passage(viewer, now), rows[:COMMUNITIES_SHOWN], has_more=len(rows) > COMMUNITIES_SHOWN)


def build_home_page(viewer: Viewer, *, marks: MarkBuffer, now: datetime) -> HomePage:
    """What waits for the viewer and is new to them, what they have begun, and what is most alive where they are.

    The number of statements does not grow with the threads.
    """
    mine = list_communities_by_id(viewer, viewer.places)
    to_join = () if mine else build_communities_page(viewer, after=None, now=now).rows
    activity = pulses_of(mine, now=now)
    liveliest = sorted(mine.values(), key=lambda line: (-activity[line.id].week, -activity[line.id].month, line.name))
    shown = liveliest[:COMMUNITIES_AT_HOME]
    threads = _most_alive(viewer, [line.id for line in shown], now)
    just_read = marks.threads_of(viewer.person_id)
    return HomePage(
        waiting=build_waiting(viewer, now=now),
        unread=tuple(list_unread_threads(viewer, leaving_out=just_read, limit=UNREAD_AT_HOME)),
        drafts=tuple(list_latest(viewer, limit=DRAFTS_AT_HOME)),
        became=list_latest_callbacks(viewer, limit=CALLBACKS_AT_HOME),
        trying=tuple(TryingRow(line, line.remind_at <= now) for line in list_intentions(viewer)),
        hearths=tuple(
            Hearth(line, activity[line.id], threads[line.id], can_tell(viewer, line.id, now)) for line in shown
        ),
        has_more=len(liveliest) > len(shown) or len(to_join) > COMMUNITIES_SHOWN,
        to_join=to_join[:COMMUNITIES_SHOWN],
    )


def _most_alive(viewer: Viewer, community_ids: Sequence[int], now: datetime) -> dict[int, Markup]:
    """The few most alive threads of each community, written out as everybody reads them who sees it."""

    def names_of(community_id: int) -> tuple[str, ...]:
        return of_talk(community_id), of_place(community_id), SITE

    def write(missing: Sequence[int]) -> dict[int, Markup]:
        pages = [list_thread_ids(one, sort="living", limit=THREADS_EACH) for one in missing]
        cards = list_cards(viewer, [thread_id for page in pages for thread_id in page.items], now=now)
        return {one: _write_rows([card for card in cards if card.community_id == one]) for one in missing}

    return kept_by_id("alive", community_ids, names_of, write)


def _write_rows(cards: Sequence[Card]) -> Markup:
    return write_part("site/_alive.html", cards=cards) if cards else Markup("")


def opening_of(text: str) -> str:
    """The first two sentences of a text, more when they are short, or its first words when they are too long."""
    opening = ""
    ends = [end.end() for end in _END_OF_SENTENCE.finditer(text[: _LONGEST_OPENING + 1])]
    if len(text) <= _LONGEST_OPENING:
        ends.append(len(text))
    for number, end in enumerate(ends, start=1):
        opening = text[:end]
        if number >= _SENTENCES and len(opening) >= _SHORTEST_OPENING:
            break
    if opening or not text:
        return opening
    return text[:_LONGEST_OPENING].rsplit(" ", 1)[0].rstrip(" ,;:–") + "…"


def read_readiness() -> Readiness:
    """Ask the database, its schema and the index how they are."""
    try:
        schema = "newest" if is_schema_newest() else "not the newest"
    except SQLAlchemyError:
        return Readiness("does not answer", "unknown", _index_state())
    return Readiness("answers", schema, _index_state())


def _index_state() -> str:
    try:
        return str(current_app.extensions["cop-indexing"].state())
    except OSError:
        return "unreadable"


def _passage(viewer: Viewer, now: datetime) -> Passage | None:
    ids = list_living_across(list_visible_ids(viewer), now=now, limit=_LIVELY)
    story = next((card for card in list_cards(viewer, ids, now=now) if card.kind == "story"), None)
    if story is None:
        return None
    fields = {field.name: field.html for field in list_fields(story.id)}
    text = opening_of(plain_text(fields.get("situation") or fields.get("noticed") or ""))
    community = list_communities_by_id(viewer, [story.community_id])[story.community_id]
    return Passage(text, story, community.slug) if text else None
