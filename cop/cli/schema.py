"""The schema of the database: where it stands, and how it is brought up to date, with a backup first on SQLite."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import alembic.command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app

from cop.cli.commands import Failure, settings
from cop.cli.locks import holding, upgrade_lock
from cop.platform.database import db

_PATIENCE = 120.0  # seconds for another process that is bringing the schema up

logging.getLogger("alembic").setLevel(logging.WARNING)  # what it would say, `cop` says


@dataclass(frozen=True, slots=True)
class Schema:
    """Where the database stands, and where the migrations of this version lead; "" is a database without tables."""

    current: str
    newest: str
    is_known: bool

    @property
    def is_missing(self) -> bool:
        return not self.current

    @property
    def is_newest(self) -> bool:
        return self.current == self.newest


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What was done to the schema, and the backup that was made before."""

    before: Schema
    backup: Path | None = None

    @property
    def did_something(self) -> bool:
        return not self.before.is_newest


def read_schema() -> Schema:
    """Where the schema stands; a SQLite file that is not there is not made by looking."""
    script = ScriptDirectory.from_config(_config())
    newest = script.get_current_head() or ""
    file = database_file()
    if file and not file.exists():
        return Schema("", newest, is_known=True)
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision() or ""
    known = {revision.revision for revision in script.walk_revisions()}
    return Schema(current, newest, is_known=not current or current in known)


def require_schema() -> None:
    """Make sure that there is a site to work on.

    Raises:
        Failure: there is none, or its schema is not this version's.
    """
    schema = read_schema()
    if schema.is_missing:
        raise Failure(f"There is no site in {settings().data} yet. Make one with cop init.")
    if not schema.is_known:
        raise Failure(_unknown(schema))
    if not schema.is_newest:
        raise Failure(
            f"The schema is at {schema.current} and must be at {schema.newest}. Bring it up with cop upgrade."
        )


def bring_up(*, now: datetime) -> Upgrade:
    """Run the migrations to the newest; on SQLite the tables that are there are backed up first.

    Raises:
        Failure: the database belongs to a newer version, or another process takes too long over the same.
    """
    data = settings().data
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with holding(upgrade_lock(data), patience=_PATIENCE) as taken:
        if not taken:
            raise Failure("Another process has been upgrading this site for two minutes. Try again when it has ended.")
        before = read_schema()
        if not before.is_known:
            raise Failure(_unknown(before))
        if before.is_newest:
            return Upgrade(before)
        backup = back_up(now=now, label=before.current) if not before.is_missing else None
        alembic.command.upgrade(_config(), "head")
        return Upgrade(before, backup)


def back_up(*, now: datetime, label: str) -> Path | None:
    """Copy the SQLite database while others may write, into DATA/backups; None on PostgreSQL, which has its own ways.

    Raises:
        Failure: the copy is not sound.
    """
    source = database_file()
    if source is None:
        return None
    folder = settings().data / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    backup = folder / f"cop-{now:%Y%m%dT%H%M%SZ}-{label}.sqlite3"
    draft = backup.with_suffix(".unfinished")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    _copy(source, draft)
    draft.replace(backup)
    return backup


def database_file() -> Path | None:
    """The file of a SQLite database; None for any other database."""
    address = db.engine.url
    if address.get_backend_name() != "sqlite" or not address.database or address.database == ":memory:":
        return None
    return Path(address.database)


def _copy(source: Path, target: Path) -> None:
    address = f"{source.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)  # in one read: in WAL nobody has to wait for it, and it sees no half of a transaction
        copy.execute("PRAGMA journal_mode=DELETE")  # so that the copy is one file, with nothing beside it
        verdict = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise Failure(f"The backup is not sound ({verdict}), so nothing was changed. See what cop check says.")
    with target.open("rb") as written:
        os.fsync(written.fileno())


def _unknown(schema: Schema) -> str:
    return f"The schema is at {schema.current}, which this version does not know. Install the version that made it."


def _config() -> Config:
    config: Config = current_app.extensions["migrate"].migrate.get_config()
    return config
