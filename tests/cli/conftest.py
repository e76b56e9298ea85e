"""Running commands: inside the application under test, and as programs of their own on a site of their own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from cop.cli.last_backup import note_backup
from cop.platform import clock
from cop.platform.database import db

PROGRAM = "from cop.app import create_app; from cop.cli.running import run; run(create_app)"
PATIENCE = 60.0  # seconds; the machine may be busy with other tests

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in this process, as `cop` would, on a site that was backed up just now; time is the tests' own.

    Whether the tests' PostgreSQL outlives a power cut, and whether they write to memory, is not what they are about.
    """
    monkeypatch.setattr("cop.cli.surroundings.read_clock_of_database", lambda: None)
    monkeypatch.setattr("cop.cli.database_servers._UNSAFE", ())
    monkeypatch.setattr("cop.cli.storage._read_mounts", lambda: "")
    data = app.extensions["cop-settings"].data
    note_backup(data, data / "backup.tar.gz", now=clock.now())

    def invoke(*args: str, given: bytes | None = None) -> Result:
        db.session.remove()
        result = app.test_cli_runner().invoke(args=list(args), input=given)
        db.session.remove()
        return result

    return invoke


@dataclass
class Site:
    """A site with its own data folder, worked on by programs of their own."""

    data: Path
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def log(self) -> Path:
        """What the started ones say on standard error."""
        return self.data.parent / "errors.log"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("COP_")}
        return {**kept, "COP_DATA": str(self.data)}

    def cop(self, *args: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-c", PROGRAM, *args],
            env={**self.environment, **settings},
            cwd=self.data.parent,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def start(self, *args: str, **settings: str) -> subprocess.Popen[str]:
        """Start a command that goes on until it is told to end; it is ended after the test."""
        with self.log.open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, *args],
                env={**self.environment, **settings},
                cwd=self.data.parent,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                process_group=0,
            )
        self.running.append(process)
        return process

    def end_all(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout:
                process.stdout.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "data")
    yield site
    site.end_all()


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: dict[str, str]
    body: str


def ask(address: str) -> Answer:
    """Ask a server, whatever its answer."""
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            return Answer(answer.status, dict(answer.headers), answer.read().decode())
    except urllib.error.HTTPError as refused:
        with refused:
            return Answer(refused.code, dict(refused.headers), refused.read().decode())


def wait_until(is_true: Callable[[], Any], what: str) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + PATIENCE
    while not is_true():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.05)


def children_of(pid: int) -> dict[int, str]:
    """The living children of a process, with the names under which the system lists them."""
    children = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            name = (entry / "comm").read_text().strip()
        except OSError:
            continue  # it has ended meanwhile
        if int(parent) == pid and state != "Z":
            children[int(entry.name)] = name
    return children


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def story_line(number: int | str, **changes: Any) -> str:
    """A line that can be imported."""
    story = {
        "id": f"story-{number}",
        "title": f"The pump stopped, night {number}",
        "date": "2024-05-31",
        "body_markdown": f"It hummed *first*, and then it did not. Number {number}.",
        "org": "The Waterworks",
        "source": f"https://example.org/nights/{number}",
        **changes,
    }
    return json.dumps({name: value for name, value in story.items() if value is not None})


def write_stories(path: Path, numbers: range) -> Path:
    path.write_text("".join(f"{story_line(number)}\n" for number in numbers))
    return path
