"""Standing, in words: why somebody is a practitioner here, known here, or new."""

from __future__ import annotations

from flask import Blueprint, render_template

from cop.web.callers import signed_in, viewer
from cop.web.pages.standings import build_why_page

routes = Blueprint("standings", __name__)


@routes.get("/c/<slug>/people/<handle>/why")
@signed_in
def show_why(slug: str, handle: str) -> str:
    return render_template("communities/why.html", page=build_why_page(viewer(), slug, handle))
