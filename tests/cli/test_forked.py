"""A process that goes on from another's memory, as whoever looks after it sees it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cop.cli.forked import Forked


def _sleep() -> None:
    time.sleep(60)


def _fail() -> None:
    raise ValueError("it went wrong")


@pytest.mark.parametrize(("work", "status"), [(lambda: None, 0), (_fail, 1)])
def test_it_ends_with_what_it_does(work: Callable[[], None], status: int) -> None:
    assert Forked(work, "a test").wait(30) == status


def test_it_lives_until_it_is_told_to_end() -> None:
    child = Forked(_sleep, "a test")
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(0.1)
    assert child.poll() is None

    child.terminate()

    assert child.wait(30) == -signal.SIGTERM
    child.kill()  # nobody is there any more, and nobody else is hit


def test_its_end_is_noticed_when_somebody_else_asked_for_it_first() -> None:
    child = Forked(_sleep, "a test")
    os.kill(child.pid, signal.SIGKILL)
    os.waitpid(child.pid, 0)  # as the server does with all its children

    assert child.poll() is not None


def test_what_the_parent_does_at_a_signal_is_not_done_in_it(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGUSR1, lambda *_: (tmp_path / "done").touch())
    try:
        child = Forked(_sleep, "a test")
        while os.getpgid(child.pid) != child.pid or Path(f"/proc/{child.pid}/comm").read_text() != "a test\n":
            time.sleep(0.01)
        os.kill(child.pid, signal.SIGUSR1)

        assert child.wait(30) == -signal.SIGUSR1
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert not (tmp_path / "done").exists()


def test_what_is_told_to_end_in_its_first_moment_ends(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGTERM, lambda *_: (tmp_path / "done").touch())
    try:
        for _ in range(20):
            child = Forked(_sleep, "a test")
            child.terminate()

            assert child.wait(30) == -signal.SIGTERM
    finally:
        signal.signal(signal.SIGTERM, before)
    assert not (tmp_path / "done").exists()
