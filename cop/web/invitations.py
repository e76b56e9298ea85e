"""Invitations: made by moderators, and the page to which one leads."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cop.communities.invitations.operations import (
    invite_by_link,
    invite_by_mail,
    redeem_invitation,
    revoke_invitation,
)
from cop.platform import ids
from cop.platform.errors import NotVisible, Unsound
from cop.platform.words import gettext as _
from cop.web.callers import anyone, signed_in, viewer
from cop.web.forms.communities import InviteForm
from cop.web.giving_back import give_back
from cop.web.limiting import writing_limit
from cop.web.pages.community_settings import AgainPage, line_of, load_for_settings
from cop.web.pages.invitations import build_invitation_page
from cop.web.sending import carry_out, now

routes = Blueprint("invitations", __name__)
Answer = Response | tuple[str, int]


@routes.post("/c/<slug>/invitations/link")
@signed_in
@writing_limit
def make_link(slug: str) -> Answer:
    made: list[str] = []

    def work() -> str:
        made[:] = [invite_by_link(actor=viewer(), community=load_for_settings(viewer(), slug), now=now())]
        return url_for("memberships.list_people", slug=slug)

    answer = carry_out(work)
    if made:  # sent twice, it is made once, and the first answer has shown it
        link = url_for(".show_invitation", token=made[0], _external=True)
        flash(
            _("Hand this link to one person. It is shown this once, and lasts fourteen days: %(link)s", link=link),
            "good",
        )
    return answer


@routes.post("/c/<slug>/invitations/mail")
@signed_in
@writing_limit
def invite(slug: str) -> Answer:
    form, back = InviteForm(), url_for("memberships.list_people", slug=slug)

    def work() -> str:
        community = load_for_settings(viewer(), slug)
        invite_by_mail(actor=viewer(), community=community, email=form.text(), now=now())
        return back

    try:
        if form.is_sound():
            answer = carry_out(work)
            flash(_("An invitation is on its way to %(email)s.", email=form.text()), "good")
            return answer
    except Unsound as problem:
        form.blame(problem.faults)
    community = line_of(load_for_settings(viewer(), slug))
    hint = _("Only somebody with an account for this address can use it.")
    return give_back(form, AgainPage(community, _("Invite by mail"), hint, request.path, _("Send it"), back))


@routes.post("/c/<slug>/invitations/<invitation_id>/revoke")
@signed_in
@writing_limit
def revoke(slug: str, invitation_id: str) -> Answer:
    def work() -> str:
        community = load_for_settings(viewer(), slug)
        revoke_invitation(actor=viewer(), community=community, invitation_id=ids.read(invitation_id), now=now())
        return url_for("memberships.list_people", slug=slug)

    answer = carry_out(work)
    flash(_("Revoked. It lets nobody in any more."), "good")
    return answer


@routes.get("/invitations/<token>")
@anyone
def show_invitation(token: str) -> Answer:
    """Looking at it spends nothing. One that never was and one that is over look the same."""
    try:
        page = build_invitation_page(viewer(), token, now=now())
    except NotVisible:
        return render_template("communities/no_invitation.html"), 404
    if page.is_in:
        return redirect(url_for("communities.show_community", slug=page.community.slug))
    return render_template("communities/invitation.html", page=page), 200


@routes.post("/invitations/<token>")
@signed_in
@writing_limit
def accept(token: str) -> Answer:
    def work() -> str:
        offer = redeem_invitation(actor=viewer(), token=token, now=now())
        return url_for("communities.show_community", slug=offer.community.slug)

    try:
        answer = carry_out(work)
    except NotVisible:
        return render_template("communities/no_invitation.html"), 404
    flash(_("You are in. Read, ask, and tell when something happens to you."), "good")
    return answer
