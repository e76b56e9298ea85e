"""The processes that render: slow, killed, stopped, forked and left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from cop.platform.markup import NOT_RENDERED, RENDERER_VERSION, children, plain_text, render

ROOT = Path(__file__).parents[2]
ORDINARY = "She came in at **four**.\n\n- pale\n- cold\n\n> I feel *fine*"
ORDINARY_HTML = (
    "<p>She came in at <strong>four</strong>.</p><ul><li>pale</li><li>cold</li></ul>"
    "<blockquote><p>I feel <em>fine</em></p></blockquote>"
)
# Short of what `limits` refuses and past what a child is given: pygments reads empty lines of C# in squares.
SLOW = "```cs\n" + " a\n" * 3900 + "```"


def assert_ordinary_text_renders() -> None:
    rendered = render(ORDINARY)
    assert rendered.html.replace("\n", "") == ORDINARY_HTML
    assert rendered.renderer == RENDERER_VERSION


def crowding() -> float:
    """How many there are to each core: on a machine that others use too, time on the wall is that much longer."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def repeated(unit: str) -> Callable[[int], str]:
    return lambda size: (unit * (size // len(unit) + 1))[:size]


def nested_list(size: int) -> str:
    lines = (f"{'    ' * depth}- item\n" for depth in range(120))
    return ("".join(lines) * (size // 29000 + 1))[:size]


def wide_table(size: int) -> str:
    columns = 1000
    head = "|" + "a|" * columns + "\n|" + "-|" * columns + "\n"
    return (head + "|\n" * size)[:size]


def runs_of_backticks(size: int) -> str:
    text = ""
    for length in count(1):
        text += "`" * length + "a"
        if len(text) >= size:
            return text[:size]
    raise AssertionError


PATHOLOGICAL: dict[str, Callable[[int], str]] = {
    "brackets": repeated("["),
    "balanced": repeated("[a]["),
    "few open brackets": repeated("[[[[ ]"),
    "pictures": repeated("!["),
    "links": repeated("[a]("),
    "quoted titles": repeated('[a](b "'),
    "links in links": repeated("[a [b [c](d)](e)](f) "),
    "tags": repeated("<a "),
    "emphasis": repeated("*a **b"),
    "underscores": repeated("_a __b "),
    "backticks": repeated("`a``b"),
    "runs of backticks": runs_of_backticks,
    "quotations": repeated("> "),
    "quoted lines": repeated("> > a\n"),
    "lists": repeated("- "),
    "list items": repeated("- a\n"),
    "nested lists": nested_list,
    "wide table": wide_table,
    "small tables": repeated("a|b\n-|-\n"),
    "headings": repeated("# a\n"),
    "underlined": repeated("a\n=\n"),
    "footnotes": repeated("[^1]: a\n[^1] "),
    "definitions": repeated('[a]: b "\n'),
    "one definition": lambda size: "[a]: " + '"' * (size - 7) + " z",
    "conditions": repeated("<!["),
    "odd conditions": repeated("<!a["),
    "open comment": lambda size: "<!-- " + "a" * (size - 5),
    "comments": repeated("<!--"),
    "open fences": repeated("```\n"),
    "fence of spaces": lambda size: "```" + " " * (size - 4) + "`",
    "code": lambda size: "```cs\n" + repeated(" a\n")(size - 6),
    "addresses": repeated("http://a.b/("),
    "parentheses before an address": lambda size: "http://a.b " + "(" * (size - 11),
    "many addresses": repeated("- http://a.b/c\n"),
    "deletions": repeated("~~a "),
    "backslashes": repeated("\\"),
    "one word": repeated("a"),
    "one line each": repeated("a\n"),
    "spaces": repeated(" \n"),
}


@pytest.mark.parametrize("size", [1024, 4096, 16384, 65536])
@pytest.mark.parametrize("kind", PATHOLOGICAL)
def test_a_pathological_text_is_answered_and_the_next_is_rendered(kind: str, size: int) -> None:
    source = PATHOLOGICAL[kind](size)
    started = time.perf_counter()
    rendered = render(source)
    seconds = time.perf_counter() - started
    assert seconds < 2 * crowding(), f"{kind} of {size} took {seconds:.2f} s"
    assert bool(rendered.html) == bool(source.strip())
    assert_ordinary_text_renders()


def measure_beside(hostile: str, *, people: int) -> tuple[float, int]:
    """How long one ordinary text takes while `people` others post a hostile one over and over; and how many did."""
    is_over = threading.Event()
    answered: list[float] = []

    def post() -> None:
        while not is_over.is_set():
            answered.append(len(render(hostile).html))

    threads = [threading.Thread(target=post) for _ in range(people)]
    for thread in threads:
        thread.start()
    try:
        deadline = time.monotonic() + 20
        seconds = [time_an_ordinary_text() for _ in range(5)]
        while len(answered) < people and time.monotonic() < deadline:
            seconds.append(time_an_ordinary_text())
        return max(seconds), len(answered)
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def time_an_ordinary_text() -> float:
    time.sleep(0.05)
    started = time.perf_counter()
    assert_ordinary_text_renders()
    return time.perf_counter() - started


@pytest.mark.parametrize(
    ("hostile", "people"),
    [("[" * 8192, 5), (SLOW, 2), (PATHOLOGICAL["small tables"](8000), 5)],
    ids=["refused at once", "stopped after a second", "short and slow"],
)
def test_an_ordinary_reply_passes_by_hostile_texts(hostile: str, people: int) -> None:
    assert_ordinary_text_renders()
    slowest, answered = measure_beside(hostile, people=people)
    print(f"an ordinary text took {slowest * 1000:.0f} ms at most beside {answered} hostile ones")  # noqa: T201 - measured
    assert slowest < 1.5 * crowding()
    assert answered >= people


def test_a_text_that_takes_too_long_is_kept_word_for_word() -> None:
    started = time.perf_counter()
    rendered = render(SLOW)
    assert time.perf_counter() - started < 2 * crowding()
    assert rendered.renderer == NOT_RENDERED
    assert plain_text(rendered.html).split() == SLOW.split()
    assert_ordinary_text_renders()


def test_a_text_that_takes_too_much_memory_is_kept_word_for_word() -> None:
    columns = 4000
    source = "|" + "a|" * columns + "\n|" + "-|" * columns + "\n" + "|\n" * 20000
    rendered = render(source)
    assert plain_text(rendered.html).split() == source.split()
    assert_ordinary_text_renders()


def pids_of_children(parent: int) -> set[int]:
    """The living renderers that a process has started, from the kernel's own table."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, ppid = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if int(ppid) == parent and state != "Z" and b"cop.platform.markup.child" in command:
            found.add(int(entry.name))
    return found


def zombies_of(parent: int) -> int:
    total = 0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, ppid = entry.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        total += int(ppid) == parent and state == "Z"
    return total


@pytest.fixture
def fresh_lanes() -> Iterator[None]:
    """No child is running before the test, and those it leaves behind are ended."""
    children._end_children()
    yield
    children._end_children()


def the_child() -> int:
    assert_ordinary_text_renders()
    (pid,) = pids_of_children(os.getpid())
    return pid


@pytest.mark.usefixtures("fresh_lanes")
def test_a_killed_child_is_replaced_and_the_text_is_still_rendered() -> None:
    killed = the_child()
    os.kill(killed, signal.SIGKILL)
    assert the_child() != killed


@pytest.mark.usefixtures("fresh_lanes")
def test_a_child_killed_over_a_text_is_replaced_and_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    killed = the_child()
    send = children.send_frame

    def send_and_kill(end: children.socket.socket, payload: bytes) -> None:
        monkeypatch.setattr(children, "send_frame", send)
        os.kill(killed, signal.SIGSTOP)
        send(end, payload)
        os.kill(killed, signal.SIGKILL)

    monkeypatch.setattr(children, "send_frame", send_and_kill)
    assert the_child() != killed


@pytest.mark.usefixtures("fresh_lanes")
def test_a_child_that_gets_no_turn_on_the_machine_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = the_child()
    monkeypatch.setattr(children, "_WALL_SECONDS", 0.3)
    os.kill(stopped, signal.SIGSTOP)
    rendered = render("her *words*")
    assert (rendered.html, rendered.renderer) == ("<p>her *words*</p>", NOT_RENDERED)
    monkeypatch.undo()
    assert the_child() != stopped


@pytest.mark.usefixtures("fresh_lanes")
def test_a_text_waits_only_so_long_for_a_busy_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "_PATIENCE_SECONDS", 0.1)
    with children._turns.lane_for("short"), children._turns.lane_for("short"):
        assert render("her *words*").renderer == NOT_RENDERED
    assert_ordinary_text_renders()


@pytest.mark.usefixtures("fresh_lanes")
def test_an_interrupted_text_does_not_leave_its_answer_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    the_child()

    def interrupt(end: children.socket.socket) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(children, "receive_frame", interrupt)
    with pytest.raises(KeyboardInterrupt):
        render("what *one* person wrote")
    monkeypatch.undo()
    assert render("what *another* wrote").html == "<p>what <em>another</em> wrote</p>"


@pytest.mark.usefixtures("fresh_lanes")
def test_a_child_that_cannot_be_started_costs_only_the_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    descriptors = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(children.sys, "executable", "/nonexistent/python")
    assert render("her *words*").renderer == NOT_RENDERED
    monkeypatch.undo()
    assert len(os.listdir("/proc/self/fd")) == descriptors
    assert_ordinary_text_renders()


@pytest.mark.usefixtures("fresh_lanes")
def test_a_program_that_fails_at_its_start_costs_only_the_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "_PROGRAM", "this")
    assert render("her *words*").renderer == NOT_RENDERED
    assert zombies_of(os.getpid()) == 0


@pytest.mark.usefixtures("fresh_lanes")
def test_neither_zombies_nor_descriptors_are_left() -> None:
    the_child()
    descriptors = len(os.listdir("/proc/self/fd"))
    for _ in range(8):
        os.kill(the_child(), signal.SIGKILL)
    the_child()
    assert len(os.listdir("/proc/self/fd")) == descriptors
    assert zombies_of(os.getpid()) == 0


@pytest.mark.usefixtures("fresh_lanes")
def test_a_child_outlives_the_keyboard_and_a_polite_stop() -> None:
    child = the_child()
    os.kill(child, signal.SIGINT)
    os.kill(child, signal.SIGTERM)
    time.sleep(0.05)
    assert the_child() == child


@pytest.mark.usefixtures("fresh_lanes")
def test_a_child_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COP_SECRET_KEY", "canary" * 8)
    environment = Path(f"/proc/{the_child()}/environ").read_bytes()
    assert b"canary" not in environment


@pytest.mark.usefixtures("fresh_lanes")
def test_a_child_has_256_mb_and_writes_no_file() -> None:
    limits = Path(f"/proc/{the_child()}/limits").read_text()
    rows = {row[:25].strip(): row[25:].split() for row in limits.splitlines()[1:]}
    assert rows["Max address space"][:2] == [str(256 * 1024 * 1024)] * 2
    assert rows["Max file size"][:2] == ["0", "0"]


def run_script(script: str, *flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *flags, "-c", script],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_child_imports_neither_flask_nor_the_database() -> None:
    done = run_script("import sys, json, cop.platform.markup.child; print(json.dumps(sorted(sys.modules)))")
    loaded = set(json.loads(done.stdout))
    assert {"markdown", "nh3", "bleach", "pygments"} <= loaded
    assert not {"flask", "werkzeug", "jinja2", "sqlalchemy", "cop.app", "cop.settings"} & loaded


def test_the_parent_imports_no_markdown() -> None:
    done = run_script("import sys, json, cop.platform.markup; print(json.dumps(sorted(sys.modules)))")
    assert not {"markdown", "nh3", "bleach", "pygments"} & set(json.loads(done.stdout))


def test_a_process_that_ends_takes_its_children_along_and_says_nothing() -> None:
    script = """
from cop.platform.markup import render
from tests.platform.test_markup_children import SLOW, pids_of_children
import os
render("*a*"), render("~~~\\na\\n~~~")
print(*pids_of_children(os.getpid()))
"""
    done = run_script(script, "-X", "dev", "-W", "error")
    assert (done.returncode, done.stderr) == (0, "")
    pids = done.stdout.split()
    assert len(pids) == 2
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_a_child_ends_when_its_parent_is_killed() -> None:
    script = """
import os, signal
from cop.platform.markup import render
from tests.platform.test_markup_children import pids_of_children
render("*a*")
print(*pids_of_children(os.getpid()), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = run_script(script)
    assert done.returncode == -signal.SIGKILL
    child = Path("/proc") / done.stdout.strip() / "cmdline"
    deadline = time.monotonic() + 5
    while child.exists() and child.read_bytes() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not child.exists() or not child.read_bytes()  # gone, or a zombie that init has yet to reap


def test_a_process_forked_after_the_first_text_has_children_of_its_own() -> None:
    script = """
import os, sys
from cop.platform.markup import render
from cop.platform.markup import children
from tests.platform.test_markup_children import pids_of_children
assert render("*a*").html == "<p><em>a</em></p>"
ours = pids_of_children(os.getpid())
with children._turns.lane_for("a text of another thread"), children._turns._changed:
    pid = os.fork()
if pid == 0:
    assert render("*b*").html == "<p><em>b</em></p>"
    theirs = pids_of_children(os.getpid())
    assert len(theirs) == 1 and not theirs & ours, (ours, theirs)
    sys.exit(0)
_, status = os.waitpid(pid, 0)
assert render("*c*").html == "<p><em>c</em></p>"
assert pids_of_children(os.getpid()) == ours
print("both", os.waitstatus_to_exitcode(status))
"""
    done = run_script(script, "-X", "dev", "-W", "error")
    assert (done.stdout, done.stderr) == ("both 0\n", "")


def test_a_process_with_a_path_of_its_own_lends_it_to_its_children(tmp_path: Path) -> None:
    """As an installed package is found: not by the working directory."""
    script = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from cop.platform.markup import render
print(render("*a*"))
"""
    done = subprocess.run(
        [sys.executable, "-P", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == f"Rendered(source='*a*', html='<p><em>a</em></p>', renderer={RENDERER_VERSION})\n"
