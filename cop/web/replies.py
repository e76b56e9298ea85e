"""What people say under a thread, and how they change it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template
from werkzeug.wrappers import Response

from cop.cases.panels.operations import answer_for_panel
from cop.discussions import operations as discussions
from cop.discussions.models import Reply
from cop.discussions.permissions import can_reply, can_revise_reply
from cop.discussions.queries import get_reply, get_thread
from cop.discussions.replies import ReplyText, render_reply
from cop.discussions.talks.queries import cursor_of, find_just_said
from cop.discussions.withdrawals import operations as withdrawals
from cop.platform import ids
from cop.platform.database import reading
from cop.platform.errors import Conflict, NotVisible
from cop.platform.words import gettext as _
from cop.web.addresses import address_in, address_of, anchor_of
from cop.web.callers import anyone, signed_in, viewer
from cop.web.composers import draft_begun
from cop.web.drafts import keep_in_hand
from cop.web.forms.threads import ReplyForm, RevisedReplyForm
from cop.web.limiting import previewing_limit, writing_limit
from cop.web.mentioning import link_reply
from cop.web.pages.previews import Preview
from cop.web.pages.replies import build_reply_page
from cop.web.pages.talks import KINDS, Asked
from cop.web.previewing import preview_reply, wants_preview
from cop.web.probes import go_on_with_probe
from cop.web.sending import carry_out, now
from cop.web.threads import render_thread
from cop.web.verdicts import go_on_with_verdict

routes = Blueprint("replies", __name__)
SAID_ONCE = timedelta(minutes=10)  # the same words of one person in one thread
_WITH_VERDICT = ("report", "dissent")


@routes.get("/p/<reply_id>")
@anyone
def find_reply(reply_id: str) -> Response:
    """The page of the thread that holds a reply."""
    reply = get_reply(viewer(), ids.read(reply_id))
    thread = get_thread(viewer(), reply.thread_id)
    return redirect(address_in(thread, reply, page_of=_head_of(reply)))


@routes.post("/t/<thread_id>/replies")
@signed_in
@writing_limit
@previewing_limit
def publish_reply(thread_id: str) -> Response | tuple[str, int]:
    form = ReplyForm()
    if wants_preview() and (preview := preview_reply(form.draft(), thread_id)):
        return _show_preview(thread_id, form, preview)
    if form.kind.data == "probe":
        return go_on_with_probe(thread_id, form.body.data or "")
    if form.kind.data in _WITH_VERDICT:
        return go_on_with_verdict(thread_id, form.kind.data, form.body.data or "")
    if not form.is_sound():
        return _show_again(thread_id, form, status=422)
    text = link_reply(render_reply(form.draft()), thread_id)
    if form.answers.data:
        return carry_out(lambda: _answer(thread_id, form.answers.data, text))
    return carry_out(lambda: _reply(thread_id, text))


@routes.get("/p/<reply_id>/edit")
@signed_in
def edit_reply(reply_id: str) -> str:
    reply = get_reply(viewer(), ids.read(reply_id))
    if draft := draft_begun(f"edit:{reply.id}"):
        return _render_editor(reply_id, RevisedReplyForm.refilled(draft))
    form = RevisedReplyForm(
        body=reply.source, setting=reply.setting, differed=reply.differed, seen_revision=reply.revision
    )
    return _render_editor(reply_id, form)


@routes.post("/p/<reply_id>/edit")
@signed_in
@writing_limit
@previewing_limit
def revise_reply(reply_id: str) -> Response | tuple[str, int]:
    form, (kind, thread_id) = RevisedReplyForm(), _kind_and_thread(reply_id)
    if wants_preview() and (preview := preview_reply(form.draft(kind), ids.spell(thread_id))):
        form.preview = preview
        return _render_editor(reply_id, form), 200
    if not form.is_sound(kind):
        return _render_editor(reply_id, form), 422
    text = link_reply(render_reply(form.draft(kind)), ids.spell(thread_id))
    try:
        return carry_out(lambda: _revise(thread_id, reply_id, text, form.revision()))
    except Conflict:
        return _render_editor(reply_id, form, shows_what_stands=True), 409


@routes.post("/p/<reply_id>/withdraw")
@signed_in
@writing_limit
def withdraw_reply(reply_id: str) -> Response:
    answer = carry_out(lambda: _with_its_thread(reply_id, withdrawals.withdraw_reply))
    flash(_("Withdrawn. You can bring it back within thirty days."), "good")
    return answer


@routes.post("/p/<reply_id>/restore")
@signed_in
@writing_limit
def restore_reply(reply_id: str) -> Response:
    return carry_out(lambda: _with_its_thread(reply_id, withdrawals.restore_reply))


def _with_its_thread(reply_id: str, change: Callable[..., None]) -> str:
    """Lock the thread, read the reply under the lock, and change it."""
    thread = get_thread(viewer(), get_reply(viewer(), ids.read(reply_id)).thread_id, locked=True)
    reply = get_reply(viewer(), ids.read(reply_id), anew=True)
    change(actor=viewer(), thread=thread, reply=reply, now=now())
    return address_in(thread, reply, page_of=_head_of(reply))


def _render_editor(reply_id: str, form: RevisedReplyForm, *, shows_what_stands: bool = False) -> str:
    keep_in_hand()
    page = build_reply_page(viewer(), ids.read(reply_id), shows_what_stands=shows_what_stands, now=now())
    if shows_what_stands:
        form.seen_revision.data = page.revision  # what is sent next is meant to stand on top of it
    return render_template("threads/edit_reply.html", page=page, form=form)


def _show_preview(thread_id: str, form: ReplyForm, preview: Preview) -> tuple[str, int]:
    """The page on which it was written, with how it will read."""
    form.preview = preview
    return _show_again(thread_id, form, status=200)


def _show_again(thread_id: str, form: ReplyForm, *, status: int) -> tuple[str, int]:
    """The page on which it was written; where nothing can be said any more that has no box, and another page says so
    and gives back what was typed."""
    with reading():
        can_reply(viewer(), get_thread(viewer(), ids.read(thread_id)), now()).enforce()
    keep_in_hand()
    return render_thread(thread_id, _where_it_was_said(form), form), status


def _where_it_was_said(form: ReplyForm) -> Asked:
    """The page on which the form stood: for an answer the one that begins with what it answers."""
    if not form.answers.data:
        return Asked(kind=form.kind.data if form.kind.data in KINDS else KINDS[0])
    return Asked(start=cursor_of(get_reply(viewer(), ids.read(form.answers.data))))


def _kind_and_thread(reply_id: str) -> tuple[str, int]:
    """What never changes of a reply, in a short read of its own; only its author gets that far."""
    with reading():
        reply = get_reply(viewer(), ids.read(reply_id))
        thread = get_thread(viewer(), reply.thread_id)
        can_revise_reply(viewer(), reply, thread.community_id, now()).enforce()
        return reply.kind, thread.id


def _reply(thread_id: str, text: ReplyText) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    reply = _just_said(thread.id, None, text) or discussions.publish_reply(
        actor=viewer(), thread=thread, text=text, now=now()
    )
    return f"{address_of(thread)}#{anchor_of(reply)}"


def _answer(thread_id: str, answered_id: str, text: ReplyText) -> str:
    thread = get_thread(viewer(), ids.read(thread_id), locked=True)
    answered = get_reply(viewer(), ids.read(answered_id))
    if answered.thread_id != thread.id:
        raise NotVisible
    publish = answer_for_panel if thread.kind == "case" and answered.kind == "probe" else discussions.publish_answer
    answer = _just_said(thread.id, answered.id, text) or publish(
        actor=viewer(), thread=thread, answered=answered, text=text, now=now()
    )
    return address_in(thread, answer, page_of=answered)


def _just_said(thread_id: int, answers_id: int | None, text: ReplyText) -> Reply | None:
    """The same words said a moment ago: whoever goes back and says them again, on a page with a new key, meant once."""
    return find_just_said(
        author_id=viewer().person_id, thread_id=thread_id, answers_id=answers_id, source=text.body.source,
        since=now() - SAID_ONCE,
    )  # fmt: skip


def _revise(thread_id: int, reply_id: str, text: ReplyText, seen_revision: int) -> str:
    thread = get_thread(viewer(), thread_id, locked=True)
    reply = get_reply(viewer(), ids.read(reply_id))  # read under the lock: its revision is the one that counts
    discussions.revise_reply(
        actor=viewer(),
        reply=reply,
        community_id=thread.community_id,
        text=text,
        seen_revision=seen_revision,
        now=now(),
    )
    return address_in(thread, reply, page_of=_head_of(reply))


def _head_of(reply: Reply) -> Reply:
    """Whatever stands in the flat list: the reply, or for an answer what it answers."""
    return get_reply(viewer(), reply.answers_id) if reply.answers_id else reply
