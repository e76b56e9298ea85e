"""Questions: “my situation” that found no thread, asked and revised."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from cop.communities.queries import get_community
from cop.discussions import operations as discussions
from cop.discussions.queries import get_thread, list_fields, list_topics_of
from cop.discussions.stories import Story, render_story
from cop.platform import ids
from cop.platform.errors import Conflict, NotAllowed, NotVisible
from cop.platform.words import gettext as _
from cop.web.addresses import address_of
from cop.web.callers import signed_in, viewer
from cop.web.composers import draft_begun, thread_begun
from cop.web.composing import similar_to
from cop.web.drafts import keep_in_hand
from cop.web.forms.questions import QuestionForm
from cop.web.limiting import previewing_limit, writing_limit
from cop.web.mentioning import link_story
from cop.web.pages.composer import Around, ComposerPage, build_composer, build_reviser, preview_of
from cop.web.refusals import refuse
from cop.web.sending import carry_out, now

Page = tuple[str, int]
routes = Blueprint("questions", __name__)
_NOTHING = Around()


@routes.get("/c/<slug>/new/question")
@signed_in
def compose_question(slug: str) -> Page:
    """With `situation` in the address, as search leads here, the first box holds it."""
    situation = request.args.get("situation", "")
    draft = None if situation else thread_begun(slug, "question")
    return _render_composer(slug, QuestionForm.refilled(draft) if draft else QuestionForm(situation=situation))


@routes.post("/c/<slug>/new/question")
@signed_in
@writing_limit
@previewing_limit
def ask_question(slug: str) -> Response | Page:
    form = QuestionForm()
    if "preview" in request.form:
        return _render_composer(slug, form, _preview(form, slug))
    if not form.is_sound():
        return _render_composer(slug, form, status=422)
    question = link_story(render_story(form.draft(), now=now()), slug=slug)
    try:
        led_on = carry_out(lambda: _ask(slug, question, form.topics()))
    except NotAllowed:
        return _render_composer(slug, form, status=403)
    flash(_("Asked."), "good")
    return led_on


@routes.get("/t/<thread_id>/edit-question")
@signed_in
def edit_question(thread_id: str) -> Page:
    thread = get_thread(viewer(), ids.read(thread_id))
    if thread.kind != "question":
        raise NotVisible
    if draft := draft_begun(f"revision:{thread.id}"):
        return _render_reviser(thread_id, QuestionForm.refilled(draft))
    topics = [topic.slug for topic in list_topics_of(thread.id)]
    return _render_reviser(thread_id, QuestionForm.of(thread, list_fields(thread.id), topics))


@routes.post("/t/<thread_id>/edit-question")
@signed_in
@writing_limit
@previewing_limit
def revise_question(thread_id: str) -> Response | Page:
    form = QuestionForm()
    if "preview" in request.form:
        return _render_reviser(thread_id, form, _preview(form))
    if not form.is_sound():
        return _render_reviser(thread_id, form, status=422)
    question = link_story(render_story(form.draft(), now=now()), thread_id=thread_id)
    try:
        return carry_out(lambda: _revise(thread_id, question, form))
    except Conflict:
        return _render_reviser(thread_id, form, Around(is_overtaken=True), status=409)


def _preview(form: QuestionForm, slug: str = "") -> Around:
    """How it will read; before it is asked, with the discussions that are near."""
    near = similar_to(slug, " ".join(form.draft().fields.values())) if slug else ()
    return Around(preview=preview_of(form.draft()), similar=near)


def _render_composer(slug: str, form: QuestionForm, around: Around = _NOTHING, *, status: int = 200) -> Page:
    keep_in_hand()
    return _render(build_composer(viewer(), slug, around, now=now()), form, status)


def _render_reviser(thread_id: str, form: QuestionForm, around: Around = _NOTHING, *, status: int = 200) -> Page:
    keep_in_hand()
    page = build_reviser(viewer(), ids.read(thread_id), around, now=now())
    if page.revised and around.is_overtaken:
        form.seen_revision.data = page.revised.revision  # what is sent next is meant to stand on top of it
    return _render(page, form, status)


def _render(page: ComposerPage, form: QuestionForm, status: int) -> Page:
    """The boxes, or why not; somebody who has typed already keeps it whatever the reason."""
    if not page.may_write and request.method == "GET":
        return refuse(page.community, page.may_write)
    return render_template("threads/ask.html", page=page, form=form), status if page.may_write else 403


def _ask(slug: str, question: Story, topics: list[str]) -> str:
    community = get_community(viewer(), slug)
    return address_of(
        discussions.ask_question(actor=viewer(), community=community, question=question, topics=topics, now=now())
    )


def _revise(thread_id: str, question: Story, form: QuestionForm) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    if thread.kind != "question":
        raise NotVisible
    discussions.revise_story(
        actor=viewer(), thread=thread, story=question, seen_revision=form.revision(), topics=form.topics(), now=now()
    )
    return address_of(thread)
