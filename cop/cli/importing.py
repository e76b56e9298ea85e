"""`cop import`: stories from elsewhere, in batches; what has been taken in stays in, and a second run goes on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import click
from sqlalchemy.exc import IntegrityError

from cop.cli.commands import Command, Failure
from cop.cli.progress import Progress
from cop.cli.schema import require_schema
from cop.communities.queries import find_community_by_slug
from cop.platform import clock
from cop.platform.database import reading, transaction
from cop.platform.errors import Busy
from cop.platform.slugs import is_slug
from cop.transfer.lines import read_lines
from cop.transfer.operations import Destination, ReadyStory, find_known, make_ready, take_in
from cop.transfer.stories import BadLine, ForeignStory, read_stories

_TRIES = 5  # at a batch, while others write too
_LONGEST_NAME = 80


@click.group("import")
def import_() -> None:
    """Bring stories from elsewhere."""


@import_.command("stories", cls=Command)
@click.argument("path", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--community", "slug", required=True, help="The community's short name; it is founded when it is missing."
)
@click.option("--name", default="", help="The name of a community that is founded.")
@click.option("--dry-run", is_flag=True, help="Read and check everything; change nothing.")
@click.option("--batch", default=20, show_default=True, type=click.IntRange(1, 500), help="Stories in one transaction.")
def import_stories(path: str, slug: str, name: str, dry_run: bool, batch: int) -> None:
    """Import stories from PATH, a file of JSON lines, also gzipped; - reads standard input.

    Each line is an object with id, title, date and body_markdown (or situation); org (or attribution), source (or
    source_url), hook and the other boxes of a story are taken too. What is there already, by its id, stays as it is.
    """
    require_schema()
    destination = _check_destination(slug, name)
    is_new = _is_missing(destination)
    with _opened(path) as stream, Progress() as progress:
        tally = _Import(destination, progress, changes=not dry_run).take_all(stream, batch=batch)
    click.echo(tally.sentence)
    if dry_run:
        click.echo(_dry_words(destination, tally, is_new=is_new))
    elif is_new and tally.new:
        click.echo(
            f"Founded the public community {destination.slug}, which was not there. It has no moderator yet: "
            f"cop community appoint {destination.slug} EMAIL.",
            err=True,
        )
    if tally.bad:
        raise Failure(f"{tally.bad} of {tally.read} lines could not be taken in; they are named above.")


@dataclass(slots=True)
class Tally:
    """What has become of the lines so far."""

    read: int = 0
    new: int = 0
    known: int = 0
    bad: int = 0

    @property
    def sentence(self) -> str:
        return f"{self.read} read, {self.new} new, {self.known} there already, {self.bad} bad."


class _Import:
    """One run over one file."""

    def __init__(self, destination: Destination, progress: Progress, *, changes: bool) -> None:
        self._destination, self._progress, self._changes = destination, progress, changes
        self._tally = Tally()

    def take_all(self, stream: BinaryIO, *, batch: int) -> Tally:
        waiting: list[ForeignStory] = []
        for found in read_stories(read_lines(stream), now=clock.now()):
            self._tally.read += 1
            if isinstance(found, BadLine):
                self._tally.bad += 1
                self._progress.note(f"Line {found.number} is left out: {found.reason}.")
            else:
                waiting.append(found)
            if len(waiting) == batch:
                self._take(waiting)
                waiting = []
        self._take(waiting)
        return self._tally

    def _take(self, stories: list[ForeignStory]) -> None:
        with reading():
            known = find_known(self._destination, stories)
        fresh = [story for story in stories if story.external_id not in known]
        new = self._store(make_ready(fresh, now=clock.now())) if self._changes else len(fresh)
        self._tally.new += new
        self._tally.known += len(stories) - new
        self._progress.say(self._tally.sentence)

    def _store(self, ready: list[ReadyStory]) -> int:
        """One transaction; once more when another import or a busy writer was in the way."""
        for tries_left in reversed(range(_TRIES)):
            try:
                with transaction():
                    return take_in(self._destination, ready, now=clock.now())
            except (Busy, IntegrityError):
                if not tries_left:
                    raise
        raise AssertionError("the last try returns or raises")


def _check_destination(slug: str, name: str) -> Destination:
    if not is_slug(slug):
        raise Failure(f"“{slug}” cannot be a community's short name: it takes 2 to 40 of a-z, 0-9 and hyphens.")
    if len(name) > _LONGEST_NAME:
        raise Failure(f"The name is {len(name)} characters; {_LONGEST_NAME} is the most.")
    return Destination(slug, name.strip())


def _is_missing(destination: Destination) -> bool:
    with reading():
        return find_community_by_slug(destination.slug) is None


def _dry_words(destination: Destination, tally: Tally, *, is_new: bool) -> str:
    words = "This was a dry run: nothing has been changed."
    return f"{words} The public community {destination.slug} would be founded." if is_new and tally.new else words


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    if path == "-":
        yield sys.stdin.buffer
    else:
        with Path(path).open("rb") as file:
            yield file
