"""`cop restore`: a backup becomes the site. Killed at any moment, the old site or the new one is there."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import inspect, text

from cop.cli.archives import Label, keep, publish, read_label, unpack, workshop
from cop.cli.backing_up import NotSound, count_all, safety_copy
from cop.cli.commands import Command, Failure, settings
from cop.cli.locks import holding, upgrade_lock, worker_lock
from cop.cli.postgresql import find_program, run_program, version_of
from cop.cli.schema import Schema, database_file, read_schema
from cop.platform import clock
from cop.platform.database import close_connections, db
from cop.platform.schema import list_revisions

_PATIENCE = 2.0  # seconds; `cop check` holds the worker's lock for an instant
_STOP = "Stop the site first; whoever writes now would write into what goes away."
_HEADER = b"SQLite format 3\0"
_BESIDE = ("-wal", "-shm", "-journal")  # what SQLite keeps beside its file, and would read into another


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, what stood there before it, and where its schema leads."""

    label: Label
    kept: Path | None
    schema: Schema


@click.command("restore", cls=Command)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Put it in the place of the site that is there, which is backed up first.")
def restore(path: Path, yes: bool) -> None:
    """Make the backup PATH the site. The site must not be running."""
    done = restore_backup(path, overwrites=yes, now=clock.now())
    if done.kept:
        click.echo(f"What was there before is in {done.kept}.")
    click.echo(f"Restored {done.label.counts}, as they were on {done.label.made_at[:16].replace('T', ' at ')} UTC.")
    if not done.schema.is_newest:
        click.echo(f"The schema is at {done.schema.current}; cop upgrade brings it to {done.schema.newest}.")
    click.echo("Start the site with cop serve; search comes back when its worker has built the index.")


def restore_backup(path: Path, *, overwrites: bool, now: datetime) -> Restored:
    """Check a backup whole, keep what is there, and put the backup in its place.

    Raises:
        Failure: the backup is damaged or does not fit; the site runs; or there is a site and `overwrites` is not said.
    """
    label, data = read_label(path), settings().data
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        holding(worker_lock(data), patience=_PATIENCE) as is_alone,
        holding(upgrade_lock(data), patience=_PATIENCE) as is_still,
    ):
        if not (is_alone and is_still):
            raise Failure(f"The site in {data} is running. {_STOP}")
        is_empty = _is_empty()
        _check_fit(label, is_empty=is_empty, overwrites=overwrites)
        kept = _restore_sqlite(path, now) if database_file() else _restore_postgresql(path, is_empty, now)
        return Restored(label, kept, _look(label))


def _is_empty() -> bool:
    file = database_file()
    if file:
        return not file.exists() or file.stat().st_size == 0
    return read_schema().is_missing


def _check_fit(label: Label, *, is_empty: bool, overwrites: bool) -> None:
    here = db.engine.dialect.name
    if label.database != here:
        raise Failure(f"This is a backup of {label.database}, and the site's database is {here}. See COP_DATABASE_URL.")
    if not is_empty and not overwrites:
        raise Failure(f"There is a site in {settings().data} already. With --yes it is backed up and replaced.")


def _restore_sqlite(path: Path, now: datetime) -> Path | None:
    file, data = database_file(), settings().data
    assert file is not None  # noqa: S101  # who calls has asked
    with workshop(file) as folder:
        secret = unpack(path, folder / "database")
        _check_copy(folder / "database")
        kept = _set_aside(file, now) if file.exists() and file.stat().st_size else None
        shutil.rmtree(data / "index", ignore_errors=True)  # it is of the old texts; a worker builds it anew
        _write_secret(data, folder, secret)
        publish(folder / "database", file)
    return kept


def _check_copy(copy: Path) -> None:
    """Every page, every index and every reference, and that this version can bring it up."""
    with closing(sqlite3.connect(copy)) as opened:
        faults = [row[0] for row in opened.execute("PRAGMA integrity_check(1)") if row[0] != "ok"]
        faults += [f"a row of {row[0]} points nowhere" for row in opened.execute("PRAGMA foreign_key_check")][:1]
        if faults:
            raise Failure(f"The database in the backup is not sound ({faults[0]}). Nothing was changed.")
        schema = opened.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    _check_known(schema)


def _check_known(revision: str) -> None:
    if revision not in list_revisions():
        raise Failure(f"The backup's schema {revision} is of a later version. Install that to restore it.")


def _set_aside(file: Path, now: datetime) -> Path:
    """Back the site up that is there, and fold its write-ahead log in: a log left behind would be read into the new."""
    db.session.remove()
    close_connections()
    try:
        _fold_in(file)
        return safety_copy("before-restore", now=now)
    except (sqlite3.DatabaseError, NotSound) as problem:
        if "locked" in str(problem):
            raise Failure(f"Somebody has {file} open. {_STOP}") from problem
        return _set_aside_damaged(file, now)


def _fold_in(file: Path) -> None:
    """Make one file of the database. SQLite refuses while anybody has it open, which is how that is known."""
    with file.open("rb") as bare:
        if bare.read(len(_HEADER)) != _HEADER:  # to open it would have SQLite throw its log away
            raise sqlite3.DatabaseError("file is not a database")
    with closing(sqlite3.connect(file, timeout=_PATIENCE)) as old:
        mode = old.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        if mode != "delete":
            raise sqlite3.OperationalError("database is locked")


def _set_aside_damaged(file: Path, now: datetime) -> Path:
    """Keep the files of a database that SQLite cannot read, just as they are."""
    folder = settings().data / "backups" / f"cop-{now:%Y%m%dT%H%M%SZ}-damaged"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    there = [file, *(file.with_name(file.name + ending) for ending in _BESIDE)]
    for part in there:
        if part.exists():
            shutil.copy2(part, folder / part.name)
    keep(folder)
    for part in there[1:]:
        part.unlink(missing_ok=True)
    return folder


def _restore_postgresql(path: Path, is_empty: bool, now: datetime) -> Path | None:
    """In one transaction: what is there goes and what was backed up comes, or nothing happens."""
    data = settings().data
    _refuse_others()
    with workshop(data / "restore") as folder:
        secret = unpack(path, folder / "database")
        _check_known(read_label(path).schema)
        read, write = (find_program(name, server=_server_version()) for name in ("pg_restore", "psql"))
        options = ("--no-owner", "--no-privileges", "--exit-on-error")
        run_program(read, *options, f"--file={folder / 'new.sql'}", str(folder / "database"), address=db.engine.url)
        kept = None if is_empty else safety_copy("before-restore", now=now)
        (folder / "old.sql").write_text(_drop_everything())
        shutil.rmtree(data / "index", ignore_errors=True)
        _write_secret(data, folder, secret)
        scripts = (f"--file={folder / name}" for name in ("old.sql", "new.sql"))
        close_connections()
        strict = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction")
        run_program(write, *strict, *scripts, address=db.engine.url)
    return kept


def _refuse_others() -> None:
    """A server on another machine may use the database; to drop its tables under it would lose what it writes."""
    with db.engine.connect() as connection:
        others = connection.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        )
    if others:
        raise Failure(f"Somebody else is connected to the database. {_STOP}")


def _server_version() -> int:
    with db.engine.connect() as connection:
        return version_of(connection)


def _drop_everything() -> str:
    """The statements that take this site's tables away; one that hangs on a lock gives up."""
    names = ", ".join(f'"{name}"' for name in inspect(db.engine).get_table_names())
    return "SET lock_timeout = '10s';\n" + (f"DROP TABLE {names} CASCADE;\n" if names else "")


def _write_secret(data: Path, folder: Path, secret: bytes | None) -> None:
    """The backup's secret, so that forms that are open stay good; one from the environment stands over it anyway."""
    if secret is None:
        return
    draft = folder / "secret"
    draft.touch(mode=0o600)
    draft.write_bytes(secret)
    publish(draft, data / "secret")


def _look(label: Label) -> Schema:
    """Count what stands there now."""
    close_connections()
    with db.engine.connect() as connection:
        counts = count_all(connection)
    if counts != label.counts:
        raise Failure(f"After the restore there are {counts}; the backup said {label.counts}. See cop check.")
    return read_schema()
