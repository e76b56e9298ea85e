"""What operators meet, each made to happen: `cop check` names it and says what to do."""

from __future__ import annotations

import dataclasses
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bench.endurance.mailboxes import taking_server
from cop.cli import last_backup, reaching, surroundings
from cop.cli.advice import advise_on
from cop.cli.folders import say_denied
from cop.cli.locks import holding, is_held, worker_lock
from cop.cli.reaching import SOMEBODY, Arrival, Astray, ask_site, judge_arrival
from cop.platform import sqlite
from cop.platform.asking import HEADER, print_settings, sign_question
from cop.platform.database import db, is_sqlite
from cop.platform.mail import Post
from cop.settings import Settings
from tests.cast import Cast
from tests.cli.conftest import Run, Site, free_port, wait_until
from tests.cli.test_serving import serve

FORUM = Settings(base_url="https://forum.example.org", proxies=1)


@pytest.fixture(autouse=True)
def _with_programs(postgresql_programs: None) -> None:
    """As on a machine that is set up for PostgreSQL."""


@pytest.fixture
def chosen(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    """Other settings for the running commands."""

    def choose(**settings: Any) -> Settings:
        changed = dataclasses.replace(app.extensions["cop-settings"], **settings)
        monkeypatch.setitem(app.extensions, "cop-settings", changed)
        return changed

    return choose


def line_of(output: str, of: str) -> str:
    found = [line for line in output.splitlines() if of in line]
    assert len(found) == 1, (of, output)
    return found[0]


# The address, and what stands before the site


@pytest.mark.parametrize(
    ("arrival", "chosen", "trouble"),
    [
        (Arrival("203.0.113.9", "https://forum.example.org", "203.0.113.9"), FORUM, ""),
        (Arrival("203.0.113.9", "https://forum.example.org", f"{SOMEBODY}, 203.0.113.9"), FORUM, ""),
        (Arrival(SOMEBODY, "https://forum.example.org", SOMEBODY), FORUM, "anybody can pass for anybody"),
        (Arrival("127.0.0.1", "https://forum.example.org", ""), FORUM, "does not say where people come from"),
        (Arrival("203.0.113.9", "http://forum.example.org", "203.0.113.9"), FORUM, "every form is refused"),
        (Arrival("203.0.113.9", "https://127.0.0.1:8000", "203.0.113.9"), FORUM, "every form is refused"),
        (
            Arrival("127.0.0.1", "http://127.0.0.1:8000", f"{SOMEBODY}, 127.0.0.1"),
            Settings(),
            "one stands in front and COP_PROXIES is 0",
        ),
        (Arrival("127.0.0.1", "http://127.0.0.1:8000", SOMEBODY), Settings(), ""),
    ],
)
def test_what_a_proxy_leaves_out_is_told_by_what_arrives(arrival: Arrival, chosen: Settings, trouble: str) -> None:
    found = list(judge_arrival(arrival, chosen))

    assert bool(found) == bool(trouble)
    assert trouble in " ".join(one.what for one in found)
    assert all(one.advice for one in found)


@contextmanager
def answering(status: int, body: str, **headers: str) -> Iterator[str]:
    """A server of this machine that answers everything alike; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_args: object) -> None:
            """It is nobody's log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "body", "what", "advice"),
    [
        (502, "", "by the proxy alone, with 502", "cop serve runs"),
        (400, "", "refused as an unknown name", "X-Forwarded-Host"),
        (301, "", "leads on to https://elsewhere.example/", "COP_BASE_URL must be"),
        (403, "", "answers with 403", "what the proxy logs"),
        (200, "<h1>Welcome to nginx</h1>", "something that is not this program", "pass it on"),
        (200, '["up"]', "something that is not this program", "pass it on"),
        (200, '{"status": "up"}', "a site with another secret", "COP_SECRET_KEY"),
    ],
)
def test_whatever_else_answers_at_the_address_is_told(
    app: Flask, status: int, body: str, what: str, advice: str
) -> None:
    with answering(status, body, Location="https://elsewhere.example/") as address, pytest.raises(Astray) as astray:
        ask_site(address)

    assert what in astray.value.what
    assert advice in astray.value.advice


def test_an_address_at_which_nobody_answers_is_trouble_while_a_site_runs(
    run: Run, app: Flask, cast: Cast, deliver: Callable[[], int], chosen: Callable[..., Settings]
) -> None:
    deliver()
    data = chosen(base_url=f"http://127.0.0.1:{free_port()}").data
    resting = run("check")
    with holding(worker_lock(data), patience=0):
        checked = run("check")

    assert "was not asked, since no site is running here" in resting.output
    assert resting.exit_code == 0, resting.output
    line = line_of(checked.output, "does not answer: [Errno 111] Connection refused.")
    assert line.startswith("trouble  address: ")
    assert "COP_BASE_URL is right" in line


def test_what_arrives_is_told_to_whoever_has_the_secret_and_to_nobody_else(app: Flask, client: FlaskClient) -> None:
    forwarded = {"X-Forwarded-For": SOMEBODY}
    word = sign_question(str(app.secret_key))

    asked = [
        client.get("/healthz", headers={HEADER: given, **forwarded}).json
        for given in (word, "", "what arrives", sign_question("x" * 40), word[:-1])
    ]

    since = str(app.extensions["cop-since"])
    told = {"seen": "127.0.0.1", "origin": "http://localhost", "forwarded": SOMEBODY, "since": since}
    prints = print_settings(app.extensions["cop-settings"], str(app.secret_key))
    assert asked[0] == {"status": "up", "settings": prints, **told}
    assert asked[1:] == [{"status": "up"}] * 4


def test_a_running_site_is_found_at_its_address_and_one_that_is_elsewhere_is_not(site: Site) -> None:
    port = free_port()
    here, gone = (f"http://127.0.0.1:{one}" for one in (port, free_port()))
    server = serve(site, "--port", str(port), COP_BASE_URL=here)
    wait_until(lambda: is_held(worker_lock(site.data)), "the worker")

    checked = site.cop("check", COP_BASE_URL=here)
    astray = site.cop("check", COP_BASE_URL=gone)
    foreign = site.cop("check", COP_BASE_URL=here, COP_SECRET_KEY="another" * 6)

    assert checked.returncode == 0, checked.stdout
    assert f"ok       address: the site answers at {here}, as it should." in checked.stdout
    assert f"trouble  address: {gone} does not answer" in astray.stdout
    assert f"trouble  address: {here} is answered by a site with another secret" in foreign.stdout
    server.process.terminate()


def test_an_address_that_only_this_machine_knows_is_trouble_where_letters_leave(
    run: Run, cast: Cast, chosen: Callable[..., Settings]
) -> None:
    chosen(base_url="http://127.0.0.1:8000", smtp_url="smtp://127.0.0.1:9")

    assert "trouble  address: COP_BASE_URL is http://127.0.0.1:8000, which leads everybody" in run("check").output


# Settings


def test_a_variable_that_was_mistyped_is_named_with_what_was_meant(
    run: Run, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COP_PROXY", "1")
    monkeypatch.setenv("COP_SOMETHING_ELSE_ALTOGETHER", "1")

    checked = run("check").output

    assert "trouble  settings: there is no COP_PROXY, so it changes nothing. Write COP_PROXIES." in checked
    assert "ALTOGETHER" not in checked


# The database


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ('connection to server at "127.0.0.1", port 9 failed: Connection refused', "Start PostgreSQL"),
        ('FATAL:  password authentication failed for user "cop"', "the password in COP_DATABASE_URL"),
        ('FATAL:  role "cop" does not exist', "the user and the password"),
        ('FATAL:  database "cop" does not exist', "createdb"),
        ("failed to resolve host 'db.example.org': [Errno -2] Name or service not known", "name of the host"),
        ("connection timeout expired", "firewall"),
        ("FATAL:  sorry, too many clients already", "max_connections"),
        ("permission denied for table outbox", "must own the tables"),
        ("permission denied for schema public", "must own the database"),
        ("attempt to write a readonly database", "no copy"),
        ("disk I/O error", "is full"),
        ("unable to open database file", "cop init"),
        ("file is not a database", "cop restore"),
        ("database disk image is malformed", "cop restore"),
        ("database or disk is full", "Make room"),
        ("something nobody has met yet", "Mend that"),
    ],
)
def test_a_database_that_says_no_is_told_with_what_helps(said: str, advice: str) -> None:
    assert advice in advise_on(f"The database refused: {said}.")


def test_a_database_that_somebody_has_locked_is_trouble(
    run: Run, app: Flask, cast: Cast, deliver: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_sqlite():
        pytest.skip("the time-out of PostgreSQL's locks is its own affair")
    deliver()
    monkeypatch.setattr(sqlite, "LONGEST_WAIT", 0.05)
    with closing(sqlite3.connect(str(db.engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        locked = run("check")
        other.execute("ROLLBACK")

    assert locked.exit_code == 1
    line = line_of(locked.output, "somebody has locked it")
    assert "fuser -v" in line
    assert "database: answers and can be written" in run("check").output


def test_a_file_that_is_no_database_and_a_folder_that_is_gone_are_told(site: Site) -> None:
    site.cop("init")
    nowhere = site.cop("check", COP_DATABASE_URL=f"sqlite:///{site.data}/nowhere/cop.sqlite3")
    for beside in site.data.glob("cop.sqlite3-*"):
        beside.unlink()
    (site.data / "cop.sqlite3").write_text("a shopping list\n" * 1000)

    checked = site.cop("check")

    assert "trouble  database: " in nowhere.stdout
    assert "cop init" in nowhere.stdout
    assert "file is not a database" in checked.stdout
    assert "cop restore FILE --yes" in checked.stdout
    assert "fault in cop itself" not in checked.stdout


def test_a_clock_that_differs_from_the_databases_is_told(
    run: Run, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surroundings, "read_clock_of_database", lambda: now - timedelta(hours=5))

    assert "trouble  clock: the database says 2026-06-14 16:08 and this machine 21:08." in run("check").output


# The data folder


def test_who_may_not_and_whose_it_is_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cop.cli.folders.os.geteuid", lambda: 54321)
    there = tmp_path / "secret"

    denied = say_denied(there / "deeper")

    assert denied.startswith(
        f"Permission denied: {there / 'deeper'}. This is account 54321, and {tmp_path} belongs to "
    )
    assert denied.endswith(f"ave root give it to account 54321: chown account 54321 {tmp_path}.")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_made_in_somebodys_folder_is_named_and_so_is_root(site: Site) -> None:
    site.cop("init")
    os.chown(site.data, 12345, -1)

    checked = site.cop("check")

    assert f"this is root, and {site.data} belongs to account 12345" in checked.stdout
    assert f"{site.data / 'cop.sqlite3'} belongs to root, and the folder to account 12345." in checked.stdout
    assert f"chown -R --reference={site.data}" in checked.stdout


def test_a_disk_that_takes_no_more_files_is_trouble(run: Run, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "_count_files_that_fit", lambda _data: 12)

    assert "trouble  disk: only 12 more files fit" in run("check").output


# Mail


def test_a_mail_server_is_asked_before_anybody_waits_for_a_letter(run: Run, cast: Cast, chosen: Any) -> None:
    port = free_port()
    chosen(smtp_url=f"smtp://127.0.0.1:{port}", mail_from="Forum <forum@example.org>")

    refused = run("check").output
    with taking_server(port) as taken:
        let_in = run("check").output

    assert "mail: the server says no: ConnectionRefusedError: [Errno 111] Connection refused. Mend host" in refused
    assert "ok       mail: the server lets us in, and none has failed lately." in let_in
    assert taken == []


def test_a_sender_that_the_server_does_not_know_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Strict:
        def __enter__(self) -> Strict:
            return self

        def __exit__(self, *_args: object) -> None:
            """The connection ends."""

        def mail(self, sender: str) -> tuple[int, bytes]:
            return 550, f"no such sender {sender}".encode()

        def rset(self) -> None:
            """Nothing was begun."""

    post = Post(smtp_url="smtp://h", sender="Forum <forum@example.org>", folder=tmp_path, host="example.org")
    monkeypatch.setattr(post, "_connect", Strict)

    assert post.knock() == "Sender refused, 550 no such sender forum@example.org"


# Backups


def test_backups_that_were_never_made_or_long_ago_are_trouble(
    run: Run, app: Flask, cast: Cast, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: Any
) -> None:
    data = chosen(data=tmp_path).data
    monkeypatch.setattr(last_backup, "read_first_moment", lambda: now - timedelta(days=30))

    never = run("check").output
    last_backup.note_backup(data, tmp_path / "b.tar.gz", now=now - timedelta(days=9))
    old = run("check").output
    (data / "last-backup").touch()
    os.utime(data / "last-backup", (now.timestamp(), now.timestamp()))
    fresh = run("check").output
    (data / "last-backup").unlink()
    chosen(data=tmp_path, demo=True)
    of_demo = run("check").output

    assert "trouble  backups: none has ever been made. Make one a night, with cop-backup.timer" in never
    assert "trouble  backups: the last is 9 days old. See why" in old
    assert "ok       backups: the last was made on 2026-06-14 at 21:08 UTC." in fresh
    assert "ok       backups: none yet" in of_demo


def test_a_backup_is_noted_where_the_check_looks(site: Site) -> None:
    site.cop("init")
    site.cop("backup", str(site.data.parent / "one.tar.gz"))

    assert (site.data / "last-backup").read_text() == f"{site.data.parent / 'one.tar.gz'}\n"
    assert "backups: the last was made on" in site.cop("check").stdout


def test_the_answer_of_a_site_is_read_whatever_is_in_it() -> None:
    told = {"status": "up", "seen": "192.0.2.1", "origin": "https://forum.example.org", "forwarded": ""}

    assert reaching._read(json.dumps(told).encode()) == Arrival("192.0.2.1", "https://forum.example.org", "")
