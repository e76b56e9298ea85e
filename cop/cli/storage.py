"""Where the data lies, for `cop check`: not every file system keeps what is written to it, or keeps it right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from cop.cli.commands import settings
from cop.cli.findings import Check, Finding
from cop.cli.schema import database_file

_MOUNTS = Path("/proc/self/mounts")
_AFAR = ("nfs", "cifs", "smb", "9p", "afs", "ceph", "gluster", "lustre", "fuse.", "drvfs")
_PASSING = {
    "tmpfs": "the memory of this machine, and is gone at its next start",
    "ramfs": "the memory of this machine, and is gone at its next start",
    "overlay": "the container itself, and is gone with it",
}
_LARGEST_JOURNAL = 500_000_000  # bytes; it is cut back to 64 MB as soon as nobody reads what stands in it


def find_kind(path: Path, mounts: str) -> str:
    """What kind of file system a path is on, by the system's own list of them."""
    kind, longest = "", -1
    for line in mounts.splitlines():
        _device, place, name, *_rest = line.split()
        place = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), place)
        if path.is_relative_to(place) and len(place) >= longest:  # of two in one place the later hides the other
            kind, longest = name, len(place)
    return kind


def _check_storage() -> Iterator[Finding]:
    file, data = database_file(), settings().data.resolve()
    place = file.resolve() if file else data
    kind = find_kind(place, _read_mounts())
    if file and kind.startswith(_AFAR):
        yield Finding(
            f"disk: {place} is on {kind}, which another machine keeps; SQLite loses and damages what it writes there.",
            "Put COP_DATA on a disk of this machine, or take PostgreSQL.",
        )
    elif kind in _PASSING:
        yield Finding(
            f"disk: {place} is in {_PASSING[kind]} ({kind}).",
            "Put COP_DATA on a disk; for a container that is a volume.",
            is_note=True,
        )


def _check_journal() -> Iterator[Finding]:
    file = database_file()
    journal = file.with_name(f"{file.name}-wal") if file else None
    size = journal.stat().st_size if journal and journal.exists() else 0
    if journal and size > _LARGEST_JOURNAL:
        yield Finding(
            f"database file: its journal {journal} has grown to {size / 1e6:.0f} MB, so somebody has been reading it"
            " for very long.",
            f"Mostly it is a shell of sqlite3 that was left open. Find it with fuser -v {file}, and end it.",
        )


def _read_mounts() -> str:
    return _MOUNTS.read_text(encoding="utf-8", errors="replace") if _MOUNTS.exists() else ""


STORAGE: dict[Check, str] = {_check_storage: "disk", _check_journal: "database file"}
