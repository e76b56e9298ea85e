"""The folder of the index, and what its files mean. Nothing here knows Whoosh.

    current          which generation answers, and in which format it was written
    g…/              a generation: Whoosh's files, and `sums` with the checksum of each segment
    broken           the generation that was found damaged; it is asked nothing any more
    changes          what was put and removed while a generation is being built, to be done to that one too
    write.lock       held by whoever writes
    rebuild.lock     held by whoever builds a new generation

Whoosh's files contain pickles, so whoever can write here can run code as us: the folder is ours alone (0700), no
generation is ever opened from anywhere else, and none comes out of a backup.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cop.search.port import IndexBusy

FORMAT = 3  # raised when words are read or stored differently; older generations are then rebuilt

_GENERATION = re.compile("g[0-9a-f]{16}")
_FIRST_PAUSE = 0.01  # seconds between two tries for a lock, doubled up to the longest
_LONGEST_PAUSE = 0.25


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one site's index."""

    root: Path

    @property
    def changes(self) -> Path:
        return self.root / "changes"

    def generation(self) -> Path | None:
        """The generation that may be asked; None when there is none, or it is damaged or of another format."""
        current = read_json(self.root / "current")
        name = str(current.get("generation"))
        if current.get("format") != FORMAT or not _GENERATION.fullmatch(name):
            return None
        if read_json(self.root / "broken").get("generation") == name or (self.root / name).is_symlink():
            return None
        return self.root / name

    def begin_generation(self) -> Path:
        """An empty folder for the next generation; remains of one that was never finished are swept away."""
        self._forget_generations(but=str(read_json(self.root / "current").get("generation")))
        folder = self.root / f"g{secrets.token_hex(8)}"
        folder.mkdir(mode=0o700)
        return folder

    def enter(self, generation: Path) -> None:
        """Let a generation answer from now on, and forget all others."""
        write_json(self.root / "current", {"format": FORMAT, "generation": generation.name})
        (self.root / "broken").unlink(missing_ok=True)
        self._forget_generations(but=generation.name)

    def mark_broken(self, generation: Path) -> None:
        """Set a damaged generation aside, for every process."""
        with suppress(FileNotFoundError):  # the whole folder is gone, which says it too
            write_json(self.root / "broken", {"generation": generation.name})

    def is_rebuilding(self) -> bool:
        """Whether a process is building a generation now; one that died holds no lock any more."""
        if not self.changes.exists():
            return False
        try:
            with self.lock("rebuild", patience=0, shared=True):
                return False
        except IndexBusy:
            return True

    @contextmanager
    def lock(self, name: str, *, patience: float, shared: bool = False) -> Iterator[None]:
        """Hold a lock of the folder; the system takes it back from a process that dies.

        Raises:
            IndexBusy: somebody else held it for all of `patience` seconds.
        """
        self._make()
        handle = os.open(self.root / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _wait_for(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX, patience)
            yield
        finally:
            os.close(handle)

    def _make(self) -> None:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.root.stat().st_mode & 0o077:
            self.root.chmod(0o700)

    def _forget_generations(self, *, but: str) -> None:
        for entry in self.root.iterdir():
            if _GENERATION.fullmatch(entry.name) and entry.name != but:
                shutil.rmtree(entry, ignore_errors=True)


def read_json(path: Path) -> dict[str, Any]:
    """The object in a file; empty when the file is missing or holds something else."""
    try:
        read = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def write_json(path: Path, written: Mapping[str, Any]) -> None:
    """Put an object into a file, at once and for good: a crash leaves the old file or the new one."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        draft.write_text(json.dumps(written), encoding="utf-8")
        settle(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    settle(path.parent)


def settle(path: Path) -> None:
    """Wait until a file or a folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _wait_for(handle: int, kind: int, patience: float) -> None:
    deadline = time.monotonic() + patience
    pause = _FIRST_PAUSE
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise IndexBusy("Another process is writing to the index.") from None
        else:
            return
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
