"""The program `cop`: its commands are known without an application, which is built when one of them needs it."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from typing import NoReturn

import click
from flask import Flask
from flask.cli import ScriptInfo

from cop.cli import Commands

_STOPPED = 130  # as a shell says it of a command that was ended with Ctrl-C


def run(create_app: Callable[..., Flask]) -> NoReturn:
    """Run the command line of this process: one sentence on standard error and a non-zero exit for every failure."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it begins while it is loaded, and `cop` says it
    sys.exit(_run(create_app))


def _run(create_app: Callable[..., Flask]) -> int:
    program = Commands(help="CoP: a forum in which a community of practice keeps its judgement alive.")
    script = ScriptInfo(create_app=create_app, set_debug_flag=False, load_dotenv_defaults=False)
    try:
        status = program.main(prog_name="cop", standalone_mode=False, obj=script)
    except click.exceptions.NoArgsIsHelpError as asked:
        asked.show()
        return asked.exit_code
    except click.ClickException as failure:
        click.echo(f"cop: {failure.format_message()}{_hint(failure)}", err=True)
        return failure.exit_code
    except click.Abort:
        click.echo("cop: stopped.", err=True)
        return _STOPPED
    except BrokenPipeError:  # whoever read our output has read enough, as `cop routes | head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status if isinstance(status, int) else 0


def _hint(failure: click.ClickException) -> str:
    if isinstance(failure, click.UsageError) and failure.ctx:
        return f" See {failure.ctx.command_path} --help."
    return ""
