"""`cop demo`: a believable site with a data folder of its own, made if need be and served at once.

Its settings must stand before the application exists. So this command alone has the application built, by whatever
builds it for the others, after it has settled the environment; the worker that the server starts finds the same.
"""

from __future__ import annotations

import ipaddress
import logging
import os
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import ScriptInfo

from cop.cli.commands import BareCommand, Failure
from cop.cli.locks import is_held, worker_lock
from cop.cli.progress import Progress
from cop.cli.serving import address_of, open_listener, serve_on
from cop.cli.upgrading import bring_up
from cop.communities.models import SECRET
from cop.demo import loader
from cop.demo.content import Content, PersonCard, hash_content, read_content
from cop.demo.home import DemoHome
from cop.platform import clock
from cop.platform.database import without_waiting
from cop.platform.outbox import deliver_due

_FOLDER = ".demo"
_SIGN_INS = ("moderator", "practitioner", "newcomer")


@click.command("demo", cls=BareCommand)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to listen on; only this machine's own."
)
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 takes a free one."
)
@click.pass_context
def demo(ctx: click.Context, host: str, port: int) -> None:
    """Make a demonstration in ./.demo, or COP_DATA, and serve it."""
    logging.getLogger().setLevel(logging.WARNING)
    _refuse_other_machines(host)
    home = DemoHome(Path(os.environ.get("COP_DATA") or _FOLDER))
    home.check()
    listener = open_listener(host, port)
    content = read_content()
    is_loaded = home.holds(hash_content())
    if not is_loaded:
        _begin(home)
    address = address_of(listener)
    app = _build(ctx.ensure_object(ScriptInfo), home, address)
    ctx.with_resource(app.app_context())
    bring_up(now=clock.now())
    if not is_loaded:
        _load(content)
        home.finish(hash_content())
    serve_on(listener, workers=2, threads=4, when_ready=lambda: _tell_what_to_try(content, address))


def _refuse_other_machines(host: str) -> None:
    """Everybody's password is printed in the documentation, so nobody else may reach it."""
    try:
        is_own = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_own = False
    if not is_own:
        raise Failure(f"The demonstration is served to this machine only; {host} would show it to others.")


def _begin(home: DemoHome) -> None:
    if is_held(worker_lock(home.folder)):
        raise Failure(f"A demonstration with other content is running in {home.folder}. End it first.")
    home.begin()


def _build(script: ScriptInfo, home: DemoHome, address: str) -> Flask:
    """An application whose settings are the demonstration's: no other database, no mail to anybody."""
    os.environ.update(
        COP_DATA=str(home.folder), COP_DATABASE_URL="", COP_SMTP_URL="", COP_DEMO="1", COP_BASE_URL=address
    )
    if script.create_app is None:
        raise Failure("The demonstration is started with the program cop.")
    return script.create_app()


def _load(content: Content) -> None:
    """Let everything happen, and deliver what came of it, so that the first search finds."""
    with Progress() as progress, without_waiting():
        loader.load_demo(
            content,
            now=clock.now(),
            say=lambda done, steps: progress.say(f"Making the demonstration: {done} of {steps}."),
        )
        progress.say("Making the demonstration: the search index.")
        while deliver_due(current_app.extensions["cop-jobs"], claim=f"demo {os.getpid()}", now=clock.now()):
            pass


def _tell_what_to_try(content: Content, address: str) -> None:
    people = {role: _somebody(content, role) for role in _SIGN_INS}
    home = people["moderator"].memberships[0].community
    others = [card.slug for card in content.communities if card.slug != home and card.visibility != SECRET]
    click.echo(f"The demonstration is at {address}. Ctrl-C ends it.\n")
    click.echo(f"Sign in at {address}/signin; the password is always “{loader.PASSWORD}”.")
    for role, person in people.items():
        click.echo(f"  {role:<13} {loader.address_of(person)}")
    if content.administrator:
        click.echo(f"  {'administrator':<13} {loader.address_of(content.administrator)}")
    click.echo("\nOpen")
    paths = [f"/c/{home}/", f"/c/{home}/new/story", f"/people/{people['practitioner'].handle}", "/search?q=handover"]
    for path in (*paths, *(f"/c/{slug}/" for slug in others)):
        click.echo(f"  {address}{path}")


def _somebody(content: Content, role: str) -> PersonCard:
    """The first person who has this role wherever they are."""
    return next(one for one in content.people if {place.role for place in one.memberships} == {role})
