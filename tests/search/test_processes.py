"""Several processes on one index, and processes that die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from threading import Thread

import pytest

from cop.search.port import IndexState
from cop.search.whoosh_index import WhooshIndex
from tests.search.texts import a_text, ask, found, some_texts

ROOT = Path(__file__).parents[2]

WRITER = """
import sys, itertools
from pathlib import Path
from cop.search.whoosh_index import WhooshIndex
from tests.search.texts import a_text

index = WhooshIndex(Path(sys.argv[1]))
for number in itertools.count(int(sys.argv[2])):
    index.put([a_text(f"knees round{number} " * 40, id=number)])
    index.remove([number - 7])
    print(number, flush=True)
"""

BUILDER = """
import sys, time
from pathlib import Path
from cop.search.whoosh_index import WhooshIndex
from tests.search.texts import some_texts

def read():
    yield from some_texts(200)
    print("reading", flush=True)
    time.sleep(60)

WhooshIndex(Path(sys.argv[1])).rebuild(read())
"""

FIRST_USE = """
import sys
from pathlib import Path
from cop.search.whoosh_index import WhooshIndex
from tests.search.texts import a_text, found

index = WhooshIndex(Path(sys.argv[1]))
index.rebuild([a_text("cold knees")])
for number in range(10):
    index.put([a_text(f"knees {number}", id=100 + number)])
index.remove([100])
assert len(found(index, "knees")) == 10 and len(found(index, '"cold knees"')) == 1
index.close()
"""


@contextmanager
def process(program: str, *arguments: object, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A Python process that runs a program, killed at the end."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, text=True
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def next_line(running: subprocess.Popen[str]) -> str:
    assert running.stdout is not None
    return running.stdout.readline().strip()


def test_text_is_found_by_another_process_as_soon_as_it_is_put(index: WhooshIndex, folder: Path) -> None:
    assert found(index, "knees") == []
    with process(WRITER, folder, 1) as writer:
        for _ in range(12):
            number = next_line(writer)
            assert found(index, f"round{number}") == [int(number)]


def test_writer_that_is_killed_loses_nothing_that_was_promised(index: WhooshIndex, folder: Path) -> None:
    first = 1
    for delay in (0.0, 0.004, 0.011, 0.017, 0.023, 0.031, 0.042, 0.06):
        with process(WRITER, folder, first) as writer:
            last = max(int(next_line(writer)) for _ in range(4))
            time.sleep(delay)
            writer.send_signal(signal.SIGKILL)
            rest = writer.communicate()[0].split()
        last = max([last, *map(int, rest)])

        assert index.state() is IndexState.SOUND
        assert {number for number in range(last - 5, last + 1) if number > 0} <= set(found(index, "knees"))
        index.put([a_text("drain", id=10**9 + last)])
        assert found(index, "drain")
        first = last + 1
    for left in ("*.tmp", "_*.toc.*", "*.trm"):
        assert not list(folder.glob(f"g*/{left}"))


def test_rebuild_that_is_killed_leaves_the_old_index(index: WhooshIndex, folder: Path) -> None:
    index.put([a_text("knees", id=5)])
    with process(BUILDER, folder) as builder:
        assert next_line(builder) == "reading"
        assert index.state() is IndexState.REBUILDING
        assert found(index, "knees") == [5]
        builder.send_signal(signal.SIGKILL)
        builder.wait()

    assert index.state() is IndexState.SOUND
    index.put([a_text("knees", id=6)])
    assert set(found(index, "knees")) == {5, 6}
    index.rebuild([a_text("knees", id=7)])
    assert found(index, "knees") == [7]
    assert len(list(folder.glob("g*"))) == 1


def test_index_that_was_open_before_a_fork_serves_both_processes(index: WhooshIndex) -> None:
    index.put(some_texts(300))
    expected = found(index, "w1 w2")
    fork = get_context("fork")

    with fork.Pool(2, initializer=_adopt, initargs=(index,)) as children:
        pending = children.map_async(_found_by_child, ["w1 w2"] * 40)
        mine = [found(index, "w1 w2") for _ in range(20)]
        theirs = pending.get(timeout=30)
        children.close()
        children.join()

    assert all(answer == expected for answer in mine + theirs)
    assert index.state() is IndexState.SOUND


_adopted: list[WhooshIndex] = []


def _adopt(index: WhooshIndex) -> None:
    _adopted.append(index)


def _found_by_child(typed: str) -> list[int]:
    return found(_adopted[0], typed)


def test_threads_may_search_and_write_at_once(index: WhooshIndex) -> None:
    index.put(some_texts(200))
    expected = threads_found(index)
    answers: list[set[int]] = []

    people = [Thread(target=lambda: answers.extend(threads_found(index) for _ in range(15))) for _ in range(6)]
    writer = Thread(target=lambda: [index.put([a_text("other words")]) for _ in range(10)])
    for thread in (*people, writer):
        thread.start()
    for thread in (*people, writer):
        thread.join(timeout=60)

    assert answers == [expected] * 6 * 15


def threads_found(index: WhooshIndex) -> set[int]:
    """Not their order, nor by which text: that may follow the texts that are being added."""
    return {hit.thread_id for hit in ask(index, "w1 w2").hits}


@pytest.mark.parametrize("options", [["-W", "error"], []])
def test_nobody_sees_a_warning_of_whoosh(tmp_path: Path, options: list[str]) -> None:
    ran = subprocess.run(
        [sys.executable, *options, "-c", FIRST_USE, str(tmp_path / "index")],
        cwd=ROOT,
        env=os.environ | {"PYTHONPYCACHEPREFIX": str(tmp_path / "compiled")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
