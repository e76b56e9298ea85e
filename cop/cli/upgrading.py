"""The schema is brought up to date: one path for `cop init`, `cop upgrade` and `cop serve`, with a backup first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cop.cli.commands import Failure, settings
from cop.cli.database_servers import require_server
from cop.cli.locks import holding, upgrade_lock
from cop.cli.schema import Schema, read_schema, unknown

_PATIENCE = 120.0  # seconds for another process that is bringing the schema up


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What was done to the schema, and the backup that was made before."""

    before: Schema
    backup: Path | None = None

    @property
    def did_something(self) -> bool:
        return not self.before.is_newest


def bring_up(*, now: datetime, backs_up: bool = True) -> Upgrade:
    """Run the migrations to the newest, after a backup of the tables that are there.

    Each migration is a transaction with the note of where the schema stands. Killed at any moment, it goes on from
    there when it is run again.

    Raises:
        Failure: the database belongs to a newer version or cannot hold a site, no backup can be made, or another
            process takes too long.
    """
    data = settings().data
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with holding(upgrade_lock(data), patience=_PATIENCE) as taken:
        if not taken:
            raise Failure("Another process has been upgrading this site for two minutes. Try again when it has ended.")
        before = read_schema()
        if not before.is_known:
            raise Failure(unknown(before))
        if before.is_newest:
            return Upgrade(before)
        if before.is_missing:
            require_server()
        backup = _back_up(before, now) if backs_up and not before.is_missing else None
        _migrate()
        return Upgrade(before, backup)


def _migrate() -> None:
    from cop.platform import migrating  # only where there is something to bring up

    try:
        migrating.upgrade()
    except migrating.CommandError as problem:
        raise Failure(str(problem)) from problem


def _back_up(before: Schema, now: datetime) -> Path:
    from cop.cli.backing_up import safety_copy  # only where there is something to keep

    try:
        return safety_copy(before.current, now=now)
    except Failure as problem:
        raise Failure(
            f"No backup could be made before the upgrade, so nothing was changed. {problem.format_message()}"
            " With one of your own, run cop upgrade --no-backup."
        ) from problem
