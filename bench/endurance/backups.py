"""R6: backups taken while eight people write, each restored into a place of its own and compared."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import text

from bench.endurance.servers import ROOT, Server
from bench.endurance.stage import Stage
from bench.endurance.writers import Writers
from cop.app import create_app
from cop.platform.database import close_connections, db, reading, session


@dataclass
class BackupFigures:
    """How many restores held everything that was acknowledged before the backup began; seconds and megabytes."""

    taken: int
    consistent: int
    longest_backup: float
    longest_restore: float
    megabytes: float


def take_and_restore(
    stage: Stage, log: Path, *, times: int, new_database: Callable[[], str] | None = None
) -> BackupFigures:
    server = Server(stage.environment, log)
    server.start()
    writers = Writers(stage, server.port, tag="backed up", pause=0.02)
    writers.start()
    taken: list[tuple[set[str], Path, float]] = []
    try:
        for number in range(times):
            while len(writers.told) < 5 * (number + 1):
                time.sleep(0.05)
            known = set(writers.told.replies) | set(writers.told.stories)
            path = Path(stage.data).parent / f"backup-{number}.tar.gz"
            taken.append((known, path, cop(stage, "backup", str(path))))
    finally:
        writers.stop()
        server.end()
    return _restore_all(stage, taken, new_database)


def _restore_all(
    stage: Stage, taken: list[tuple[set[str], Path, float]], new_database: Callable[[], str] | None
) -> BackupFigures:
    figures = BackupFigures(len(taken), 0, max(one[2] for one in taken), 0.0, 0.0)
    for number, (known, path, _seconds) in enumerate(taken):
        place = Path(stage.data).parent / f"restored-{number}"
        other = replace(stage, data=str(place), database_url=new_database() if new_database else "")
        figures.longest_restore = max(figures.longest_restore, cop(other, "restore", str(path)))
        figures.megabytes = max(figures.megabytes, path.stat().st_size / 1e6)
        figures.consistent += _holds(other, known)
    return figures


def _holds(stage: Stage, known: set[str]) -> bool:
    """Whether every text acknowledged before is there, each with what was written in its transaction."""
    with create_app(stage.settings).app_context():
        with reading():
            said = set(session().scalars(text("SELECT source FROM reply UNION SELECT title FROM thread")))
            torn = session().scalar(
                text("SELECT count(*) FROM thread t LEFT JOIN thread_order o ON o.thread_id = t.id WHERE o.k IS NULL")
            )
        db.session.remove()
        close_connections()
    return known <= said and not torn


def cop(stage: Stage, *command: str) -> float:
    """Run a command on the site; the seconds it took."""
    begun = time.monotonic()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COP_")}
    done = subprocess.run(
        [sys.executable, "-m", "bench.endurance.site", *command],
        cwd=ROOT, env=kept | stage.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"endurance: cop {command[0]} failed: {done.stderr.strip()}")
    return time.monotonic() - begun
