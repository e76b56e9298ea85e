"""The `cop` commands. They use the current application and never build one; `cop demo` says why it must."""

from click import Command

from cop.cli.administrators import admin
from cop.cli.backing_up import backup
from cop.cli.checking import check
from cop.cli.communities import community
from cop.cli.demonstrating import demo
from cop.cli.importing import import_
from cop.cli.installing import init, upgrade
from cop.cli.reindexing import reindex
from cop.cli.restoring import restore
from cop.cli.routing import routes
from cop.cli.serving import serve
from cop.cli.working import work

COMMANDS: list[Command] = [
    demo, init, upgrade, backup, restore, serve, work, check, reindex, routes, admin, community, import_,
]  # fmt: skip
