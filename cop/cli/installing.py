"""`cop init` and `cop upgrade`: a site comes to be, and keeps up with the version that runs it."""

from __future__ import annotations

import click

from cop.cli.commands import Command, Failure, settings
from cop.cli.schema import Upgrade, bring_up, read_schema
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
def upgrade() -> None:
    """Bring the schema to this version; on SQLite a backup is made first."""
    if read_schema().is_missing:
        raise Failure(f"There is no site in {settings().data} yet. Make one with cop init.")
    tell_upgrade(bring_up(now=clock.now()))


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
