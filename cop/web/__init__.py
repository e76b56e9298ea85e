"""HTML: one module per resource, forms/ for what is sent, pages/ for what is shown."""

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """Every resource's routes."""
    from cop.web import (
        accounts,
        admin,
        communities,
        letters,
        people,
        replies,
        search,
        settings,
        site,
        threads,
        verdicts,
    )

    modules = (site, accounts, letters, settings, admin, communities, threads, replies, verdicts, people, search)
    return [module.routes for module in modules]
