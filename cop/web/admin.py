"""Looking after the site: its settings, its people, its communities by name. Nothing that was said is shown here."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from cop.accounts.administration import choose_for_site, restore_person, suspend_person
from cop.accounts.letters import invite
from cop.accounts.queries import get_account
from cop.platform.choices import forget_choices, site_settings
from cop.platform.words import gettext as _
from cop.web.callers import administrators, viewer
from cop.web.forms.accounts import ResetForm
from cop.web.forms.admin import SiteForm, SuspendForm
from cop.web.limiting import letter_limit, writing_limit
from cop.web.pages.admin import build_accounts_page, build_communities_page, build_suspension_page
from cop.web.sending import carry_out, now

routes = Blueprint("admin", __name__)
Answer = Response | tuple[str, int]


@routes.get("/admin/")
@administrators
def show_site() -> str:
    return render_template("admin/site.html", form=SiteForm.of(site_settings()))


@routes.post("/admin/")
@administrators
@writing_limit
def keep_site() -> Answer:
    form = SiteForm()
    if not form.is_sound():
        return render_template("admin/site.html", form=form), 422

    def work() -> str:
        choose_for_site(actor=viewer(), chosen=form.chosen(), now=now())
        return url_for(".show_site")

    answer = carry_out(work)
    forget_choices()
    flash(_("Kept. Every process of this site has it within seconds."), "good")
    return answer


@routes.get("/admin/people")
@administrators
def list_people() -> str:
    page = build_accounts_page(request.args.get("q", ""), after=request.args.get("after"))
    return render_template("admin/people.html", page=page, form=ResetForm(formdata=None))


@routes.post("/admin/people")
@administrators
@writing_limit
@letter_limit
def invite_person() -> Answer:
    form = ResetForm()
    if form.is_sound() and site_settings().signup == "closed":
        form.blame({"email": _("Nobody can make an account here now. Choose otherwise under Site first.")})
    if form.errors:
        return render_template("admin/people.html", page=build_accounts_page("", after=None), form=form), 422

    def work() -> str:
        invite(actor=viewer(), address=form.address(), now=now())
        return url_for(".list_people")

    answer = carry_out(work)
    flash(_("An invitation is on its way to %(address)s.", address=form.address()), "good")
    return answer


@routes.get("/admin/people/<handle>/suspend")
@administrators
def ask_to_suspend(handle: str) -> str:
    page = build_suspension_page(viewer(), handle)
    return render_template("admin/suspend.html", page=page, form=SuspendForm())


@routes.post("/admin/people/<handle>/suspend")
@administrators
@writing_limit
def suspend(handle: str) -> Answer:
    form = SuspendForm()
    if not form.is_sound():
        return render_template("admin/suspend.html", page=build_suspension_page(viewer(), handle), form=form), 422

    def work() -> str:
        suspend_person(actor=viewer(), account=get_account(handle), reason=form.text(), now=now())
        return url_for(".list_people", q=handle)

    answer = carry_out(work)
    flash(_("Suspended. They are signed out everywhere."), "good")
    return answer


@routes.post("/admin/people/<handle>/restore")
@administrators
@writing_limit
def restore(handle: str) -> Response:
    def work() -> str:
        restore_person(actor=viewer(), account=get_account(handle), now=now())
        return url_for(".list_people", q=handle)

    answer = carry_out(work)
    flash(_("They can sign in again."), "good")
    return answer


@routes.get("/admin/communities")
@administrators
def list_communities() -> str:
    return render_template("admin/communities.html", page=build_communities_page(after=request.args.get("after")))
