"""`cop serve`: the whole site in one command."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable

import click

from cop.cli.commands import Command, Failure, application, settings
from cop.cli.installing import tell_upgrade
from cop.cli.keeper import WorkerKeeper
from cop.cli.locks import worker_lock
from cop.cli.schema import read_schema, require_schema
from cop.cli.server import Server, listen
from cop.cli.upgrading import bring_up
from cop.cli.warming import warm_up
from cop.cli.working import start_worker
from cop.platform import clock
from cop.platform.database import close_connections, db

log = logging.getLogger(__name__)


@click.command("serve", cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="The port; 0 takes a free one."
)
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Threads in each.")
@click.option("--no-upgrade", is_flag=True, help="Leave the schema as it is.")
def serve(host: str, port: int, workers: int, threads: int, no_upgrade: bool) -> None:
    """Serve the site, with its worker, until Ctrl-C or SIGTERM."""
    listener = open_listener(host, port)
    if no_upgrade:
        _accept_schema()
    else:
        _raise_schema()
    address = address_of(listener)
    where = settings().data
    serve_on(
        listener,
        workers=workers,
        threads=threads,
        when_ready=lambda: click.echo(f"Serving {where} at {address}. Ctrl-C ends it."),
    )


def open_listener(host: str, port: int) -> socket.socket:
    """Listen before anything else is done.

    Raises:
        Failure: the port is taken, or the address is not one of this machine's.
    """
    try:
        return listen(host, port)
    except OSError as problem:
        reason = str(problem) if isinstance(problem, socket.gaierror) else os.strerror(problem.errno or 0)
        raise Failure(
            f"Cannot listen on {host}, port {port}: {reason.lower()}. Choose another with --port or --host."
        ) from problem


def serve_on(listener: socket.socket, *, workers: int, threads: int, when_ready: Callable[[], None]) -> None:
    """Serve the current application until a signal ends it; leaves by SystemExit."""
    warm_up(application(), settings().base_url)
    db.session.remove()
    close_connections()  # an open connection must not be shared with the processes that come of this one
    keeper = WorkerKeeper(worker_lock(settings().data), start_worker)
    Server(
        application(), listener, keeper=keeper, workers=workers, threads=threads, when_ready=when_ready
    ).run()  # fmt: skip


def address_of(listener: socket.socket) -> str:
    """The address under which a browser on this machine finds the socket."""
    host, port = listener.getsockname()[:2]
    if host == "::1":
        return f"http://localhost:{port}"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _raise_schema() -> None:
    done = bring_up(now=clock.now())
    if done.did_something:
        tell_upgrade(done)


def _accept_schema() -> None:
    """Older tables than ours would fail on every page; newer ones stand while a cluster is being upgraded."""
    schema = read_schema()
    if schema.is_known:
        require_schema()
    else:
        log.warning("The schema is at %s, newer than this version's %s.", schema.current, schema.newest)
