"""The page of what stood before: every change with who made it, when, and the words it took and added."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cop.accounts.queries import PersonLine, list_lines
from cop.accounts.viewer import Viewer
from cop.cases.queries import find_way
from cop.communities.queries import CommunityLine, get_line
from cop.discussions.models import Thread
from cop.discussions.procedures.queries import list_standing_titles
from cop.discussions.queries import get_reply, get_thread, title_for
from cop.discussions.revisions.differences import Budget, Piece, compare
from cop.discussions.revisions.queries import (
    OF_PROCEDURES,
    Change,
    Changes,
    Words,
    list_changes_of_reply,
    list_changes_of_thread,
)
from cop.discussions.versions import SITE, of_place, of_talk, of_thread
from cop.platform import ids
from cop.platform.errors import NotVisible
from cop.platform.words import gettext as _
from cop.web.caching import kept_part


@dataclass(frozen=True, slots=True)
class ChangedBox:
    """One box in which words changed."""

    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change; whoever made it is None when they have left."""

    number: int
    by: PersonLine | None
    at: datetime
    boxes: tuple[ChangedBox, ...]


@dataclass(frozen=True, slots=True)
class RevisionsPage:
    """The changes of a thread, or of one reply in it."""

    thread_id: int
    thread_slug: str
    thread_title: str
    kind: str  # of the thread: which words its boxes have
    reply_id: int | None
    community: CommunityLine
    rows: tuple[ChangeRow, ...]
    earlier: int | None


def build_thread_revisions(viewer: Viewer, thread_id: int | None, *, up_to: int | None) -> RevisionsPage:
    """The changes of a thread, in a fixed number of statements.

    Raises:
        NotVisible: there is no such thread for this viewer, or its words are gone for them.
    """
    thread = get_thread(viewer, thread_id)
    _require_words(viewer, thread.withdrawn_at, thread.teller_id)
    if thread.kind == "case" and not find_way(viewer, thread.id).is_through:
        raise NotVisible  # what was moved behind a decision since stood in the open once
    return _build(viewer, thread, None, list_changes_of_thread(thread, up_to=up_to))


def build_reply_revisions(viewer: Viewer, reply_id: int | None, *, up_to: int | None) -> RevisionsPage:
    """The changes of a reply, in a fixed number of statements.

    Raises:
        NotVisible: there is no such reply for this viewer, or its words are gone for them.
    """
    reply = get_reply(viewer, reply_id)
    _require_words(viewer, reply.withdrawn_at, reply.author_id)
    thread = get_thread(viewer, reply.thread_id)
    return _build(viewer, thread, reply.id, list_changes_of_reply(reply, up_to=up_to))


def _require_words(viewer: Viewer, withdrawn_at: datetime | None, owner_id: int | None) -> None:
    if withdrawn_at is not None and (viewer.id is None or viewer.id != owner_id):
        raise NotVisible


def _build(viewer: Viewer, thread: Thread, reply_id: int | None, changes: Changes) -> RevisionsPage:
    return RevisionsPage(
        thread_id=thread.id,
        thread_slug=thread.slug,
        thread_title=title_for(viewer, thread),
        kind=thread.kind,
        reply_id=reply_id,
        community=get_line(viewer, thread.community_id),
        rows=kept_part(
            ("changes", reply_id or thread.id, changes.items[0].number if changes.items else 0),
            _names_of(thread),
            lambda: _rows(_named(changes.items)),
        ),
        earlier=changes.earlier,
    )


def _names_of(thread: Thread) -> tuple[str, ...]:
    """A procedure's changes name other threads, which may be withdrawn meanwhile."""
    names = (of_thread(thread.id), of_place(thread.community_id), SITE)
    return (*names, of_talk(thread.community_id)) if thread.kind == "procedure" else names


def _named(changes: Sequence[Change]) -> list[Change]:
    """The same changes with people and discussions by what they are called now."""
    stood = [words for change in changes for words in (change.before, change.after)]
    owners = {words["owner"] for words in stood if words.get("owner")}
    grounds = {one for words in stood for one in words.get("rests_on", "").split()}
    if not owners and not grounds:
        return list(changes)
    people = list_lines(found for one in owners if (found := ids.read(one)) is not None)
    titles = list_standing_titles([found for one in grounds if (found := ids.read(one)) is not None])

    def named(words: Words) -> Words:
        told = dict(words)
        if "owner" in words:
            owner = people.get(ids.read(words["owner"]) or 0)
            told["owner"] = owner.name if owner else _("A former member")
        if "rests_on" in words:
            told["rests_on"] = "\n".join(
                titles.get(ids.read(one) or 0, _("A discussion that was withdrawn"))
                for one in words["rests_on"].split()
            )
        return told

    return [replace(change, before=named(change.before), after=named(change.after)) for change in changes]


def _rows(changes: Sequence[Change]) -> tuple[ChangeRow, ...]:
    """Kept, since comparing takes time and comes out the same for everybody."""
    people = list_lines({change.by_id for change in changes if change.by_id is not None})
    budget = Budget()
    return tuple(
        ChangeRow(change.number, people.get(change.by_id or 0), change.at, tuple(_boxes(change, budget)))
        for change in changes
    )


def _boxes(change: Change, budget: Budget) -> Iterable[ChangedBox]:
    for name in dict.fromkeys([*change.after, *change.before]):
        if name in OF_PROCEDURES and not (name in change.before and name in change.after):
            continue
        pieces = compare(change.before.get(name, ""), change.after.get(name, ""), budget)
        if pieces:
            yield ChangedBox(name, tuple(pieces))
