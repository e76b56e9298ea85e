"""Accounts: asking for one, signing in and out, a lost password; and what one wrote while the session ended."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cop.accounts.addresses import is_address
from cop.accounts.letters import ask_to_reset, ask_to_sign_up
from cop.accounts.models import RESET
from cop.accounts.operations import confirm_password
from cop.accounts.passwords import goes_with
from cop.accounts.queries import Credentials, find_credentials
from cop.accounts.sessions import end_session
from cop.accounts.tickets import cancel_tickets
from cop.communities.queries import load_viewer
from cop.discussions.drafts.fields import Fields
from cop.platform import ids
from cop.platform.choices import site_settings
from cop.platform.database import reading
from cop.platform.words import gettext as _
from cop.web.callers import anyone, viewer
from cop.web.forms.accounts import ResetForm, SignInForm, SignUpForm
from cop.web.keeping import Kept, aim, claim, keep, read_kept, set_draft_cookie
from cop.web.limiting import (
    letter_limit,
    letters_from_network_limit,
    sign_in_limit,
    sign_ins_from_network_limit,
    sign_up_limit,
)
from cop.web.paths import came_from, own_path
from cop.web.sending import now, store
from cop.web.signing import be_from_now_on, begin_session, clear_session_cookie, set_session_cookie

routes = Blueprint("accounts", __name__)


@routes.route("/signin", methods=["GET", "POST"])
@anyone
@sign_in_limit
@sign_ins_from_network_limit
def sign_in() -> Response | str | tuple[str, int]:
    form = SignInForm(next=request.args.get("next", ""))
    if request.method != "POST":
        if viewer().is_authenticated:
            return redirect(own_path(form.next.data))
        return render_template("accounts/sign_in.html", form=form)
    kept = read_kept(form.kept.data)
    person = _whose(form.address(), form.password.data or "")
    if person is None or person.is_suspended:
        failed = "suspended" if person else "wrong"
        return render_template("accounts/sign_in.html", form=form, kept=kept, failed=failed), 422
    return _let_in(person, form, kept)


@routes.route("/signup", methods=["GET", "POST"])
@anyone
@sign_up_limit
@letter_limit
def sign_up() -> Response | str | tuple[str, int]:
    """Nothing is looked up here: an address with an account and one without get the same answer, and a letter each."""
    if site_settings().signup != "open":
        return render_template("accounts/closed.html"), 403
    form = SignUpForm(next=request.args.get("next", ""))
    if request.method != "POST":
        if viewer().is_authenticated:
            return redirect(own_path(form.next.data))
        return render_template("accounts/sign_up.html", form=form)
    if not form.is_sound():
        return render_template("accounts/sign_up.html", form=form), 422
    store(lambda: ask_to_sign_up(address=form.address(), about=form.about(), now=now()))
    return redirect(url_for(".look_in_mail"), 303)


@routes.get("/signup/sent")
@anyone
def look_in_mail() -> str:
    return render_template("accounts/look_in_mail.html")


@routes.route("/reset", methods=["GET", "POST"])
@anyone
@letter_limit
@letters_from_network_limit
def reset() -> Response | str | tuple[str, int]:
    form = ResetForm()
    if request.method != "POST":
        return render_template("accounts/reset.html", form=form)
    if not form.is_sound():
        return render_template("accounts/reset.html", form=form), 422
    store(lambda: ask_to_reset(address=form.address(), now=now()))
    return redirect(url_for(".look_for_reset"), 303)


@routes.get("/reset/sent")
@anyone
def look_for_reset() -> str:
    return render_template("accounts/look_for_reset.html")


@routes.route("/signout", methods=["GET", "POST"])
@anyone
def sign_out() -> Response | str:
    if request.method != "POST":
        return render_template("accounts/sign_out.html")
    if viewer().is_authenticated:
        store(lambda: end_session(actor=viewer()))
    response = redirect(url_for("site.front"), 303)
    clear_session_cookie(response)
    return response


def ask_to_sign_in(path: str, sent: Fields) -> Response:
    """What a visitor gets who asks for something that needs an account; what they had written is kept for a day.

    Args:
        path: where they were going, or what they sent a form to.
        sent: the fields of that form.
    """
    if request.method != "POST":
        return redirect(url_for("accounts.sign_in", next=path))
    kept, token = keep(path, sent)
    form = SignInForm(formdata=None, next=came_from())
    response = make_response(render_template("accounts/sign_in.html", form=form, kept=kept), 401)
    if token:
        set_draft_cookie(response, token)
    return response


def _whose(address: str, password: str) -> Credentials | None:
    """The person whose address and password these are. Takes as long when nobody has that address."""
    with reading():
        credentials = find_credentials(address) if is_address(address) else None
    stored = credentials.password_hash if credentials else None
    return credentials if goes_with(password, stored) else None


def _let_in(person: Credentials, form: SignInForm, kept: Kept | None) -> Response:
    """Sign this browser in, and lead on: to where they were going, or to what they had sent."""

    def begin() -> str:
        confirm_password(person_id=person.person_id, password_hash=person.password_hash)
        cancel_tickets(person.person_id, RESET)  # whoever knows the password has not lost it
        if kept:
            claim(kept, person.person_id)
        return begin_session(person_id=person.person_id, stays=form.stay.data)

    token = store(begin)
    response = make_response() if kept else redirect(own_path(form.next.data), 303)
    set_session_cookie(response, token, stays=form.stay.data)
    if kept:
        be_from_now_on(load_viewer(token, now=now()))
        return _go_on(response, kept)
    return response


def _go_on(response: Response, kept: Kept) -> Response:
    """The composer with the text standing in it; or, for what was written in no composer, a page that sends it."""
    draft_id = aim(kept) if kept.draft_id is not None else None
    if draft_id is None:
        response.set_data(render_template("accounts/signed_in_again.html", kept=kept))
        return response
    words = _("You are signed in again, %(name)s. What you had sent stands below, not said yet.", name=viewer().name)
    flash(words, "good")
    response.status_code, response.location = 303, url_for("drafts.show_draft", draft_id=ids.spell(draft_id))
    return response
