"""`cop backup`: the whole site in one file, consistent, while everybody goes on writing."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import click
from sqlalchemy import Connection, text

from cop.cli.archives import SUFFIX, Counts, Label, checksum_of, pack, publish, workshop
from cop.cli.commands import Command, Failure, settings
from cop.cli.last_backup import note_backup
from cop.cli.postgresql import find_program, run_program, version_of
from cop.cli.schema import database_file, require_tables
from cop.platform import clock
from cop.platform.database import db

COUNTED = ("person", "thread", "reply")
_LEFT_BEHIND = timedelta(days=1)  # an unfinished backup that is older belongs to nobody who lives


class NotSound(Failure):
    """What there is to copy is damaged."""


@dataclass(frozen=True, slots=True)
class _Copy:
    """What was read of the database while it was copied: both of the same moment."""

    schema: str
    counts: Counts


@click.command("backup", cls=Command)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--keep", type=click.IntRange(1), help="In a folder: remove the oldest backups beyond so many.")
def backup(path: Path, keep: int | None) -> None:
    """Back the site up while it runs, to a new file PATH, or into a folder PATH under the name of this moment."""
    require_tables()
    now, is_folder = clock.now(), path.is_dir()
    if keep and not is_folder:
        raise Failure(f"--keep is for a folder, and {path} is none. Make it first, or leave --keep out.")
    target = path / _name_of(now) if is_folder else path
    label = write_backup(target, now=now)
    note_backup(settings().data, target, now=now)
    size = target.stat().st_size / 1_000_000
    click.echo(f"Backed {label.counts} up to {target} ({size:.1f} MB, schema {label.schema}).")
    if (settings().data / "secret").is_file():
        click.echo("It holds the site's secret and everybody's words: keep it closed to others.")
    if is_folder and keep:
        _remove_oldest(path, keep)


def write_backup(path: Path, *, now: datetime) -> Label:
    """Copy the database as it is at one moment, check the copy, and put it into one file with the site's secret.

    Killed at any moment it leaves no file of that name.

    Raises:
        Failure: there is a file of that name, no room for it, or the copy is not sound.
    """
    if path.exists():
        raise Failure(f"{path} is there already. Choose another name; no backup is written over.")
    if not path.parent.is_dir():
        raise Failure(f"There is no folder {path.parent}.")
    _make_room(path.parent)
    _clear_away(path.parent, left_before=now - _LEFT_BEHIND)
    with workshop(path) as folder:
        copied = _copy_database(folder / "database")
        label = Label(
            database=db.engine.dialect.name,
            schema=copied.schema,
            made_at=now.isoformat(),
            version=version("cop"),
            checksum=checksum_of(folder / "database"),
            counts=copied.counts,
        )
        secret = settings().data / "secret"
        pack(
            folder / "backup",
            label=label,
            database=folder / "database",
            secret=secret.read_bytes() if secret.is_file() else None,
        )
        publish(folder / "backup", path)
    return label


def safety_copy(label: str, *, now: datetime) -> Path:
    """A backup into DATA/backups, before something that cannot be undone otherwise."""
    folder = settings().data / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    _clear_away(folder, left_before=now)  # whoever is here holds the lock, so they belong to nobody
    path = folder / f"{_name_of(now).removesuffix(SUFFIX)}-{label}{SUFFIX}"
    number = 1
    while path.exists():  # twice within a second
        number += 1
        path = folder / f"{_name_of(now).removesuffix(SUFFIX)}-{label}-{number}{SUFFIX}"
    write_backup(path, now=now)
    return path


def count_all(connection: Connection) -> Counts:
    """How much a database holds."""
    return Counts(*(int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0) for table in COUNTED))  # noqa: S608


def _name_of(now: datetime) -> str:
    return f"cop-{now:%Y%m%dT%H%M%SZ}{SUFFIX}"


def _copy_database(target: Path) -> _Copy:
    source = database_file()
    return _copy_sqlite(source, target) if source else _copy_postgresql(target)


def _copy_sqlite(source: Path, target: Path) -> _Copy:
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    address = f"{source.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)  # in one read: in WAL nobody has to wait for it, and it sees no half of a transaction
        copy.execute("PRAGMA journal_mode=DELETE")  # so that the copy is one file, with nothing beside it
        verdict = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise NotSound(f"The copy is not sound ({verdict}), so there is no backup. See what cop check says.")
        schema = copy.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        counts = (copy.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED)  # noqa: S608
        return _Copy(schema, Counts(*counts))


def _copy_postgresql(target: Path) -> _Copy:
    """By pg_dump, of the very moment that is counted here: it is lent the snapshot of this transaction."""
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = str(connection.scalar(text("SELECT pg_export_snapshot()")))
        schema = str(connection.scalar(text("SELECT version_num FROM alembic_version")))
        counts = count_all(connection)
        dump, restore = (find_program(name, server=version_of(connection)) for name in ("pg_dump", "pg_restore"))
        wanted = ("--format=custom", "--no-owner", "--no-privileges", "--compress=0")  # the archive is compressed
        run_program(dump, *wanted, f"--snapshot={snapshot}", f"--file={target}", address=db.engine.url)
    run_program(restore, "--list", f"--file={os.devnull}", str(target), address=db.engine.url)
    target.chmod(0o600)
    return _Copy(schema, counts)


def _make_room(folder: Path) -> None:
    """Refuse before anything is written where the copy and its archive would not fit; PostgreSQL is not asked."""
    source = database_file()
    needed = source.stat().st_size * 3 // 2 if source else 0
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Failure(
            f"The backup needs about {needed / 1e6:.0f} MB while it is made, and {folder} has {free / 1e6:.0f} MB free."
        )


def _clear_away(folder: Path, *, left_before: datetime) -> None:
    """What backups that were killed have left."""
    for left in folder.glob(f"*{SUFFIX}.unfinished"):
        if left.stat().st_mtime < left_before.timestamp():
            shutil.rmtree(left, ignore_errors=True)


def _remove_oldest(folder: Path, keep: int) -> None:
    named = "cop-" + "[0-9]" * 8 + "T" + "[0-9]" * 6 + "Z" + SUFFIX  # ours alone, as this command names them
    for old in sorted(folder.glob(named))[:-keep]:
        old.unlink()
        click.echo(f"Removed {old}.")
