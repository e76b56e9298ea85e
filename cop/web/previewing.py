"""The button “Preview” of everything that becomes a reply: nothing is checked and nothing is said."""

from __future__ import annotations

from flask import request

from cop.discussions.replies import ReplyDraft, render_reply
from cop.platform import markup
from cop.web.mentioning import link_reply
from cop.web.pages.previews import Preview, preview_of


def wants_preview() -> bool:
    return "preview" in request.form


def preview_reply(draft: ReplyDraft, thread_id: str, *, quote: str = "") -> Preview | None:
    """How it will read in its thread; None for what is longer than can be said."""
    if markup.is_too_long(draft.body):
        return None
    return preview_of(link_reply(render_reply(draft), thread_id), quote=quote)
