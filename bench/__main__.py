"""`make bench`: a table of shares, p50 and p99, with the raw numbers kept beside it. `make bench-postgresql`: the same.

Every share is of what a bare Flask application with a constant string does in the same round under the same gunicorn
settings (2 workers × 4 threads) and `wrk -t2 -c16`. Timed requests carry no If-None-Match and go round 200
threads; who is signed in sends both cookies, as a browser does. While pages are timed somebody replies every two
seconds to one of these threads, and afterwards a hundred pages are looked at to see that none lacks what was said last.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.endurance.databases import postgresql
from bench.loading import Row, Work, measure_in_turn
from bench.measures import reply_at_once, search_in_turn, weigh_page
from bench.seed import seed
from bench.serving import COP, constant, memory_of, served, wait_for_rest
from bench.talking import Form, flood, replying

FOLDER = Path(".bench")
SECONDS = int(os.environ.get("BENCH_SECONDS", "4"))  # of each measure
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))


@dataclass
class Report:
    """Everything that was measured on one database."""

    database: str
    rows: list[Row] = field(default_factory=list)
    fresh: list[int] = field(default_factory=list)  # pages looked at after a reply, and those that lacked it
    others: dict[str, float] = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        return not (self.fresh[1] or any(row.errors for row in self.rows))


def main() -> None:
    with _database() as (name, url):
        report = _measure(name, FOLDER / name, url)
    raw = FOLDER / f"raw-{name}-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    raw.write_text(json.dumps(asdict(report), indent=1))
    show(report)
    print(f"\nRaw numbers: {raw}")
    if not report.is_sound:
        raise SystemExit("bench: a page was stale or failed; the figures above do not count")


@contextlib.contextmanager
def _database() -> Iterator[tuple[str, str]]:
    if "--postgresql" not in sys.argv:
        yield "sqlite", ""
        return
    with postgresql() as new_database:
        yield "postgresql", new_database()


def _measure(name: str, folder: Path, url: str) -> Report:
    begun = time.monotonic()
    print("seeding …", flush=True)
    made = seed(folder, database_url=url)
    report = Report(name)
    report.others["seeding, s"] = time.monotonic() - begun
    settings = {"COP_DATA": str(_copy_of(folder)), "COP_LIMITS": "off", "COP_DATABASE_URL": url}
    cookies = [f"cop_session={session}" for session in made["sessions"]]
    with constant() as bare:
        with served([COP, "serve"], "--port {port}", settings) as server:
            report.others["start to first answer, s"] = server.seconds
            wait_for_rest(server.pid)
            with replying(server.base, cookies[0], made["threads"]) as report.fresh:
                report.rows = _time_pages(bare, server.base, made, cookies[1])
            report.others |= memory_of(server.pid)
            _search_and_weigh(report, server.base, made, cookies[1])
        with served([COP, "serve"], "--port {port}", settings) as server:
            wait_for_rest(server.pid)
            _write(report, bare, server.base, made, cookies)
    report.others["all of it, s"] = time.monotonic() - begun
    return report


def _copy_of(folder: Path) -> Path:
    """What is measured is written to, and the next run begins where this one began. Nobody who starts waits until half
    a gigabyte of the copy is on the disk."""
    copy = folder.with_name(f"{folder.name}-in-use")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    os.sync()
    return copy


def _time_pages(bare: str, base: str, made: dict[str, Any], cookie: str) -> list[Row]:
    both = Form(base, cookie, made["threads"][0]).cookie  # the session's and the form's
    long = _pages_of_long_thread(base, made["long"], made["middle"])
    thread, community = "thread of 50 replies, 20 shown", "community page, 25 rows"
    groups = [
        [
            Work(f"{thread}, signed out", base, made["threads"]),
            Work(f"{thread}, signed in", base, made["threads"], both),
        ],
        [
            Work(f"{community}, signed out", base, [made["community"]]),
            Work(f"{community}, signed in", base, [made["community"]], both),
        ],
        [Work(f"{name} page of 10,000 replies, signed out", base, [path]) for name, path in long],
        [Work(f"{name} page of 10,000 replies, signed in", base, [path], both) for name, path in long],
    ]  # fmt: skip
    against = Work("the constant", bare, ["/"])
    return [row for group in groups for row in measure_in_turn(against, group, rounds=ROUNDS, seconds=SECONDS)]


def _pages_of_long_thread(base: str, long: str, permalink: str) -> list[tuple[str, str]]:
    """Its first page, the one to which a permalink into its middle leads, and its last."""
    with urllib.request.urlopen(base + permalink) as answer:
        middle = answer.url.removeprefix(base).partition("#")[0]  # a browser does not send the fragment
    return [("first", f"{long}?at=first"), ("middle", middle), ("last", long)]


def _search_and_weigh(report: Report, base: str, made: dict[str, Any], cookie: str) -> None:
    median, most = search_in_turn(base, cookie, made["searches"])
    report.others |= {
        "search of two words among 200,000 replies, p50, ms": median,
        "the same, p95, ms": most,
        "thread page with all its files, gzipped, signed out, KB": weigh_page(base, made["threads"][0]) / 1000,
    }


def _write(report: Report, bare: str, base: str, made: dict[str, Any], cookies: Sequence[str]) -> None:
    against = Work("the constant", bare, ["/"])
    said = reply_at_once(base, cookies, made["threads"], against, rounds=ROUNDS, seconds=SECONDS)
    report.rows.append(said.row)
    report.others[f"of {said.people} last replies found within 10 s"] = said.found
    median, longest, number = flood(base, cookies, made["threads"])
    report.others |= {
        f"a reply while five post 8 kB of [, median of {number}, ms": median,
        "the same, longest, ms": longest,
    }


def show(report: Report) -> None:
    print(
        f"\n{report.database:<48} {'per second':>10} {'share':>7} {'p50 ms':>8} {'p99 ms':>8} {'errors':>7}  each round"
    )
    for row in report.rows:
        print(
            f"{row.work:<48} {row.a_second:>10.0f} {row.share:>7.3f} {row.p50_ms:>8.1f} {row.p99_ms:>8.1f}"
            f" {row.errors:>7}  {' '.join(f'{share:.3f}' for share in row.shares)}"
        )
    print("\nA thread of 10,000 replies, against its first page in the same rounds:")
    for reader in ("out", "in"):
        first, *others = (row for row in report.rows if row.work.endswith(f"10,000 replies, signed {reader}"))
        for row in others:
            print(f"  {row.work}: {row.a_second / first.a_second:.2f} of it")
    print()
    for what, number in report.others.items():
        print(f"{what}: {number:.1f}")
    print(f"\nPages looked at after a reply: {report.fresh[0]}; pages that lacked it: {report.fresh[1]}.")


if __name__ == "__main__":
    main()
