"""Search: by a situation, as one would tell it to a colleague, or by words."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request

from cop.search.jobs import Indexing
from cop.web.callers import anyone, viewer
from cop.web.pages.search import Asked, build_search_page
from cop.web.sending import now

routes = Blueprint("search", __name__)


@routes.get("/search")
@anyone
def show_search() -> tuple[str, int]:
    indexing: Indexing = current_app.extensions["cop-indexing"]
    asked = Asked(request.args.get("q", ""), tuple(request.args.getlist("c")), request.args.get("after"))
    page = build_search_page(viewer(), indexing.index, asked, now=now())
    return render_template("search/show.html", page=page), 503 if page.answer == "unavailable" else 200
