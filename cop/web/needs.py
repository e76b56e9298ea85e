"""Setting aside what one is asked for, and taking it up again: one press each."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, request
from werkzeug.wrappers import Response

from cop.platform import ids
from cop.platform.words import gettext as _
from cop.ranking.needs import operations as needs
from cop.ranking.needs.queries import get_need
from cop.web.callers import signed_in, viewer
from cop.web.limiting import writing_limit
from cop.web.paths import own_path
from cop.web.sending import carry_out, now

routes = Blueprint("needs", __name__)


@routes.post("/needs/<need_id>/set-aside")
@signed_in
@writing_limit
def set_aside(need_id: str) -> Response:
    answer = carry_out(lambda: _change(need_id, needs.snooze_need), says_it=False)
    flash(_("Set aside for a week. Until then it stands below what waits for you."), "good")
    return answer


@routes.post("/needs/<need_id>/take-up")
@signed_in
@writing_limit
def take_up(need_id: str) -> Response:
    return carry_out(lambda: _change(need_id, needs.take_up_need), says_it=False)


def _change(need_id: str, change: Callable[..., None]) -> str:
    change(actor=viewer(), need=get_need(viewer(), ids.read(need_id), now=now()), now=now())
    return own_path(request.form.get("back"))
