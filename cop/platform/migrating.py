"""Running migrations. It loads Alembic, so what serves pages does not import it: see `platform.schema`."""

from __future__ import annotations

import alembic.command
from alembic.config import Config
from alembic.util import CommandError

from cop.platform import site

__all__ = ["CommandError", "downgrade", "upgrade"]


def upgrade(revision: str = "head") -> None:
    """Bring the tables of the current application's database up. Raises CommandError."""
    alembic.command.upgrade(_config(), revision)


def downgrade(revision: str) -> None:
    """Take them back, as a test does. Raises CommandError."""
    alembic.command.downgrade(_config(), revision)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(site.folder("migrations")).replace("%", "%%"))
    return config
