"""What every command has in common: the application around it, and failures told in one sentence.

A failure never shows a traceback. Where it is our own fault, the traceback goes to the log at the level DEBUG.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import click
from flask import Flask, current_app
from flask.cli import ScriptInfo
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from werkzeug.local import LocalProxy

from cop.cli.folders import say_denied
from cop.demo.faults import BadContent
from cop.demo.home import NotADemo
from cop.platform.errors import Problem
from cop.search.port import IndexBusy
from cop.settings import BadSetting, Settings

log = logging.getLogger(__name__)


class Failure(click.ClickException):
    """A command could not do its work; the sentence says why and, where it helps, what to do."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"cop: {self.format_message()}", file=file, err=file is None)


class BareCommand(click.Command):
    """A command that runs without an application."""

    def invoke(self, ctx: click.Context) -> Any:
        with telling_failures():
            return super().invoke(ctx)


class Command(BareCommand):
    """A command that runs in the context of the current application, which whoever runs the commands has built."""

    def invoke(self, ctx: click.Context) -> Any:
        with telling_failures():
            if not current_app:
                ctx.with_resource(ctx.ensure_object(ScriptInfo).load_app().app_context())
            return super().invoke(ctx)


def application() -> Flask:
    """The current application itself, not the proxy."""
    return cast("LocalProxy[Flask]", current_app)._get_current_object()


def settings() -> Settings:
    """The settings of the current application."""
    return cast("Settings", current_app.extensions["cop-settings"])


@contextmanager
def telling_failures() -> Iterator[None]:
    """Turn whatever goes wrong into a Failure."""
    try:
        yield
    except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
        raise
    except Exception as problem:
        log.debug("The command failed.", exc_info=True)
        raise Failure(sentence_of(problem)) from problem


def sentence_of(problem: BaseException) -> str:
    """One line that tells an operator what went wrong."""
    if isinstance(problem, click.ClickException):
        return problem.format_message()
    if isinstance(problem, Problem):
        return problem.reason or str(problem) or "There is nothing of that name here."
    if isinstance(problem, sqlite3.Error):  # while it connects nobody wraps what it says
        return f"The database refused: {_first_line(problem)}."
    if isinstance(problem, DBAPIError):
        return f"The database refused: {_first_line(problem.orig)}."
    if isinstance(problem, SQLAlchemyError):
        return f"The database cannot be used: {_first_line(problem)}."
    if isinstance(problem, PermissionError) and problem.filename:
        return say_denied(Path(os.fsdecode(problem.filename)))
    if isinstance(problem, OSError) and problem.strerror:
        return f"{problem.strerror}: {problem.filename}." if problem.filename else f"{problem.strerror}."
    if isinstance(problem, (BadSetting, IndexBusy, NotADemo, BadContent)):
        return str(problem)
    return f"This is a fault in cop itself, {type(problem).__name__}: {_first_line(problem)}."


def _first_line(problem: BaseException | None) -> str:
    lines = str(problem).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(problem).__name__
