"""What the link in a letter leads to. Opening it changes nothing, since scanners open links; the button does.

The token is checked when the page is shown and again, in the transaction, when its form is sent.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cop.accounts.models import INVITATION, NEW_ADDRESS, RESET, SIGN_UP, UNDO, VERIFY
from cop.accounts.operations import change_password, move_to_address, restore_address, sign_up, verify_address
from cop.accounts.passwords import hash_password
from cop.accounts.queries import OpenTicket, find_credentials
from cop.accounts.sessions import end_session
from cop.accounts.tickets import spend_ticket
from cop.platform.choices import site_settings
from cop.platform.errors import NotVisible, Unsound
from cop.platform.words import gettext as _
from cop.web.callers import anyone, viewer
from cop.web.forms.letters import JoinForm, NewPasswordForm
from cop.web.limiting import opening_limit
from cop.web.pages.letters import find_letter
from cop.web.paths import own_path
from cop.web.sending import now, store
from cop.web.signing import begin_session, clear_session_cookie, set_session_cookie

routes = Blueprint("letters", __name__)
Answer = Response | tuple[str, int]

# Namesakes who sign up at the same moment take each other's handle; every round one of them gets through.
_MOST_AT_ONCE = 12


@routes.get("/letters/<token>")
@anyone
def open_letter(token: str) -> Answer:
    letter = find_letter(token, now=now())
    if letter is None:
        return _over()
    if _is_closed_to(letter.ticket):
        return render_template("accounts/closed.html"), 403
    form: JoinForm | NewPasswordForm = NewPasswordForm(formdata=None)
    if letter.ticket.purpose in (SIGN_UP, INVITATION):
        form = JoinForm.asked_for(letter.ticket.about)
    return _show(letter.ticket, form)


@routes.post("/letters/<token>")
@anyone
@opening_limit
def use_letter(token: str) -> Answer:
    letter = find_letter(token, now=now())
    if letter is None:
        return _over()
    try:
        return _USES[letter.ticket.purpose](token, letter.ticket, letter.name)
    except NotVisible:  # used in another window between the look and the button
        return _over()


def _make_account(token: str, ticket: OpenTicket, _name: str) -> Answer:
    form = JoinForm()
    if _is_closed_to(ticket):
        return render_template("accounts/closed.html"), 403
    if not form.is_sound(address=ticket.address):
        return _show(ticket, form, status=422)
    name, practice, password_hash = form.called(), form.said(), hash_password(form.new_password.data)

    def work() -> str:
        spent = spend_ticket(token, now=now())
        person_id = sign_up(name=name, email=spent.address, password_hash=password_hash, practice=practice, now=now())
        return _sign_in_instead(person_id, stays=form.stay.data)

    try:
        session_token = store(work, tries=_MOST_AT_ONCE)
    except Unsound as problem:
        form.blame(problem.faults)
        return _show(ticket, form, status=422)
    return _lead_in(session_token, own_path(ticket.about.get("leads_to")), stays=form.stay.data)


def _reset_password(token: str, ticket: OpenTicket, name: str) -> Answer:
    form = NewPasswordForm()
    if not form.is_sound(name=name, address=ticket.address):
        return _show(ticket, form, status=422)
    password_hash = hash_password(form.new_password.data)

    def work() -> str:
        spent = spend_ticket(token, now=now())
        person = find_credentials(spent.address)
        if person is None or person.is_suspended or person.person_id != spent.person_id:
            raise NotVisible  # kept out, gone, or with another address since the letter was sent
        change_password(person_id=person.person_id, password_hash=password_hash, now=now(), verifies=True)
        return _sign_in_instead(person.person_id, stays=False)

    session_token = store(work)
    flash(_("Your password is another one now. Every other device has been signed out."), "good")
    return _lead_in(session_token, url_for("site.front"), stays=False)


def _verify(token: str, ticket: OpenTicket, _name: str) -> Answer:
    def work() -> None:
        spent = spend_ticket(token, now=now())
        verify_address(person_id=_person_of(spent), address=spent.address, now=now())

    store(work)
    flash(_("Your address is confirmed."), "good")
    return redirect(url_for("site.front"), 303)


def _move(token: str, ticket: OpenTicket, _name: str) -> Answer:
    def work() -> None:
        spent = spend_ticket(token, now=now())
        move_to_address(person_id=_person_of(spent), address=spent.address, now=now())

    store(work)
    flash(_("Your account has this address from now on. The old one has been told."), "good")
    return redirect(url_for("site.front"), 303)


def _undo(token: str, ticket: OpenTicket, _name: str) -> Answer:
    def work() -> None:
        spent = spend_ticket(token, now=now())
        restore_address(person_id=_person_of(spent), address=spent.address, now=now())

    store(work)
    response = make_response(render_template("letters/undone.html"))
    if viewer().id == ticket.person_id:
        clear_session_cookie(response)
    return response


def _person_of(ticket: OpenTicket) -> int:
    if ticket.person_id is None:
        raise NotVisible
    return ticket.person_id


def _sign_in_instead(person_id: int, *, stays: bool) -> str:
    """Sign this browser in as whom the letter was sent to; whoever else was signed in here is signed out."""
    if viewer().is_authenticated:
        end_session(actor=viewer())
    return begin_session(person_id=person_id, stays=stays)


def _lead_in(session_token: str, path: str, *, stays: bool) -> Response:
    response = redirect(path, 303)
    set_session_cookie(response, session_token, stays=stays, keeps_flashes=True)
    return response


def _is_closed_to(ticket: OpenTicket) -> bool:
    """Whether the site takes nobody in by this kind of letter any more."""
    who = site_settings().signup
    return (ticket.purpose == SIGN_UP and who != "open") or (ticket.purpose == INVITATION and who == "closed")


def _show(ticket: OpenTicket, form: JoinForm | NewPasswordForm, *, status: int = 200) -> tuple[str, int]:
    name = {SIGN_UP: "join", INVITATION: "join", RESET: "reset"}.get(ticket.purpose, "confirm")
    return render_template(
        f"letters/{name}.html", ticket=ticket, form=form, token=(request.view_args or {})["token"]
    ), status


def _over() -> tuple[str, int]:
    return render_template("letters/over.html"), 404


@routes.after_request
def _keep_nowhere(response: Response) -> Response:
    """The address of such a page is a key: no cache and no index keeps it. It is sent to no other site as it is."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


_USES: dict[str, Callable[[str, OpenTicket, str], Answer]] = {
    SIGN_UP: _make_account,
    INVITATION: _make_account,
    RESET: _reset_password,
    VERIFY: _verify,
    NEW_ADDRESS: _move,
    UNDO: _undo,
}
