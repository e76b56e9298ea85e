"""R12, R13: fifty people at once, nine reads to a write; errors, milliseconds, and what one request costs at most."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bench.endurance.account import Account, draw_up
from bench.endurance.servers import Server
from bench.endurance.stage import Stage
from bench.endurance.writers import Writers

READERS = 42  # and eight who write
_TICKS = 100  # of a second, in /proc


@dataclass
class LoadFigures:
    """How it went; milliseconds at the 95th percentile, CPU seconds and megabytes of the dearest request alone."""

    reads: int
    writes: int
    errors: int
    read_ms: float
    write_ms: float
    cpu_seconds: float
    grown_mb: float
    account: Account
    failed: dict[str, int]  # what each error was


@dataclass
class _Seen:
    milliseconds: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)


def load(stage: Stage, log: Path, *, requests: int) -> LoadFigures:
    server = Server(stage.environment, log)
    server.start()
    server.wait_until_ready()  # until the first index is built search says 503, as it should
    cpu, grown = _dearest(server, stage)
    writers, seen, stop = Writers(stage, server.port, tag="load", pause=0.4), _Seen(), threading.Event()
    readers = [
        threading.Thread(target=_read, args=(server.port, stage, n, seen, stop, requests)) for n in range(READERS)
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
        cpu, grown, account, dict(seen.failed),
    )  # fmt: skip


def _read(port: int, stage: Stage, number: int, seen: _Seen, stop: threading.Event, requests: int) -> None:
    """A person who looks, and thinks for a moment."""
    chance, connection = random.Random(number), http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    cookie = {"Cookie": f"cop_session={stage.sessions[number % len(stage.sessions)]}"} if number % 2 else {}
    while len(seen.milliseconds) < requests:
        path = chance.choice([*stage.threads, "/c/endurance/", "/", "/search?q=pump+hummed"])
        begun = time.monotonic()
        try:
            connection.request("GET", path, headers=cookie)
            with connection.getresponse() as answer:
                answer.read()
                if answer.status >= 500:
                    seen.failed[f"read {answer.status}"] += 1
        except (OSError, http.client.HTTPException) as problem:
            seen.failed[type(problem).__name__] += 1
            connection.close()
        seen.milliseconds.append((time.monotonic() - begun) * 1000)
        stop.wait(chance.uniform(0.2, 1.0))
    connection.close()


def _dearest(server: Server, stage: Stage) -> tuple[float, float]:
    """Each kind of page alone, the hostile ones too: the most CPU and growth that one of them cost a web process."""
    worst_cpu = worst_grown = 0.0
    hostile = "%5B" * 600
    for path in (*stage.threads[:1], "/c/endurance/", "/", f"/search?q={hostile}", "/search?q=" + "pump+hummed+" * 160):
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
