"""HTML: one module per resource, forms/ for what is sent, pages/ for what is shown."""

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """Every resource's routes."""
    from cop.web import (
        accounts,
        admin,
        callbacks,
        cases,
        check_ins,
        communities,
        community_settings,
        composing,
        conditions,
        decisions,
        drafts,
        endings,
        insights,
        invitations,
        keepers,
        letters,
        memberships,
        needs,
        people,
        probes,
        procedures,
        questions,
        replies,
        revisions,
        search,
        settings,
        site,
        standings,
        threads,
        verdicts,
    )

    around_people = (accounts, letters, settings, admin, people, needs, callbacks)
    around_communities = (communities, memberships, standings, invitations, community_settings)
    around_threads = (threads, questions, cases, decisions, procedures, replies, probes, insights, revisions, verdicts)
    around_care = (check_ins, conditions, endings, keepers)
    around_writing = (drafts, composing)
    modules = (site, *around_people, *around_communities, *around_threads, *around_care, *around_writing, search)
    return [module.routes for module in modules]
