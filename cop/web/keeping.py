"""What somebody sent after their session had ended: kept on the server for a day, and claimed by signing in.

The browser holds a random cookie and the page the draft's id; only both together lead to the text, so whoever sits down
at a shared computer afterwards and opens a page of their own finds nothing.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from flask import current_app, request
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from cop.discussions.drafts.fields import Fields, tidy_fields
from cop.discussions.drafts.operations import Target, aim_claimed, claim_draft, keep_signed_out
from cop.discussions.drafts.queries import KEPT_SIGNED_OUT, DraftLine, find_kept, read_draft
from cop.platform import ids
from cop.platform.database import reading
from cop.platform.errors import NotVisible
from cop.platform.tokens import hash_of, new_token
from cop.web.callers import viewer
from cop.web.composers import find_target
from cop.web.limiting import keeping_limit
from cop.web.paths import LONGEST, own_path, takes_forms
from cop.web.sending import now, store

_MARKS = ("draft", "draft_revision", "key")  # kept beside what was written: the draft the form stood on, and its key


@dataclass(frozen=True, slots=True)
class Kept:
    """A form as it was sent: where to, its fields, and its key, so that sending it again does its work once.

    `draft_id` is None for a button that was pressed without a word, of which nothing need be stored.
    """

    path: str
    fields: Fields
    key: str = ""
    draft_id: int | None = None

    @property
    def text(self) -> str:
        """As the page carries it: the draft's id, or where the button led."""
        return ids.spell(self.draft_id) if self.draft_id is not None else self.path


def keep(path: str, sent: Fields) -> tuple[Kept, str]:
    """Keep the form in hand, which nobody could be asked about because nobody was signed in; and the cookie's token.

    Raises:
        RateLimitExceeded: too much came from this network.
    """
    if request.endpoint == "drafts.save_draft":
        path = own_path(request.form.get("draft_path"), path)
    if not sent:
        return Kept(path, ()), ""
    marks = tuple((name, value[:40]) for name in _MARKS if (value := request.form.get(name, "")).isprintable())
    token = _token() or new_token()
    return of_draft(_store(path, (*sent, *marks), token)), token


def read_kept(text: str | None) -> Kept | None:
    """What a page carried, or None when it is none of this browser's or of this site's."""
    if not text:
        return None
    if text.startswith("/"):
        return Kept(text, ()) if own_path(text, "") and takes_forms(text) else None
    line, token = None, _token()
    if token and (draft_id := ids.read(text)) is not None:
        with suppress(OperationalError), reading():
            line = find_kept(hash_of(token), draft_id, now=now())
    return of_draft(line) if line else None


def of_draft(line: DraftLine) -> Kept:
    """A draft as the form that it was."""
    marks = dict(line.fields)
    return Kept(line.path, without_marks(line.fields), marks.get("key", ""), line.id)


def without_marks(fields: Fields) -> Fields:
    return tuple((name, value) for name, value in fields if name not in _MARKS)


def claim(kept: Kept, person_id: int) -> None:
    """Give what was kept to whoever has just signed in, in the running transaction."""
    if kept.draft_id is not None:
        claim_draft(person_id=person_id, cookie_hash=hash_of(_token()), draft_id=kept.draft_id, now=now())


def aim(kept: Kept) -> int | None:
    """Find out what a claimed draft is for; its id, or None when it belongs to no composer and is to be sent again."""
    with reading():
        line = read_draft(viewer(), kept.draft_id)
        target = _target_of(kept)
    if target is None:
        return None
    marks = dict(line.fields)
    revision = marks.get("draft_revision", "")
    return store(
        lambda: aim_claimed(
            actor=viewer(),
            draft_id=line.id,
            target=target,
            fields=kept.fields,
            continues=ids.read(marks.get("draft", "")),
            on_revision=int(revision) if revision.isdecimal() and len(revision) < 10 else -1,
            now=now(),
        )
    )


def set_draft_cookie(response: Response, token: str) -> None:
    """The cookie that leads this browser to what it sent; a day, and out of reach of scripts."""
    response.set_cookie(
        _cookie(),
        token,
        max_age=int(KEPT_SIGNED_OUT.total_seconds()),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )


def _target_of(kept: Kept) -> Target | None:
    """A thread that its writer cannot see is no place to go on in; the text stays theirs all the same."""
    with suppress(NotVisible):
        return find_target(viewer(), kept.path, kept.fields)
    return None


@keeping_limit
def _store(path: str, fields: Fields, token: str) -> DraftLine:
    kept = tidy_fields(fields)
    return store(lambda: keep_signed_out(cookie_hash=hash_of(token), path=path[:LONGEST], fields=kept, now=now()))


def _token() -> str:
    token = request.cookies.get(_cookie(), "")
    return token if 40 <= len(token) <= 50 else ""


def _cookie() -> str:
    name: str = current_app.config["COP_DRAFT_COOKIE"]
    return name
