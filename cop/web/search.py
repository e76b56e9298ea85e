"""Search: by a situation, as one would tell it to a colleague, or by words."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request

from cop.search.jobs import Indexing
from cop.web.callers import anyone, viewer
from cop.web.forms.search import NarrowForm
from cop.web.pages.search import ORDERS, Asked, build_search_page
from cop.web.sending import now

routes = Blueprint("search", __name__)

_STATUS = {"unavailable": 503, "misread": 422}


@routes.get("/search")
@anyone
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
