"""The pages of forms about how a thread stands: what it is about stands above each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cop.accounts.viewer import Viewer
from cop.communities.members.queries import Member, list_members
from cop.communities.models import MODERATOR, PRACTITIONER
from cop.communities.queries import CommunityLine, get_line
from cop.discussions.endings.permissions import can_retire, can_supersede, is_moderator
from cop.discussions.endings.queries import SuccessorLine, find_successor, has_ended, list_successors
from cop.discussions.keepers.permissions import can_ask_keeper
from cop.discussions.models import Thread
from cop.discussions.permissions import can_reply
from cop.discussions.queries import get_thread, title_for
from cop.endorsements.conditions.queries import list_dissenters
from cop.endorsements.queries import find_verdict
from cop.platform.errors import Ruling
from cop.web.pages.care import Yours, build_conditions, build_yours, read_care_of

MOST_OFFERED = 50  # people who could keep it; anybody else is named by their handle


@dataclass(frozen=True, slots=True)
class TendingPage:
    """The thread one does something about, and whether one may."""

    thread_id: int
    slug: str
    kind: str
    title: str
    hook: str
    community: CommunityLine
    may: Ruling


@dataclass(frozen=True, slots=True)
class CheckInPage(TendingPage):
    yours: Yours


@dataclass(frozen=True, slots=True)
class SupersedePage(TendingPage):
    """With what could take its place; of a teller who does not moderate, a practitioner has to agree."""

    found: tuple[SuccessorLine, ...]
    has_looked: bool
    holds_at_once: bool


@dataclass(frozen=True, slots=True)
class KeeperPage(TendingPage):
    could: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class ConditionPage(TendingPage):
    is_own: bool
    is_disputed: bool


def build_check_in_page(viewer: Viewer, thread_id: int | None, *, now: datetime) -> CheckInPage:
    """Whether it still holds, for whoever is asked.

    Raises:
        NotVisible: there is no such thread for this viewer.
    """
    thread = get_thread(viewer, thread_id)
    care, own = read_care_of(thread, now=now), find_verdict(thread.id, viewer)
    yours = build_yours(viewer, thread, care, own, can_reply(viewer, thread, now), now=now)
    return CheckInPage(**_frame(viewer, thread, yours.may_answer), yours=yours)


def build_condition_page(viewer: Viewer, thread_id: int | None, *, now: datetime) -> ConditionPage:
    """Saying when it holds or when not.

    Raises:
        NotVisible: there is no such thread for this viewer.
    """
    thread = get_thread(viewer, thread_id)
    may = build_conditions(viewer, thread, has_ended=has_ended(thread.id), now=now).may_propose
    is_own = viewer.id is not None and viewer.id == thread.teller_id
    return ConditionPage(**_frame(viewer, thread, may), is_own=is_own, is_disputed=bool(list_dissenters(thread.id)))


def build_retire_page(viewer: Viewer, thread_id: int | None, *, now: datetime) -> TendingPage:
    """Retiring it.

    Raises:
        NotVisible: there is no such thread for this viewer.
    """
    thread = get_thread(viewer, thread_id)
    care = read_care_of(thread, now=now)
    return TendingPage(**_frame(viewer, thread, can_retire(viewer, thread, has_ended=care.has_ended)))


def build_supersede_page(
    viewer: Viewer, thread_id: int | None, *, chosen: int | None, look: Sequence[str], now: datetime
) -> SupersedePage:
    """Naming what has taken its place.

    Args:
        chosen: what was chosen so far.
        look: words by which more are looked for.

    Raises:
        NotVisible: there is no such thread for this viewer.
    """
    thread = get_thread(viewer, thread_id)
    care = read_care_of(thread, now=now)
    kept = find_successor(viewer, thread, chosen)
    found = dict.fromkeys([*([kept] if kept else []), *list_successors(viewer, thread, look)])
    return SupersedePage(
        **_frame(viewer, thread, can_supersede(viewer, thread, now, has_ended=care.has_ended)),
        found=tuple(found),
        has_looked=bool(look),
        holds_at_once=is_moderator(viewer, thread.community_id),
    )


def build_keeper_page(viewer: Viewer, thread_id: int | None, *, now: datetime) -> KeeperPage:
    """Asking somebody to look after it.

    Raises:
        NotVisible: there is no such thread for this viewer.
    """
    thread = get_thread(viewer, thread_id)
    care = read_care_of(thread, now=now)
    may = can_ask_keeper(viewer, thread, is_teller_here=care.is_teller_here, is_kept=care.keeper is not None)
    could = [one for role in (PRACTITIONER, MODERATOR) for one in list_members(thread.community_id, role=role)]
    return KeeperPage(**_frame(viewer, thread, may), could=tuple(could[:MOST_OFFERED]) if may else ())


def _frame(viewer: Viewer, thread: Thread, may: Ruling) -> dict[str, Any]:
    return {
        "thread_id": thread.id,
        "slug": thread.slug,
        "kind": thread.kind,
        "title": title_for(viewer, thread),
        "hook": thread.hook if thread.withdrawn_at is None else "",
        "community": get_line(viewer, thread.community_id),
        "may": may,
    }
