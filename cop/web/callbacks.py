"""What became of what one told, all of it, and saying that one has seen it."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from cop.notifications.callbacks.operations import see_callbacks
from cop.platform.clock import moment
from cop.platform.errors import NotVisible
from cop.web.callers import signed_in, viewer
from cop.web.limiting import writing_limit
from cop.web.pages.callbacks import build_became_page
from cop.web.sending import carry_out, now

routes = Blueprint("callbacks", __name__)
_DIGITS = 11  # of a second that can be meant


@routes.get("/became")
@signed_in
def list_became() -> str:
    return render_template("callbacks/list.html", page=build_became_page(viewer(), after=request.args.get("after")))


@routes.post("/became/seen")
@signed_in
@writing_limit
def see() -> Response:
    return carry_out(_see, says_it=False)


def _see() -> str:
    """Up to the second that the page showed: what came meanwhile is still new."""
    sent = request.form.get("up_to", "")
    if not sent.isdecimal() or not sent.isascii() or len(sent) > _DIGITS:
        raise NotVisible
    see_callbacks(actor=viewer(), up_to=moment(min(int(sent), now().timestamp())), now=now())
    return url_for(".list_became")
