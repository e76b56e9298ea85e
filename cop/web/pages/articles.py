"""A story as it is read: who told it, how alive it is, its boxes, and what nobody has asked about yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from cop.accounts.queries import PersonLine, list_lines
from cop.accounts.viewer import VISITOR, Viewer
from cop.cases.texts import BOXES as CASE_BOXES
from cop.communities.queries import list_roles_in
from cop.communities.topics.queries import TopicLine
from cop.discussions.models import Thread
from cop.discussions.permissions import can_revise_thread, can_withdraw_thread
from cop.discussions.probes.permissions import is_teller, sits_back_until
from cop.discussions.probes.queries import list_beside
from cop.discussions.queries import FieldText, list_fields, list_topics_of, title_for
from cop.discussions.versions import SITE, of_place, of_thread
from cop.platform.errors import Ruling
from cop.ranking.lines import OrderLine
from cop.ranking.queries import activity_of, order_of
from cop.ranking.states import FIRST_DAYS
from cop.web.caching import Packed, kept_part, write_part
from cop.web.pages.care import Care, people_of, read_care
from cop.web.pages.pairs import Around, AskedBox, list_asked_boxes, set_pairs

WORDS_A_MINUTE = 200
_INVITING = ("not_when", "noticed", "expected", "options", "did_why", "outcome", "watch_for")
_MOST_INVITATIONS = 3  # a wall of them would read as a reproach
_INVITING_WITHOUT_TELLER = ("not_when",)  # of an imported text nobody can be asked what they noticed


@dataclass(frozen=True, slots=True)
class Signs:
    """How alive the thread is."""

    state: str
    is_due: bool  # also where another state is shown first
    resting_since: datetime
    pulse: tuple[int, ...]
    month: int
    practised_at: datetime | None


@dataclass(frozen=True, slots=True)
class Article:
    """Everything that is read above the talk."""

    id: int
    slug: str
    kind: str
    title: str
    hook: str
    community_slug: str
    community_name: str
    teller: PersonLine | None
    role: str
    attribution: str
    source_url: str
    happened: str
    told_at: datetime
    minutes: int
    revision: int
    revised_at: datetime | None
    shelf_life: str
    signs: Signs
    topics: tuple[TopicLine, ...]
    sections: tuple[FieldText, ...]
    invitations: tuple[str, ...]
    asked_boxes: tuple[AskedBox, ...]
    sits_back_until: datetime | None
    is_outcome_unknown: bool
    is_live: bool  # a case that its teller still has to decide
    may_revise: Ruling
    may_withdraw: Ruling
    is_teller: bool
    withdrawn_at: datetime | None
    shows_text: bool
    care: Care
    roles: Mapping[int, str]  # in the community, of those whom `care` names


def render_article(
    viewer: Viewer, thread: Thread, *, community_slug: str, community_name: str, now: datetime
) -> tuple[Markup, str, Care]:
    """The article as everybody reads it (for its teller, with the ways to change it), its teller's name, and how the
    thread stands; a mark in it is for what this reader is asked."""

    def make(reader: Viewer) -> tuple[Packed, str, Care]:
        article = _build_article(reader, thread, community_slug, community_name, now)
        written = write_part("threads/_article.html", page=article)
        return Packed(written), article.teller.name if article.teller else "", article.care

    names = (of_thread(thread.id), of_place(thread.community_id), SITE)
    is_own = is_teller(viewer, thread)
    made = make(viewer) if is_own else kept_part(("article", thread.id), names, lambda: make(VISITOR))
    article, teller_name, care = made
    return article.text, teller_name, care


def _build_article(viewer: Viewer, thread: Thread, community_slug: str, community_name: str, now: datetime) -> Article:
    shows_text = thread.withdrawn_at is None or is_teller(viewer, thread)
    fields, unknown = list_fields(thread.id) if shows_text else [], thread.outcome_due_at is not None
    is_case = thread.kind == "case"
    beside = list_beside(thread.id) if shows_text else []
    people = list_lines(id_ for id_ in (thread.teller_id, *(one.reply.author_id for one in beside)) if id_ is not None)
    teller = people.get(thread.teller_id or 0)
    roles = list_roles_in([thread.community_id], [teller.id]) if teller else {}
    order = order_of([thread.id])[thread.id]
    care = read_care(thread, order, now, is_teller_here=bool(roles))
    around = Around(thread.id, teller.name if teller else "", people, is_teller(viewer, thread))
    told, sits_back = frozenset(field.name for field in fields), sits_back_until(thread)
    asked = list_asked_boxes(beside, told, around)
    asked_for = told.union(one.probe.box for one in beside)
    return Article(
        id=thread.id,
        slug=thread.slug,
        kind=thread.kind,
        title=title_for(viewer, thread),
        hook=thread.hook if shows_text else "",
        community_slug=community_slug,
        community_name=community_name,
        teller=teller,
        role=next(iter(roles.values()), ""),
        attribution=thread.attribution,
        source_url=_web_address(thread.source_url),
        happened=thread.happened,
        told_at=thread.told_at,
        minutes=max(1, round(thread.words / WORDS_A_MINUTE)),
        revision=thread.revision,
        revised_at=thread.revised_at,
        shelf_life=thread.shelf_life,
        signs=_read_signs(thread, order, now),
        topics=tuple(list_topics_of(thread.id)),
        sections=_in_order(thread, set_pairs(fields, beside, around)),
        invitations=_invitations(thread, asked_for, is_outcome_unknown=unknown),
        asked_boxes=asked,
        sits_back_until=sits_back if sits_back and sits_back > now else None,
        is_outcome_unknown=unknown and not is_case,
        is_live=unknown and is_case,
        may_revise=can_revise_thread(viewer, thread, now),
        may_withdraw=can_withdraw_thread(viewer, thread),
        is_teller=is_teller(viewer, thread),
        withdrawn_at=thread.withdrawn_at,
        shows_text=shows_text,
        care=care,
        roles=_roles_of(thread.community_id, [person.id for person in people_of(care)]),
    )


def _roles_of(community_id: int, person_ids: list[int]) -> Mapping[int, str]:
    found = list_roles_in([community_id], person_ids) if person_ids else {}
    return {person: role for (_, person), role in found.items()}


def _in_order(thread: Thread, sections: tuple[FieldText, ...]) -> tuple[FieldText, ...]:
    """A case is read in another order than a story."""
    if thread.kind != "case":
        return sections
    return tuple(sorted(sections, key=lambda section: CASE_BOXES.index(section.name)))


def _read_signs(thread: Thread, order: OrderLine, now: datetime) -> Signs:
    activity = activity_of([thread.id], now=now)[thread.id]
    first_rest = thread.told_at + timedelta(seconds=FIRST_DAYS)
    return Signs(
        state=order.state(now),
        is_due=order.is_due(now),
        resting_since=max(order.rest_at, first_rest),
        pulse=activity.pulse,
        month=activity.month,
        practised_at=order.practised_at,
    )


def _invitations(thread: Thread, told: frozenset[str], *, is_outcome_unknown: bool) -> tuple[str, ...]:
    """A few of the boxes that are empty, the one most worth asking about first."""
    if thread.kind != "story":
        return ()
    asked_for = _INVITING if thread.teller_id is not None else _INVITING_WITHOUT_TELLER
    unknown = {"outcome"} if is_outcome_unknown else set()
    return tuple(name for name in asked_for if name not in told | unknown)[:_MOST_INVITATIONS]


def _web_address(address: str) -> str:
    """The address if a link may lead there: what came from elsewhere is trusted no more than what is typed."""
    return address if address.startswith(("https://", "http://")) else ""
