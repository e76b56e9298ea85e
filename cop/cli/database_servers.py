"""What a PostgreSQL must be like, and who else works on it, for `cop check`. SQLite has neither."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from cop.cli.commands import Failure, settings
from cop.cli.findings import Check, Finding
from cop.cli.locks import worker_lock
from cop.cli.queries import list_connections_called, read_server
from cop.platform.database import db, is_sqlite, reading

log = logging.getLogger(__name__)

OLDEST = 14
_LEAST_CONNECTIONS = 5
_CALLED = "cop worker "  # and the name of its data folder
_UNSAFE = ("fsync", "full_page_writes", "synchronous_commit")
_APART = (
    "Each has an index, a secret and mails of its own, and does half of what the other should. Stop one: a site has one"
    " data folder, and another site needs a database of its own."
)


@dataclass(frozen=True, slots=True)
class DatabaseServer:
    """What a PostgreSQL says of itself and of our database."""

    version: int
    encoding: str
    folds: bool  # whether lower() knows more than ASCII
    is_copy: bool
    is_stale: bool  # the library that sorts its texts is another than the one its indexes were made with
    off: tuple[str, ...]  # settings without which a power cut loses what was acknowledged
    free_connections: int


def name_connections(folder: str) -> None:
    """From now on this process shows the database whose worker it is, so that another site's can be told."""
    if is_sqlite():
        return
    engine = db.engine
    engine.dispose()

    @event.listens_for(engine, "do_connect")
    def _name(_dialect: Any, _record: Any, _args: Any, given: dict[str, Any]) -> None:
        given["application_name"] = f"{_CALLED}{folder}"


def find_strangers(folder: str) -> list[str]:
    """The names of other data folders whose workers are at work on this database just now."""
    if is_sqlite():
        return []
    with reading():
        called = list_connections_called(_CALLED)
    return sorted({name.removeprefix(_CALLED) for name in called} - {folder})


def warn_of_strangers(folder: str) -> None:
    """Say in the log that another site works on this database: afterwards it can only be guessed."""
    if strangers := find_strangers(folder):
        log.error("%s %s", _say_strangers(strangers, folder), _APART)


def judge_holding(server: DatabaseServer) -> Iterator[Finding]:
    """Without what a PostgreSQL cannot hold a site at all."""
    if server.version < OLDEST:
        yield Finding(f"database: it is PostgreSQL {server.version}.", f"It must be {OLDEST} or later: upgrade it.")
    if server.encoding != "UTF8":
        yield Finding(
            f"database: its encoding is {server.encoding}, which cannot hold what people write.",
            "Make another with createdb --encoding UTF8 --locale C.UTF-8 --template template0; what is in it moves by"
            " cop backup and cop restore.",
        )


def judge_server(server: DatabaseServer) -> Iterator[Finding]:
    """What of a PostgreSQL this program cannot live well with."""
    yield from judge_holding(server)
    if not server.folds:
        yield Finding(
            "database: its locale knows no letters but those of English, so that É and é are not found as one.",
            "It can stay so. To change it: cop backup, createdb --locale C.UTF-8 --template template0, cop restore.",
            is_note=True,
        )
    if server.is_copy:
        yield Finding("database: it is a copy that only follows another.", "Write its original in COP_DATABASE_URL.")
    if server.is_stale:
        yield Finding(
            "database: it was made with another version of the system's sorting, so that its indexes may miss rows.",
            "Stop the site; in psql, as owner: REINDEX DATABASE name; ALTER DATABASE name REFRESH COLLATION VERSION",
        )
    for name in server.off:
        yield Finding(
            f"database: {name} is off, so that a power cut loses what people were told is stored.",
            f"ALTER SYSTEM RESET {name}; SELECT pg_reload_conf();",
        )
    if server.free_connections < _LEAST_CONNECTIONS:
        yield Finding(
            f"database: only {server.free_connections} more connections fit; then pages fail.",
            "Raise max_connections of PostgreSQL, or end what holds the others (pg_stat_activity).",
        )


def require_server() -> None:
    """Make sure that a PostgreSQL can hold a site before one is made in it.

    Raises:
        Failure: it is too old, or of an encoding that cannot hold what people write.
    """
    if is_sqlite():
        return
    for fault in judge_holding(_read_server()):
        raise Failure(f"No site can be made in this {fault.what} {fault.advice}")


def _check_server() -> Iterator[Finding]:
    if is_sqlite():
        return
    server = _read_server()
    faults = list(judge_server(server))
    yield from faults
    if not any(fault.is_trouble for fault in faults):
        yield Finding(f"database: PostgreSQL {server.version} is as it should be.")


def _read_server() -> DatabaseServer:
    with reading():
        return DatabaseServer(*read_server(_UNSAFE))


def _check_strangers() -> Iterator[Finding]:
    lock = worker_lock(settings().data)
    folder = lock.read_text(encoding="ascii").strip() if lock.exists() else ""
    if strangers := find_strangers(folder):
        yield Finding(f"database: {_say_strangers(strangers, folder)}", _APART)


def _say_strangers(strangers: Sequence[str], folder: str) -> str:
    """A folder's name is in its worker.lock, whatever it is called on the disk."""
    return (
        f"workers of other data folders ({', '.join(strangers)}, by their worker.lock; this one is"
        f" {folder or 'without a name yet'}) are at work on this database."
    )


SERVERS: dict[Check, str] = {_check_server: "database", _check_strangers: "database"}
