"""`cop init` and `cop upgrade`: a site comes to be, and keeps up with the version that runs it."""

from __future__ import annotations

import click

from cop.cli.commands import Command, settings
from cop.cli.schema import require_tables
from cop.cli.upgrading import Upgrade, bring_up
from cop.platform import clock


@click.command("init", cls=Command)
def init() -> None:
    """Make the data folder and the database."""
    done = bring_up(now=clock.now())
    if done.before.is_missing:
        click.echo(f"Made a site in {settings().data}, with the schema at {done.before.newest}.")
        click.echo("Make an administrator with cop admin create ADDRESS, and open the site: it says what comes next.")
        click.echo("Found a first community with cop community found, and serve with cop serve.")
        return
    if done.did_something:
        click.echo("There was a site already.")
    tell_upgrade(done)


@click.command("upgrade", cls=Command)
@click.option("--no-backup", is_flag=True, help="Do not back up first; for those who have a backup of their own.")
def upgrade(no_backup: bool) -> None:
    """Bring the schema to this version, after a backup into DATA/backups. Killed in the middle, run it again."""
    require_tables()
    tell_upgrade(bring_up(now=clock.now(), backs_up=not no_backup))


def tell_upgrade(done: Upgrade) -> None:
    """Say what was done to the schema."""
    if done.backup:
        click.echo(f"Backed the database up to {done.backup}.")
    if not done.did_something:
        click.echo(f"There is nothing to do: the schema is at {done.before.newest}, the newest.")
    elif done.before.is_missing:
        click.echo(f"Made the tables; the schema is at {done.before.newest}.")
    else:
        click.echo(f"Upgraded the schema from {done.before.current} to {done.before.newest}.")
