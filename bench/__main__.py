"""`make bench`: a table of shares, p50 and p99, with the raw numbers kept beside it.

Every figure is requests a second under `wrk -t2 -c16`, divided by what a bare Flask application with a constant string
does in the same run under the same gunicorn settings (gthread, 2 workers × 4 threads). Timed requests carry no
If-None-Match and go round 200 threads; while they run somebody replies every two seconds to one of these threads, and
afterwards a hundred pages are looked at to see that none lacks what was said last.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.seed import seed
from bench.talking import flood, replying

FOLDER = Path(".bench")
WARM = 8
SECONDS = int(os.environ.get("BENCH_SECONDS", "8"))
SERVER = ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--log-level", "error"]


@dataclass(frozen=True)
class Measured:
    """One row of the table."""

    work: str
    a_second: float
    p50_ms: float
    p99_ms: float
    share: float = 1.0
    errors: int = 0


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    print("seeding …", flush=True)
    made = seed(FOLDER)
    threads = list(made["threads"])[-200:]  # type: ignore[call-overload]
    rows = []
    with serving([sys.executable, "-m", "gunicorn", *SERVER, "bench.constant:app"], "{bind}") as base:
        constant = load("the constant", base, ["/"])
    rows.append(constant)
    settings = {"COP_DATA": str(FOLDER), "COP_LIMITS": "off"}
    cookies = [f"cop_session={session}" for session in made["sessions"]]  # type: ignore[attr-defined]
    cookie = cookies[0]
    cop = str(Path(sys.executable).with_name("cop"))
    works = (("thread of 50 replies, 20 shown", threads), ("community page, 25 rows", [str(made["community"])]))
    with serving([cop, "serve"], "--port {port}", settings) as base, replying(base, cookie, threads) as missing:
        for work, paths in works:
            rows.append(load(f"{work}, signed out", base, paths))
            rows.append(load(f"{work}, signed in", base, paths, cookie))
        long_rows = [
            load(f"{name} page of 10,000 replies, signed {'in' if held else 'out'}", base, [path], held)
            for held in ("", cookie)
            for name, path in _pages_of_long_thread(base, str(made["long"]), str(made["middle"]))
        ]
        rows += long_rows
    with serving([cop, "serve"], "--port {port}", settings) as base:
        median, longest, replies = flood(base, cookies, threads)
    rows = [Measured(**(asdict(row) | {"share": row.a_second / constant.a_second})) for row in rows]
    show(rows, missing)
    show_ratios(long_rows)
    print(
        f"A reply is answered while five people post 8 kB of `[`: median {median:.0f} ms, "
        f"longest {longest:.0f} ms of {replies}."
    )


def _pages_of_long_thread(base: str, long: str, permalink: str) -> list[tuple[str, str]]:
    """Its first page, the one to which a permalink into its middle leads, and its last."""
    with urllib.request.urlopen(base + permalink) as answer:
        middle = answer.url.removeprefix(base).partition("#")[0]  # a browser does not send the fragment
    return [("first", f"{long}?at=first"), ("middle", middle), ("last", long)]


def show_ratios(long_rows: list[Measured]) -> None:
    """Each page of the long thread against its first, as the same reader."""
    print("\nA thread of 10,000 replies, against its first page:")
    for start in range(0, len(long_rows), 3):
        first = long_rows[start]
        for row in long_rows[start + 1 : start + 3]:
            print(f"  {row.work}: {row.a_second / first.a_second:.2f} of it")


@contextlib.contextmanager
def serving(command: list[str], bind: str, settings: dict[str, str] | None = None) -> Iterator[str]:
    """A server on a free loopback port; its base address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    where = bind.format(bind=f"--bind 127.0.0.1:{port}", port=port).split()
    environ = os.environ | {"COP_BASE_URL": f"http://127.0.0.1:{port}"} | (settings or {})
    server = subprocess.Popen([*command, *where], env=environ)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(base, timeout=2).read()
                break
            time.sleep(0.2)
        yield base
    finally:
        server.terminate()
        server.wait(30)


def load(work: str, base: str, paths: list[str], cookie: str = "") -> Measured:
    """Every path a few times and two seconds to warm up, then SECONDS of wrk over the paths in turn."""
    _warm_up(base, paths, cookie)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        listed = ",".join(json.dumps(path) for path in paths)
        header = f'wrk.headers["Cookie"] = "{cookie}"\n' if cookie else ""
        script.write(
            f"{header}local paths = {{{listed}}}\nlocal n = 0\n"
            "request = function() n = n + 1; return wrk.format('GET', paths[n % #paths + 1]) end\n"
        )
        script.flush()
        for seconds in (2, SECONDS):
            printed = subprocess.run(
                ["wrk", "-t2", "-c16", f"-d{seconds}s", "--latency", "-s", script.name, base],
                capture_output=True, text=True, check=True,
            ).stdout  # fmt: skip
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)", printed)
    measured = Measured(
        work,
        float(re.search(r"Requests/sec:\s+([\d.]+)", printed)[1]),  # type: ignore[index]
        _milliseconds(printed, "50%"),
        _milliseconds(printed, "99%"),
        errors=int(errors[1]) if errors else 0,
    )
    print(f"  {work}: {measured.a_second:.0f}/s", flush=True)
    return measured


def _warm_up(base: str, paths: list[str], cookie: str) -> None:
    """Each page in both workers, whichever of them answers: eight times leaves one page of 128 unmade in one."""
    for path in paths * WARM:
        urllib.request.urlopen(urllib.request.Request(base + path, headers={"Cookie": cookie} if cookie else {})).read()


def _milliseconds(printed: str, percentile: str) -> float:
    number, unit = re.search(rf"{percentile}\s+([\d.]+)(us|ms|s)", printed).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


def show(rows: list[Measured], missing: list[int]) -> None:
    (FOLDER / "raw.json").write_text(json.dumps({"rows": [asdict(row) for row in rows], "fresh": missing}, indent=1))
    print(f"\n{'work':<48} {'per second':>10} {'share':>7} {'p50 ms':>8} {'p99 ms':>8} {'errors':>7}")
    for row in rows:
        print(
            f"{row.work:<48} {row.a_second:>10.0f} {row.share:>7.3f}"
            f" {row.p50_ms:>8.1f} {row.p99_ms:>8.1f} {row.errors:>7}"
        )
    print(f"\nPages looked at after a reply: {missing[0]}; pages that lacked it: {missing[1]}.")
    print(f"Raw numbers: {FOLDER / 'raw.json'}")
    if missing[1] or any(row.errors for row in rows):
        raise SystemExit("bench: a page was stale or failed; the figures above do not count")


if __name__ == "__main__":
    main()
