"""`cop community`: founding, appointing, listing."""

from __future__ import annotations

import click

from cop.accounts.addresses import fold
from cop.accounts.queries import find_person_by_email
from cop.cli.commands import Command, Failure
from cop.cli.queries import list_every_community
from cop.cli.schema import require_schema
from cop.cli.tables import tell_table
from cop.communities.models import INKS, PUBLIC, VISIBILITIES
from cop.communities.operations import appoint_moderator, found_community
from cop.communities.queries import find_community_by_slug
from cop.platform import clock, markup
from cop.platform.database import reading, transaction

_LONGEST_NAME, _LONGEST_PRACTICE = 80, 200


@click.group("community")
def community() -> None:
    """Found communities, appoint moderators, list what there is."""


@community.command("found", cls=Command)
@click.option(
    "--slug", required=True, help="Its short name, as it stands in addresses: 2 to 40 of a-z, 0-9 and hyphens."
)
@click.option("--name", required=True, help="Its name.")
@click.option("--practice", required=True, help="What is practised there, in a line.")
@click.option("--ink", default="iron", show_default=True, type=click.Choice(INKS), help="Its colour.")
@click.option(
    "--visibility",
    default=PUBLIC,
    show_default=True,
    type=click.Choice(VISIBILITIES),
    help="Who reads: anybody, only members (it is listed, and people ask to join), or only those who are invited.",
)
@click.option("--welcome", default="", help="What newcomers read first; Markdown.")
@click.option("--moderator", required=True, metavar="EMAIL", help="Whose account moderates it.")
def found(slug: str, name: str, practice: str, ink: str, visibility: str, welcome: str, moderator: str) -> None:
    """Found a community."""
    require_schema()
    _check_length("name", name, _LONGEST_NAME)
    _check_length("practice", practice, _LONGEST_PRACTICE)
    rendered = markup.render(welcome)  # slow, so before the transaction
    with transaction():
        found_community(
            name=name.strip(),
            slug=slug,
            practice=practice.strip(),
            ink=ink,
            welcome=rendered,
            visibility=visibility,
            moderator_id=_person(moderator),
            now=clock.now(),
        )
    click.echo(f"Founded {name.strip()} at /c/{slug}/, moderated by {fold(moderator)}.")


@community.command("appoint", cls=Command)
@click.argument("slug")
@click.argument("email")
def appoint(slug: str, email: str) -> None:
    """Make somebody a moderator of a community; they join if they had not."""
    require_schema()
    with transaction():
        chosen = find_community_by_slug(slug)
        if chosen is None:
            raise Failure(f"There is no community with the short name {slug}. See cop community list.")
        appoint_moderator(community_id=chosen.id, person_id=_person(email), now=clock.now())
    click.echo(f"{fold(email)} moderates {slug} now.")


@community.command("list", cls=Command)
def list_all() -> None:
    """List every community."""
    require_schema()
    with reading():
        lines = list_every_community()
    rows = [(line.slug, line.name, line.visibility, str(line.members), str(line.threads)) for line in lines]
    if not rows:
        click.echo("There is no community yet. Found one with cop community found.")
        return
    tell_table(("slug", "name", "visibility", "members", "threads"), rows)


def _person(email: str) -> int:
    person_id = find_person_by_email(fold(email))
    if person_id is None:
        raise Failure(f"Nobody here has the address {fold(email)}. They sign up first, at /signup.")
    return person_id


def _check_length(what: str, text: str, most: int) -> None:
    if not text.strip():
        raise Failure(f"Give the {what} some words.")
    if len(text.strip()) > most:
        raise Failure(f"The {what} is {len(text.strip())} characters; {most} is the most.")
