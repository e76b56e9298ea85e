"""Accounts: signing up, in and out, saying what one practises; and what one wrote while the session ended."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cop.accounts.addresses import is_address
from cop.accounts.operations import end_session, say_practice, start_session
from cop.accounts.operations import sign_up as make_account
from cop.accounts.passwords import goes_with, hash_password
from cop.accounts.queries import find_credentials
from cop.communities.queries import load_viewer
from cop.platform.database import reading
from cop.platform.errors import Unsound
from cop.platform.words import gettext as _
from cop.settings import Settings
from cop.web.callers import anyone, signed_in, viewer
from cop.web.forms.accounts import PracticeForm, SignInForm, SignUpForm
from cop.web.keeping import Fields, Kept, keep, read_kept
from cop.web.limiting import sign_in_limit, sign_up_limit, writing_limit
from cop.web.paths import own_path
from cop.web.sending import carry_out, now, store
from cop.web.signing import be_from_now_on, clear_session_cookie, set_session_cookie

routes = Blueprint("accounts", __name__)

# Namesakes who sign up at the same moment take each other's handle; every round one of them gets through.
_MOST_AT_ONCE = 12


@routes.route("/signin", methods=["GET", "POST"])
@anyone
@sign_in_limit
def sign_in() -> Response | str | tuple[str, int]:
    form = SignInForm(next=request.args.get("next", ""))
    if request.method != "POST":
        if viewer().is_authenticated:
            return redirect(own_path(form.next.data))
        return render_template("accounts/sign_in.html", form=form)
    kept = read_kept(form.kept.data)
    person_id = _whose(form.address(), form.password.data or "")
    if person_id is None:
        return render_template("accounts/sign_in.html", form=form, kept=kept, failed=True), 422
    return _let_in(person_id, form, kept)


@routes.route("/signup", methods=["GET", "POST"])
@anyone
@sign_up_limit
def sign_up() -> Response | str | tuple[str, int]:
    settings: Settings = current_app.extensions["cop-settings"]
    if settings.signup != "open":
        return render_template("accounts/closed.html"), 403
    form = SignUpForm(next=request.args.get("next", ""))
    if request.method != "POST":
        if viewer().is_authenticated:
            return redirect(own_path(form.next.data))
        return render_template("accounts/sign_up.html", form=form)
    if not form.is_sound():
        return render_template("accounts/sign_up.html", form=form), 422
    return _take_in(form)


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


@routes.route("/settings/profile", methods=["GET", "POST"])
@signed_in
@writing_limit
def edit_profile() -> Response | str | tuple[str, int]:
    form = PracticeForm.of(viewer())
    if request.method != "POST":
        return render_template("accounts/edit_profile.html", form=form)
    if not form.is_sound():
        return render_template("accounts/edit_profile.html", form=form), 422

    def work() -> str:
        say_practice(actor=viewer(), name=form.called(), practice=form.said())
        return url_for("people.show_person", handle=viewer().handle)

    answer = carry_out(work)
    flash(_("Kept. This is what others read beside your name."), "good")
    return answer


def ask_to_sign_in(path: str, sent: Fields) -> Response | tuple[str, int]:
    """What a visitor gets who asks for something that needs an account; what they had written stays with them.

    Args:
        path: where they were going, or what they sent a form to.
        sent: the fields of that form.
    """
    if request.method != "POST":
        return redirect(url_for("accounts.sign_in", next=path))
    return render_template("accounts/sign_in.html", form=SignInForm(formdata=None), kept=keep(path, sent)), 401


def _whose(address: str, password: str) -> int | None:
    """The person whose address and password these are. Takes as long when nobody has that address."""
    with reading():
        credentials = find_credentials(address) if is_address(address) else None
    stored = credentials.password_hash if credentials else None
    return credentials.person_id if goes_with(password, stored) and credentials else None


def _let_in(person_id: int, form: SignInForm | SignUpForm, kept: Kept | None = None) -> Response:
    """Sign this browser in, and lead on: to where they were going, or to what they had sent."""
    token = store(lambda: start_session(person_id=person_id, stays=form.stay.data, now=now()))
    response = make_response() if kept else redirect(own_path(form.next.data), 303)
    set_session_cookie(response, token, stays=form.stay.data)
    if kept:
        with reading():
            be_from_now_on(load_viewer(token, now=now()))
        response.set_data(render_template("accounts/signed_in_again.html", kept=kept))
    return response


def _take_in(form: SignUpForm) -> Response | tuple[str, int]:
    name, address, practice = form.called(), form.address(), form.said()
    password_hash = hash_password(form.password.data)

    def work() -> int:
        return make_account(name=name, email=address, password_hash=password_hash, practice=practice, now=now())

    try:
        person_id = store(work, tries=_MOST_AT_ONCE)
    except Unsound as problem:
        known = _whose(address, form.password.data)  # the second click of two, or somebody who forgot that they had one
        if known is not None:
            return _let_in(known, form)
        form.blame(problem.faults)
        return render_template("accounts/sign_up.html", form=form), 422
    return _let_in(person_id, form)
