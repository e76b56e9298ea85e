"""The `cop` commands. They use the current application and never build one; `cop demo` says why it must."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

import click
from flask.cli import AppGroup

_WHERE: Final = {  # in the order of `cop --help`
    "demo": ("demonstrating", "demo"),
    "init": ("installing", "init"),
    "upgrade": ("installing", "upgrade"),
    "backup": ("backing_up", "backup"),
    "restore": ("restoring", "restore"),
    "serve": ("serving", "serve"),
    "work": ("working", "work"),
    "check": ("checking", "check"),
    "reindex": ("reindexing", "reindex"),
    "routes": ("routing", "routes"),
    "admin": ("administrators", "admin"),
    "community": ("communities", "community"),
    "import": ("importing", "import_"),
}


class Commands(AppGroup):
    """All commands, each of which is loaded when it is asked for: a server needs nothing of what takes backups."""

    def __init__(self, **of_group: Any) -> None:
        super().__init__("cop", **of_group)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_WHERE)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _WHERE:
            return None
        module, name = _WHERE[cmd_name]
        found: click.Command = getattr(import_module(f"cop.cli.{module}"), name)
        return found
