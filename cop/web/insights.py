"""“That helped me see it”, said of an answer, and taken back."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint
from werkzeug.wrappers import Response

from cop.discussions.queries import get_reply, get_thread
from cop.endorsements.insights import operations as insights
from cop.platform import ids
from cop.web.addresses import address_in
from cop.web.callers import signed_in, viewer
from cop.web.limiting import writing_limit
from cop.web.sending import carry_out, now

routes = Blueprint("insights", __name__)


@routes.post("/p/<reply_id>/helped")
@signed_in
@writing_limit
def say_it_helped(reply_id: str) -> Response:
    return carry_out(lambda: _of_answer(reply_id, insights.say_it_helped), says_it=False)


@routes.post("/p/<reply_id>/helped/withdraw")
@signed_in
@writing_limit
def take_insight_back(reply_id: str) -> Response:
    return carry_out(lambda: _of_answer(reply_id, insights.take_insight_back), says_it=False)


def _of_answer(reply_id: str, change: Callable[..., None]) -> str:
    """Lock the thread, read the answer under the lock, and say it or take it back."""
    thread = get_thread(viewer(), get_reply(viewer(), ids.read(reply_id)).thread_id, locked=True)
    said = get_reply(viewer(), ids.read(reply_id), anew=True)
    change(actor=viewer(), thread=thread, said=said, now=now())
    return address_in(thread, said, page_of=get_reply(viewer(), said.answers_id) if said.answers_id else said)
