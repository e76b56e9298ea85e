"""`cop routes`: every address the site answers to, and who may call it."""

from __future__ import annotations

import click
from werkzeug.routing import Rule

from cop.cli.commands import Command, application
from cop.cli.tables import tell_table

_OURS = {"HEAD", "OPTIONS"}  # answered everywhere, so not worth a word


@click.command("routes", cls=Command)
def routes() -> None:
    """List the routes: methods, path, endpoint, and who may call it."""
    rules = sorted(application().url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
    tell_table(("methods", "path", "endpoint", "who may call it"), [_row(rule) for rule in rules])


def _row(rule: Rule) -> tuple[str, ...]:
    view = application().view_functions[rule.endpoint]
    callers = "anyone" if rule.endpoint == "static" else getattr(view, "cop_callers", "undeclared")
    return ", ".join(sorted((rule.methods or set()) - _OURS)), rule.rule, rule.endpoint, callers
