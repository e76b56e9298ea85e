"""Who hears of it. Each row holds ids; the words are found when the letter leaves."""

from __future__ import annotations

from cop.discussions.events import KeeperAsked
from cop.endorsements.events import CheckInAsked, TryingReminded
from cop.platform.outbox import enqueue

CHECK_IN, TRYING, KEEPER = "notifications.check_in", "notifications.trying", "notifications.keeper"


def ask_whether_it_holds(asked: CheckInAsked) -> None:
    enqueue(CHECK_IN, {"thread_id": asked.thread_id, "person_id": asked.person_id}, now=asked.at)


def ask_how_it_went(reminded: TryingReminded) -> None:
    enqueue(TRYING, {"thread_id": reminded.thread_id, "person_id": reminded.person_id}, now=reminded.at)


def ask_to_keep(asked: KeeperAsked) -> None:
    enqueue(KEEPER, {"thread_id": asked.thread_id, "person_id": asked.person_id}, now=asked.at)
