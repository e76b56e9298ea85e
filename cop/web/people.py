"""People: what somebody practises, who says so, what they told and what others did with it."""

from __future__ import annotations

from flask import Blueprint, render_template

from cop.web.callers import anyone, viewer
from cop.web.pages.people import build_person_page
from cop.web.sending import now

routes = Blueprint("people", __name__)


@routes.get("/people/<handle>")
@anyone
def show_person(handle: str) -> str:
    return render_template("people/show.html", page=build_person_page(viewer(), handle, now=now()))
