"""Whether the database's tables are those this version was written for."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from cop.platform import site
from cop.platform.database import reading


def is_schema_newest() -> bool:
    """Whether the last migration of this version has been run. Fails as every read does when the database is gone."""
    with reading() as session:
        current: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
    return current == _newest(site.folder("migrations"))


@cache
def _newest(folder: Path) -> str | None:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return ScriptDirectory.from_config(config).get_current_head()
