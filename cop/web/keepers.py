"""Asking somebody to look after a thread whose teller has gone, saying yes, and giving it up."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from cop.communities.members.queries import Member, get_member
from cop.discussions.keepers import operations as keepers
from cop.discussions.queries import get_thread
from cop.platform import ids
from cop.platform.errors import NotAllowed, NotVisible, Unsound
from cop.platform.words import gettext as _
from cop.web.addresses import address_of
from cop.web.callers import signed_in, viewer
from cop.web.drafts import save_beside
from cop.web.errors import what_was_sent
from cop.web.forms.care import KeeperForm
from cop.web.limiting import writing_limit
from cop.web.pages.tending import build_keeper_page
from cop.web.refusals import refuse
from cop.web.sending import carry_out, now

Page = tuple[str, int]
routes = Blueprint("keepers", __name__)


@routes.get("/t/<thread_id>/keeper")
@signed_in
def name_keeper(thread_id: str) -> Page:
    return _show(thread_id, KeeperForm(formdata=None))


@routes.post("/t/<thread_id>/keeper")
@signed_in
@writing_limit
def ask_keeper(thread_id: str) -> Response | Page:
    form = KeeperForm()
    try:
        answer = carry_out(lambda: _ask(thread_id, form.name()))
    except Unsound as problem:
        form.blame(problem.faults)
        return _show(thread_id, form, status=422)
    except NotAllowed:
        return _show(thread_id, form, status=403)
    flash(_("Asked. They keep it once they have said yes."), "good")
    return answer


@routes.post("/t/<thread_id>/keeper/accept")
@signed_in
@writing_limit
def accept_keeping(thread_id: str) -> Response:
    return _press(thread_id, keepers.accept_keeping)


@routes.post("/t/<thread_id>/keeper/release")
@signed_in
@writing_limit
def release_keeper(thread_id: str) -> Response:
    return _press(thread_id, keepers.release_keeper)


def _show(thread_id: str, form: KeeperForm, *, status: int = 200) -> Page:
    page = build_keeper_page(viewer(), ids.read(thread_id), now=now())
    if not page.may and request.method == "GET":
        return refuse(page.community, page.may)
    return render_template("threads/keeper.html", page=page, form=form), status if page.may else 403


def _ask(thread_id: str, handle: str) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    keepers.ask_keeper(actor=viewer(), thread=thread, member=_find(thread.community_id, handle), now=now())
    return address_of(thread)


def _find(community_id: int, handle: str) -> Member:
    try:
        return get_member(community_id, handle)
    except NotVisible as problem:
        raise Unsound({"handle": _("Nobody of this name is in this community.")}) from problem


def _press(thread_id: str, change: Callable[..., None]) -> Response:
    """One button; a reply that is being written below it stays."""
    save_beside(what_was_sent())
    return carry_out(lambda: _do(thread_id, change), says_it=False)


def _do(thread_id: str, change: Callable[..., None]) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    change(actor=viewer(), thread=thread, now=now())
    return address_of(thread)
