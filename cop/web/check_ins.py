"""Whether it still holds, and what somebody is going to try."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from cop.discussions.queries import get_thread
from cop.discussions.replies import ReplyDraft, ReplyText, render_reply
from cop.endorsements.check_ins import operations as check_ins
from cop.endorsements.check_ins.models import ANSWERS
from cop.endorsements.intentions import operations as intentions
from cop.platform import ids
from cop.platform.database import reading
from cop.platform.errors import NotAllowed
from cop.platform.words import gettext as _
from cop.ranking.care.queries import find_due
from cop.ranking.queries import order_of
from cop.web.addresses import address_of, anchor_of
from cop.web.callers import signed_in, viewer
from cop.web.composers import draft_begun
from cop.web.drafts import keep_in_hand, save_beside
from cop.web.errors import what_was_sent
from cop.web.forms.care import CheckInForm
from cop.web.limiting import previewing_limit, writing_limit
from cop.web.mentioning import link_reply
from cop.web.pages.tending import build_check_in_page
from cop.web.paths import own_path
from cop.web.previewing import preview_reply, wants_preview
from cop.web.refusals import refuse
from cop.web.sending import carry_out, now
from cop.web.templating import day

Page = tuple[str, int]
routes = Blueprint("check_ins", __name__)
NOTHING_SAID = ReplyDraft("")


@routes.get("/t/<thread_id>/check-in")
@signed_in
def ask_check_in(thread_id: str) -> Page:
    """The form as it was left, with the answer that the address names."""
    asked = request.args.get("answer", "")
    draft = draft_begun(f"checkin:{ids.read(thread_id)}")
    form = CheckInForm.refilled(draft) if draft else CheckInForm(formdata=None)
    if asked in ANSWERS:
        form.answer.data = asked
    return _show(thread_id, form)


@routes.post("/t/<thread_id>/check-in")
@signed_in
@writing_limit
@previewing_limit
def answer_check_in(thread_id: str) -> Response | Page:
    form = CheckInForm()
    draft = form.draft()
    if wants_preview() and (preview := preview_reply(draft or NOTHING_SAID, thread_id)):
        form.preview = preview
        return _show(thread_id, form)
    if "kind" in request.form:  # pressed beside the box for a reply, which stays
        save_beside(tuple(pair for pair in what_was_sent() if pair[0] != "answer"))
        return _answer(thread_id, request.form.get("answer", ""), None)
    if not form.is_sound():
        return _show(thread_id, form, status=422)
    text = link_reply(render_reply(draft), thread_id) if draft else None
    try:
        return _answer(thread_id, form.answer.data or "", text)
    except NotAllowed:
        if text is None:
            raise
        return _show(thread_id, form, status=403)


@routes.post("/t/<thread_id>/check-in/take-back")
@signed_in
@writing_limit
def take_back_check_in(thread_id: str) -> Response:
    save_beside(what_was_sent())
    answer = carry_out(lambda: _do(thread_id, check_ins.take_back_check_in), says_it=False)
    flash(_("Taken back."), "good")
    return answer


@routes.post("/t/<thread_id>/try")
@signed_in
@writing_limit
def begin_trying(thread_id: str) -> Response:
    save_beside(what_was_sent())
    answer = carry_out(lambda: _do(thread_id, intentions.begin_trying) + "#stand", says_it=False)
    flash(_("Nobody else knows. You are asked in two weeks how it went."), "good")
    return answer


@routes.post("/t/<thread_id>/try/end")
@signed_in
@writing_limit
def end_trying(thread_id: str) -> Response:
    save_beside(what_was_sent())
    from_home = own_path(request.form.get("back"), "") == "/"
    return carry_out(lambda: _end(thread_id, to_home=from_home), says_it=False)


def _answer(thread_id: str, said: str, text: ReplyText | None) -> Response:
    led_on = carry_out(lambda: _give(thread_id, said, text), says_it="kind" not in request.form)
    flash(_result(thread_id, said), "good")
    return led_on


def _give(thread_id: str, said: str, text: ReplyText | None) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    due_at = find_due(thread.id, now=now())
    reply = check_ins.answer_check_in(actor=viewer(), thread=thread, answer=said, text=text, due_at=due_at, now=now())
    return f"{address_of(thread)}#{anchor_of(reply)}" if reply else address_of(thread)


def _result(thread_id: str, said: str) -> str:
    """What follows from the answer: when it is asked again, or that it is not counted yet."""
    with reading():
        (order,) = order_of([ids.read(thread_id) or 0]).values()
    if order.is_due(now()):
        return _("Said. It is counted once a moderator has vouched for you.")
    again = day(order.check_due)
    if said == "still":
        return _("You said that it still holds. It is asked again after %(day)s.", day=again)
    if said == "depends":
        return _("You said that it depends, and why. It is asked again sooner, after %(day)s.", day=again)
    return _("You said that it holds no longer, and why. Your reason stands in the talk.")


def _show(thread_id: str, form: CheckInForm, *, status: int = 200) -> Page:
    keep_in_hand()
    page = build_check_in_page(viewer(), ids.read(thread_id), now=now())
    if not page.may and request.method == "GET":
        return refuse(page.community, page.may)
    return render_template("threads/check_in.html", page=page, form=form), status if page.may else 403


def _do(thread_id: str, change: Callable[..., None]) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    change(actor=viewer(), thread=thread, now=now())
    return address_of(thread)


def _end(thread_id: str, *, to_home: bool) -> str:
    led_to = _do(thread_id, intentions.end_trying) + "#stand"
    return "/" if to_home else led_to
