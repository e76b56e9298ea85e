"""The data folder: can it be written to, and is it closed to others? It holds the secret and everybody's words."""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import suppress
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
    if is_read_only(data):
        yield FolderFault(
            f"the disk of {data} is mounted so that nothing can be written.",
            "A disk is, after errors: see what the system logs of it (dmesg), then mount -o remount,rw. Under systemd"
            " ReadWritePaths must name the folder.",
        )
        return
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        yield FolderFault(
            f"{data} cannot be written to.", f"It must belong to whoever runs cop: chown it, or {_closing(data)}."
        )
    if _mode(data) & _OF_OTHERS:
        yield FolderFault(f"other accounts of this machine can look into {data}.", f"Close it: {_closing(data)}.")
    yield from _find_strangers(data)
    for path in _list_unwritable(data):
        yield FolderFault(
            f"{path} cannot be written to; it may have been made by another account.",
            f"Give it to whoever runs the site: chown -R --reference={data} {data}.",
        )
    secret = data / "secret"
    if secret.is_file() and _mode(secret) & _OF_NOBODY_ELSE:
        yield FolderFault(f"other accounts of this machine may read {secret}.", f"Close it: chmod 600 {secret}.")


def is_read_only(data: Path) -> bool:
    """Whether the file system itself lets nobody write."""
    return bool(os.statvfs(data).f_flag & os.ST_RDONLY)


def say_denied(path: Path) -> str:
    """Who may not, and whose it is: said by the first of its folders that can be looked at."""
    me = _name_of(os.geteuid())
    for one in (path, *path.absolute().parents):
        with suppress(OSError):
            owner = _name_of(one.stat().st_uid)
            if owner == me:
                return (
                    f"Permission denied: {path}. It belongs to {me}, so its mode or the mount of its disk forbids it."
                )
            ways = "" if owner == "root" else f"Run cop as {owner}, or "
            ways += f"{'have' if ways else 'Have'} root give it to {me}: chown {me} {one}."
            return f"Permission denied: {path}. This is {me}, and {one} belongs to {owner}. {ways}"
    return f"Permission denied: {path}."


def _find_strangers(data: Path) -> Iterator[FolderFault]:
    """Whoever looks as root sees nothing that is forbidden; the site will."""
    if not os.access(data, os.R_OK | os.X_OK):
        return
    owner = data.stat().st_uid
    if os.geteuid() == 0 and owner != 0:
        yield FolderFault(
            f"this is root, and {data} belongs to {_name_of(owner)}, who cannot write what root makes there.",
            f"Run cop as {_name_of(owner)}, with the settings of the site: runuser -u {_name_of(owner)} -- cop check.",
        )
    for path in sorted(path for path in data.iterdir() if path.lstat().st_uid != owner):
        yield FolderFault(
            f"{path} belongs to {_name_of(path.lstat().st_uid)}, and the folder to {_name_of(owner)}.",
            f"As root: chown -R --reference={data} {data}.",
        )


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # in a container, for instance
        return f"account {uid}"


def _list_unwritable(data: Path) -> list[Path]:
    """What the site writes to, and this account cannot: it was made by root, for instance."""
    written = (
        "cop.sqlite3",
        "cop.sqlite3-wal",
        "cop.sqlite3-shm",
        "cop.sqlite3-turns",
        "index",
        "mail",
        "backups",
        "worker.lock",
    )
    return [path for name in written if (path := data / name).exists() and not os.access(path, os.W_OK)]


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _closing(data: Path) -> str:
    return f"chmod 700 {data}"
