"""R7: a site of the first schema with many texts is upgraded to the newest, killed again and again on the way."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from bench.endurance.servers import ROOT
from bench.endurance.stage import SITUATION, Stage, set_stage
from cop.app import create_app
from cop.platform import migrating
from cop.platform.database import Base, close_connections, db

_KEPT = (
    "SELECT id, name, email FROM person ORDER BY id",
    "SELECT id, title FROM thread ORDER BY id",
    "SELECT id, thread_id, author_id, kind, source, html FROM reply ORDER BY id",
    "SELECT person_id, community_id, role, voice FROM membership ORDER BY person_id, community_id",
)


@dataclass
class UpgradeFigures:
    """How many texts there were, how often the upgrade was killed, and how it ended."""

    texts: int
    kills: int
    seconds: float
    rows_changed: int
    is_as_the_models: bool


def upgrade_and_kill(data: Path, database_url: str = "", *, texts: int, kills: int) -> UpgradeFigures:
    stage = set_stage(data, database_url)
    with create_app(stage.settings).app_context():
        _go_back(texts)
        before = _fingerprints()
    chance, killed = random.Random(7), 0
    for _ in range(kills):
        killed += _kill(stage, after=chance.uniform(0.8, 4.0))
    with create_app(stage.settings).app_context():
        at = MigrationContext.configure(db.engine.connect()).get_current_revision()
        close_connections()
        if at != "0001":
            _again_from_the_first()
    begun = time.monotonic()
    ended = _upgrade(stage).wait()
    seconds = time.monotonic() - begun
    with create_app(stage.settings).app_context():
        after = _fingerprints()
        with db.engine.connect() as connection:
            connection.execute(text("DROP TABLE endurance_effect"))
            differs = compare_metadata(MigrationContext.configure(connection), Base.metadata)
        close_connections()
    changed = sum(one != other for one, other in zip(before, after, strict=True))
    return UpgradeFigures(texts, killed, seconds, changed, ended == 0 and not differs)


def _go_back(texts: int) -> None:
    migrating.downgrade("0001")
    with db.engine.begin() as connection:
        thread, author = connection.execute(text("SELECT id, teller_id FROM thread ORDER BY id LIMIT 1")).one()
        rows = [
            {"id": 10_000 + n, "thread": thread, "author": author, "source": f"{n} {SITUATION}"} for n in range(texts)
        ]
        for start in range(0, texts, 5000):
            connection.execute(
                text(
                    "INSERT INTO reply (id, thread_id, author_id, kind, source, html, renderer, setting, differed,"
                    " said_at, revision) VALUES (:id, :thread, :author, 'reply', :source, :source, 1, '', '',"
                    " '2026-01-02 03:04:05', 0)"
                ),
                rows[start : start + 5000],
            )
        connection.execute(
            text("UPDATE thread SET replies = replies + :texts WHERE id = :id"), {"texts": texts, "id": thread}
        )
    db.session.remove()
    close_connections()


def _again_from_the_first() -> None:
    """So that what is timed is the whole way, once more."""
    migrating.downgrade("0001")
    db.session.remove()
    close_connections()


def _fingerprints() -> list[str]:
    found = []
    with db.engine.connect() as connection:
        for statement in _KEPT:
            digest = hashlib.sha256()
            for row in connection.execute(text(statement)):
                digest.update(repr(tuple(row)).encode())
            found.append(digest.hexdigest())
    close_connections()
    return found


def _upgrade(stage: Stage) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COP_")}
    return subprocess.Popen(
        [sys.executable, "-m", "bench.endurance.site", "upgrade"],
        cwd=ROOT, env=kept | stage.environment, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def _kill(stage: Stage, *, after: float) -> bool:
    running = _upgrade(stage)
    try:
        running.wait(after)
    except subprocess.TimeoutExpired:
        running.send_signal(signal.SIGKILL)
        running.wait()
        return True
    return False
