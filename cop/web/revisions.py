"""What a thread or a reply said before it was changed; seen by whoever sees it now."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from cop.platform import ids
from cop.web.callers import anyone, viewer
from cop.web.pages.revisions import build_reply_revisions, build_thread_revisions

routes = Blueprint("revisions", __name__)


@routes.get("/t/<thread_id>/revisions")
@anyone
def show_thread_revisions(thread_id: str) -> str:
    page = build_thread_revisions(viewer(), ids.read(thread_id), up_to=_read_number())
    return render_template("threads/revisions.html", page=page)


@routes.get("/p/<reply_id>/revisions")
@anyone
def show_reply_revisions(reply_id: str) -> str:
    page = build_reply_revisions(viewer(), ids.read(reply_id), up_to=_read_number())
    return render_template("threads/revisions.html", page=page)


def _read_number() -> int | None:
    """From which change down; what is no number is as if not asked."""
    asked = request.args.get("from", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
