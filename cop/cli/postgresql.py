"""PostgreSQL's own programs: found, given the address where nobody reads it, and their complaints told."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import URL, Connection

from cop.cli.commands import Failure

_DEBIAN = Path("/usr/lib/postgresql")  # where its packages put each version, and not on the path


def find_program(name: str, *, server: int) -> Path:
    """One of PostgreSQL's programs that can talk to a server of this major version.

    Raises:
        Failure: there is none, or only older ones, which would refuse.
    """
    found = [(_major_of(path), path) for path in _list_programs(name)]
    for major, path in found:
        if major >= server:
            return path
    there = f"only version {max(found)[0]} of it is" if found else "it is not"
    raise Failure(
        f"This needs {name} of PostgreSQL {server} or later, and {there} here."
        f" Install postgresql-client-{server}, or put its folder on the path."
    )


def version_of(connection: Connection) -> int:
    """The major version of the server."""
    return int((connection.dialect.server_version_info or (0,))[0])


def run_program(program: Path, *args: str, address: URL) -> None:
    """Run it against the database.

    Raises:
        Failure: it complained; its first line is the reason.
    """
    done = subprocess.run(  # noqa: S603  # the words of the command are ours
        [program, *args],
        env=os.environ | _environment(address) | {"LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        raise Failure(f"{program.name} could not do it: {lines[0].removeprefix(f'{program.name}: ').rstrip('.')}.")


def _list_programs(name: str) -> Iterator[Path]:
    """What is on the path first, then Debian's, the latest first."""
    if found := shutil.which(name):
        yield Path(found)
    installed = (path for path in _DEBIAN.glob(f"*/bin/{name}") if path.parts[-3].isdigit())
    yield from sorted(installed, key=lambda path: -int(path.parts[-3]))


def _major_of(program: Path) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    number = re.search(r"\) (\d+)", said)
    return int(number[1]) if number else 0


def _environment(address: URL) -> dict[str, str]:
    """The address as variables: on the command line every account of this machine could read the password."""
    given = {
        "host": address.host,
        "port": address.port,
        "user": address.username,
        "password": address.password,
        "database": address.database,
        **address.query,
    }
    special = {"connect_timeout": "PGCONNECT_TIMEOUT", "dbname": "PGDATABASE"}
    return {
        special.get(name, f"PG{name.replace('_', '').upper()}"): str(value)
        for name, value in given.items()
        if value is not None
    }
