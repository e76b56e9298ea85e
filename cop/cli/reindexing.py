"""`cop reindex`: the search index, built anew from the database. The old one answers meanwhile."""

from __future__ import annotations

import click
from flask import current_app

from cop.cli.commands import Command
from cop.cli.progress import Progress
from cop.cli.queries import count_findable_texts
from cop.cli.schema import require_schema
from cop.platform.database import reading
from cop.search.jobs import Indexing
from cop.search.queries import every_text


@click.command("reindex", cls=Command)
def reindex() -> None:
    """Build the search index anew from the database."""
    require_schema()
    indexing: Indexing = current_app.extensions["cop-indexing"]
    with reading():
        texts = count_findable_texts()
    with Progress() as progress:
        held = indexing.index.rebuild(progress.counting(every_text(), f"Indexing: {{}} of {texts} texts."))
    click.echo(f"The index is built: {held} texts can be found.")
