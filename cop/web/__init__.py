"""HTML: one module per resource, forms/ for what is sent, pages/ for what is shown."""

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """Every resource's routes."""
    from cop.web import (
        accounts,
        admin,
        cases,
        communities,
        community_settings,
        composing,
        decisions,
        drafts,
        invitations,
        letters,
        memberships,
        people,
        procedures,
        questions,
        replies,
        revisions,
        search,
        settings,
        site,
        threads,
        verdicts,
    )

    around_people = (accounts, letters, settings, admin, people)
    around_communities = (communities, memberships, invitations, community_settings)
    around_threads = (threads, questions, cases, decisions, procedures, replies, revisions, verdicts, drafts, composing)
    modules = (site, *around_people, *around_communities, *around_threads, search)
    return [module.routes for module in modules]
