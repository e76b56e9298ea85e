"""The server's hold on its worker."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from cop.cli.keeper import Process, WorkerKeeper
from cop.cli.locks import holding


class Stage:
    """A keeper with real processes that do nothing, and a clock that the test turns."""

    def __init__(self, lock: Path) -> None:
        self.now = 1000.0
        self.started: list[Process] = []
        self.keeper = WorkerKeeper(lock, self._start, clock=lambda: self.now)

    def _start(self) -> Process:
        process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        self.started.append(process)
        return process

    def let_die(self) -> None:
        self.started[-1].kill()
        self.started[-1].wait()

    def wait(self, seconds: float) -> int:
        """Let time pass, the keeper looking after its worker; how many workers have been started so far."""
        for _ in range(int(seconds * 2)):
            self.now += 0.5
            self.keeper.look_after()
        return len(self.started)


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "worker.lock"


@pytest.fixture
def stage(lock: Path) -> Iterator[Stage]:
    stage = Stage(lock)
    yield stage
    for process in stage.started:
        process.kill()
        process.wait()


def test_one_worker_is_started_and_left_alone(stage: Stage) -> None:
    assert stage.wait(300) == 1


def test_a_worker_that_died_is_replaced(stage: Stage) -> None:
    stage.wait(1)
    stage.let_die()

    assert stage.wait(3) == 2
    assert stage.started[-1].poll() is None


def test_a_worker_that_dies_at_once_is_tried_less_and_less_often(stage: Stage) -> None:
    starts = []
    for _ in range(600):
        number = stage.wait(1)
        if stage.started[-1].poll() is None:
            starts.append(stage.now)
            stage.let_die()
        assert number == len(starts)

    pauses = [later - earlier for earlier, later in pairwise(starts)]
    assert pauses[:5] == sorted(pauses[:5])
    assert pauses[0] < 3
    assert 60 <= pauses[-1] < 64


def test_a_worker_that_lived_well_is_replaced_soon(stage: Stage) -> None:
    for _ in range(4):
        stage.wait(90)
        stage.let_die()

    assert stage.wait(3) == 5


def test_no_worker_is_started_beside_somebody_elses(stage: Stage, lock: Path, caplog: pytest.LogCaptureFixture) -> None:
    with holding(lock, patience=0):
        beside = stage.wait(60)
    after = stage.wait(6)

    assert (beside, after) == (0, 1)
    assert caplog.text.count("Another process is this data folder's worker") == 1


def test_the_worker_ends_with_the_site(stage: Stage) -> None:
    stage.wait(1)

    stage.keeper.ask_to_end()
    stage.keeper.wait_for_end()

    assert stage.started[-1].poll() is not None
