"""HTML: one module per resource, forms/ for what is sent, pages/ for what is shown."""

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """Every resource's routes."""
    from cop.web import accounts, communities, people, replies, search, site, threads, verdicts

    return [module.routes for module in (site, accounts, communities, threads, replies, verdicts, people, search)]
