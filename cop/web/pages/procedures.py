"""A procedure as it is read: what it rests on first, then where it points to, its age and who keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from cop.accounts.queries import PersonLine, list_lines
from cop.accounts.viewer import Viewer
from cop.communities.permissions import can_join
from cop.communities.queries import CommunityLine, get_community, get_line
from cop.discussions.endings.queries import find_ending
from cop.discussions.models import Thread
from cop.discussions.permissions import can_add_procedure, can_keep_procedure, can_withdraw_thread
from cop.discussions.procedures.queries import (
    find_by_title,
    get_procedure,
    keep_groundworthy,
    list_grounds_of,
    list_titles,
)
from cop.discussions.queries import FieldText, get_thread, list_fields, title_for
from cop.discussions.versions import SITE, of_place, of_talk
from cop.platform import ids
from cop.platform.errors import Ruling
from cop.ranking.queries import list_thread_ids
from cop.web.caching import rest_on, write_part
from cop.web.pages.cards import Card, list_cards
from cop.web.pages.care import Care
from cop.web.pages.composer import Telling

ENDED = ("resting", "superseded", "retired")  # what stands behind what lives
SHAKY = ("contested", *ENDED)


@dataclass(frozen=True, slots=True)
class ProcedureArticle:
    """Everything that is read above the talk."""

    id: int
    title: str
    community_slug: str
    community_name: str
    grounds: tuple[Card, ...]  # what lives first
    link: str
    sections: tuple[FieldText, ...]
    owner: PersonLine | None
    added_at: datetime
    reviewed_at: datetime
    days_since_review: int
    revision: int
    revised_at: datetime | None
    withdrawn_at: datetime | None
    shows_text: bool
    may_keep: Ruling
    may_withdraw: Ruling
    care: Care

    @property
    def shaky(self) -> tuple[Card, ...]:
        """Of what it rests on, whatever does not stand as it did: this is said before anything else."""
        return tuple(card for card in self.grounds if card.state in SHAKY)


@dataclass(frozen=True, slots=True)
class Choice:
    """A discussion that a procedure may rest on."""

    spelled: str
    title: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ProcedureForm:
    """What stands around the boxes in which a procedure is added or changed."""

    community: CommunityLine
    may_write: Ruling
    may_join: Ruling
    choices: tuple[Choice, ...]
    has_looked: bool
    revised: RevisedProcedure | None = None
    preview: Telling | None = None


@dataclass(frozen=True, slots=True)
class RevisedProcedure:
    """The procedure that is being changed."""

    id: int
    slug: str
    title: str
    revision: int


@dataclass(frozen=True, slots=True)
class ProceduresPage:
    """A page of a community's procedures."""

    community: CommunityLine
    cards: tuple[Card, ...]
    earlier: str | None
    later: str | None
    may_add: Ruling


def render_procedure(
    viewer: Viewer, thread: Thread, *, community_slug: str, community_name: str, now: datetime
) -> tuple[Markup, str, Care]:
    """The article, no teller's name (nobody is addressed as if they had told it), and how the procedure stands.

    It rests on whatever is said anywhere in the community, since it shows how alive other threads are.
    """
    rest_on(of_talk(thread.community_id), of_place(thread.community_id), SITE)
    procedure = get_procedure(thread.id)
    shows_text = thread.withdrawn_at is None or (viewer.id is not None and viewer.id == thread.teller_id)
    owner = list_lines([procedure.owner_id]).get(procedure.owner_id) if procedure.owner_id is not None else None
    grounds = list_cards(viewer, list_grounds_of(viewer, thread.id), now=now)
    care = Care(find_ending(thread.id), None, True, None, (), None, False)
    article = ProcedureArticle(
        id=thread.id,
        title=title_for(viewer, thread),
        community_slug=community_slug,
        community_name=community_name,
        grounds=tuple(sorted(grounds, key=lambda card: card.state in ENDED)),
        link=procedure.link if shows_text else "",
        sections=tuple(list_fields(thread.id)) if shows_text else (),
        owner=owner,
        added_at=thread.told_at,
        reviewed_at=procedure.reviewed_at,
        days_since_review=max(0, (now - procedure.reviewed_at).days),
        revision=thread.revision,
        revised_at=thread.revised_at,
        withdrawn_at=thread.withdrawn_at,
        shows_text=shows_text,
        may_keep=can_keep_procedure(viewer, thread, procedure.owner_id, now),
        may_withdraw=can_withdraw_thread(viewer, thread),
        care=care,
    )
    return write_part("threads/_procedure.html", page=article), "", care


def build_procedures_page(
    viewer: Viewer, slug: str, *, after: str | None, before: str | None, now: datetime
) -> ProceduresPage:
    """A community's procedures, the latest first.

    Raises:
        NotVisible: there is no such community for this viewer, or a cursor is none of this list.
    """
    community = get_community(viewer, slug)
    found = list_thread_ids(community.id, sort="new", after=after, before=before, procedures=True)
    return ProceduresPage(
        community=get_line(viewer, community.id),
        cards=tuple(list_cards(viewer, found.items, now=now)),
        earlier=found.earlier,
        later=found.later,
        may_add=can_add_procedure(viewer, community.id, now),
    )


def build_procedure_composer(
    viewer: Viewer, slug: str, *, chosen: Sequence[int], look: Sequence[str], now: datetime
) -> ProcedureForm:
    """The boxes for a new procedure.

    Args:
        chosen: what it is to rest on so far.
        look: words by which more discussions are looked for.
    """
    community = get_community(viewer, slug)
    return ProcedureForm(
        community=get_line(viewer, community.id),
        may_write=can_add_procedure(viewer, community.id, now),
        may_join=can_join(viewer, community.id),
        choices=_choices(viewer, community.id, chosen, look),
        has_looked=bool(look),
    )


def build_procedure_reviser(
    viewer: Viewer, thread_id: int | None, *, chosen: Sequence[int], look: Sequence[str], now: datetime
) -> ProcedureForm:
    """The boxes with a procedure that stands."""
    thread = get_thread(viewer, thread_id)
    procedure = get_procedure(thread.id)
    return ProcedureForm(
        community=get_line(viewer, thread.community_id),
        may_write=can_keep_procedure(viewer, thread, procedure.owner_id, now),
        may_join=can_join(viewer, thread.community_id),
        choices=_choices(viewer, thread.community_id, chosen, look),
        has_looked=bool(look),
        revised=RevisedProcedure(thread.id, thread.slug, thread.title, thread.revision),
    )


def _choices(viewer: Viewer, community_id: int, chosen: Sequence[int], look: Sequence[str]) -> tuple[Choice, ...]:
    """What is chosen already, then what the words find."""
    kept = keep_groundworthy(viewer, community_id, chosen)
    shown = list(dict.fromkeys([*kept, *find_by_title(viewer, community_id, look)]))
    titles = list_titles(shown)
    return tuple(Choice(ids.spell(one), titles[one], one in kept) for one in shown)
