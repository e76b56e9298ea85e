"""Communities: all of them, one with its threads, what it is, founding one, joining, and where to tell."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cop.communities.operations import CommunityDraft, found_own_community, join_community
from cop.communities.permissions import can_found
from cop.communities.queries import get_community
from cop.communities.requests.queries import find_hidden_request
from cop.platform.choices import site_settings
from cop.platform.errors import Unsound
from cop.platform.words import gettext as _
from cop.web.callers import anyone, signed_in, viewer
from cop.web.forms.communities import CommunityForm
from cop.web.limiting import writing_limit
from cop.web.pages.communities import (
    build_communities_page,
    build_community_page,
    build_outside_page,
    build_tell_page,
    find_head,
)
from cop.web.pages.community_settings import build_about_page
from cop.web.paths import own_path
from cop.web.sending import carry_out, now
from cop.web.visitors import kept_for_visitors

routes = Blueprint("communities", __name__)
LONGEST_BACK = 500  # characters: as much as is remembered of where a form led


def anyone_may_found() -> bool:
    return site_settings().found == "anyone"


@routes.get("/c/")
@anyone
def list_all() -> str:
    page = build_communities_page(
        viewer(), after=request.args.get("after"), now=now(), with_listed=True, anyone_may_found=anyone_may_found()
    )
    return render_template("communities/list.html", page=page)


@routes.get("/c/<slug>/")
@anyone
@kept_for_visitors
def show_community(slug: str) -> str | Response:
    head = find_head(viewer(), slug)
    if head is None:
        if hidden := find_hidden_request(viewer(), slug):
            return render_template("communities/asked.html", asked=hidden)
        return render_template("communities/outside.html", page=build_outside_page(viewer(), slug))
    if request.args.get("kind") == "procedure":
        return redirect(url_for("procedures.list_procedures", slug=slug))
    page = build_community_page(
        viewer(),
        head,
        sort=request.args.get("sort", ""),
        topic=request.args.get("topic", ""),
        state=request.args.get("state", ""),
        kind=request.args.get("kind", ""),
        after=request.args.get("after"),
        before=request.args.get("before"),
        now=now(),
    )
    return render_template("communities/show.html", page=page)


@routes.get("/c/<slug>/about")
@anyone
def show_about(slug: str) -> str:
    return render_template("communities/about.html", page=build_about_page(viewer(), slug))


@routes.get("/c/new")
@signed_in
def begin_community() -> str:
    can_found(viewer(), anyone_may=anyone_may_found()).enforce()
    return render_template("communities/new.html", form=CommunityForm())


@routes.post("/c/new")
@signed_in
@writing_limit
def found() -> Response | tuple[str, int]:
    can_found(viewer(), anyone_may=anyone_may_found()).enforce()
    form = CommunityForm()
    if not form.is_sound(is_new=True):
        return render_template("communities/new.html", form=form), 422
    draft = form.draft()
    try:
        answer = carry_out(lambda: _found(form.short_name(), draft))
    except Unsound as problem:
        form.blame(problem.faults)
        return render_template("communities/new.html", form=form), 422
    flash(_("Founded. You moderate it, and you are its first practitioner."), "good")
    return answer


@routes.post("/c/<slug>/join")
@signed_in
@writing_limit
def join(slug: str) -> Response:
    def work() -> str:
        community = get_community(viewer(), slug)
        join_community(actor=viewer(), community=community, now=now())
        back = own_path(request.form.get("back"), "")
        return back if 0 < len(back) <= LONGEST_BACK else url_for(".show_community", slug=slug)

    answer = carry_out(work)
    flash(_("You are in. Say what you have seen too, ask, and tell when something happens to you."), "good")
    return answer


@routes.get("/tell")
@signed_in
def choose_where_to_tell() -> str | Response:
    page = build_tell_page(viewer(), now=now())
    if len(page.places) == 1:
        return redirect(url_for("threads.compose_story", slug=page.places[0].community.slug))
    return render_template("communities/tell.html", page=page)


def _found(slug: str, draft: CommunityDraft) -> str:
    community = found_own_community(actor=viewer(), slug=slug, draft=draft, anyone_may=anyone_may_found(), now=now())
    return url_for(".show_community", slug=community.slug)
