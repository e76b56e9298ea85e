"""What the moderators of a community decide: what it says of itself, who reads it, its pace, its topics."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from cop.communities.operations import revise_community
from cop.communities.topics.operations import add_topic, rename_topic, retire_topic
from cop.platform.errors import Unsound
from cop.platform.words import gettext as _
from cop.web.callers import signed_in, viewer
from cop.web.forms.communities import CommunityForm, TopicForm
from cop.web.giving_back import give_back
from cop.web.limiting import writing_limit
from cop.web.pages.community_settings import AgainPage, build_settings_page, line_of, load_for_settings
from cop.web.sending import carry_out, now

routes = Blueprint("community_settings", __name__)
Answer = Response | tuple[str, int]


@routes.get("/c/<slug>/settings")
@signed_in
def edit_settings(slug: str) -> Answer:
    community = load_for_settings(viewer(), slug)
    return _render(slug, CommunityForm.of(community), 200)


@routes.post("/c/<slug>/settings")
@signed_in
@writing_limit
def revise_settings(slug: str) -> Answer:
    form = CommunityForm()
    if not form.is_sound(is_new=False):
        return _render(slug, form, 422)
    draft = form.draft()

    def work() -> str:
        revise_community(actor=viewer(), community=load_for_settings(viewer(), slug), draft=draft, now=now())
        return url_for(".edit_settings", slug=slug)

    answer = carry_out(work)
    flash(_("It stands as you have written it."), "good")
    return answer


@routes.post("/c/<slug>/topics")
@signed_in
@writing_limit
def add(slug: str) -> Answer:
    form = TopicForm()

    def work() -> str:
        add_topic(actor=viewer(), community=load_for_settings(viewer(), slug), name=form.text(), now=now())
        return _topics_of(slug)

    return _keep_topic(slug, form, work, _("Add a topic"))


@routes.post("/c/<slug>/topics/<topic>/rename")
@signed_in
@writing_limit
def rename(slug: str, topic: str) -> Answer:
    form = TopicForm()

    def work() -> str:
        community = load_for_settings(viewer(), slug)
        rename_topic(actor=viewer(), community=community, slug=topic, name=form.text(), now=now())
        return _topics_of(slug)

    return _keep_topic(slug, form, work, _("Rename the topic"))


@routes.post("/c/<slug>/topics/<topic>/retire")
@signed_in
@writing_limit
def retire(slug: str, topic: str) -> Answer:
    def work() -> str:
        retire_topic(actor=viewer(), community=load_for_settings(viewer(), slug), slug=topic, now=now())
        return _topics_of(slug)

    answer = carry_out(work)
    flash(_("Retired. What was told of it keeps it, and you can take it up again below."), "good")
    return answer


def _keep_topic(slug: str, form: TopicForm, work: Callable[[], str], title: str) -> Answer:
    """Carry it out, or give the name back with the reason."""
    try:
        if form.is_sound():
            return carry_out(work)
    except Unsound as problem:
        form.blame(problem.faults)
    community = line_of(load_for_settings(viewer(), slug))
    hint = _("A word or two, as people say it.")
    return give_back(form, AgainPage(community, title, hint, request.path, title, _topics_of(slug)))


def _topics_of(slug: str) -> str:
    return url_for(".edit_settings", slug=slug, _anchor="topics")


def _render(slug: str, form: CommunityForm, status: int) -> tuple[str, int]:
    page = build_settings_page(load_for_settings(viewer(), slug), viewer(), now=now())
    return render_template("communities/settings.html", page=page, form=form), status
