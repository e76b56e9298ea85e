"""The data folder: can it be written to, and is it closed to others? It holds the secret and everybody's words."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_OF_OTHERS = stat.S_IRWXO | stat.S_IWGRP  # a group may be let in to read, a backup program for instance
_OF_NOBODY_ELSE = stat.S_IRWXO | stat.S_IRWXG


@dataclass(frozen=True, slots=True)
class FolderFault:
    """What is wrong with the folder, and what to do."""

    what: str
    advice: str


def find_folder_faults(data: Path) -> Iterator[FolderFault]:
    """What is wrong with the data folder and the secret in it."""
    if not data.is_dir():
        yield FolderFault(f"{data} is not there.", "Make a site with cop init.")
        return
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        yield FolderFault(
            f"{data} cannot be written to.", f"It must belong to whoever runs cop: chown it, or {_closing(data)}."
        )
    if _mode(data) & _OF_OTHERS:
        yield FolderFault(f"other accounts of this machine can look into {data}.", f"Close it: {_closing(data)}.")
    for path in _list_unwritable(data):
        yield FolderFault(
            f"{path} cannot be written to; it may have been made by another account.",
            f"Give it to whoever runs the site: chown -R --reference={data} {data}.",
        )
    secret = data / "secret"
    if secret.is_file() and _mode(secret) & _OF_NOBODY_ELSE:
        yield FolderFault(f"other accounts of this machine may read {secret}.", f"Close it: chmod 600 {secret}.")


def _list_unwritable(data: Path) -> list[Path]:
    """What the site writes to, and this account cannot: it was made by root, for instance."""
    written = ("cop.sqlite3", "cop.sqlite3-wal", "cop.sqlite3-shm", "index", "mail", "backups", "worker.lock")
    return [path for name in written if (path := data / name).exists() and not os.access(path, os.W_OK)]


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _closing(data: Path) -> str:
    return f"chmod 700 {data}"
