"""One's own drafts: the list, going on with one, throwing it away, and saving while one writes."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response

from cop.discussions.drafts import operations as drafts
from cop.discussions.drafts.fields import Fields
from cop.discussions.drafts.operations import Overtaken
from cop.discussions.drafts.queries import DraftLine, read_draft
from cop.platform import ids
from cop.platform.database import reading
from cop.platform.errors import NotVisible, Problem
from cop.platform.words import gettext as _
from cop.web.callers import signed_in, viewer
from cop.web.composers import find_target, way_back
from cop.web.errors import what_was_sent
from cop.web.keeping import of_draft
from cop.web.limiting import saving_limit, writing_limit
from cop.web.pages.drafts import Both, build_drafts_page
from cop.web.paths import own_path
from cop.web.sending import carry_out, now, number_sent, store
from cop.web.templating import clock

_ON_ITS_WAY = timedelta(seconds=30)

routes = Blueprint("drafts", __name__)
Page = tuple[str, int]
_BUTTONS = frozenset(("preview", "open", "more", "looking", "choose"))  # what was pressed was not written


@routes.get("/drafts")
@signed_in
def show_drafts() -> str:
    page = build_drafts_page(viewer(), after=request.args.get("after"), now=now())
    return render_template("drafts/list.html", page=page)


@routes.get("/drafts/<draft_id>")
@signed_in
def show_draft(draft_id: str) -> Response | str:
    """On to the composer it belongs to; where there is none any more, the text to read and to copy."""
    draft = read_draft(viewer(), ids.read(draft_id))
    try:
        composer = way_back(viewer(), draft)
    except NotVisible:
        composer = None
    if composer:
        return redirect(composer, 303)
    return render_template("drafts/show.html", draft=draft, kept=of_draft(draft))


@routes.post("/drafts")
@signed_in
@saving_limit
def save_draft() -> Response | Page | tuple[Response, int]:
    """Saves what stands in a composer. A script is answered in its own words, everybody else with the composer."""
    try:
        draft = _save()
    except Overtaken as overtaken:
        if not _follows(overtaken.stands):
            return _show_both(overtaken.stands)
        draft = _save(keeps="mine", stands=overtaken.stands.revision)
    except Problem as problem:
        if not _is_script():
            raise
        return jsonify(says=_("Not saved: %(why)s", why=str(problem) or _("this is gone."))), problem.status
    if _is_script():
        return jsonify(draft=ids.spell(draft.id), revision=draft.revision, says=_words_of(draft))
    if draft.revision:
        flash(_words_of(draft), "good")
    return redirect(_then() or _where(draft), 303)


@routes.post("/drafts/<draft_id>/discard")
@signed_in
@writing_limit
def discard_draft(draft_id: str) -> Response:
    def work() -> str:
        drafts.discard_draft(actor=viewer(), draft_id=ids.read(draft_id), now=now())
        return own_path(request.form.get("back"), "") or url_for(".show_drafts")

    return carry_out(work, says_it=False)


@routes.post("/drafts/<draft_id>/back")
@signed_in
@writing_limit
def take_draft_back(draft_id: str) -> Response:
    def work() -> str:
        drafts.restore_draft(actor=viewer(), draft_id=ids.read(draft_id), now=now())
        return url_for(".show_drafts")

    return carry_out(work, says_it=False)


def save_beside(fields: Fields, path: str = "") -> DraftLine | None:
    """Save what stood in a box when another button of its page was pressed; in a conflict both are drafts.

    Args:
        path: where the words are to be sent, if that is another form than the one in hand.
    """
    draft_id = ids.read(request.form.get("draft", ""))
    if draft_id is None:
        return None
    with reading():
        target = find_target(viewer(), path or request.form.get("draft_path", ""), fields)
    if target is None:
        return None
    given: dict[str, Any] = {
        "actor": viewer(), "draft_id": draft_id, "seen_revision": number_sent("draft_revision"), "target": target,
        "fields": fields, "now": now(),
    }  # fmt: skip
    try:
        return store(lambda: drafts.save_draft(**given))
    except Overtaken:
        return store(lambda: drafts.set_beside(**given))


def keep_in_hand(fields: Fields | None = None, path: str = "") -> None:
    """Save what was sent in a composer that is shown again: after a fault, a preview, a chip or “Go on”.

    To be called before its page is built, which carries the marks of what was saved (`draft_guard`), so that its next
    save fits. What cannot be saved is shown all the same.

    Args:
        fields: what the form that is shown holds, if that is not what was sent.
        path: where that form is sent, if that is not where the one in hand was.
    """
    if request.method != "POST":
        return
    sent = what_was_sent() if fields is None else fields
    with suppress(Problem, DBAPIError):
        kept = save_beside(tuple(pair for pair in sent if pair[0] not in _BUTTONS), path)
        if kept:
            g.draft_in_hand = kept.id, kept.revision


def _follows(stands: DraftLine) -> bool:
    """Whether a tab that was left had sent what stands a moment before, and never heard that it had arrived."""
    is_next = stands.revision == number_sent("draft_revision") + 1 and stands.id == ids.read(request.form["draft"])
    return "leaves" in request.form and is_next and now() - stands.saved_at < _ON_ITS_WAY


def _save(*, keeps: str = "", stands: int = -1) -> DraftLine:
    draft_id, fields = ids.read(request.form.get("draft", "")), what_was_sent()
    with reading():
        target = find_target(viewer(), request.form.get("draft_path", ""), fields)
    if target is None or draft_id is None:
        raise NotVisible
    given: dict[str, Any] = {"actor": viewer(), "draft_id": draft_id, "target": target, "fields": fields, "now": now()}
    if not keeps:
        keeps, stands = request.form.get("keeps", ""), number_sent("stands")
    if keeps in ("mine", "theirs"):
        return store(lambda: drafts.settle_draft(**given, stands_revision=stands, keeps_mine=keeps == "mine"))
    return store(lambda: drafts.save_draft(**given, seen_revision=number_sent("draft_revision")))


def _show_both(stands: DraftLine) -> Page | tuple[Response, int]:
    both = Both.of(request.form.get("draft_path", ""), stands, what_was_sent())
    if not _is_script():
        return render_template("drafts/conflict.html", both=both), 409
    says = _("Not saved: another tab has saved this. Both are shown above.")
    return jsonify(says=says, both=render_template("drafts/_both.html", both=both)), 409


def _then() -> str:
    """Where the button leads that saved what was typed only on its way: on, or to words looked for in the thread."""
    thread, words = own_path(request.form.get("finds"), ""), request.form.get("find", "")
    if not thread:
        return own_path(request.form.get("then"), "")
    return f"{thread}{'?' + urlencode({'find': words}) if words.strip() else ''}#talk"


def _where(draft: DraftLine) -> str:
    """The composer again; an empty one is no draft, and leads back to where its form was."""
    if draft.revision == 0:
        return url_for(".show_drafts")
    with reading():
        return way_back(viewer(), draft) or url_for(".show_drafts")


def _words_of(draft: DraftLine) -> str:
    return _("Saved %(time)s", time=clock(draft.saved_at)) if draft.revision else ""


def _is_script() -> bool:
    return request.form.get("by") == "script"
