"""Procedures: listed, added, changed, and looked at again."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from cop.accounts.queries import list_lines
from cop.communities.members.queries import get_member
from cop.communities.queries import get_community
from cop.discussions.procedures import operations as procedures
from cop.discussions.procedures.queries import get_procedure, list_grounds_of
from cop.discussions.procedures.texts import ProcedureText, render_procedure
from cop.discussions.queries import get_thread, list_fields
from cop.platform import ids, markup
from cop.platform.errors import Conflict, NotAllowed, NotVisible, Unsound
from cop.platform.words import gettext as _
from cop.web.addresses import address_of
from cop.web.callers import anyone, signed_in, viewer
from cop.web.composers import draft_begun, thread_begun
from cop.web.drafts import keep_in_hand
from cop.web.forms.procedures import ProcedureFields
from cop.web.limiting import previewing_limit, writing_limit
from cop.web.mentioning import link_story
from cop.web.pages.composer import Telling, sections_of
from cop.web.pages.procedures import (
    ProcedureForm,
    build_procedure_composer,
    build_procedure_reviser,
    build_procedures_page,
)
from cop.web.previewing import wants_preview
from cop.web.refusals import refuse
from cop.web.sending import carry_out, now

Page = tuple[str, int]
routes = Blueprint("procedures", __name__)


@routes.get("/c/<slug>/procedures")
@anyone
def list_procedures(slug: str) -> str:
    page = build_procedures_page(
        viewer(), slug, after=request.args.get("after"), before=request.args.get("before"), now=now()
    )
    return render_template("communities/procedures.html", page=page)


@routes.get("/c/<slug>/new/procedure")
@signed_in
def compose_procedure(slug: str) -> Page:
    if draft := thread_begun(slug, "procedure"):
        return _compose(slug, ProcedureFields.refilled(draft))
    return _compose(slug, ProcedureFields(owner=viewer().handle, reviewed=now().date().isoformat()))


@routes.post("/c/<slug>/new/procedure")
@signed_in
@writing_limit
@previewing_limit
def add_procedure(slug: str) -> Response | Page:
    form = ProcedureFields()
    if "looking" in request.form:
        return _compose(slug, form)
    if wants_preview():
        return _compose(slug, form, preview=_preview(form, slug=slug))
    if not form.is_sound(now()):
        return _compose(slug, form, 422)
    text = _render_text(form, slug=slug)
    try:
        return carry_out(lambda: _add(slug, text, form))
    except Unsound as problem:
        form.blame(problem.faults)
        return _compose(slug, form, 422)
    except NotAllowed:
        return _compose(slug, form, 403)


@routes.get("/t/<thread_id>/edit-procedure")
@signed_in
def edit_procedure(thread_id: str) -> Page:
    thread = get_thread(viewer(), ids.read(thread_id))
    procedure = get_procedure(thread.id)
    if draft := draft_begun(f"revision:{thread.id}"):
        return _revise_page(thread_id, ProcedureFields.refilled(draft))
    owner = list_lines([procedure.owner_id]).get(procedure.owner_id) if procedure.owner_id is not None else None
    grounds = list_grounds_of(viewer(), thread.id)
    form = ProcedureFields.of(thread, procedure, list_fields(thread.id), grounds, owner.handle if owner else "")
    return _revise_page(thread_id, form)


@routes.post("/t/<thread_id>/edit-procedure")
@signed_in
@writing_limit
@previewing_limit
def revise_procedure(thread_id: str) -> Response | Page:
    form = ProcedureFields()
    if "looking" in request.form:
        return _revise_page(thread_id, form)
    if wants_preview():
        return _revise_page(thread_id, form, preview=_preview(form, thread_id=thread_id))
    if not form.is_sound(now()):
        return _revise_page(thread_id, form, 422)
    text = _render_text(form, thread_id=thread_id)
    try:
        return carry_out(lambda: _revise(thread_id, text, form))
    except Unsound as problem:
        form.blame(problem.faults)
        return _revise_page(thread_id, form, 422)
    except Conflict:
        return _revise_page(thread_id, form, 409)


@routes.post("/t/<thread_id>/reviewed")
@signed_in
@writing_limit
def mark_reviewed(thread_id: str) -> Response:
    answer = carry_out(lambda: _mark(thread_id))
    flash(_("Reviewed today."), "good")
    return answer


def _render_text(form: ProcedureFields, *, slug: str = "", thread_id: str = "") -> ProcedureText:
    """Its steps, with the people they mention as links."""
    text = render_procedure(form.draft(), now=now())
    return replace(text, story=link_story(text.story, slug=slug, thread_id=thread_id))


def _preview(form: ProcedureFields, *, slug: str = "", thread_id: str = "") -> Telling | None:
    """How it will read; None for what is longer than can be sent."""
    if markup.is_too_long(form.draft().text):
        return None
    story = _render_text(form, slug=slug, thread_id=thread_id).story
    return Telling(story.title, "", sections_of(story.fields))


def _compose(slug: str, form: ProcedureFields, status: int = 200, *, preview: Telling | None = None) -> Page:
    keep_in_hand()
    page = build_procedure_composer(viewer(), slug, chosen=form.grounds(), look=form.words(), now=now())
    return _render(replace(page, preview=preview), form, status)


def _revise_page(thread_id: str, form: ProcedureFields, status: int = 200, *, preview: Telling | None = None) -> Page:
    keep_in_hand()
    page = build_procedure_reviser(viewer(), ids.read(thread_id), chosen=form.grounds(), look=form.words(), now=now())
    if page.revised and status == 409:
        form.seen_revision.data = page.revised.revision  # what is sent next is meant to stand on top of it
    return _render(replace(page, preview=preview), form, status)


def _render(page: ProcedureForm, form: ProcedureFields, status: int) -> Page:
    """The boxes, or why not; somebody who has typed already keeps it whatever the reason."""
    if not page.may_write and request.method == "GET":
        return refuse(page.community, page.may_write)
    shown = render_template("threads/point.html", page=page, form=form, is_overtaken=status == 409)
    return shown, status if page.may_write else 403


def _add(slug: str, text: ProcedureText, form: ProcedureFields) -> str:
    community = get_community(viewer(), slug)
    owner_id = _find_owner(community.id, form)
    return address_of(
        procedures.add_procedure(
            actor=viewer(), community=community, text=text, owner_id=owner_id, grounds=form.grounds(), now=now()
        )
    )


def _revise(thread_id: str, text: ProcedureText, form: ProcedureFields) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    procedures.revise_procedure(
        actor=viewer(),
        thread=thread,
        text=text,
        owner_id=_find_owner(thread.community_id, form),
        grounds=form.grounds(),
        seen_revision=form.revision(),
        now=now(),
    )
    return address_of(thread)


def _mark(thread_id: str) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    procedures.mark_reviewed(actor=viewer(), thread=thread, now=now())
    return address_of(thread)


def _find_owner(community_id: int, form: ProcedureFields) -> int:
    """Whoever keeps it is a member: somebody has to be asked when it no longer fits."""
    try:
        return get_member(community_id, form.handle()).person.id
    except NotVisible as problem:
        raise Unsound({"owner": _("Nobody of this name is in this community.")}) from problem
