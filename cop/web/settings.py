"""One's own settings: what others read, address and password, devices, preferences, and leaving."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cop.accounts.letters import ask_for_new_address, ask_to_verify
from cop.accounts.operations import change_password, confirm_password, leave_site, prefer, say_practice
from cop.accounts.passwords import hash_password
from cop.accounts.queries import OwnAccount
from cop.accounts.sessions import end_one_session, end_other_sessions
from cop.platform import markup
from cop.platform.database import reading
from cop.platform.errors import Unsound
from cop.platform.words import gettext as _
from cop.web.callers import signed_in, viewer
from cop.web.forms.settings import AddressForm, LeaveForm, PasswordForm, PreferencesForm, ProfileForm
from cop.web.limiting import letter_limit, letters_from_network_limit, password_limit, writing_limit
from cop.web.pages.settings import find_ties, hold_ties, load_own, read_sessions, refuse_look_alike_name
from cop.web.sending import carry_out, now
from cop.web.signing import clear_session_cookie

routes = Blueprint("settings", __name__)
Answer = Response | tuple[str, int]
_A_YEAR = 365 * 24 * 3600


@routes.get("/settings/profile")
@signed_in
def edit_profile() -> str:
    return render_template("settings/profile.html", form=ProfileForm.of_own(viewer(), load_own(viewer())))


@routes.post("/settings/profile")
@signed_in
@writing_limit
def revise_profile() -> Answer:
    form = ProfileForm()
    if not form.is_sound():
        return render_template("settings/profile.html", form=form), 422
    bio = markup.render(form.about_oneself())

    def work() -> str:
        refuse_look_alike_name(viewer(), form.called())
        say_practice(
            actor=viewer(),
            name=form.called(),
            practice=form.said(),
            bio=bio,
            willing_to_be_asked=form.willing.data,
            now=now(),
        )
        return url_for("people.show_person", handle=viewer().handle)

    try:
        answer = carry_out(work)
    except Unsound as problem:
        form.blame(problem.faults)
        return render_template("settings/profile.html", form=form), 422
    flash(_("Kept. This is what others read beside your name."), "good")
    return answer


@routes.get("/settings/account")
@signed_in
def show_account() -> str:
    own = load_own(viewer())
    return render_template("settings/account.html", own=own, address=AddressForm(), password=PasswordForm())


@routes.post("/settings/account/address")
@signed_in
@password_limit
@letter_limit
@letters_from_network_limit
def change_address() -> Answer:
    """A letter goes to the new address; whether somebody else has it already, only that letter says."""
    own, form = load_own(viewer()), AddressForm()
    if not form.is_sound(own):
        return _show_account(address=form), 422
    answer = carry_out(lambda: _ask_for(own, form.address()))
    flash(
        _("A letter is on its way to %(address)s. Until you open it, nothing changes.", address=form.address()), "good"
    )
    return answer


@routes.post("/settings/account/password")
@signed_in
@password_limit
def choose_password() -> Answer:
    own, form = load_own(viewer()), PasswordForm()
    if not form.is_sound(own, name=viewer().name):
        return _show_account(password=form), 422
    password_hash = hash_password(form.new_password.data)

    def work() -> str:
        confirm_password(person_id=viewer().person_id, password_hash=own.password_hash)
        change_password(
            person_id=viewer().person_id, password_hash=password_hash, session_id=viewer().session_id, now=now()
        )
        return url_for(".show_account")

    answer = carry_out(work)
    flash(_("Your password is another one now. Every other device has been signed out."), "good")
    return answer


@routes.post("/settings/account/verify")
@signed_in
@letter_limit
@letters_from_network_limit
def send_verification() -> Response:
    def work() -> str:
        ask_to_verify(actor=viewer(), now=now())
        return url_for(".show_account")

    answer = carry_out(work)
    flash(_("The letter is on its way. Its link works for a day."), "good")
    return answer


@routes.get("/settings/sessions")
@signed_in
def list_sessions() -> str:
    return render_template("settings/sessions.html", page=read_sessions(viewer(), now=now()))


@routes.post("/settings/sessions")
@signed_in
@writing_limit
def end_sessions() -> Response:
    """One, by its number, or all the others. Another person's is not touched, whatever the number."""
    wanted = request.form.get("session", "")

    def work() -> str:
        if wanted == "others":
            end_other_sessions(person_id=viewer().person_id, session_id=viewer().session_id)
        elif wanted.isascii() and wanted.isdigit() and len(wanted) < 19:
            end_one_session(actor=viewer(), session_id=int(wanted))
        return url_for(".list_sessions")

    answer = carry_out(work)
    flash(_("Signed out there."), "good")
    return answer


@routes.get("/settings/preferences")
@signed_in
def edit_preferences() -> str:
    return render_template("settings/preferences.html", form=PreferencesForm.of(viewer()))


@routes.post("/settings/preferences")
@signed_in
@writing_limit
def keep_preferences() -> Answer:
    form = PreferencesForm()
    if not form.is_sound():
        return render_template("settings/preferences.html", form=form), 422
    preferences = form.preferences()

    def work() -> str:
        prefer(actor=viewer(), preferences=preferences)
        return url_for(".edit_preferences")

    answer = carry_out(work)
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    answer.set_cookie("theme", preferences.theme, max_age=_A_YEAR, secure=secure, samesite="Lax", path="/")
    flash(_("Kept."), "good")
    return answer


@routes.get("/settings/deactivate")
@signed_in
def ask_to_leave() -> str:
    return render_template("settings/leave.html", form=LeaveForm(), may_leave=find_ties(viewer()).ruling)


@routes.post("/settings/deactivate")
@signed_in
@password_limit
def leave() -> Answer:
    own, form = load_own(viewer()), LeaveForm()
    with reading():
        ruling = find_ties(viewer()).ruling
    if not ruling or not form.is_sound(own, name=viewer().name):
        return render_template("settings/leave.html", form=form, may_leave=ruling), 422 if ruling else 403

    def work() -> str:
        hold_ties(viewer())
        confirm_password(person_id=viewer().person_id, password_hash=own.password_hash)
        leave_site(actor=viewer(), ties=find_ties(viewer()).ties, now=now())
        return url_for("site.front")

    answer = carry_out(work)
    clear_session_cookie(answer)
    flash(_("Your account is closed. What you told stays, under “a former member”."), "good")
    return answer


def _ask_for(own: OwnAccount, address: str) -> str:
    confirm_password(person_id=viewer().person_id, password_hash=own.password_hash)
    ask_for_new_address(actor=viewer(), address=address, now=now())
    return url_for(".show_account")


def _show_account(*, address: AddressForm | None = None, password: PasswordForm | None = None) -> str:
    """The page with the form that was sent as it was sent, and the other one empty."""
    return render_template(
        "settings/account.html",
        own=load_own(viewer()),
        address=address or AddressForm(formdata=None),
        password=password or PasswordForm(formdata=None),
    )


@routes.get("/settings/")
@signed_in
def show_first() -> Response:
    return redirect(url_for(".edit_profile"))
