"""Search: by a situation, as one would tell it to a colleague, or by words."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, render_template, request, url_for

from cop.platform.ids import spell
from cop.platform.words import gettext as _
from cop.search.jobs import Indexing
from cop.web.callers import anyone, viewer
from cop.web.forms.search import NarrowForm
from cop.web.limiting import searching_limit, suggesting_limit
from cop.web.pages.search import ORDERS, Asked, build_search_page
from cop.web.pages.suggestions import build_suggestions
from cop.web.sending import now

routes = Blueprint("search", __name__)

_STATUS = {"unavailable": 503, "misread": 422}


@routes.get("/search")
@anyone
@searching_limit
def show_search() -> tuple[str, int]:
    indexing: Indexing = current_app.extensions["cop-indexing"]
    form = NarrowForm()
    asked = Asked(
        text=request.args.get("q", ""),
        slugs=tuple(request.args.getlist("c")),
        after=request.args.get("after"),
        order=request.args.get("order", ORDERS[0]),
        fields=form.fields(),
        is_sound=form.is_sound(),
        operators=form.operators(),
    )
    page = build_search_page(viewer(), indexing.index, asked, now=now())
    return render_template("search/show.html", page=page, form=form), _STATUS.get(page.answer, 200)


@routes.get("/search/suggest")
@anyone
@suggesting_limit
def suggest() -> Response:
    """Rows of what may be opened, each with its words and the place it is in."""
    offered = build_suggestions(viewer(), request.args.get("q", ""))
    return jsonify(
        titles=[
            {
                "title": one.title,
                "community": one.community,
                "href": url_for("threads.show_thread", thread_id=spell(one.thread_id), slug=one.slug),
            }
            for one in offered.titles
        ],
        topics=[
            {
                "title": one.name,
                "community": _("a topic in %(community)s", community=one.community),
                "href": url_for("communities.show_community", slug=one.community_slug, topic=one.slug),
            }
            for one in offered.topics
        ],
    )
