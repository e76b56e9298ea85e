"""The site's processes: started, found, killed and asked."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from cop.cli.working import NAME

PATIENCE = 60.0
ROOT = Path(__file__).parents[2]


class Server:
    """`cop serve` on a port of its own, which it keeps over all its lives.

    Args:
        environment: its settings.
        log: the file for what it says.
    """

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as found:
            self.port = int(found.getsockname()[1])
        self.base = f"http://127.0.0.1:{self.port}"
        self._log = log
        kept = {name: value for name, value in os.environ.items() if not name.startswith("COP_")}
        self._environment = {**kept, "COP_BASE_URL": self.base, **environment}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def start(self) -> float:
        """Start it; the seconds until its first answer."""
        begun = time.monotonic()
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bench.endurance.site", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        while time.monotonic() - begun < PATIENCE:
            if self.answers("/healthz"):
                return time.monotonic() - begun
            if self._process.poll() is not None:
                raise SystemExit(f"endurance: the server has ended; see {self._log}")
            time.sleep(0.02)
        raise SystemExit(f"endurance: the server does not answer; see {self._log}")

    def answers(self, path: str, *, within: float = 5.0) -> bool:
        with contextlib.suppress(OSError), urllib.request.urlopen(self.base + path, timeout=within):
            return True
        return False

    def wait_until_ready(self) -> None:
        """Until database and schema are as they should be, and the first index is built."""
        ends = time.monotonic() + PATIENCE
        while not (self.answers("/readyz") and self.answers("/search?q=pump")):
            if time.monotonic() > ends:
                raise SystemExit(f"endurance: the site does not become ready; see {self._log}")
            time.sleep(0.1)

    def kill_everybody(self) -> None:
        """At one stroke: the server, its web processes, the worker, and whatever they have started."""
        assert self._process
        _kill([self.pid, *_descendants(self.pid)])
        self._process.wait()

    def kill_some(self, *, web: bool, worker: bool) -> None:
        """Web processes with their children, the worker, or both; the server starts others."""
        for child, name in _children(self.pid).items():
            if worker if name == NAME else web:
                _kill([child, *_descendants(child)])

    def web_processes(self) -> list[int]:
        return [pid for pid, name in _children(self.pid).items() if name != NAME]

    def end(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(PATIENCE)
                return
            self.kill_everybody()


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _children(pid: int) -> dict[int, str]:
    """With the names under which the system lists them."""
    found = {}
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                with contextlib.suppress(OSError):
                    found[int(child)] = Path(f"/proc/{child}/comm").read_text().strip()
    return found


def _descendants(pid: int) -> list[int]:
    whole: list[int] = []
    for child in _children(pid):
        whole += [child, *_descendants(child)]
    return whole
