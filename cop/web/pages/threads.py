"""A thread's page: the story, how alive it is, who stands behind it, what came of it, and what the viewer may do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cop.accounts.queries import PersonLine, list_lines
from cop.accounts.viewer import Viewer
from cop.communities.permissions import can_join
from cop.communities.queries import CommunityLine, list_communities_by_id, list_roles_in
from cop.communities.topics.queries import TopicLine
from cop.discussions.models import Thread
from cop.discussions.permissions import can_answer, can_reply, can_revise_reply, can_revise_thread
from cop.discussions.queries import (
    FieldText,
    ReplyLine,
    get_thread,
    list_answers,
    list_fields,
    list_kinds_said,
    list_replies,
    list_topics_of,
)
from cop.endorsements.permissions import can_give_verdict
from cop.platform.errors import Ruling
from cop.ranking.queries import activity_of, order_of
from cop.ranking.states import FIRST_DAYS
from cop.web.pages.stands import StandPanel, build_stand

FILTERS = ("report", "dissent")
KINDS = ("reply", "report", "dissent")  # what the composer under a thread can be set to
WORDS_A_MINUTE = 200
BEEN_HERE = 4  # people in the margin; how many there are is told only after an answer
_INVITING = ("not_when", "noticed", "expected", "options", "did_why", "outcome", "watch_for")
_MOST_INVITATIONS = 3  # a wall of them would read as a reproach
_INVITING_WITHOUT_TELLER = ("not_when",)  # of an imported text nobody can be asked what they noticed


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
class Signs:
    """How alive the thread is."""

    state: str
    resting_since: datetime
    pulse: tuple[int, ...]
    month: int
    practised_at: datetime | None


@dataclass(frozen=True, slots=True)
class Talk:
    """A page of what came of it."""

    posts: tuple[Post, ...]
    earlier: str | None
    later: str | None
    filters: tuple[str, ...]
    asked: Asked


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Everything the page of a thread shows to this viewer, and nothing that it does not."""

    id: int
    slug: str
    kind: str
    title: str
    hook: str
    community: CommunityLine
    teller: PersonLine | None
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
    topics: tuple[TopicLine, ...]
    sections: tuple[FieldText, ...]
    invitations: tuple[str, ...]
    is_outcome_unknown: bool
    stand: StandPanel
    talk: Talk
    roles: Mapping[int, str]  # in this community, by person
    may_reply: Ruling
    may_endorse: Ruling
    may_revise: Ruling
    may_join: Ruling

    @property
    def been_here(self) -> tuple[PersonLine, ...]:
        """A few of those who have met it, for the margin."""
        return self.stand.names[:BEEN_HERE]


def build_thread_page(viewer: Viewer, thread_id: int | None, asked: Asked, *, now: datetime) -> ThreadPage:
    """The page of one thread, in a number of statements that does not grow with its replies.

    Raises:
        NotVisible: there is no such thread for this viewer, or a cursor is not one of this list.
    """
    thread = get_thread(viewer, thread_id)
    community = list_communities_by_id(viewer, [thread.community_id])[thread.community_id]
    fields, stand = list_fields(thread.id), build_stand(viewer, thread)
    talk, people = _build_talk(viewer, thread, asked, now)
    unknown = thread.outcome_due_at is not None
    return ThreadPage(
        id=thread.id,
        slug=thread.slug,
        kind=thread.kind,
        title=thread.title,
        hook=thread.hook,
        community=community,
        teller=people.get(thread.teller_id or 0),
        is_own=viewer.id is not None and viewer.id == thread.teller_id,
        attribution=thread.attribution,
        source_url=_web_address(thread.source_url),
        happened=thread.happened,
        told_at=thread.told_at,
        minutes=max(1, round(thread.words / WORDS_A_MINUTE)),
        revision=thread.revision,
        revised_at=thread.revised_at,
        shelf_life=thread.shelf_life,
        signs=_read_signs(thread, now),
        topics=tuple(list_topics_of(thread.id)),
        sections=tuple(fields),
        invitations=_invitations(thread, {field.name for field in fields}, is_outcome_unknown=unknown),
        is_outcome_unknown=unknown,
        stand=stand,
        talk=talk,
        roles=_roles_of(community.id, [*people, *(person.id for person in stand.everyone)]),
        may_reply=can_reply(viewer, thread, now),
        may_endorse=can_give_verdict(viewer, thread, now),
        may_revise=can_revise_thread(viewer, thread, now),
        may_join=can_join(viewer, community.id),
    )


def _build_talk(viewer: Viewer, thread: Thread, asked: Asked, now: datetime) -> tuple[Talk, dict[int, PersonLine]]:
    """The replies asked for with the teller's answers, and everybody who speaks on the page, the teller too."""
    page = list_replies(thread.id, kind=asked.show or None, before=asked.before, start=asked.start)
    answers = list_answers(line.id for line in page.items)
    said = [*page.items, *(answer for of_one in answers.values() for answer in of_one)]
    people = list_lines({person for person in (thread.teller_id, *(line.author_id for line in said)) if person})

    def post(line: ReplyLine) -> Post:
        return Post(
            reply=line,
            author=people.get(line.author_id or 0),
            is_tellers=thread.teller_id is not None and thread.teller_id == line.author_id,
            may_answer=can_answer(viewer, thread, line, now),
            may_revise=can_revise_reply(viewer, line.author_id, thread.community_id, now),
            answers=tuple(post(answer) for answer in answers.get(line.id, ())),
        )

    said_kinds = list_kinds_said(thread.id)
    filters = tuple(kind for kind in FILTERS if kind in said_kinds)
    return Talk(tuple(post(line) for line in page.items), page.earlier, page.later, filters, asked), people


def _read_signs(thread: Thread, now: datetime) -> Signs:
    order, activity = order_of([thread.id])[thread.id], activity_of([thread.id], now=now)[thread.id]
    first_rest = thread.told_at + timedelta(seconds=FIRST_DAYS)
    return Signs(
        state=order.state(now),
        resting_since=max(order.rest_at, first_rest),
        pulse=activity.pulse,
        month=activity.month,
        practised_at=order.practised_at,
    )


def _invitations(thread: Thread, told: set[str], *, is_outcome_unknown: bool) -> tuple[str, ...]:
    """A few of the boxes that are empty, the one most worth asking about first."""
    asked_for = _INVITING if thread.teller_id is not None else _INVITING_WITHOUT_TELLER
    unknown = {"outcome"} if is_outcome_unknown else set()
    return tuple(name for name in asked_for if name not in told | unknown)[:_MOST_INVITATIONS]


def _roles_of(community_id: int, person_ids: Iterable[int]) -> dict[int, str]:
    return {person: role for (_, person), role in list_roles_in([community_id], person_ids).items()}


def _web_address(address: str) -> str:
    """The address if a link may lead there: what came from elsewhere is trusted no more than what is typed."""
    return address if address.startswith(("https://", "http://")) else ""
