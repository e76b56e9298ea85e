"""Communities: all of them, one with its threads, who practises in it, joining and vouching, and where to tell."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cop.communities.operations import join_community, vouch_for
from cop.communities.queries import get_community, get_member
from cop.platform.words import gettext as _
from cop.web.caching import kept_for_visitors
from cop.web.callers import anyone, signed_in, viewer
from cop.web.forms.communities import VouchForm
from cop.web.limiting import writing_limit
from cop.web.pages.communities import (
    SORTS,
    build_communities_page,
    build_community_page,
    build_people_page,
    build_tell_page,
    build_vouch_page,
)
from cop.web.paths import own_path
from cop.web.sending import carry_out, now

routes = Blueprint("communities", __name__)
LONGEST_BACK = 500  # characters: as much as is remembered of where a form led


@routes.get("/c/")
@anyone
def list_all() -> str:
    page = build_communities_page(viewer(), after=request.args.get("after"), now=now())
    return render_template("communities/list.html", page=page)


@routes.get("/c/<slug>/")
@anyone
@kept_for_visitors
def show_community(slug: str) -> str:
    asked = request.args.get("sort", "")
    page = build_community_page(
        viewer(),
        slug,
        sort=asked if asked in SORTS else SORTS[0],
        after=request.args.get("after"),
        before=request.args.get("before"),
        now=now(),
    )
    return render_template("communities/show.html", page=page)


@routes.get("/c/<slug>/people")
@anyone
def list_people(slug: str) -> str:
    page = build_people_page(viewer(), slug, role=request.args.get("role"), after=request.args.get("after"))
    return render_template("communities/people.html", page=page)


@routes.post("/c/<slug>/people/<handle>/vouch")
@signed_in
@writing_limit
def vouch(slug: str, handle: str) -> Response | tuple[str, int]:
    form = VouchForm()
    if not form.is_sound():
        page = build_vouch_page(viewer(), slug, handle)
        return render_template("communities/vouch.html", page=page, form=form), 422

    def work() -> str:
        community = get_community(viewer(), slug)
        person = get_member(community.id, handle).person
        vouch_for(actor=viewer(), community=community, person_id=person.id, line=form.text(), now=now())
        return url_for(".list_people", slug=slug)

    answer = carry_out(work)
    flash(_("Your word stands beside their name. They are a practitioner here from now on."), "good")
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
