"""How a form that changes something is carried out: once, in one transaction, and again if it was crowded out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from flask import redirect, request
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from cop.discussions.drafts.operations import forget_draft
from cop.platform import clock, ids, repeats
from cop.platform.contexts import g_itself
from cop.platform.database import transaction
from cop.platform.errors import Busy, NotAllowed, NotVisible
from cop.platform.tokens import hash_of
from cop.web.callers import look_again, viewer
from cop.web.errors import key_sent, what_was_sent

T = TypeVar("T")


def now() -> datetime:
    """The moment of this request: read once, so that one page has one time."""
    carried = g_itself()
    moment: datetime | None = carried.get("now")
    if moment is None:
        moment = carried.now = clock.now()
    return moment


def carry_out(work: Callable[[], str], *, says_it: bool = True) -> Response:
    """Run a signed-in form's work in a transaction and lead on (303) to where it says.

    A form sent twice does its work once: the second sending gets the first one's answer. When another writer held the
    database, or a twin of this form was quicker, it is tried once more. Whoever is refused in it may be somebody else
    than when the request began, removed or silenced meanwhile: what they are shown is made for who they are now.

    Args:
        work: loads, asks, changes; returns the address to go to.
        says_it: whether this says what was being written, so that its draft goes in the same transaction.
    """
    try:
        return redirect(_once_or_again(work, says_it), 303)
    except (NotAllowed, NotVisible):
        look_again()
        raise


def store(work: Callable[[], T], *, tries: int = 2) -> T:
    """Run work that belongs to nobody who is signed in yet, in one transaction; again when somebody else was quicker.

    Args:
        tries: how often in all; the last failure is the caller's.
    """
    for _ in range(tries - 1):
        with suppress(Busy, IntegrityError), transaction():
            return work()
    with transaction():
        return work()


def number_sent(name: str) -> int:
    """A number that the form in hand carries; -1 for anything else."""
    text = request.form.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _key_of_what_was_sent() -> str:
    """The form's key together with its content: what was changed and sent again, after Back for instance, is new."""
    key = key_sent()
    return hash_of(repr((key, request.path, what_was_sent())))[:40] if key else ""


def _once_or_again(work: Callable[[], str], says_it: bool) -> str:
    try:
        return _once(work, says_it)
    except (Busy, IntegrityError):
        return _once(work, says_it)


def _once(work: Callable[[], str], says_it: bool) -> str:
    key, person_id = _key_of_what_was_sent(), viewer().person_id
    with transaction():
        earlier = repeats.answer_of(person_id, key) if key else None
        if earlier is not None:
            return earlier
        led_to = work()
        if says_it and "draft" in request.form:
            forget_draft(
                actor=viewer(),
                draft_id=ids.read(request.form["draft"]),
                seen_revision=number_sent("draft_revision"),
                said=what_was_sent(),
            )
        if key:
            repeats.remember(person_id, key, led_to=led_to, now=now())
        return led_to
