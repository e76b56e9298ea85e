"""Pages that say no: each failure is mapped once, and whatever was written comes back with it."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from markupsafe import Markup
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from cop.platform.database import is_full
from cop.platform.errors import Problem
from cop.platform.words import gettext as _

if TYPE_CHECKING:
    from cop.web.keeping import Kept

log = logging.getLogger(__name__)
NEVER_SHOWN = frozenset((
    "csrf_token", "key", "password", "new_password", "kept", "draft", "draft_revision", "draft_path", "stands", "keeps",
    "then", "by", "find", "finds", "leaves",
))  # fmt: skip
_SECRETS = frozenset(("password", "new_password"))
_MINUTE = 60
_BARE = Markup(
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
    "<h1>{title}</h1><p>{says}</p>{sent}</html>"
)
_BARE_FIELD = Markup('<p>{name}<br><textarea rows="8" cols="70" readonly>\n{value}</textarea></p>')
Answer = tuple[str, int, dict[str, str]]


class SignedOut(Exception):
    """Something for people with an account was asked for by nobody in particular."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """A page that says no: what happened, what can be done, and what had been written."""

    status: int
    title: str
    says: str
    sent: tuple[tuple[str, str], ...] = ()
    again: Kept | None = None  # the form, where sending it once more may help
    asks_to_sign_in: bool = False  # before it can be sent
    back: str = ""  # the page on which the button was
    reference: str = ""


def map_errors(app: Flask) -> None:
    """Connect every kind of failure to its page."""
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(SignedOut, _signed_out)
    app.register_error_handler(CSRFError, _grown_old)
    app.register_error_handler(SecurityError, _foreign_host)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _no_database)
    app.register_error_handler(Exception, _unforeseen)


def address() -> str:
    """The path and query of this request."""
    return request.full_path.removesuffix("?")


def what_was_sent() -> tuple[tuple[str, str], ...]:
    """The fields of the form in hand that a person filled in or chose; never a password."""
    return tuple((name, value) for name, value in _form().items(multi=True) if value and name not in NEVER_SHOWN)


def what_was_sent_whole() -> tuple[tuple[str, str], ...]:
    """The same, when all of it must have come.

    Raises:
        HTTPException: the body was refused: too large, or broken.
    """
    request.form  # noqa: B018  # reading it is what may be refused
    return what_was_sent()


def key_sent() -> str:
    """The key of the form in hand, which makes a double click harmless; empty when it has none that can be stored."""
    key = _form().get("key", "")[:40]
    return key if key.isprintable() else ""


def _form() -> MultiDict[str, str]:
    if request.method != "POST":
        return MultiDict()
    try:
        return request.form
    except HTTPException:  # the body itself was refused: too large, or broken
        return MultiDict()


def _problem(problem: Problem) -> Answer:
    titles = {
        404: _("There is nothing here that you can see"),
        422: _("Something is missing"),
        429: _("That was a lot at once"),
        503: _("The server is busy"),
    }
    says = {
        404: _("Either this page never was, or it belongs to a community that you are not in. We do not say which."),
        503: _("Nothing is lost: send it again in a moment.") if what_was_sent() else _("Try again in a moment."),
    }
    if problem.status == 403:
        return _page(403, problem.reason.rstrip("."), "")
    if problem.status == 409 and problem.reason:  # whether somebody was quicker, or oneself, its own words say
        what, _stop, then = problem.reason.partition(". ")
        return _page(409, what.rstrip("."), then, again=True)
    title = titles.get(problem.status, _("That did not work"))
    return _page(problem.status, title, says.get(problem.status, problem.reason), again=problem.status != 404)


def _signed_out(signed_out: SignedOut) -> Response | tuple[Response, int] | Answer:
    from cop.web.accounts import ask_to_sign_in  # here: accounts shows this page and raises it

    if _form().get("by") == "script":
        says = _("Not saved: you have been signed out. Send it all the same, and it is kept while you sign in.")
        return jsonify(says=says), 401
    try:
        return ask_to_sign_in(signed_out.path, what_was_sent_whole())
    except HTTPException as refused:  # too long to be kept, or too much of it: better said now
        return _http(refused)
    except Problem as problem:
        return _problem(problem)
    except OperationalError as error:
        return _no_database(error)


def _grown_old(_error: CSRFError) -> Answer:
    if request.endpoint in ("accounts.sign_in", "accounts.sign_up"):
        return _signed_in_elsewhere()
    lost = _("Nothing is lost: what you wrote is below. Send it again.") if what_was_sent() else _("Send it again.")
    says = _("It was opened before you signed in here last.")
    return _page(403, _("This page has grown old"), f"{says} {lost}", again=True)


def _signed_in_elsewhere() -> Answer:
    from cop.web.callers import viewer  # here: callers stands on this module

    says = _("%(name)s has, since you opened that page. If that is not you, sign out first.", name=viewer().name)
    return _page(403, _("Somebody has signed in here already"), says)


def _foreign_host(_error: SecurityError) -> Answer:
    """A bare page: there are no addresses of ours under a name that is not ours."""
    return _bare(_("That request makes no sense here"), _("This site has another name.")), 400, {}


def _http(error: HTTPException) -> Response | Answer:
    if error.code is None or error.code < 400:
        return error.get_response()
    says = {
        400: (_("That request makes no sense here"), _("Go back, load the page afresh and try again.")),
        404: (
            _("There is nothing here that you can see"),
            _("Either this page never was, or it belongs to a community that you are not in. We do not say which."),
        ),
        405: (_("That cannot be done here"), _("The page takes no such request.")),
        413: (
            _("That is too long"),
            _("It is larger than this site takes. Go back: your browser still has it. Tell it in two parts."),
        ),
        414: (_("That address is too long"), _("Shorten what you are looking for and try again.")),
        429: (_("That was a lot at once"), _("Wait a few minutes and send it again. Nothing is lost.")),
    }
    title, sentence = says.get(error.code, (_("That did not work"), _("Go back and try again.")))
    page, status, headers = _page(error.code, title, sentence, again=error.code == 429, wait=_window_of(error))
    allowed = getattr(error, "valid_methods", None)
    return page, status, headers | ({"Allow": ", ".join(sorted(allowed))} if allowed else {})


def _window_of(error: HTTPException) -> int:
    """The seconds after which a limit that was reached has surely passed."""
    reached = getattr(error, "limit", None)
    return int(reached.limit.get_expiry()) if reached else _MINUTE


def _no_database(error: OperationalError) -> Answer:
    log.error("database: %s", error.orig)
    if is_full(error):
        return _no_room()
    says = _("Nothing is lost: send it again in a minute.") if what_was_sent() else _("Try again in a minute.")
    return _page(503, _("The server cannot reach what it has stored"), says, again=True)


def _no_room() -> Answer:
    says = _("Reading goes on, but nothing can be stored until whoever runs this site has made room.")
    if what_was_sent():
        says = f"{says} {_('Nothing is lost: send it again in a few minutes.')}"
    return _page(503, _("The server has no room left"), says, again=True)


def _unforeseen(error: Exception) -> Answer:
    reference = secrets.token_hex(4)
    log.exception("unforeseen failure %s on %s %r", reference, request.method, _loggable_path(), exc_info=error)
    says = _("It has been written down for whoever runs this site.")
    if what_was_sent():
        says = f"{says} {_('What you wrote is below.')}"
    return _page(500, _("Something broke on our side"), says, again=True, reference=reference)


def _loggable_path() -> str:
    """What a log may hold: the address of a letter's page is a key."""
    return "/letters/" if request.path.startswith("/letters/") else request.path


def _page(
    status: int, title: str, says: str, *, again: bool = False, wait: int = _MINUTE, reference: str = ""
) -> Answer:
    from cop.web.callers import viewer  # here: all four stand on this module
    from cop.web.keeping import Kept, read_kept
    from cop.web.paths import came_from
    from cop.web.signing import settle_viewer

    settle_viewer()
    carried, sent = read_kept(_form().get("kept")), what_was_sent()
    page = ProblemPage(
        status, title, says, reference=reference, back=came_from(),
        sent=carried.fields if carried else sent if request.endpoint != "accounts.sign_in" else (),
        again=carried or (Kept(address(), sent, key_sent()) if again and _may_be_sent_again() else None),
        asks_to_sign_in=carried is not None and not viewer().is_authenticated,
    )  # fmt: skip
    return _render(page), status, {"Retry-After": str(wait)} if status in (429, 503) else {}


def _may_be_sent_again() -> bool:
    """Whether the form in hand can be carried by a page: it is one, and holds no password."""
    return request.method == "POST" and _SECRETS.isdisjoint(_form()) and request.blueprint != "letters"


def _render(page: ProblemPage) -> str:
    """The page, or the same words bare: what says no must not fail itself, and must not lose a text."""
    try:
        return render_template("errors/problem.html", page=page)
    except Exception:
        log.exception("the page for %s could not be made", page.status)
        return _bare(page.title, page.says, page.sent)


def _bare(title: str, says: str, sent: tuple[tuple[str, str], ...] = ()) -> str:
    fields = Markup("").join(_BARE_FIELD.format(name=name, value=value) for name, value in sent)
    return _BARE.format(title=title, says=says, sent=fields)
