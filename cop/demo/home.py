"""The demonstration's own data folder. A mark in it says that it is one, so that no other folder is ever emptied."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

MARK = "demo.json"
_OURS = ("cop.sqlite3", "cop.sqlite3-wal", "cop.sqlite3-shm", "cop.sqlite3-turns", "secret", "index", "mail", "backups")


class NotADemo(Exception):
    """The folder holds something, and it is not a demonstration."""


class DemoHome:
    """A folder for the demonstration.

    Args:
        folder: made when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._mark = folder / MARK

    def check(self) -> None:
        """Refuse a folder that is not ours.

        Raises:
            NotADemo: it holds something and no mark.
        """
        if self._mark.is_file() or not self.folder.exists():
            return
        if not self.folder.is_dir() or any(self.folder.iterdir()):
            raise NotADemo(
                f"{self.folder} is not a demonstration. Give cop demo an empty folder of its own in COP_DATA."
            )

    def holds(self, content: str) -> bool:
        """Whether exactly this content, by its hash, was loaded to the end."""
        try:
            return bool(json.loads(self._mark.read_text(encoding="utf-8"))["content"] == content)
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def begin(self) -> None:
        """Empty the folder and mark it; a loading that is broken off leaves the mark, and is begun anew."""
        self.check()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._write("")
        for name in _OURS:
            _remove(self.folder / name)

    def finish(self, content: str) -> None:
        """Note that this content has been loaded to the end."""
        self._write(content)

    def _write(self, content: str) -> None:
        draft = self._mark.with_suffix(".new")
        draft.write_text(json.dumps({"content": content}), encoding="utf-8")
        os.replace(draft, self._mark)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
