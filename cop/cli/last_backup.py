"""When the site was backed up last: a file in the data folder whose time is that moment, so `touch` will do as well."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from cop.cli.commands import settings
from cop.cli.findings import Check, Finding
from cop.cli.queries import read_first_moment
from cop.platform import clock
from cop.platform.database import reading

LONGEST = timedelta(days=3)  # it should be a night; a weekend of failures must not go unseen for long
_NAME = "last-backup"


def note_backup(data: Path, path: Path, *, now: datetime) -> None:
    """Write down that there is a backup. It stays one where this cannot be written."""
    with suppress(OSError):
        note = data / _NAME
        note.write_text(f"{path}\n", encoding="utf-8")
        os.utime(note, (now.timestamp(), now.timestamp()))


def read_last(data: Path) -> datetime | None:
    """When the last backup was made; None when none was noted."""
    try:
        return clock.moment(int((data / _NAME).stat().st_mtime))
    except FileNotFoundError:
        return None


def _check_backups() -> Iterator[Finding]:
    chosen, now = settings(), clock.now()
    with reading():
        began = read_first_moment()
    last = read_last(chosen.data)
    since = last or began or now
    if chosen.demo or now - since <= LONGEST:
        told = f"the last was made on {last:%Y-%m-%d at %H:%M} UTC" if last else "none yet, and hardly anything to lose"
        yield Finding(f"backups: {told}.")
    elif last:
        yield Finding(f"backups: the last is {(now - last).days} days old.", f"See why, with {_HOW}")
    else:
        yield Finding("backups: none has ever been made.", f"Make one a night, with {_HOW}")


_HOW = (
    "cop-backup.timer or cop backup FOLDER --keep 14."
    " Where something else makes them, have it touch last-backup in the data folder."
)
BACKUPS: dict[Check, str] = {_check_backups: "backups"}
