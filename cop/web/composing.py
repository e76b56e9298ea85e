"""What helps while one writes: discussions that are near, and the names of people one may mention."""

from __future__ import annotations

from flask import Blueprint, current_app, jsonify, render_template, request
from werkzeug.wrappers import Response

from cop.communities.members.queries import list_handles
from cop.communities.queries import get_community
from cop.search.jobs import Indexing
from cop.web.callers import signed_in, viewer
from cop.web.pages.similar import Near, find_similar
from cop.web.sending import now
from cop.web.templating import practice_line

routes = Blueprint("composing", __name__)


@routes.get("/c/<slug>/similar")
@signed_in
def show_similar(slug: str) -> str:
    """A part of the composer's page; empty when nothing is near."""
    return render_template("threads/_similar.html", similar=similar_to(slug, request.args.get("q", "")))


@routes.get("/c/<slug>/mentions")
@signed_in
def complete_mention(slug: str) -> Response:
    """People of this community whose name or handle begins so."""
    community = get_community(viewer(), slug)
    people = list_handles(community.id, beginning=request.args.get("q", ""))
    return jsonify([{"handle": one.handle, "name": one.name, "practice": practice_line(one)} for one in people])


def similar_to(slug: str, text: str) -> tuple[Near, ...]:
    """What is near a text in a community.

    Raises:
        NotVisible: there is no such community for this viewer.
    """
    indexing: Indexing = current_app.extensions["cop-indexing"]
    community = get_community(viewer(), slug)
    return find_similar(viewer(), indexing.index, community.id, text, now=now())
