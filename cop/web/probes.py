"""Asking the teller: the page on which one asks, and what is pressed beside a probe."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from cop.discussions.models import Reply, Thread
from cop.discussions.probes import operations as probes
from cop.discussions.probes.queries import get_waiting
from cop.discussions.probes.texts import ProbeText, render_probe
from cop.discussions.queries import get_reply, get_thread
from cop.discussions.replies import ReplyText, render_reply
from cop.platform import ids
from cop.platform.database import reading
from cop.platform.errors import NotAllowed
from cop.platform.words import gettext as _
from cop.web.addresses import address_in, address_of, anchor_of
from cop.web.callers import signed_in, viewer
from cop.web.composers import draft_begun
from cop.web.drafts import keep_in_hand, save_beside
from cop.web.errors import what_was_sent
from cop.web.forms.probes import CaseForm, ProbeForm, RemovalForm
from cop.web.limiting import previewing_limit, writing_limit
from cop.web.mentioning import link_reply
from cop.web.pages.probes import build_ask_page, build_case_page, build_removal_page, read_boxes
from cop.web.previewing import preview_reply, wants_preview
from cop.web.refusals import refuse
from cop.web.sending import carry_out, now

Page = tuple[str, int]
routes = Blueprint("probes", __name__)


@routes.get("/t/<thread_id>/probe")
@signed_in
def compose_probe(thread_id: str) -> Page:
    """The form as it was left, or with the question of the type, the box or the words that the address names."""
    asked = request.args
    is_new = any(name in asked for name in ("type", "box", "quote"))
    if not is_new and (draft := draft_begun(f"probe:{ids.read(thread_id)}")):
        return _show(thread_id, ProbeForm.refilled(draft))
    form = ProbeForm.begun_with(
        kind=asked.get("type", ""), box=asked.get("box", ""), quote=asked.get("quote", "")[:1000]
    )
    return _show(thread_id, form)


@routes.post("/t/<thread_id>/probe")
@signed_in
@writing_limit
@previewing_limit
def ask_probe(thread_id: str) -> Response | Page:
    form = ProbeForm()
    if "choose" in request.form:
        form.choose(request.form["choose"])
        return _show(thread_id, form)
    if wants_preview() and (preview := preview_reply(form.reply(), thread_id, quote=form.quoted())):
        form.preview = preview
        return _show(thread_id, form)
    with reading():
        draft = form.draft(read_boxes(viewer(), ids.read(thread_id)))
        page = build_ask_page(viewer(), ids.read(thread_id), now=now(), about=draft)
    if not form.is_sound(draft):
        return _show(thread_id, form, status=422)
    if page.twin and "anyway" not in request.form and page.may_probe:
        return _show(thread_id, form, asks_twin=True)
    asked = render_probe(draft)
    asked = ProbeText(asked.type, link_reply(asked.text, thread_id), asked.quote, asked.box)
    led_on = carry_out(lambda: _ask(thread_id, asked))
    if led_on.headers["Location"].endswith("#waiting"):
        flash(_("Your question waits for its turn. You see it here; nobody else does until it is asked."), "good")
    return led_on


@routes.post("/p/<reply_id>/decline")
@signed_in
@writing_limit
def decline_probe(reply_id: str) -> Response:
    answer = _press(reply_id, probes.decline_probe)
    flash(_("Declined. Nobody is told why, and you can take it back."), "good")
    return answer


@routes.post("/p/<reply_id>/reopen")
@signed_in
@writing_limit
def reopen_probe(reply_id: str) -> Response:
    return _press(reply_id, probes.reopen_probe)


@routes.post("/p/<reply_id>/wonder")
@signed_in
@writing_limit
def wonder_too(reply_id: str) -> Response:
    return _press(reply_id, probes.wonder_too)


@routes.post("/p/<reply_id>/stop-wondering")
@signed_in
@writing_limit
def stop_wondering(reply_id: str) -> Response:
    return _press(reply_id, probes.stop_wondering)


@routes.get("/p/<reply_id>/remove")
@signed_in
def ask_removal(reply_id: str) -> Page:
    draft = draft_begun(f"removal:{ids.read(reply_id)}")
    return _show_removal(reply_id, RemovalForm.refilled(draft) if draft else RemovalForm(formdata=None))


@routes.post("/p/<reply_id>/remove")
@signed_in
@writing_limit
def remove_probe(reply_id: str) -> Response | Page:
    """A moderator takes away what harms; whoever asked it is told why."""
    form = RemovalForm()
    if not form.is_sound():
        return _show_removal(reply_id, form, status=422)
    try:
        answer = carry_out(lambda: _beside(reply_id, partial(probes.remove_probe, reason=form.text())))
    except NotAllowed:
        return _show_removal(reply_id, form, status=403)
    flash(_("Taken away. Whoever asked it is told why, and you can give it back."), "good")
    return answer


@routes.post("/p/<reply_id>/give-back")
@signed_in
@writing_limit
def give_back_probe(reply_id: str) -> Response:
    return carry_out(lambda: _beside(reply_id, probes.give_back_probe), says_it=False)


@routes.get("/p/<reply_id>/case")
@signed_in
def compose_case(reply_id: str) -> Page:
    draft = draft_begun(f"beside:{ids.read(reply_id)}")
    return _show_case(reply_id, CaseForm.refilled(draft) if draft else CaseForm(formdata=None))


@routes.post("/p/<reply_id>/case")
@signed_in
@writing_limit
@previewing_limit
def add_case(reply_id: str) -> Response | Page:
    form = CaseForm()
    with reading():
        thread_id = ids.spell(get_reply(viewer(), ids.read(reply_id)).thread_id)
    if wants_preview() and (preview := preview_reply(form.draft(), thread_id)):
        form.preview = preview
        return _show_case(reply_id, form)
    if not form.is_sound():
        return _show_case(reply_id, form, status=422)
    text = link_reply(render_reply(form.draft()), thread_id)
    return carry_out(lambda: _add_case(reply_id, text))


@routes.post("/waiting/<waiting_id>/withdraw")
@signed_in
@writing_limit
def withdraw_waiting(waiting_id: str) -> Response:
    answer = carry_out(lambda: _withdraw_waiting(waiting_id), says_it=False)
    flash(_("Taken back. Its words are among your drafts."), "good")
    return answer


def go_on_with_probe(thread_id: str, body: str) -> Page:
    """The form, with what was already typed in the composer under the thread."""
    return _show(thread_id, ProbeForm.begun_with(kind="", box="", quote="", body=body))


def _show(thread_id: str, form: ProbeForm, *, status: int = 200, asks_twin: bool = False) -> Page:
    if not form.is_untouched:
        keep_in_hand(form.written(), url_for("probes.ask_probe", thread_id=thread_id))
    about = form.draft(read_boxes(viewer(), ids.read(thread_id))) if asks_twin else None
    page = build_ask_page(viewer(), ids.read(thread_id), now=now(), about=about)
    if not page.may_probe:
        if request.method == "POST":
            page.may_probe.enforce()  # the page for that gives back what was written
        return refuse(page.community, page.may_probe)
    return render_template("threads/probe.html", page=page, form=form), status


def _show_removal(reply_id: str, form: RemovalForm, *, status: int = 200) -> Page:
    keep_in_hand()
    page = build_removal_page(viewer(), ids.read(reply_id))
    if not page.may and request.method == "GET":
        return refuse(page.community, page.may)
    return render_template("threads/remove_probe.html", page=page, form=form), status if page.may else 403


def _show_case(reply_id: str, form: CaseForm, *, status: int = 200) -> Page:
    keep_in_hand()
    page = build_case_page(viewer(), ids.read(reply_id), now=now())
    if not page.may_add:
        if request.method == "POST":
            page.may_add.enforce()
        return refuse(page.community, page.may_add)
    return render_template("threads/in_my_case.html", page=page, form=form), status


def _ask(thread_id: str, asked: ProbeText) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    reply = probes.ask_probe(actor=viewer(), thread=thread, asked=asked, now=now())
    return f"{address_of(thread)}#{anchor_of(reply)}" if reply else f"{address_of(thread)}#waiting"


def _press(reply_id: str, change: Callable[..., None]) -> Response:
    """One button; a reply that is being written below it stays."""
    save_beside(what_was_sent())
    return carry_out(lambda: _beside(reply_id, change), says_it=False)


def _beside(reply_id: str, change: Callable[..., None]) -> str:
    """Lock the thread, read the probe under the lock, and change it."""
    thread, asked = _lock(reply_id)
    change(actor=viewer(), thread=thread, asked=asked, now=now())
    return address_in(thread, asked, page_of=asked)


def _add_case(reply_id: str, text: ReplyText) -> str:
    thread, asked = _lock(reply_id)
    reply = probes.add_case(actor=viewer(), thread=thread, asked=asked, text=text, now=now())
    return f"{address_of(thread)}#{anchor_of(reply)}"


def _lock(reply_id: str) -> tuple[Thread, Reply]:
    thread = get_thread(viewer(), get_reply(viewer(), ids.read(reply_id)).thread_id, locked=True)
    return thread, get_reply(viewer(), ids.read(reply_id), anew=True)


def _withdraw_waiting(waiting_id: str) -> str:
    waiting = get_waiting(viewer(), ids.read(waiting_id))
    thread = get_thread(viewer(), waiting.thread_id, locked=True)
    waiting = get_waiting(viewer(), waiting.id)
    probes.withdraw_waiting(actor=viewer(), thread=thread, waiting=waiting, now=now())
    return url_for("threads.show_thread", thread_id=ids.spell(thread.id), slug=thread.slug) + "#talk"
