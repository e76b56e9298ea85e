"""Processes that write to one database take turns, and one that dies gives its turn back."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

import pytest

from cop.platform import turns
from cop.platform.errors import Busy
from cop.platform.turns import turn_to_write

_WRITER = """
import sys, threading, time
from pathlib import Path
from cop.platform.turns import turn_to_write
database, name, ends = Path(sys.argv[1]), sys.argv[2], time.monotonic() + 1.5
def write():
    while time.monotonic() < ends:
        with turn_to_write(database), database.open("a") as file:
            file.write(name)
            file.flush()
            time.sleep(0.002)
threads = [threading.Thread(target=write) for _ in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
_HOLDER = """
import sys, time
from pathlib import Path
from cop.platform.turns import turn_to_write
with turn_to_write(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def _running(program: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", program, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_two_busy_processes_take_turns(tmp_path: Path) -> None:
    database = tmp_path / "cop.sqlite3"
    with _running(_WRITER, str(database), "a") as one, _running(_WRITER, str(database), "b") as other:
        assert (one.wait(30), other.wait(30)) == (0, 0)

    written = database.read_text()
    while_both = written[written.index("b" if written[0] == "a" else "a") :].rstrip(written[-1])
    runs = sorted(len(list(run)) for _, run in groupby(while_both))
    assert len(runs) > 50
    assert runs[len(runs) * 9 // 10] == 1  # the machine may hold up one of them now and then


def test_turn_of_a_process_that_is_killed_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST_WAIT", 0.1)
    database = tmp_path / "cop.sqlite3"
    with _running(_HOLDER, str(database)) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Busy), turn_to_write(database):
            pass
    with turn_to_write(database):
        pass


def test_where_nothing_can_be_made_beside_the_database_it_is_written_to_all_the_same(tmp_path: Path) -> None:
    written = []
    with turn_to_write(tmp_path / "no folder" / "cop.sqlite3"):
        written.append("a row")

    assert written == ["a row"]
    assert list(tmp_path.iterdir()) == []


def test_another_database_has_turns_of_its_own(tmp_path: Path) -> None:
    with _running(_HOLDER, str(tmp_path / "one")) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with turn_to_write(tmp_path / "other"):
            pass
