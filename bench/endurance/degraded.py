"""R9: something is away while people read and write; how many were answered, and how soon it was well again."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from bench.endurance.account import draw_up
from bench.endurance.mailboxes import taking_server
from bench.endurance.servers import Server
from bench.endurance.stage import Stage, set_stage
from bench.endurance.writers import Writers
from cop.app import create_app
from cop.notifications.reactions import WELCOME
from cop.platform.database import close_connections, db, transaction
from cop.platform.outbox import enqueue

HEALED_WITHIN = 60.0
LETTERS = 30


@dataclass
class DegradedFigures:
    """What was away; of how many pages how many came; how writes went; seconds until all was well."""

    what: str
    reads: int
    reads_failed: int
    writes: int
    refused: dict[int, int]
    healed_in: float
    is_clean: bool


class Readers(threading.Thread):
    """One visitor who goes on looking at the threads."""

    def __init__(self, server: Server, stage: Stage) -> None:
        super().__init__()
        self.read = self.failed = 0
        self._server, self._paths, self._ending = server, stage.threads, threading.Event()

    def run(self) -> None:
        while not self._ending.wait(0.05):
            self.read += 1
            self.failed += not self._server.answers(self._paths[self.read % len(self._paths)])

    def end(self) -> None:
        self._ending.set()
        self.join()


def lose_index(stage: Stage, log: Path, *, seconds: float) -> DegradedFigures:
    """The folder of the index is deleted while everybody writes."""
    return _live_through("the search index is deleted", stage, log, seconds, _IndexLost(Path(stage.data)))


def lose_mail(stage: Stage, log: Path, *, seconds: float, hangs: bool) -> DegradedFigures:
    """Thirty letters are due, and the mail server refuses, or accepts and says nothing; then it is back."""
    return _live_through(
        f"the mail server {'hangs' if hangs else 'refuses'}", stage, log, seconds, _MailLost(stage, hangs)
    )


def fill_disk(folder: Path, log: Path, *, seconds: float) -> DegradedFigures | None:
    """A file system of its own that is full to the last byte; None where this account may not mount one."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "cop-endurance", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        return None
    try:
        stage = set_stage(folder / "data")
        return _live_through("the disk is full", stage, log, seconds, _DiskFull(folder))
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


class _Trouble:
    """Something that is done to a running site, and undone."""

    writes_stop = False

    @property
    def environment(self) -> dict[str, str]:
        return {}

    def begin(self) -> None: ...

    def end(self) -> None: ...

    def close(self) -> None: ...


class _IndexLost(_Trouble):
    def __init__(self, data: Path) -> None:
        self._data = data

    def begin(self) -> None:
        shutil.rmtree(self._data / "index", ignore_errors=True)


class _MailLost(_Trouble):
    def __init__(self, stage: Stage, hangs: bool) -> None:
        self._stage, self._open = stage, ExitStack()
        self._silent: socket.socket | None = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._port = int(self._silent.getsockname()[1])
        if not hangs:
            self._silent.close()

    @property
    def environment(self) -> dict[str, str]:
        return {"COP_SMTP_URL": f"smtp://127.0.0.1:{self._port}"}

    def begin(self) -> None:
        with create_app(self._stage.settings).app_context():
            with transaction() as s:
                people = list(s.scalars(text("SELECT id FROM person")))
                for n in range(LETTERS):
                    enqueue(WELCOME, {"person_id": people[n % len(people)]}, now=datetime.now(UTC))
            db.session.remove()
            close_connections()

    def end(self) -> None:
        if self._silent:
            self._silent.close()
        self._open.enter_context(taking_server(self._port))

    def close(self) -> None:
        self._open.close()


class _DiskFull(_Trouble):
    writes_stop = True

    def __init__(self, folder: Path) -> None:
        self._filling = folder / "filling"

    def begin(self) -> None:
        with self._filling.open("wb") as file:
            for size in (1 << 20, 1 << 12):
                try:
                    while True:
                        os.write(file.fileno(), b"x" * size)
                except OSError:
                    continue

    def end(self) -> None:
        self._filling.unlink()


def _live_through(what: str, stage: Stage, log: Path, seconds: float, trouble: _Trouble) -> DegradedFigures:
    server = Server(stage.environment | trouble.environment, log)
    server.start()
    writers, visitor = Writers(stage, server.port, tag=what, pause=0.05), Readers(server, stage)
    try:
        with _at_work(writers):
            while len(writers.told) < 20:
                time.sleep(0.05)
            visitor.start()
            trouble.begin()
            before = len(writers.told)
            time.sleep(seconds)
            during = len(writers.told) - before
            trouble.end()
            begun = time.monotonic()
            while trouble.writes_stop and len(writers.told) < before + during + 8:
                time.sleep(0.05)
        account = draw_up(stage, writers.told, within=2 * HEALED_WITHIN)
        healed = time.monotonic() - begun
        visitor.end()
    finally:
        server.end()
        trouble.close()
    refused = dict(writers.told.refused)
    return DegradedFigures(what, visitor.read, visitor.failed, during, refused, healed, account.is_clean)


@contextmanager
def _at_work(writers: Writers) -> Iterator[None]:
    writers.start()
    try:
        yield
    finally:
        writers.stop()
