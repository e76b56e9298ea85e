"""Where the database's tables stand, and where the migrations of this version lead.

A migration's file begins with its number, and each follows upon the one before, so the names say it all. Alembic says
the same (a test compares them), but takes a third of a second to load and more memory than anything else a page needs.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import inspect, text

from cop.platform import site
from cop.platform.database import db, reading


def list_revisions() -> frozenset[str]:
    """Every revision from which this version can bring a database up."""
    return _revisions_in(site.folder("migrations"))


def newest_revision() -> str:
    """Where the migrations lead."""
    return max(list_revisions())


def find_revision() -> str:
    """Where the database stands; "" for one without tables."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        return connection.scalar(_CURRENT) or ""


def is_schema_newest() -> bool:
    """Whether the last migration of this version has been run. Fails as every read does when the database is gone."""
    with reading() as session:
        current: str | None = session.scalar(_CURRENT)
    return current == newest_revision()


@cache
def _revisions_in(folder: Path) -> frozenset[str]:
    return frozenset(file.name[:4] for file in folder.glob("versions/[0-9][0-9][0-9][0-9]_*.py"))


_CURRENT = text("SELECT version_num FROM alembic_version")
