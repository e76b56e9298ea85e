"""A backup as one file: a tar, compressed, with what it holds written first, then the database and the site's secret.

The search index is left out, since it is built from the database; so are unsent letters in files, which hold tickets.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

from cop.cli.commands import Failure

FORMAT = 1
SUFFIX = ".tar.gz"
_LABEL, _DATABASE, _SECRET = "backup.json", "database", "secret"
_MOST_OF_LABEL = 64 * 1024  # bytes
_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a site holds."""

    people: int
    threads: int
    replies: int

    def __str__(self) -> str:
        return f"{self.people} people, {self.threads} discussions and {self.replies} replies"


@dataclass(frozen=True, slots=True)
class Label:
    """What a backup holds: the kind of database, its schema, the moment, and the checksum of its copy."""

    database: str
    schema: str
    made_at: str
    version: str
    checksum: str
    counts: Counts
    format: int = FORMAT


@contextmanager
def workshop(path: Path) -> Iterator[Path]:
    """A folder beside the file that is to be, closed to others. One that a killed process left is cleared away."""
    folder = path.with_name(f"{path.name}.unfinished")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def pack(target: Path, *, label: Label, database: Path, secret: bytes | None) -> None:
    """Write the archive, readable by its owner alone, and see it on the disk before this returns."""
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as archive:
            _add(archive, _LABEL, json.dumps(asdict(label), indent=1).encode())
            if secret is not None:
                _add(archive, _SECRET, secret)
            archive.add(database, _DATABASE, filter=_without_owner)
        file.flush()
        os.fsync(file.fileno())


def publish(draft: Path, path: Path) -> None:
    """Give a finished file its name: there is the whole of it or nothing, whenever the power goes."""
    draft.replace(path)
    keep(path.parent)


def keep(folder: Path) -> None:
    """See that what was renamed or removed in a folder stays so."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_label(path: Path) -> Label:
    """What a backup says it holds.

    Raises:
        Failure: it is none of ours, or of a later version.
    """
    with _opened(path) as archive:
        return _read_label(path, archive)


def unpack(path: Path, database: Path) -> bytes | None:
    """Write the database of a backup to a file, checked against its label; gives the secret, if there is one.

    Raises:
        Failure: the backup is damaged.
    """
    with _opened(path) as archive:
        label, secret = _read_label(path, archive), None
        for member in archive:
            content = archive.extractfile(member)
            if content and member.name == _SECRET:
                secret = content.read(_MOST_OF_LABEL)
            if content and member.name == _DATABASE and _copy_out(content, database) == label.checksum:
                return secret
    raise Failure(f"{path} is damaged: its database is not what was put in. Take an older backup.")


def checksum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, BytesIO(content))


def _without_owner(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:gz") as archive:
            yield archive
    except (tarfile.TarError, EOFError, OSError) as problem:
        if isinstance(problem, OSError) and problem.errno is not None:
            raise  # there is no such file, or the disk is full: that says itself
        raise Failure(f"{path} is no backup of cop, or only a piece of one.") from problem


def _read_label(path: Path, archive: tarfile.TarFile) -> Label:
    first = archive.next()
    content = archive.extractfile(first) if first and first.name == _LABEL else None
    try:
        held = json.loads(content.read(_MOST_OF_LABEL)) if content else {}
        label = Label(**held | {"counts": Counts(**held["counts"])})
    except (ValueError, TypeError, KeyError) as problem:
        raise Failure(f"{path} is no backup of cop, or one of a later version.") from problem
    if label.format != FORMAT:
        raise Failure(f"{path} was made by a later version, {label.version}. Install that to restore it.")
    return label


def _copy_out(content: IO[bytes], target: Path) -> str:
    digest = hashlib.sha256()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        while piece := content.read(_PIECE):
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()
