"""The program under test: `cop` as it is, and one more job beside its own, whose every effect is a row.

Each reply causes a row of the outbox in its own transaction; the job works inside the database and writes a row of
`endurance_effect`. So an effect that was lost, or done twice, is seen by counting.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text

from cop import wiring
from cop.app import create_app
from cop.cli import keeper
from cop.cli.running import run
from cop.discussions.events import ReplyPublished
from cop.platform.database import session
from cop.platform.outbox import Job, enqueue
from cop.search.jobs import Indexing
from cop.settings import Settings

COUNT = "endurance.count"
TABLE = "CREATE TABLE endurance_effect (reply_id BIGINT NOT NULL)"


def _note(happened: ReplyPublished) -> None:
    enqueue(COUNT, {"reply": happened.reply_id}, now=happened.at)


def _count(payloads: Sequence[dict[str, Any]], _now: datetime) -> None:
    session().execute(
        text("INSERT INTO endurance_effect (reply_id) VALUES (:reply)"), [dict(payload) for payload in payloads]
    )


def _with_counting(settings: Settings, indexing: Indexing) -> dict[str, Job]:
    return _plain_jobs(settings, indexing) | {COUNT: Job(_count, batch=20, inside=True)}


_plain_jobs = wiring.jobs

if __name__ == "__main__":
    wiring.jobs = _with_counting
    wiring.REACTIONS = {**wiring.REACTIONS, ReplyPublished: [*wiring.REACTIONS[ReplyPublished], _note]}  # type: ignore[dict-item, list-item]
    keeper._FIRST_PAUSE, keeper._LONGEST_PAUSE = 0.2, 0.5  # it dies more often here than anywhere
    run(create_app)
