"""Whom the answers of a page helped, by name, and what the viewer may say of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from cop.accounts.queries import PersonLine, list_lines
from cop.accounts.viewer import Viewer
from cop.discussions.models import Thread
from cop.discussions.talks.queries import ReplyLine
from cop.endorsements.insights.permissions import can_say_it_helped, is_answer
from cop.endorsements.insights.queries import MOST_NAMED, list_helped, list_own
from cop.platform import ids
from cop.platform.errors import Ruling
from cop.web.caching import write_part


@dataclass(frozen=True, slots=True)
class Helped:
    """Whom an answer helped: the first few, and whether there are others; how many is told nobody."""

    people: tuple[PersonLine, ...] = ()
    has_others: bool = False


@dataclass(frozen=True, slots=True)
class HelpedAct:
    """What the viewer may say of one answer, or has said."""

    reply_id: int
    may_say: Ruling
    has_said: bool


def list_answers(thread: Thread, lines: Iterable[ReplyLine]) -> tuple[ReplyLine, ...]:
    """What of these is an answer that stands."""
    return tuple(line for line in lines if line.withdrawn_at is None and is_answer(thread, line))


def list_whom_they_helped(thread: Thread, answers: Sequence[ReplyLine]) -> dict[int, Helped]:
    """Whom each answer of a page helped, in two statements at most."""
    found = list_helped(thread.community_id, [line.id for line in answers])
    people = list_lines(person for of_one in found.values() for person in of_one)
    return {
        reply_id: Helped(tuple(people[person] for person in of_one[:MOST_NAMED]), len(of_one) > MOST_NAMED)
        for reply_id, of_one in found.items()
    }


def slot_of(reply_id: int) -> Markup:
    """The place in a part that everybody shares where this viewer's own button goes."""
    return Markup("<!--helped-{}-->").format(ids.spell(reply_id))


def fill_slots(posts: Markup, viewer: Viewer, thread: Thread, answers: Sequence[ReplyLine], now: datetime) -> Markup:
    """The shared part with what this viewer may say of each answer in it."""
    own = list_own(viewer, (line.id for line in answers)) if viewer.place_in(thread.community_id) else None
    filled = str(posts)
    for line in answers:
        written = "" if own is None else _write(viewer, thread, line, own, now)
        filled = filled.replace(str(slot_of(line.id)), written)
    return Markup(filled)  # noqa: S704  # the part and the acts are templates' own


def _write(viewer: Viewer, thread: Thread, line: ReplyLine, own: frozenset[int], now: datetime) -> str:
    may_say = can_say_it_helped(viewer, thread, line, now)
    return str(write_part("threads/_helped_act.html", act=HelpedAct(line.id, may_say, line.id in own)))
