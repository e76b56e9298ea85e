"""What may be done about probes under a thread, the page on which one asks, and the one for “in my case”."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from cop.accounts.queries import PersonLine, list_lines
from cop.accounts.viewer import Viewer
from cop.communities.permissions import can_moderate
from cop.communities.queries import CommunityLine, find_place, list_communities_by_id
from cop.discussions.models import Thread
from cop.discussions.permissions import can_reply
from cop.discussions.probes.models import DECLINED, OPEN, TYPES
from cop.discussions.probes.permissions import (
    can_add_case,
    can_decline,
    can_give_back,
    can_probe,
    can_remove_probe,
    can_reopen,
    can_wonder,
    is_teller,
    sits_back_until,
)
from cop.discussions.probes.queries import (
    Asked,
    get_probe,
    list_asked_already,
    list_open_askers,
    list_removals,
    list_wondered,
)
from cop.discussions.probes.spans import tidy_quote
from cop.discussions.probes.texts import ProbeDraft
from cop.discussions.probes.turns import MOST_OPEN, has_place
from cop.discussions.probes.wordings import name_of, wording_of
from cop.discussions.queries import FieldText, get_reply, get_thread, list_fields, title_for
from cop.discussions.talks.queries import ReplyLine
from cop.platform import ids
from cop.platform.errors import Ruling
from cop.web.caching import write_part


@dataclass(frozen=True, slots=True)
class Shown:
    """A probe that stands on a page: its words, and what became of it."""

    reply: ReplyLine
    state: str


@dataclass(frozen=True, slots=True)
class Acts:
    """What the viewer may do about one probe."""

    reply_id: int
    may_decline: Ruling
    may_reopen: Ruling
    may_wonder: Ruling
    has_wondered: bool
    may_add_case: Ruling
    may_reply: Ruling
    may_remove: Ruling
    may_give_back: Ruling
    reason: str  # for which a moderator took it away; whoever asked it and moderators read it


def slot_of(reply_id: int) -> Markup:
    """The place in a part that everybody shares where this viewer's own buttons go; no text of anybody's can be one."""
    return Markup("<!--acts-{}-->").format(ids.spell(reply_id))


def fill_slots(posts: Markup, viewer: Viewer, thread: Thread, shown: Iterable[Shown], now: datetime) -> Markup:
    """The shared part with what this viewer may do about each probe in it."""
    probes = tuple(shown)
    acts = _build_acts(viewer, thread, probes, now) if viewer.place_in(thread.community_id) else {}
    filled = str(posts)
    for one in probes:
        own = acts.get(one.reply.id)
        written = write_part("threads/_probe_acts.html", acts=own) if own else ""
        filled = filled.replace(str(slot_of(one.reply.id)), str(written))
    return Markup(filled)  # noqa: S704  # the part and the acts are templates' own


def _build_acts(viewer: Viewer, thread: Thread, probes: tuple[Shown, ...], now: datetime) -> Mapping[int, Acts]:
    wondered = list_wondered(viewer, (one.reply.id for one in probes if one.state == OPEN))
    declined = is_teller(viewer, thread) and any(one.state == DECLINED for one in probes)
    open_askers = list_open_askers(thread.id) if declined else []
    removals = list_removals(one.reply.id for one in probes) if any(one.reply.withdrawn_at for one in probes) else {}
    return {
        one.reply.id: Acts(
            reply_id=one.reply.id,
            may_decline=can_decline(viewer, thread, one.state, now),
            may_reopen=can_reopen(viewer, thread, one.state, one.reply.author_id, open_askers, now),
            may_wonder=can_wonder(viewer, thread, one.reply.author_id, one.state, now),
            has_wondered=one.reply.id in wondered,
            may_add_case=can_add_case(viewer, thread, one.reply, one.state, now),
            may_reply=can_reply(viewer, thread, now),
            may_remove=can_remove_probe(viewer, thread, one.reply),
            may_give_back=can_give_back(viewer, thread, is_removed=one.reply.id in removals),
            reason=removals.get(one.reply.id, "") if _is_told_why(viewer, thread, one) else "",
        )
        for one in probes
    }


def _is_told_why(viewer: Viewer, thread: Thread, shown: Shown) -> bool:
    is_askers = viewer.id is not None and viewer.id == shown.reply.author_id
    return is_askers or bool(can_moderate(viewer, thread.community_id))


@dataclass(frozen=True, slots=True)
class OpenProbe:
    """A question that stands before the teller already."""

    asked: Asked
    asker: PersonLine | None
    may_wonder: Ruling
    has_wondered: bool


@dataclass(frozen=True, slots=True)
class AskPage:
    """What stands around the form: whom one asks, what was asked already, and the story to quote from."""

    thread_id: int
    slug: str
    kind: str
    title: str
    hook: str
    community: CommunityLine
    teller: str
    may_probe: Ruling
    open_probes: tuple[OpenProbe, ...]
    twin: OpenProbe | None  # somebody has asked just this
    is_full: bool  # as many stand open as may: the next one waits
    has_place: bool
    sits_back_until: datetime | None
    sections: tuple[FieldText, ...]
    types: tuple[tuple[str, str, str], ...]  # each with its name and its question


def read_boxes(viewer: Viewer, thread_id: int | None) -> dict[str, str]:
    """The HTML of the boxes of a thread, by name, in the order in which they are read.

    Raises:
        NotVisible: there is no such thread for this viewer.
    """
    thread = get_thread(viewer, thread_id)
    return {field.name: field.html for field in list_fields(thread.id)} if thread.withdrawn_at is None else {}


def build_ask_page(viewer: Viewer, thread_id: int | None, *, now: datetime, about: ProbeDraft | None = None) -> AskPage:
    """The page for whoever sees the thread; whether they may ask stands in it.

    Args:
        about: what is about to be asked, to look for somebody who has asked the same.

    Raises:
        NotVisible: there is no such thread for this viewer.
    """
    thread = get_thread(viewer, thread_id)
    open_probes = list_open_probes(viewer, thread, now)
    askers = [one.asked.reply.author_id for one in open_probes]
    tellers = list_lines([thread.teller_id]) if thread.teller_id is not None else {}
    is_here = thread.teller_id is not None and find_place(thread.community_id, thread.teller_id) is not None
    sits_back = sits_back_until(thread)
    return AskPage(
        thread_id=thread.id,
        slug=thread.slug,
        kind=thread.kind,
        title=title_for(viewer, thread),
        hook=thread.hook if thread.withdrawn_at is None else "",
        community=list_communities_by_id(viewer, [thread.community_id])[thread.community_id],
        teller=next((line.name for line in tellers.values()), ""),
        may_probe=can_probe(viewer, thread, now, is_teller_here=is_here),
        open_probes=open_probes,
        twin=next((one for one in open_probes if one.may_wonder and _is_twin(one.asked, about)), None),
        is_full=len(askers) >= MOST_OPEN,
        has_place=has_place(askers, viewer.id),
        sits_back_until=sits_back if sits_back and sits_back > now else None,
        sections=tuple(list_fields(thread.id)) if thread.withdrawn_at is None else (),
        types=tuple((kind, name_of(kind), wording_of(kind)) for kind in TYPES),
    )


def list_open_probes(viewer: Viewer, thread: Thread, now: datetime) -> tuple[OpenProbe, ...]:
    """What stands open before the teller, the most wondered first."""
    asked = list_asked_already(thread.id)
    people = list_lines({one.reply.author_id for one in asked if one.reply.author_id})
    wondered = list_wondered(viewer, (one.reply.id for one in asked))
    return tuple(
        OpenProbe(
            one,
            people.get(one.reply.author_id or 0),
            can_wonder(viewer, thread, one.reply.author_id, one.probe.state, now),
            one.reply.id in wondered,
        )
        for one in asked
    )


def _is_twin(asked: Asked, about: ProbeDraft | None) -> bool:
    """Whether it is of the same type and about the same words, or for the same empty box."""
    if about is None or asked.probe.type != about.type or not (about.quote or about.box):
        return False
    same_words = tidy_quote(asked.probe.quote) == tidy_quote(about.quote)
    return asked.probe.box == about.box and same_words


@dataclass(frozen=True, slots=True)
class CasePage:
    """A question to somebody else, beside which one says how it was in one's own case."""

    reply_id: int
    html: str
    quote: str
    asker: PersonLine | None
    thread_id: int
    slug: str
    title: str
    community: CommunityLine
    may_add: Ruling


def build_case_page(viewer: Viewer, reply_id: int | None, *, now: datetime) -> CasePage:
    """The page for whoever sees the probe.

    Raises:
        NotVisible: there is no such probe for this viewer.
    """
    reply = get_reply(viewer, reply_id)
    probe, thread = get_probe(reply.id), get_thread(viewer, reply.thread_id)
    people = list_lines([reply.author_id]) if reply.author_id is not None else {}
    is_read = reply.withdrawn_at is None
    return CasePage(
        reply_id=reply.id,
        html=reply.html if is_read else "",
        quote=probe.quote if is_read else "",
        asker=next(iter(people.values()), None),
        thread_id=thread.id,
        slug=thread.slug,
        title=title_for(viewer, thread),
        community=list_communities_by_id(viewer, [thread.community_id])[thread.community_id],
        may_add=can_add_case(viewer, thread, reply, probe.state, now),
    )


@dataclass(frozen=True, slots=True)
class RemovalPage:
    """A question that a moderator takes away."""

    reply_id: int
    html: str
    asker: PersonLine | None
    thread_id: int
    slug: str
    title: str
    community: CommunityLine
    may: Ruling


def build_removal_page(viewer: Viewer, reply_id: int | None) -> RemovalPage:
    """The page for whoever sees the probe.

    Raises:
        NotVisible: there is no such probe for this viewer.
    """
    reply = get_reply(viewer, reply_id)
    get_probe(reply.id)
    thread = get_thread(viewer, reply.thread_id)
    people = list_lines([reply.author_id]) if reply.author_id is not None else {}
    return RemovalPage(
        reply_id=reply.id,
        html=reply.html if reply.withdrawn_at is None else "",
        asker=next(iter(people.values()), None),
        thread_id=thread.id,
        slug=thread.slug,
        title=title_for(viewer, thread),
        community=list_communities_by_id(viewer, [thread.community_id])[thread.community_id],
        may=can_remove_probe(viewer, thread, reply),
    )
