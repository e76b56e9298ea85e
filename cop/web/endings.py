"""Retiring a thread, naming what has taken its place, and taking either back."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from cop.discussions.endings import operations as endings
from cop.discussions.queries import get_thread
from cop.platform import ids
from cop.platform.errors import NotAllowed, Unsound
from cop.platform.words import gettext as _
from cop.web.addresses import address_of
from cop.web.callers import signed_in, viewer
from cop.web.composers import draft_begun
from cop.web.drafts import keep_in_hand, save_beside
from cop.web.errors import what_was_sent
from cop.web.forms.care import RetireForm, SupersedeForm
from cop.web.limiting import writing_limit
from cop.web.pages.tending import build_retire_page, build_supersede_page
from cop.web.refusals import refuse
from cop.web.sending import carry_out, now

Page = tuple[str, int]
routes = Blueprint("endings", __name__)


@routes.get("/t/<thread_id>/retire")
@signed_in
def ask_retire(thread_id: str) -> Page:
    draft = draft_begun(f"retire:{ids.read(thread_id)}")
    return _show_retire(thread_id, RetireForm.refilled(draft) if draft else RetireForm(formdata=None))


@routes.post("/t/<thread_id>/retire")
@signed_in
@writing_limit
def retire_thread(thread_id: str) -> Response | Page:
    form = RetireForm()
    if not form.is_sound():
        return _show_retire(thread_id, form, status=422)
    try:
        answer = carry_out(lambda: _retire(thread_id, form.text()))
    except NotAllowed:
        return _show_retire(thread_id, form, status=403)
    flash(_("Retired. It can still be read, and you can take this back here."), "good")
    return answer


@routes.get("/t/<thread_id>/supersede")
@signed_in
def ask_supersede(thread_id: str) -> Page:
    draft = draft_begun(f"supersede:{ids.read(thread_id)}")
    return _show_supersede(thread_id, SupersedeForm.refilled(draft) if draft else SupersedeForm(formdata=None))


@routes.post("/t/<thread_id>/supersede")
@signed_in
@writing_limit
def supersede_thread(thread_id: str) -> Response | Page:
    form = SupersedeForm()
    if "looking" in request.form:
        return _show_supersede(thread_id, form)
    if not form.is_sound():
        return _show_supersede(thread_id, form, status=422)
    try:
        return carry_out(lambda: _supersede(thread_id, form.successor_id(), form.text()))
    except Unsound as problem:
        form.blame(problem.faults)
        return _show_supersede(thread_id, form, status=422)
    except NotAllowed:
        return _show_supersede(thread_id, form, status=403)


@routes.post("/t/<thread_id>/supersede/agree")
@signed_in
@writing_limit
def agree_to_successor(thread_id: str) -> Response:
    return _press(thread_id, endings.agree_to_successor)


@routes.post("/t/<thread_id>/supersede/drop")
@signed_in
@writing_limit
def drop_successor(thread_id: str) -> Response:
    return _press(thread_id, endings.drop_successor)


@routes.post("/t/<thread_id>/reopen")
@signed_in
@writing_limit
def reopen_thread(thread_id: str) -> Response:
    answer = _press(thread_id, endings.reopen_thread)
    flash(_("Taken back. It stands where it would stand anyway."), "good")
    return answer


def _show_retire(thread_id: str, form: RetireForm, *, status: int = 200) -> Page:
    keep_in_hand()
    page = build_retire_page(viewer(), ids.read(thread_id), now=now())
    if not page.may and request.method == "GET":
        return refuse(page.community, page.may)
    return render_template("threads/retire.html", page=page, form=form), status if page.may else 403


def _show_supersede(thread_id: str, form: SupersedeForm, *, status: int = 200) -> Page:
    keep_in_hand()
    page = build_supersede_page(viewer(), ids.read(thread_id), chosen=form.successor_id(), look=form.words(), now=now())
    if not page.may and request.method == "GET":
        return refuse(page.community, page.may)
    return render_template("threads/supersede.html", page=page, form=form), status if page.may else 403


def _retire(thread_id: str, reason: str) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    endings.retire_thread(actor=viewer(), thread=thread, reason=reason, now=now())
    return address_of(thread)


def _supersede(thread_id: str, successor_id: int | None, reason: str) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    endings.supersede_thread(actor=viewer(), thread=thread, successor_id=successor_id, reason=reason, now=now())
    return address_of(thread)


def _press(thread_id: str, change: Callable[..., None]) -> Response:
    """One button; a reply that is being written below it stays."""
    save_beside(what_was_sent())
    return carry_out(lambda: _do(thread_id, change), says_it=False)


def _do(thread_id: str, change: Callable[..., None]) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    change(actor=viewer(), thread=thread, now=now())
    return address_of(thread)
