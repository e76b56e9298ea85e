"""A person's page. It holds what the viewer may know of them, and is not there when that is nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cop.accounts.queries import Profile, get_profile, list_lines
from cop.accounts.viewer import Viewer
from cop.communities.models import MODERATOR, NEWCOMER
from cop.communities.permissions import can_see_standing
from cop.communities.queries import CommunityLine, HeldPlace, Word, list_places_of, list_words_for
from cop.discussions.queries import (
    SaidLine,
    TopicOf,
    list_helped_by,
    list_reports_on,
    list_told_by,
    list_topics_among,
)
from cop.notifications.callbacks.queries import CallbackLine
from cop.platform.errors import NotVisible
from cop.platform.slugs import is_slug
from cop.web.pages.callbacks import list_latest_callbacks
from cop.web.pages.cards import Card, list_cards

CALLBACKS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is in one community, and who said so."""

    place: HeldPlace
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class ReportRow:
    """What somebody did with a story of this person's, or would have done; nobody's name when they have left."""

    report: SaidLine
    author: str


@dataclass(frozen=True, slots=True)
class Record:
    """What somebody told, what others did with it, and the questions they helped with: everywhere or in one place."""

    stories: tuple[Card, ...]
    questions: tuple[Card, ...]
    procedures: tuple[Card, ...]
    reports: tuple[ReportRow, ...]
    helped: tuple[SaidLine, ...]
    topics: tuple[TopicOf, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.stories or self.questions or self.procedures or self.reports or self.helped)


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Somebody's practice, as far as the viewer may know of it."""

    person: Profile
    is_own: bool
    places: tuple[HeldPlace, ...]
    standings: tuple[Standing, ...]
    explained: tuple[CommunityLine, ...]  # where the viewer may read why they stand where they do
    record: Record
    became: tuple[CallbackLine, ...]  # for themselves alone

    @property
    def role(self) -> str:
        """The look of the large avatar: the most they are anywhere."""
        roles = {place.role for place in self.places}
        if MODERATOR in roles:
            return MODERATOR
        return NEWCOMER if roles == {NEWCOMER} else ""

    @property
    def ink(self) -> str:
        """The ink of the community they have practised in longest."""
        return self.places[0].community.ink if self.places else ""


def build_person_page(viewer: Viewer, handle: str, *, now: datetime) -> PersonPage:
    """A person's page, in a fixed number of statements.

    Raises:
        NotVisible: there is nobody of this handle, or nothing of them that the viewer may see.
    """
    if not is_slug(handle):
        raise NotVisible
    person = get_profile(handle)
    places, told = list_places_of(viewer, person.id), list_told_by(viewer, person.id)
    is_own = person.id == viewer.id
    if not (is_own or places or told):
        raise NotVisible
    words = list_words_for(viewer, person.id)
    return PersonPage(
        person=person,
        is_own=is_own,
        places=tuple(places),
        standings=tuple(
            Standing(place, tuple(word for word in words if word.community_id == place.community.id))
            for place in places
            if place.role != NEWCOMER
        ),
        explained=tuple(place.community for place in places if can_see_standing(viewer, place.community.id)),
        record=_record(viewer, person.id, told, now=now),
        became=list_latest_callbacks(viewer, limit=CALLBACKS_SHOWN) if is_own else (),
    )


def build_record(viewer: Viewer, person_id: int, *, community_id: int, now: datetime) -> Record:
    """What somebody has done in one community."""
    told = list_told_by(viewer, person_id, community_id=community_id)
    return _record(viewer, person_id, told, community_id=community_id, now=now)


def _record(
    viewer: Viewer, person_id: int, told: Sequence[int], *, community_id: int | None = None, now: datetime
) -> Record:
    cards = list_cards(viewer, told, now=now)
    of_kind = {kind: tuple(card for card in cards if card.kind == kind) for kind in ("question", "procedure")}
    return Record(
        stories=tuple(card for card in cards if card.kind not in of_kind),
        questions=of_kind["question"],
        procedures=of_kind["procedure"],
        reports=_rows(list_reports_on(viewer, person_id, community_id=community_id)),
        helped=tuple(list_helped_by(viewer, person_id, community_id=community_id)),
        topics=tuple(list_topics_among([card.id for card in cards])),
    )


def _rows(reports: Sequence[SaidLine]) -> tuple[ReportRow, ...]:
    authors = list_lines(report.reply.author_id for report in reports if report.reply.author_id)
    return tuple(
        ReportRow(report, authors[author].name if (author := report.reply.author_id) in authors else "")
        for report in reports
    )
