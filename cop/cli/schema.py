"""The schema of the database: where it stands, and where the migrations of this version lead."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cop.cli.commands import Failure, settings
from cop.platform.database import db
from cop.platform.schema import find_revision, list_revisions, newest_revision


@dataclass(frozen=True, slots=True)
class Schema:
    """Where the database stands, and where the migrations of this version lead; "" is a database without tables."""

    current: str
    newest: str
    is_known: bool

    @property
    def is_missing(self) -> bool:
        return not self.current

    @property
    def is_newest(self) -> bool:
        return self.current == self.newest


def read_schema() -> Schema:
    """Where the schema stands; a SQLite file that is not there is not made by looking."""
    newest, file = newest_revision(), database_file()
    if file and not file.exists():
        return Schema("", newest, is_known=True)
    current = find_revision()
    return Schema(current, newest, is_known=not current or current in list_revisions())


def require_tables() -> None:
    """Make sure that there is a site, of whatever version.

    Raises:
        Failure: there is none.
    """
    if read_schema().is_missing:
        raise Failure(f"There is no site in {settings().data.resolve()} yet{_say_what_helps()}")


def _say_what_helps() -> str:
    """Whoever forgot the settings looks into a folder that nobody has ever meant."""
    if "COP_DATA" in os.environ:
        return ". Make one with cop init."
    return ", and COP_DATA is not set. Give the command the settings of the site, or make one with cop init."


def require_schema() -> None:
    """Make sure that there is a site to work on.

    Raises:
        Failure: there is none, or its schema is not this version's.
    """
    require_tables()
    schema = read_schema()
    if not schema.is_known:
        raise Failure(unknown(schema))
    if not schema.is_newest:
        raise Failure(
            f"The schema is at {schema.current} and must be at {schema.newest}. Bring it up with cop upgrade, or start"
            " the site again, which does it."
        )


def database_file() -> Path | None:
    """The file of a SQLite database; None for any other database."""
    address = db.engine.url
    if address.get_backend_name() != "sqlite" or not address.database or address.database == ":memory:":
        return None
    return Path(address.database)


def unknown(schema: Schema) -> str:
    return f"The schema is at {schema.current}, which this version does not know. Install the version that made it."
