"""One door for verdicts: seen and not now at one click, the others with their text in the same act."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from cop.discussions.drafts.queries import DraftLine
from cop.discussions.queries import get_thread
from cop.discussions.replies import ReplyText, render_reply
from cop.endorsements import operations as endorsements
from cop.platform import ids
from cop.web.addresses import address_of, anchor_of
from cop.web.callers import signed_in, viewer
from cop.web.composers import draft_begun
from cop.web.drafts import keep_in_hand, save_beside
from cop.web.errors import what_was_sent
from cop.web.forms.threads import USED, OtherwiseForm, UsedForm
from cop.web.limiting import previewing_limit, writing_limit
from cop.web.mentioning import link_reply
from cop.web.pages.verdicts import build_verdict_page
from cop.web.previewing import preview_reply, wants_preview
from cop.web.refusals import refuse
from cop.web.sending import carry_out, now
from cop.web.templating import practice_line

routes = Blueprint("verdicts", __name__)
_AT_ONE_CLICK = ("seen", "skip")


@routes.get("/t/<thread_id>/verdict")
@signed_in
def ask_verdict(thread_id: str) -> tuple[str, int]:
    """The form for a verdict that needs its text, as it was left."""
    verdict, thread = request.args.get("verdict", ""), ids.read(thread_id)
    if draft := draft_begun(f"dissent:{thread}" if verdict == "otherwise" else f"report:{thread}"):
        return _show(thread_id, _refilled(draft))
    return _show(thread_id, _empty_form(verdict))


@routes.post("/t/<thread_id>/verdict")
@signed_in
@writing_limit
@previewing_limit
def give_verdict(thread_id: str) -> Response | tuple[str, int]:
    said = request.form.get("verdict", "")
    if said in _AT_ONE_CLICK and not wants_preview():
        save_beside(tuple(pair for pair in what_was_sent() if pair[0] != "verdict"))  # a reply being written stays
        return carry_out(lambda: _answer(thread_id, said), says_it=False)
    form = OtherwiseForm() if said == "otherwise" else UsedForm()
    if wants_preview() and (preview := preview_reply(form.draft(), thread_id)):
        form.preview = preview
        keep_in_hand()
        return _show(thread_id, form)
    if not form.is_sound():
        keep_in_hand()
        return _show(thread_id, form, status=422)
    text = link_reply(render_reply(form.draft()), thread_id)
    return carry_out(lambda: _answer_with(thread_id, said, text))


@routes.post("/t/<thread_id>/verdict/withdraw")
@signed_in
@writing_limit
def withdraw_verdict(thread_id: str) -> Response:
    save_beside(what_was_sent())
    return carry_out(lambda: _take_back(thread_id), says_it=False)


def go_on_with_verdict(thread_id: str, kind: str, body: str) -> tuple[str, int]:
    """The form for a field report or a dissent, with what was already typed in the composer under the thread."""
    form = _empty_form("otherwise" if kind == "dissent" else "")
    (form.body if isinstance(form, OtherwiseForm) else form.what_happened).data = body
    said = (("verdict", "otherwise"),) if isinstance(form, OtherwiseForm) else ()
    keep_in_hand((*said, *form.written()), url_for("verdicts.give_verdict", thread_id=thread_id))
    return _show(thread_id, form)


def _refilled(draft: DraftLine) -> UsedForm | OtherwiseForm:
    return OtherwiseForm.refilled(draft) if draft.kind == "dissent" else UsedForm.refilled(draft)


def _empty_form(verdict: str) -> UsedForm | OtherwiseForm:
    """The form as it is first shown, with the setting from the person's record."""
    person = viewer()
    if verdict == "otherwise":
        return OtherwiseForm(formdata=None, setting=practice_line(person) or person.setting)
    return UsedForm(formdata=None, verdict=verdict if verdict in USED else "", setting=person.setting)


def _show(thread_id: str, form: UsedForm | OtherwiseForm, *, status: int = 200) -> tuple[str, int]:
    page = build_verdict_page(viewer(), ids.read(thread_id), now=now())
    if not page.may_endorse:
        if request.method == "POST":
            page.may_endorse.enforce()  # the page for that gives back what was written
        return refuse(page.community, page.may_endorse)
    name = "otherwise" if isinstance(form, OtherwiseForm) else "used"
    return render_template(f"threads/{name}.html", page=page, form=form), status


def _answer(thread_id: str, said: str) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    if said == "skip":
        endorsements.say_not_now(actor=viewer(), thread=thread, now=now())
    else:
        endorsements.give_verdict(actor=viewer(), thread=thread, kind=said, text=None, now=now())
    return f"{address_of(thread)}#stand"


def _answer_with(thread_id: str, said: str, text: ReplyText) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    reply = endorsements.give_verdict(actor=viewer(), thread=thread, kind=said, text=text, now=now())
    return f"{address_of(thread)}#{anchor_of(reply)}" if reply else address_of(thread)


def _take_back(thread_id: str) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    endorsements.withdraw_verdict(actor=viewer(), thread=thread, now=now())
    return f"{address_of(thread)}#stand"
