"""HTML: one module per resource, forms/ for what is sent, pages/ for what is shown."""

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """Every resource's routes."""
    from cop.web import (
        accounts,
        communities,
        community_settings,
        invitations,
        memberships,
        people,
        replies,
        search,
        site,
        threads,
        verdicts,
    )

    around_communities = (communities, memberships, invitations, community_settings)
    modules = (site, accounts, *around_communities, threads, replies, verdicts, people, search)
    return [module.routes for module in modules]
