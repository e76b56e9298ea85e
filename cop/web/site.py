"""The site itself: its front page, the reader's theme, and what operators and robots ask for."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from cop.web.arriving import tell_arrival
from cop.web.callers import anyone, operators, viewer
from cop.web.marking import waiting_marks
from cop.web.pages.site import HomePage, build_home_page, build_welcome_page, read_readiness
from cop.web.paths import own_path
from cop.web.sending import now
from cop.web.templating import THEMES, asset

routes = Blueprint("site", __name__)

_A_YEAR = 365 * 24 * 3600
_FOR_ROBOTS = """User-agent: *
Disallow: /search
Disallow: /signin
Disallow: /signup
Disallow: /signout
Disallow: /settings/
Disallow: /drafts
Disallow: /letters/
Disallow: /reset
Disallow: /admin/
Disallow: /invitations/
"""


@routes.get("/")
@anyone
def front() -> str | AnyResponse:
    if viewer().is_authenticated:
        return render_template("site/home.html", page=_build_home())
    page = build_welcome_page(viewer(), now=now())
    if page.is_first_run:
        return _show_first_run()
    return render_template("site/welcome.html", page=page)


def _build_home() -> HomePage:
    return build_home_page(viewer(), marks=waiting_marks(), now=now())


def _show_first_run() -> AnyResponse:
    """Never kept: the next moment there may be an administrator."""
    response = make_response(render_template("site/first_run.html"))
    response.headers["Cache-Control"] = "private, no-store"
    return response


@routes.post("/theme")
@anyone
def set_theme() -> AnyResponse:
    response = redirect(own_path(request.form.get("back")), 303)
    theme = request.form.get("theme")
    if theme in THEMES:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie("theme", theme, max_age=_A_YEAR, secure=secure, samesite="Lax", path="/")
    return response


@routes.get("/healthz")
@operators
def show_health() -> Response:
    return jsonify(status="up", **tell_arrival())


@routes.get("/readyz")
@operators
def show_readiness() -> tuple[Response, int]:
    readiness = read_readiness()
    status = "ready" if readiness.is_ready else "not ready"
    answer = jsonify(status=status, database=readiness.database, schema=readiness.schema, index=readiness.index)
    return answer, 200 if readiness.is_ready else 503


@routes.get("/robots.txt")
@anyone
def show_robots() -> Response:
    return Response(_FOR_ROBOTS, mimetype="text/plain")


@routes.get("/favicon.ico")
@anyone
def show_favicon() -> AnyResponse:
    return redirect(asset("mark.svg"), 302)
