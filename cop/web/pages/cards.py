"""A thread as a row of a list: who told it, how alive it is, and in one sentence why it stands where it stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from cop.accounts.queries import PersonLine, list_lines
from cop.accounts.viewer import Viewer
from cop.communities.queries import list_roles_in
from cop.discussions.queries import ThreadLine, list_thread_lines
from cop.ranking.latest.queries import last_acts_of
from cop.ranking.queries import activity_of, order_of


@dataclass(frozen=True, slots=True)
class Face:
    """Somebody as an avatar, by their name and their role in that community; whoever has left has neither."""

    name: str
    role: str


_GONE = Face("", "")


@dataclass(frozen=True, slots=True)
class Card:
    """What a row shows. It never holds totals of endorsements."""

    id: int
    slug: str
    community_id: int
    kind: str
    title: str
    hook: str
    teller: PersonLine | None  # of a procedure, whoever keeps it
    attribution: str
    replies: int
    told_at: datetime
    practised_at: datetime | None
    state: str
    pulse: tuple[int, ...]
    month: int
    people: tuple[Face, ...]
    is_withdrawn: bool = False  # which its teller alone sees
    reviewed_at: datetime | None = None  # of a procedure, with how many discussions it rests on
    grounds: int = 0
    last_act: str = ""  # what the last practitioner did; of a case nobody is told, since some of it is sealed
    is_explored: bool = False  # it stands there since few have read it


def list_cards(
    viewer: Viewer, thread_ids: Sequence[int], *, now: datetime, explored: Collection[int] = ()
) -> list[Card]:
    """Rows in the order of the ids, in six statements whatever their number; what is not visible is left out.

    Args:
        explored: which of them stand where they stand since few have read them.
    """
    lines = list_thread_lines(viewer, thread_ids)
    shown = [thread_id for thread_id in thread_ids if thread_id in lines]
    orders, activity, last = order_of(shown), activity_of(shown, now=now), last_acts_of(shown)
    faces = {person for thread_id in shown for person in activity[thread_id].people}
    tellers = {_whose(line) for line in lines.values()}
    people = list_lines(faces | tellers)
    roles = list_roles_in({line.community_id for line in lines.values()}, faces)
    cards = []
    for thread_id in shown:
        line, order, signs = lines[thread_id], orders[thread_id], activity[thread_id]
        cards.append(
            Card(
                id=line.id, slug=line.slug, community_id=line.community_id, kind=line.kind, title=line.title,
                hook=line.hook, teller=people.get(_whose(line)), attribution=line.attribution,
                replies=line.replies, told_at=line.told_at, practised_at=order.practised_at, state=order.state(now),
                pulse=signs.pulse, month=signs.month,
                people=tuple(
                    Face(people[person].name, roles.get((line.community_id, person), "")) if person in people else _GONE
                    for person in signs.people
                ),
                is_withdrawn=line.withdrawn_at is not None, reviewed_at=line.reviewed_at, grounds=line.grounds,
                last_act="" if line.kind == "case" else last.get(thread_id, ""), is_explored=thread_id in explored,
            )
        )  # fmt: skip
    return cards


def _whose(line: ThreadLine) -> int:
    """Whoever answers for it: its teller, or the keeper of a procedure; 0 for nobody."""
    return (line.owner_id if line.kind == "procedure" else line.teller_id) or 0
