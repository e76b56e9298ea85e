"""Cases: brought, cut from a story, revised, and told to their end."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from cop.cases import operations as cases
from cop.cases.permissions import can_revise_case
from cop.cases.queries import has_begun
from cop.cases.texts import CaseText, render_case
from cop.communities.queries import find_visible_id, get_community
from cop.discussions.queries import get_thread, list_fields, list_topics_of
from cop.platform import ids, markup
from cop.platform.database import reading
from cop.platform.errors import Conflict, NotAllowed, NotVisible
from cop.platform.markup import Rendered
from cop.platform.words import gettext as _
from cop.web.addresses import address_of
from cop.web.callers import signed_in, viewer
from cop.web.composers import draft_begun, thread_begun
from cop.web.drafts import keep_in_hand
from cop.web.forms.cases import CaseForm, OutcomeForm
from cop.web.limiting import previewing_limit, writing_limit
from cop.web.mentioning import link_story
from cop.web.pages.cases import (
    CaseComposerPage,
    CasePreview,
    build_case_composer,
    build_case_reviser,
    build_outcome_page,
    find_own_story,
    preview_of_case,
    read_whole,
)
from cop.web.pages.composer import Around
from cop.web.previewing import wants_preview
from cop.web.refusals import refuse
from cop.web.reminding import look_for_people
from cop.web.sending import carry_out, now

Page = tuple[str, int]
routes = Blueprint("cases", __name__)
_NOTHING = Around()


@routes.get("/c/<slug>/new/case")
@signed_in
def compose_case(slug: str) -> Page:
    """With `story` in the address, a story of one's own that is to be cut."""
    if "story" in request.args:
        return _render_composer(slug, _cut(slug, ids.read(request.args["story"])))
    draft = thread_begun(slug, "case")
    return _render_composer(slug, CaseForm.refilled(draft) if draft else CaseForm())


@routes.post("/c/<slug>/new/case")
@signed_in
@writing_limit
@previewing_limit
def tell_case(slug: str) -> Response | Page:
    form = CaseForm()
    if form.adds():
        return _render_composer(slug, form)
    if wants_preview():
        return _render_composer(slug, form, preview=_preview(form, slug=slug))
    if not form.is_sound():
        return _render_composer(slug, form, status=422)
    telltales = () if form.redacted.data else look_for_people(slug, form.texts(), titles=form.lines())
    if telltales:
        return _render_composer(slug, form, Around(telltales=telltales))
    case = _rendered(form, slug=slug)
    try:
        led_on = carry_out(lambda: _tell(slug, case, form))
    except NotAllowed:
        return _render_composer(slug, form, status=403)
    flash(_("Told. What lies behind each decision is sealed until a reader has chosen."), "good")
    return led_on


@routes.get("/t/<thread_id>/edit-case")
@signed_in
def edit_case(thread_id: str) -> Page:
    thread = get_thread(viewer(), ids.read(thread_id))
    if thread.kind != "case":
        raise NotVisible
    if viewer().id != thread.teller_id:  # whoever may not revise it is given nothing of what is sealed
        return _render_reviser(thread_id, CaseForm())
    if draft := draft_begun(f"revision:{thread.id}"):
        return _render_reviser(thread_id, CaseForm.refilled(draft))
    topics = [topic.slug for topic in list_topics_of(thread.id)]
    forks, outcome = read_whole(thread.id)
    return _render_reviser(thread_id, CaseForm.of(thread, list_fields(thread.id), forks, outcome, topics))


@routes.post("/t/<thread_id>/edit-case")
@signed_in
@writing_limit
@previewing_limit
def revise_case(thread_id: str) -> Response | Page:
    form, is_begun = CaseForm(), _is_begun(thread_id)
    if form.adds():
        return _render_reviser(thread_id, form)
    if wants_preview():
        preview = None if is_begun else _preview(form, thread_id=thread_id)
        return _render_reviser(thread_id, form, preview=preview)
    if not (form.is_frame_sound() if is_begun else form.is_sound()):
        return _render_reviser(thread_id, form, status=422)
    case = None if is_begun else _rendered(form, thread_id=thread_id)
    try:
        return carry_out(lambda: _revise(thread_id, case, form))
    except Conflict:
        if not is_begun and _is_begun(thread_id):
            raise  # somebody chose meanwhile: the page that says so gives back every box
        return _render_reviser(thread_id, form, status=409)


@routes.get("/t/<thread_id>/outcome")
@signed_in
def ask_outcome(thread_id: str) -> Page:
    draft = draft_begun(f"outcome:{ids.read(thread_id)}")
    return _render_outcome(thread_id, OutcomeForm.refilled(draft) if draft else OutcomeForm())


@routes.post("/t/<thread_id>/outcome")
@signed_in
@writing_limit
def tell_outcome(thread_id: str) -> Response | Page:
    form = OutcomeForm()
    if not form.is_sound():
        return _render_outcome(thread_id, form, status=422)
    text = markup.render(form.text())
    answer = carry_out(lambda: _tell_outcome(thread_id, text))
    flash(_("Told. Those who have chosen can read it."), "good")
    return answer


def _cut(slug: str, story_id: int | None) -> CaseForm:
    story = find_own_story(viewer(), story_id, find_visible_id(viewer(), slug) or 0)
    if story is None:
        raise NotVisible
    topics = [topic.slug for topic in list_topics_of(story.id)]
    return CaseForm.cut_from(story, list_fields(story.id), topics)


def _rendered(form: CaseForm, *, slug: str = "", thread_id: str = "") -> CaseText:
    case = render_case(form.draft())
    return replace(case, story=link_story(case.story, slug=slug, thread_id=thread_id))


def _preview(form: CaseForm, *, slug: str = "", thread_id: str = "") -> CasePreview | None:
    """How it will read; None for what is longer than can be told."""
    if markup.is_too_long(*form.texts().values()):
        return None
    return preview_of_case(_rendered(form, slug=slug, thread_id=thread_id))


def _is_begun(thread_id: str) -> bool:
    """Whether only the lines above it can be changed, in a short read of its own; only its teller gets that far."""
    with reading():
        thread = get_thread(viewer(), ids.read(thread_id))
        if thread.kind != "case":
            raise NotVisible
        can_revise_case(viewer(), thread, now()).enforce()
        return has_begun(thread.id)


def _render_composer(
    slug: str, form: CaseForm, around: Around = _NOTHING, *, preview: CasePreview | None = None, status: int = 200
) -> Page:
    keep_in_hand()
    page = build_case_composer(viewer(), slug, around, story_id=form.story_id(), now=now())
    return _render(replace(page, preview=preview), form, status)


def _render_reviser(thread_id: str, form: CaseForm, *, preview: CasePreview | None = None, status: int = 200) -> Page:
    keep_in_hand()
    page = build_case_reviser(viewer(), ids.read(thread_id), is_overtaken=status == 409, now=now())
    if page.composer.revised and status == 409:
        form.seen_revision.data = page.composer.revised.revision  # what is sent next is meant to stand on top of it
    return _render(replace(page, preview=preview), form, status)


def _render(page: CaseComposerPage, form: CaseForm, status: int) -> Page:
    """The boxes, or why not; somebody who has typed already keeps it whatever the reason."""
    may_write = page.composer.may_write
    if not may_write and request.method == "GET":
        return refuse(page.composer.community, may_write)
    shown = render_template("cases/compose.html", page=page.composer, case=page, form=form)
    return shown, status if may_write else 403


def _render_outcome(thread_id: str, form: OutcomeForm, *, status: int = 200) -> Page:
    keep_in_hand()
    page = build_outcome_page(viewer(), ids.read(thread_id), now=now())
    if not page.may_tell and request.method == "GET":
        return refuse(page.community, page.may_tell)
    shown = render_template("cases/outcome.html", page=page, form=form)
    return shown, status if page.may_tell else 403


def _tell(slug: str, case: CaseText, form: CaseForm) -> str:
    community = get_community(viewer(), slug)
    story = find_own_story(viewer(), form.story_id(), community.id)
    return address_of(
        cases.tell_case(
            actor=viewer(),
            community=community,
            case=case,
            topics=form.topics(),
            story_id=story.id if story else None,
            now=now(),
        )
    )


def _revise(thread_id: str, case: CaseText | None, form: CaseForm) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    draft, seen, topics = form.draft(), form.revision(), form.topics()
    if case is None:
        cases.rename_case(
            actor=viewer(),
            thread=thread,
            title=draft.title,
            hook=draft.hook,
            seen_revision=seen,
            topics=topics,
            now=now(),
        )
    else:
        cases.revise_case(actor=viewer(), thread=thread, case=case, seen_revision=seen, topics=topics, now=now())
    return address_of(thread)


def _tell_outcome(thread_id: str, text: Rendered) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    cases.tell_outcome(actor=viewer(), thread=thread, text=text, now=now())
    return f"{address_of(thread)}#outcome"
