"""The whole site in one command, as a program of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cop.cli.working import NAME
from tests.cli.conftest import PATIENCE, Site, ask, children_of, free_port, is_alive, wait_until


@dataclass
class Server:
    """A server that answers."""

    process: subprocess.Popen[str]
    address: str

    def workers(self) -> list[int]:
        return [pid for pid, name in children_of(self.process.pid).items() if name == NAME]

    def everybody(self) -> list[int]:
        return [self.process.pid, *children_of(self.process.pid)]


def serve(site: Site, *args: str, **settings: str) -> Server:
    process = site.start("serve", "--port", "0", *args, **settings)
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"at (http://\S+)\. Ctrl-C", line):
            return Server(process, found[1])
    raise AssertionError(site.log.read_text())


@pytest.fixture
def server(site: Site) -> Iterator[Server]:
    server = serve(site)
    wait_until(lambda: len(server.workers()) == 1, "a worker is started")
    yield server
    if server.process.poll() is None:
        server.process.terminate()
        server.process.wait(PATIENCE)


def test_an_empty_folder_becomes_a_site_that_answers_and_ends_without_a_trace(site: Site, server: Server) -> None:
    answer = ask(f"{server.address}/healthz")
    ready = ask(f"{server.address}/readyz")
    everybody = server.everybody()

    server.process.send_signal(signal.SIGTERM)

    assert (answer.status, ready.status) == (200, 200)
    assert "Server" not in answer.headers
    assert server.process.wait(PATIENCE) == 0
    assert len(everybody) == 4  # itself, two web processes, one worker
    wait_until(lambda: not any(is_alive(pid) for pid in everybody), "all processes end")
    assert "Traceback" not in site.log.read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_has_begun_is_answered_before_the_end(site: Site, server: Server, number: signal.Signals) -> None:
    """Ctrl-C reaches the whole process group, the web processes too."""
    host, port = server.address.removeprefix("http://").split(":")
    body = b"email=nobody%40example.org&password=not+mine"
    head = f"POST /signin HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {len(body)}\r\n"
    form = "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as asking:
        asking.sendall((head + form).encode() + body[:10])
        ask(f"{server.address}/healthz")  # by now the form is being read
        os.killpg(server.process.pid, number)
        wait_until(lambda: not server.workers(), "the site is about to end")
        asking.sendall(body[10:])
        answer = asking.recv(65536)

    assert answer.startswith(b"HTTP/1.1 422 ")
    assert server.process.wait(PATIENCE) == 0
    assert "Traceback" not in site.log.read_text()


def test_two_servers_of_a_folder_have_one_worker_and_the_second_takes_over(site: Site, server: Server) -> None:
    second = serve(site)
    wait_until(lambda: "Another process is this data folder's worker" in site.log.read_text(), "the second says so")

    beside = second.workers()
    server.process.terminate()
    server.process.wait(PATIENCE)
    wait_until(second.workers, "the second starts a worker")

    assert beside == []
    assert ask(f"{second.address}/healthz").status == 200


def test_nobody_who_visits_reaches_the_worker(server: Server) -> None:
    """A batch in hand may keep it for a while after its server was killed, and the next server takes the port."""
    (worker,) = server.workers()
    wait_until(lambda: os.getpgid(worker) == worker, "it stands on its own feet")

    wait_until(lambda: not _sockets_of(worker), "it has let go of the server's socket")
    assert _sockets_of(server.process.pid)


def test_a_worker_that_is_killed_is_replaced(server: Server) -> None:
    (first,) = server.workers()

    os.kill(first, signal.SIGKILL)

    wait_until(lambda: server.workers() not in ([], [first]), "another worker is started")
    assert len(server.workers()) == 1


def test_nothing_outlives_a_server_that_is_killed(server: Server) -> None:
    everybody = server.everybody()

    server.process.kill()
    server.process.wait()

    wait_until(lambda: not any(is_alive(pid) for pid in everybody), "all processes end")


def test_a_long_search_is_read_and_a_longer_one_refused(server: Server) -> None:
    wait_until(lambda: ask(f"{server.address}/search?q=a").status == 200, "the index is there")

    for situation in ("%D0%B6" * 2_000, "%F0%9F%AB%80" * 2_000, "%28" * 10_240):
        assert ask(f"{server.address}/search?q={situation}").status == 200
    refused = ask(f"{server.address}/search?q={'a' * 33_000}")
    assert refused.status == 414
    assert "Shorten what you are looking for and try again." in refused.body


def test_a_port_that_is_taken_is_one_sentence(site: Site, server: Server) -> None:
    port = server.address.rpartition(":")[2]

    refused = site.cop("serve", "--port", port)

    assert refused.returncode == 1
    assert refused.stderr == f"cop: Cannot listen on 127.0.0.1, port {port}: address already in use. " + (
        "Choose another with --port or --host.\n"
    )


def test_the_schema_is_left_alone_where_that_was_asked_for(site: Site) -> None:
    refused = site.cop("serve", "--no-upgrade", "--port", str(free_port()))

    assert refused.returncode == 1
    assert not (site.data / "cop.sqlite3").exists()


def _sockets_of(pid: int) -> list[str]:
    files = [os.readlink(file) for file in Path(f"/proc/{pid}/fd").iterdir()]
    return [file for file in files if file.startswith("socket:")]
