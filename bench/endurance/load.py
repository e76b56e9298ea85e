"""R12, R13: fifty people at once, nine reads to a write; errors, milliseconds, and what one request costs at most.

Among ten thousand threads with a hundred thousand replies (`security.md`, K01). Of ten pages that are read seven are
threads, and one each the community, the front page and a search of two words; every second reader is signed in.
"""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from bench.endurance.account import Account, draw_up
from bench.endurance.servers import Server
from bench.endurance.site import TABLE
from bench.endurance.stage import Stage
from bench.endurance.writers import Writers
from bench.seed import Size, seed
from bench.serving import wait_for_rest
from cop.app import create_app
from cop.platform.database import close_connections, db, transaction

READERS = 42  # and eight who write
_KINDS = {"thread": 7, "community": 1, "front": 1, "search": 1}  # of ten pages
_PEOPLE, _THREADS, _REPLIES = 10_000, 10_000, 100_000
_LOOKS_FOR, _WRITES_AFTER = (0.1, 0.5), 0.55  # seconds, so that a tenth of all is written
_TICKS = 100  # of a second, in /proc


@dataclass
class LoadFigures:
    """How it went; milliseconds at the 95th percentile, CPU seconds and megabytes of the dearest request alone."""

    reads: int
    writes: int
    errors: int
    read_ms: float
    write_ms: float
    read_ms_of: dict[str, float]  # by kind of page
    cpu_seconds: float
    grown_mb: float
    account: Account
    failed: dict[str, int]  # what each error was


@dataclass
class _Seen:
    milliseconds: list[float] = field(default_factory=list)
    of_each: dict[str, list[float]] = field(default_factory=lambda: {what: [] for what in _KINDS})
    failed: Counter[str] = field(default_factory=Counter)

    def add(self, what: str, milliseconds: float) -> None:
        self.milliseconds.append(milliseconds)
        self.of_each[what].append(milliseconds)


def load(data: Path, database_url: str, log: Path, *, requests: int, share: float) -> LoadFigures:
    """Fifty people, until so many pages have been read.

    Args:
        share: of the threads, people and replies.
    """
    stage, searches = _seeded(data, database_url, share)
    server = Server(stage.environment, log)
    server.start()
    server.wait_until_ready()  # until the first index is built search says 503, as it should
    wait_for_rest(server.pid)
    cpu, grown = _dearest(server, stage)
    writers, seen, stop = Writers(stage, server.port, tag="load", pause=_WRITES_AFTER), _Seen(), threading.Event()
    readers = [
        threading.Thread(target=_read, args=(server.port, stage, searches, n, seen, stop, requests))
        for n in range(READERS)
    ]
    writers.start()
    for one in readers:
        one.start()
    for one in readers:
        one.join()
    writers.stop()
    account = draw_up(stage, writers.told)
    server.end()
    seen.failed.update({f"write {status}": n for status, n in writers.told.refused.items() if status >= 500})
    return LoadFigures(
        len(seen.milliseconds), len(writers.told), seen.failed.total(),
        _p95(seen.milliseconds), _p95(writers.told.milliseconds),
        {what: _p95(milliseconds) for what, milliseconds in seen.of_each.items()},
        cpu, grown, account, dict(seen.failed),
    )  # fmt: skip


def _seeded(data: Path, database_url: str, share: float) -> tuple[Stage, list[str]]:
    """A site with a past, and what is looked for in it."""
    size = Size(
        people=200 + round(_PEOPLE * share),
        threads=20 + round(_THREADS * share),
        replies=1_000 + round(_REPLIES * share),
        measured=10 + round(200 * share),
        long=round(10_000 * share),
    )
    made = seed(data, database_url=database_url, size=size)
    stage = Stage(str(data), database_url, tuple(made["sessions"]), tuple(made["threads"]), made["community"])
    with create_app(stage.settings).app_context():
        with transaction() as s:
            s.execute(text(TABLE))
        db.session.remove()
        close_connections()
    return stage, made["searches"]


def _read(
    port: int, stage: Stage, searches: list[str], number: int, seen: _Seen, stop: threading.Event, requests: int
) -> None:
    """A person who looks, and thinks for a moment."""
    chance, connection = random.Random(number), http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    cookie = f"cop_session={stage.sessions[number % len(stage.sessions)]}" if number % 2 else ""
    while len(seen.milliseconds) < requests:
        what = chance.choices(list(_KINDS), list(_KINDS.values()))[0]
        pages = {
            "thread": chance.choice(stage.threads), "community": stage.community, "front": "/",
            "search": f"/search?q={chance.choice(searches).replace(' ', '+')}",
        }  # fmt: skip
        begun = time.monotonic()
        try:
            connection.request("GET", pages[what], headers={"Cookie": cookie} if cookie else {})
            with connection.getresponse() as answer:
                answer.read()
                for one in answer.headers.get_all("Set-Cookie") or [] if cookie else []:
                    cookie = f"{cookie.split('; ')[0]}; {one.split(';')[0]}"  # the form's, as a browser keeps it
                if answer.status >= 500:
                    seen.failed[f"read {answer.status}"] += 1
        except (OSError, http.client.HTTPException) as problem:
            seen.failed[type(problem).__name__] += 1
            connection.close()
        seen.add(what, (time.monotonic() - begun) * 1000)
        stop.wait(chance.uniform(*_LOOKS_FOR))
    connection.close()


def _dearest(server: Server, stage: Stage) -> tuple[float, float]:
    """Each kind of page alone, the hostile ones too: the most CPU and growth that one of them cost a web process."""
    worst_cpu = worst_grown = 0.0
    hostile = "%5B" * 600
    for path in (*stage.threads[:1], stage.community, "/", f"/search?q={hostile}", "/search?q=" + "pump+hummed+" * 160):
        server.answers(path)  # what is made once is not one request's cost
        before = [_cost(pid) for pid in server.web_processes()]
        for _ in range(4):
            server.answers(path, within=30)
        after = [_cost(pid) for pid in server.web_processes()]
        for (cpu, memory), (cpu_then, memory_then) in zip(after, before, strict=True):
            worst_cpu = max(worst_cpu, (cpu - cpu_then) / 4)
            worst_grown = max(worst_grown, memory - memory_then)
    return worst_cpu, worst_grown


def _cost(pid: int) -> tuple[float, float]:
    """CPU seconds of a process and its children, and the megabytes it holds."""
    numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return sum(int(one) for one in numbers[11:15]) / _TICKS, pages * 4096 / 1e6


def _p95(milliseconds: list[float]) -> float:
    ordered = sorted(milliseconds)
    return ordered[int(len(ordered) * 0.95)] if ordered else 0.0
