"""The session cookie: a random token, stored here only as a hash, and ended here."""

from __future__ import annotations

from contextlib import suppress

from flask import Flask, Request, current_app, request
from flask import session as form_session
from flask_login import LoginManager
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from cop.accounts.sessions import STAY, is_long_unseen, note_seen, start_session
from cop.accounts.viewer import VISITOR, Viewer
from cop.communities.queries import load_viewer
from cop.platform.database import transaction
from cop.platform.errors import Busy
from cop.settings import Settings
from cop.web.callers import viewer
from cop.web.sending import now

login = LoginManager()


def sign_people_in(app: Flask, settings: Settings) -> None:
    """Let Flask-Login find the viewer by our cookie, and name the cookies as the address asks."""
    prefix = "__Host-" if settings.is_https else ""
    app.config["COP_SESSION_COOKIE"] = f"{prefix}cop_session"
    app.config["SESSION_COOKIE_NAME"] = f"{prefix}cop_form"
    app.config["COP_DRAFT_COOKIE"] = f"{prefix}cop_draft"
    app.config["SESSION_COOKIE_SECURE"] = settings.is_https
    app.config["SESSION_COOKIE_HTTPONLY"] = True
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    login.session_protection = None
    login.anonymous_user = lambda: VISITOR
    login.request_loader(_viewer_of)
    login.init_app(app, add_context_processor=False)


def _viewer_of(asked: Request) -> Viewer | None:
    """A read of its own, before anything else: the page's transaction starts on a fresh session."""
    token = asked.cookies.get(current_app.config["COP_SESSION_COOKIE"], "")
    if not 40 <= len(token) <= 50:
        return None
    found = load_viewer(token, now=now())
    if is_long_unseen(found, now=now()):
        _note_seen(found)
    return found if found.is_authenticated else None


def _note_seen(person: Viewer) -> None:
    """At most once an hour, and never worth waiting for; a full disk must not stop anybody reading."""
    with suppress(Busy, SQLAlchemyError), transaction():
        note_seen(session_id=person.session_id or 0, now=now())


def begin_session(*, person_id: int, stays: bool) -> str:
    """Sign the browser of this request in, in the running transaction; the token for its cookie."""
    agent = request.headers.get("User-Agent", "")
    return start_session(person_id=person_id, stays=stays, now=now(), user_agent=agent)


def be_from_now_on(person: Viewer) -> None:
    """The rest of this request is this person's: its page carries their name and their forms' token."""
    login._update_request_context_with_user(person)


def settle_viewer() -> None:
    """See that the rest of this request can ask who is looking, even when the database cannot say."""
    try:
        viewer()
    except Exception:
        be_from_now_on(VISITOR)


def set_session_cookie(response: Response, token: str, *, stays: bool, keeps_flashes: bool = False) -> None:
    """Give the browser its token; whatever forms it had open belong to whoever was here before."""
    said = form_session.get("_flashes") if keeps_flashes else None
    form_session.clear()
    if said:
        form_session["_flashes"] = said
    response.set_cookie(
        current_app.config["COP_SESSION_COOKIE"],
        token,
        max_age=int(STAY.total_seconds()) if stays else None,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )


def clear_session_cookie(response: Response) -> None:
    form_session.clear()
    response.delete_cookie(
        current_app.config["COP_SESSION_COOKIE"],
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )
    response.headers["Clear-Site-Data"] = '"cache"'
