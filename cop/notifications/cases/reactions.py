"""Who is asked what came of a live case. The row holds ids; the words are found when the mail leaves."""

from __future__ import annotations

from cop.cases.events import OutcomeAsked
from cop.platform.outbox import enqueue

ASK = "notifications.outcome"


def ask_for_outcome(asked: OutcomeAsked) -> None:
    enqueue(ASK, {"thread_id": asked.thread_id, "person_id": asked.teller_id}, now=asked.at)
