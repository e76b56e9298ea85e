"""The decisions of a case: choosing, reading on, what was chosen, second thoughts, and asking the panel."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cop.cases import operations as cases
from cop.cases.choices import Choice, ChoiceDraft, ranks_in, render_choice
from cop.cases.panels import operations as panels
from cop.cases.queries import OwnChoice
from cop.discussions.models import Thread
from cop.discussions.probes.boxes import decision_box
from cop.discussions.queries import get_thread
from cop.discussions.replies import ReplyText, render_reply
from cop.platform import ids, markup
from cop.platform.database import reading
from cop.platform.errors import Conflict, NotVisible, Unsound
from cop.platform.markup import Rendered
from cop.platform.words import gettext as _
from cop.web.addresses import address_of
from cop.web.callers import signed_in, viewer
from cop.web.composers import draft_begun
from cop.web.drafts import keep_in_hand, save_beside
from cop.web.errors import what_was_sent
from cop.web.forms.cases import ChoiceForm, SecondThoughtForm
from cop.web.forms.probes import PanelForm
from cop.web.forms.threads import ReplyForm
from cop.web.limiting import previewing_limit, writing_limit
from cop.web.mentioning import link_reply
from cop.web.pages.panel_questions import build_ask_panel_page
from cop.web.pages.panels import build_decision_page, build_reasons_page
from cop.web.pages.talks import Asked
from cop.web.previewing import preview_reply, wants_preview
from cop.web.refusals import refuse
from cop.web.sending import carry_out, now
from cop.web.threads import render_thread

Page = tuple[str, int]
routes = Blueprint("decisions", __name__)


@routes.get("/t/<thread_id>/decisions/<int(min=1, max=4):place>")
@signed_in
def show_decision(thread_id: str, place: int) -> Page:
    """What was chosen there; to whoever has neither chosen nor read on it does not exist."""
    draft = draft_begun(f"second{place}:{ids.read(thread_id)}")
    return _render(thread_id, place, SecondThoughtForm.refilled(draft) if draft else SecondThoughtForm())


@routes.get("/t/<thread_id>/decisions/<int(min=1, max=4):place>/reasons")
@signed_in
def list_reasons(thread_id: str, place: int) -> str:
    page = build_reasons_page(viewer(), ids.read(thread_id), place, after=request.args.get("after"))
    return render_template("cases/reasons.html", page=page)


@routes.post("/t/<thread_id>/decisions/<int(min=1, max=4):place>/commit")
@signed_in
@writing_limit
def commit_choice(thread_id: str, place: int) -> Response | Page:
    form = ChoiceForm()
    try:
        if not form.is_sound():
            return _choose_again(thread_id, place, form)
        choice = render_choice(form.draft())
        return carry_out(lambda: _commit(thread_id, place, choice))
    except Unsound as problem:
        form.blame(problem.faults)
        return _choose_again(thread_id, place, form)
    except Conflict:
        return _show_what_stands(thread_id, place, form)


@routes.post("/t/<thread_id>/decisions/<int(min=1, max=4):place>/read-on")
@signed_in
@writing_limit
def read_on(thread_id: str, place: int) -> Response:
    """What was typed on the way stays among the drafts of whoever reads on: nobody has said it."""
    save_beside(what_was_sent())
    try:
        return carry_out(lambda: _read_on(thread_id, place), says_it=False)
    except Conflict:  # pressed twice, or in two tabs: it is open already
        return redirect(f"{address_of(_get_case(thread_id))}#d{place}", 303)


@routes.post("/t/<thread_id>/decisions/<int(min=1, max=4):place>/second-thought")
@signed_in
@writing_limit
def think_again(thread_id: str, place: int) -> Response | Page:
    form = SecondThoughtForm()
    if not form.is_sound():
        return _render(thread_id, place, form, status=422)
    text = markup.render(form.text())
    answer = carry_out(lambda: _think_again(thread_id, place, text))
    flash(_("It stands beside what you chose."), "good")
    return answer


@routes.get("/t/<thread_id>/decisions/<int(min=1, max=4):place>/ask")
@signed_in
def compose_question(thread_id: str, place: int) -> Page:
    """Asking those who chose there how they picked: the form as it was left, or with the question as it is put."""
    draft = draft_begun(f"probe:{ids.read(thread_id)}")
    is_of_here = draft is not None and dict(draft.fields).get("box") == decision_box(place)
    return _show_question(
        thread_id, place, PanelForm.refilled(draft) if draft and is_of_here else PanelForm.begun_at(place)
    )


@routes.post("/t/<thread_id>/decisions/<int(min=1, max=4):place>/ask")
@signed_in
@writing_limit
@previewing_limit
def ask_panel(thread_id: str, place: int) -> Response | Page:
    form = PanelForm()
    if wants_preview() and (preview := preview_reply(form.draft(), thread_id)):
        form.preview = preview
        return _show_question(thread_id, place, form)
    if not form.is_sound():
        return _show_question(thread_id, place, form, status=422)
    text = link_reply(render_reply(form.draft()), thread_id)
    led_on = carry_out(lambda: _ask(thread_id, place, text))
    if led_on.headers["Location"].endswith("#waiting"):
        flash(_("Your question waits for its turn. You see it here; nobody else does until it is asked."), "good")
    else:
        flash(_("Asked. Those who chose there are told."), "good")
    return led_on


def _show_question(thread_id: str, place: int, form: PanelForm, *, status: int = 200) -> Page:
    if not form.is_untouched:
        keep_in_hand(form.written(), url_for(".ask_panel", thread_id=thread_id, place=place))
    page = build_ask_panel_page(viewer(), ids.read(thread_id), place, now=now())
    if not page.may_ask:
        if request.method == "POST":
            page.may_ask.enforce()  # the page for that gives back what was written
        return refuse(page.community, page.may_ask)
    return render_template("cases/ask.html", page=page, form=form), status


def _ask(thread_id: str, place: int, text: ReplyText) -> str:
    thread = _get_case(thread_id, locked=True)
    asked = panels.ask_panel(actor=viewer(), thread=thread, place=place, text=text, now=now())
    if asked is None:
        return f"{address_of(thread)}#waiting"
    return url_for(".show_decision", thread_id=thread_id, place=place) + "#asked"


def _render(thread_id: str, place: int, form: SecondThoughtForm, *, status: int = 200) -> Page:
    keep_in_hand()
    page = build_decision_page(viewer(), ids.read(thread_id), place, now=now())
    if page.own and page.own.second and request.method == "GET" and not form.begun:
        form.second_thought.data = page.own.second.source
    return render_template("cases/decision.html", page=page, form=form), status


def _choose_again(thread_id: str, place: int, form: ChoiceForm) -> Page:
    """The case with everything that was chosen and typed, and what is missing; a reply begun below it stays.

    Whoever stands there no longer gets their words back on a page that says so: the boxes are the next decision's.
    """
    with reading():
        cases.require_stand_before(viewer(), _get_case(thread_id), place, now())
    keep_in_hand()
    draft = draft_begun(f"reply:{ids.read(thread_id)}")
    reply = ReplyForm.refilled(draft) if draft else ReplyForm(formdata=None, kind="reply")
    reply.is_in_hand = False
    return render_thread(thread_id, Asked(), reply, choice=form), 422


def _show_what_stands(thread_id: str, place: int, form: ChoiceForm) -> Response | Page:
    """One has been past this decision already, in another tab for instance: what stands there, and what was written
    now as a second thought that is not kept yet. The same choice again has nothing to add to it."""
    with reading():
        page = build_decision_page(viewer(), ids.read(thread_id), place, now=now())
    said = form.draft().rationale
    if not said or (page.own and _is_same(page.own, form.draft(), len(page.fork.options))):
        return redirect(url_for(".show_decision", thread_id=thread_id, place=place), 303)
    second = SecondThoughtForm(formdata=None)
    if page.own and page.may_think_again:
        stood = [page.own.second.source] if page.own.second else []
        second.second_thought.data = "\n\n".join((*stood, said))
        keep_in_hand(second.written(), url_for(".think_again", thread_id=thread_id, place=place))
    return render_template("cases/decision.html", page=page, form=second, unsaid=said), 409


def _is_same(own: OwnChoice, draft: ChoiceDraft, options: int) -> bool:
    with suppress(Unsound):
        return own.source == draft.rationale and own.ranks == ranks_in(draft, options)
    return False


def _get_case(thread_id: str, *, locked: bool = False) -> Thread:
    thread = get_thread(viewer(), ids.read(thread_id), locked=locked)
    if thread.kind != "case":
        raise NotVisible
    return thread


def _commit(thread_id: str, place: int, choice: Choice) -> str:
    thread = _get_case(thread_id, locked=True)
    cases.commit_choice(actor=viewer(), thread=thread, place=place, choice=choice, now=now())
    return url_for(".show_decision", thread_id=thread_id, place=place)


def _read_on(thread_id: str, place: int) -> str:
    thread = _get_case(thread_id, locked=True)
    cases.read_on(actor=viewer(), thread=thread, place=place, now=now())
    return f"{address_of(thread)}#d{place}"


def _think_again(thread_id: str, place: int, text: Rendered) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    cases.think_again(actor=viewer(), thread=thread, place=place, text=text, now=now())
    return url_for(".show_decision", thread_id=thread_id, place=place) + "#yours"
