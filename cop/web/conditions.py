"""Under what condition it holds: proposed, accepted, and left."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from cop.discussions.queries import get_thread
from cop.endorsements.conditions import operations as conditions
from cop.endorsements.conditions.models import HOLDS_WHEN, SORTS
from cop.endorsements.conditions.queries import get_condition
from cop.platform import ids
from cop.platform.errors import NotAllowed
from cop.web.addresses import address_of
from cop.web.callers import signed_in, viewer
from cop.web.composers import draft_begun
from cop.web.drafts import keep_in_hand, save_beside
from cop.web.errors import what_was_sent
from cop.web.forms.care import ConditionForm
from cop.web.limiting import writing_limit
from cop.web.pages.tending import build_condition_page
from cop.web.refusals import refuse
from cop.web.sending import carry_out, now

Page = tuple[str, int]
routes = Blueprint("conditions", __name__)


@routes.get("/t/<thread_id>/condition")
@signed_in
def compose_condition(thread_id: str) -> Page:
    if draft := draft_begun(f"condition:{ids.read(thread_id)}"):
        return _show(thread_id, ConditionForm.refilled(draft))
    asked = request.args.get("sort", "")
    return _show(thread_id, ConditionForm(formdata=None, sort=asked if asked in SORTS else HOLDS_WHEN))


@routes.post("/t/<thread_id>/condition")
@signed_in
@writing_limit
def propose_condition(thread_id: str) -> Response | Page:
    form = ConditionForm()
    if not form.is_sound():
        return _show(thread_id, form, status=422)
    try:
        return carry_out(lambda: _propose(thread_id, form.sort.data or "", form.text()))
    except NotAllowed:
        return _show(thread_id, form, status=403)


@routes.post("/t/<thread_id>/conditions/<condition_id>/accept")
@signed_in
@writing_limit
def accept_condition(thread_id: str, condition_id: str) -> Response:
    save_beside(what_was_sent())
    return carry_out(lambda: _change(thread_id, condition_id, conditions.accept_condition), says_it=False)


@routes.post("/t/<thread_id>/conditions/<condition_id>/leave")
@signed_in
@writing_limit
def leave_condition(thread_id: str, condition_id: str) -> Response:
    save_beside(what_was_sent())
    return carry_out(lambda: _change(thread_id, condition_id, conditions.leave_condition), says_it=False)


def _show(thread_id: str, form: ConditionForm, *, status: int = 200) -> Page:
    keep_in_hand()
    page = build_condition_page(viewer(), ids.read(thread_id), now=now())
    if not page.may and request.method == "GET":
        return refuse(page.community, page.may)
    return render_template("threads/condition.html", page=page, form=form), status if page.may else 403


def _propose(thread_id: str, sort: str, text: str) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    conditions.propose_condition(actor=viewer(), thread=thread, sort=sort, text=text, now=now())
    return f"{address_of(thread)}#conditions"


def _change(thread_id: str, condition_id: str, change: Callable[..., None]) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    condition = get_condition(thread.id, ids.read(condition_id))
    change(actor=viewer(), thread=thread, condition=condition, now=now())
    return f"{address_of(thread)}#conditions"
