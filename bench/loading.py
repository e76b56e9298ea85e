"""Load by wrk: one measure, and works measured in turn with the constant, so that each share is of its own minute."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.serving import fetch

WARM_SECONDS = 10  # in which 200 pages are asked for often enough to be made in both processes


@dataclass(frozen=True)
class Work:
    """Pages that are asked for in turn, by a visitor or with somebody's cookies."""

    name: str
    base: str
    paths: Sequence[str]
    cookie: str = ""


@dataclass(frozen=True)
class Measured:
    """One measure of wrk."""

    a_second: float
    p50_ms: float
    p99_ms: float
    errors: int


@dataclass(frozen=True)
class Row:
    """A work over all rounds: the medians, and each round's own share of the constant beside it."""

    work: str
    a_second: float
    share: float
    p50_ms: float
    p99_ms: float
    shares: tuple[float, ...]
    errors: int = 0


def measure_in_turn(constant: Work, works: Sequence[Work], *, rounds: int, seconds: int) -> list[Row]:
    """Each round measures the constant and then every work; a share is taken within its round."""
    for work in works:
        _warm_up(work)
    found: dict[str, list[tuple[float, Measured]]] = {work.name: [] for work in works}
    for _ in range(rounds):
        bare = load(constant, seconds).a_second
        for work in works:
            found[work.name].append((bare, load(work, seconds)))
    return [row_of(name, measures) for name, measures in found.items()]


def row_of(work: str, measures: Sequence[tuple[float, Measured]]) -> Row:
    """A work's row from its rounds, each the constant's requests per second and what was measured beside it."""
    shares = tuple(round(one.a_second / bare, 4) for bare, one in measures)
    ones = [one for _bare, one in measures]
    row = Row(
        work,
        statistics.median(one.a_second for one in ones),
        statistics.median(shares),
        statistics.median(one.p50_ms for one in ones),
        statistics.median(one.p99_ms for one in ones),
        shares,
        sum(one.errors for one in ones),
    )
    print(f"  {work}: {row.share:.3f} of the constant, {row.a_second:.0f}/s", flush=True)
    return row


def load(work: Work, seconds: int) -> Measured:
    """A second to warm up, then so many of wrk over the paths in turn."""
    script = _going_round(work)
    run_wrk(work.base, script, 1)
    return run_wrk(work.base, script, seconds)


def _going_round(work: Work) -> str:
    header = f'wrk.headers["Cookie"] = {json.dumps(work.cookie)}\n' if work.cookie else ""
    listed = ",".join(json.dumps(path) for path in work.paths)
    return (
        f"{header}local paths = {{{listed}}}\nlocal n = 0\n"
        "request = function() n = n + 1; return wrk.format('GET', paths[n % #paths + 1]) end\n"
    )


def run_wrk(base: str, script: str, seconds: int, *, connections: int = 16) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "requests.lua"
        file.write_text(script)
        command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "--latency"]
        printed = subprocess.run(
            [*command, "-s", str(file), base], capture_output=True, text=True, check=True
        ).stdout  # fmt: skip
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", printed)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", printed)
    return Measured(
        float(re.search(r"Requests/sec:\s+([\d.]+)", printed)[1]),  # type: ignore[index]
        _milliseconds(printed, "50%"),
        _milliseconds(printed, "99%"),
        (int(refused[1]) if refused else 0) + (sum(map(int, broken.groups())) if broken else 0),
    )


def _warm_up(work: Work) -> None:
    """Until both processes have made every page: one by one they would nearly all go to the same of them."""
    for path in work.paths:
        fetch(work.base + path, work.cookie)
    run_wrk(work.base, _going_round(work), WARM_SECONDS if len(work.paths) > 1 else 1)


def _milliseconds(printed: str, percentile: str) -> float:
    number, unit = re.search(rf"{percentile}\s+([\d.]+)(us|ms|s)", printed).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]
