"""Servers to be measured, on free loopback ports; their processes, and what these take."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cop.cli.working import NAME

GUNICORN = ["--worker-class", "cop.cli.server.FairWorker", "--workers", "2", "--threads", "4", "--log-level", "error"]
COP = str(Path(sys.executable).with_name("cop"))
_RESTS_BELOW = 0.05  # seconds of processor time in one
_PATIENCE = 180.0  # seconds: a demonstration is made first, perhaps on a machine with much else to do


@dataclass(frozen=True)
class Served:
    """A server that answers: where, the process that was started, and after how many seconds it answered."""

    base: str
    pid: int
    seconds: float


@contextlib.contextmanager
def serving(command: list[str], bind: str, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """A server on a free loopback port; its base address."""
    with served(command, bind, settings) as server:
        yield server.base


@contextlib.contextmanager
def served(command: list[str], bind: str, settings: Mapping[str, str] | None = None) -> Iterator[Served]:
    """The same, with what is known of it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    where = bind.format(bind=f"--bind 127.0.0.1:{port}", port=port).split()
    base = f"http://127.0.0.1:{port}"
    begun = time.monotonic()
    chosen = {"PYTHONDONTWRITEBYTECODE": "", "COP_BASE_URL": base}  # what is installed has its bytecode, too
    server = subprocess.Popen([*command, *where], env={**os.environ, **chosen, **(settings or {})})
    try:
        _wait_for_answer(base, begun)
        yield Served(base, server.pid, time.monotonic() - begun)
    finally:
        server.terminate()
        server.wait(_PATIENCE)


@contextlib.contextmanager
def constant() -> Iterator[str]:
    """The bare application, under the settings of ours."""
    with serving([sys.executable, "-m", "gunicorn", *GUNICORN, "bench.constant:app"], "{bind}") as base:
        yield base


def _wait_for_answer(base: str, begun: float) -> None:
    while time.monotonic() - begun < _PATIENCE:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(base, timeout=5).read()
            return
        time.sleep(0.02)
    raise SystemExit("bench: the server does not answer")


def wait_for_rest(pid: int) -> None:
    """Until the worker of a server has done what was due when it started, such as two thousand letters about threads
    whose day has come in the seed: a site that runs has done that long ago."""
    gives_up, before = time.monotonic() + _PATIENCE, -1.0
    while time.monotonic() < gives_up:
        now = sum(_cpu_seconds(child) for child, name in _children(pid).items() if name == NAME)
        if now - before < _RESTS_BELOW:
            return
        before = now
        time.sleep(1)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def read(address: str, cookie: str = "") -> str:
    """A page, as one browser reads it."""
    return fetch(address, cookie).decode()


def fetch(address: str, cookie: str = "") -> bytes:
    request = urllib.request.Request(address, headers={"Cookie": cookie} if cookie else {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return bytes(answer.read())


def memory_of(pid: int) -> dict[str, float]:
    """What the server takes as PSS in MB: memory that processes share is counted once, in equal parts.

    What is mapped from files is told by itself: the pages of the database's file are there once, however many map it,
    and the system takes them back when it needs them. The worker goes on from the master's memory, too.
    """
    children = _children(pid)
    web = [pid, *(child for child, name in children.items() if name != NAME)]
    return {
        "memory of master and two web processes, MB": sum(_pss(one, "Pss:") for one in web),
        "of it mapped from files, MB": sum(_pss(one, "Pss_File:") for one in web),
        "memory of the worker, MB": sum(_pss(one, "Pss:") for one in children if one not in web),
    }


def _children(pid: int) -> dict[int, str]:
    """With the names under which the system lists them."""
    found = {}
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text().split():
            found[int(child)] = Path(f"/proc/{child}/comm").read_text().strip()
    return found


def _pss(pid: int, what: str) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024
