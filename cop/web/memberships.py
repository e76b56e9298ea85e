"""Who is in a community: its people, one of them, vouching, asking to join, leaving, removing, moderators."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from cop.communities.members.operations import (
    appoint,
    dismiss,
    leave_community,
    remove_person,
    take_back_removal,
)
from cop.communities.members.queries import Member, get_member
from cop.communities.models import Community
from cop.communities.queries import find_place, get_community, get_listed
from cop.communities.requests.operations import approve_request, ask_to_join, refuse_request, withdraw_request
from cop.communities.requests.queries import find_hidden_request, get_asked
from cop.communities.vouches.operations import vouch_for, withdraw_vouch
from cop.communities.vouches.queries import get_vouched_for
from cop.platform import ids
from cop.platform.words import gettext as _
from cop.web.callers import anyone, signed_in, viewer
from cop.web.forms.communities import AskForm, RefuseForm, RemoveForm, VouchForm
from cop.web.giving_back import give_back
from cop.web.limiting import writing_limit
from cop.web.pages.community_settings import AgainPage, line_of, load_for_settings
from cop.web.pages.memberships import build_leave_page, build_member_page, build_people_page
from cop.web.sending import carry_out, now

routes = Blueprint("memberships", __name__)
Answer = Response | tuple[str, int]


@routes.get("/c/<slug>/people")
@anyone
def list_people(slug: str) -> str:
    role, after = request.args.get("role"), request.args.get("after")
    page = build_people_page(viewer(), slug, role=role, after=after, now=now())
    return render_template("communities/people.html", page=page)


@routes.get("/c/<slug>/people/<handle>")
@anyone
def show_member(slug: str, handle: str) -> str:
    page = build_member_page(viewer(), slug, handle, now=now())
    return render_template("communities/member.html", page=page)


# Vouching


@routes.post("/c/<slug>/people/<handle>/vouch")
@signed_in
@writing_limit
def vouch(slug: str, handle: str) -> Answer:
    form = VouchForm()
    if not form.is_sound():
        page = build_member_page(viewer(), slug, handle, now=now())
        page.may_vouch.enforce()
        return give_back(
            form,
            AgainPage(
                page.community,
                title=_("I vouch for %(name)s", name=page.member.person.name),
                hint=_("One line. It stands beside their name, with yours."),
                action=request.path,
                button=_("Vouch"),
                back=url_for(".show_member", slug=slug, handle=handle),
            ),
        )

    def work(community: Community, member: Member) -> None:
        vouch_for(actor=viewer(), community=community, person_id=member.person.id, line=form.text(), now=now())

    answer = _about(slug, handle, work, leads_to="people")
    flash(_("Your word stands beside their name."), "good")
    return answer


@routes.post("/c/<slug>/people/<handle>/vouch/withdraw")
@signed_in
@writing_limit
def withdraw_word(slug: str, handle: str) -> Answer:
    """Of somebody who is not here now, too: it would stand again when they come back."""

    def work() -> str:
        community = get_community(viewer(), slug)
        person_id = get_vouched_for(viewer(), community.id, handle)
        withdraw_vouch(actor=viewer(), community=community, person_id=person_id, now=now())
        if find_place(community.id, person_id):
            return url_for(".show_member", slug=slug, handle=handle)
        return url_for(".list_people", slug=slug)

    answer = carry_out(work)
    flash(_("Your word is taken back, and they are told."), "good")
    return answer


# Asking to join


@routes.post("/c/<slug>/ask")
@signed_in
@writing_limit
def ask(slug: str) -> Answer:
    form = AskForm()
    there = url_for("communities.show_community", slug=slug)
    if not form.is_sound():
        community = get_listed(viewer(), slug)
        title = _("Ask to join %(community)s", community=community.name)
        hint = _("One line. Its moderators read it.")
        return give_back(form, AgainPage(community, title, hint, request.path, _("Ask to join"), there))

    def work() -> str:
        ask_to_join(actor=viewer(), community=get_listed(viewer(), slug), line=form.text(), now=now())
        return there

    answer = carry_out(work)
    flash(_("You have asked. A moderator will answer, and you are told by mail."), "good")
    return answer


@routes.post("/c/<slug>/ask/withdraw")
@signed_in
@writing_limit
def withdraw_asking(slug: str) -> Answer:
    def work() -> str:
        hidden = find_hidden_request(viewer(), slug)
        withdraw_request(actor=viewer(), community_id=get_asked(viewer(), slug), now=now())
        return url_for("communities.list_all") if hidden else url_for("communities.show_community", slug=slug)

    answer = carry_out(work)
    flash(_("Taken back. Nobody here will answer it any more."), "good")
    return answer


@routes.post("/c/<slug>/requests/<request_id>/approve")
@signed_in
@writing_limit
def approve(slug: str, request_id: str) -> Answer:
    def work() -> str:
        community = load_for_settings(viewer(), slug)
        approve_request(actor=viewer(), community=community, request_id=ids.read(request_id), now=now())
        return url_for(".list_people", slug=slug)

    answer = carry_out(work)
    flash(_("They are in, and are told."), "good")
    return answer


@routes.post("/c/<slug>/requests/<request_id>/refuse")
@signed_in
@writing_limit
def refuse(slug: str, request_id: str) -> Answer:
    form, back = RefuseForm(), url_for(".list_people", slug=slug)
    if not form.is_sound():
        community = line_of(load_for_settings(viewer(), slug))
        hint = _("One sentence. They are told, and may ask again.")
        return give_back(form, AgainPage(community, _("Do not let them in"), hint, request.path, _("Refuse"), back))

    def work() -> str:
        community = load_for_settings(viewer(), slug)
        refuse_request(
            actor=viewer(), community=community, request_id=ids.read(request_id), sentence=form.text(), now=now()
        )
        return back

    answer = carry_out(work)
    flash(_("They are told why."), "good")
    return answer


# Going


@routes.get("/c/<slug>/leave")
@signed_in
def ask_to_leave(slug: str) -> str:
    return render_template("communities/leave.html", page=build_leave_page(viewer(), slug))


@routes.post("/c/<slug>/leave")
@signed_in
@writing_limit
def leave(slug: str) -> Answer:
    def work() -> str:
        leave_community(actor=viewer(), community=get_community(viewer(), slug), now=now())
        return url_for("communities.list_all")

    answer = carry_out(work)
    flash(_("You have left. What you said there stays, under your name."), "good")
    return answer


@routes.post("/c/<slug>/people/<handle>/remove")
@signed_in
@writing_limit
def remove(slug: str, handle: str) -> Answer:
    form = RemoveForm()
    if not form.is_sound():
        page = build_member_page(viewer(), slug, handle, now=now())
        page.may_remove.enforce()
        title, hint = _("Remove %(name)s", name=page.member.person.name), _("They are told.")
        back = url_for(".show_member", slug=slug, handle=handle)
        again = AgainPage(page.community, title, hint, request.path, _("Remove them"), back, is_harm=True)
        return give_back(form, again)

    def work(community: Community, member: Member) -> None:
        remove_person(actor=viewer(), community=community, person_id=member.person.id, reason=form.text(), now=now())

    answer = _about(slug, handle, work, leads_to="people")
    flash(_("Removed, and told why. It can be taken back at the end of this page."), "good")
    return answer


@routes.post("/c/<slug>/removals/<removal_id>/take-back")
@signed_in
@writing_limit
def take_back(slug: str, removal_id: str) -> Answer:
    def work() -> str:
        community = load_for_settings(viewer(), slug)
        take_back_removal(actor=viewer(), community=community, removal_id=ids.read(removal_id), now=now())
        return url_for(".list_people", slug=slug)

    answer = carry_out(work)
    flash(_("Taken back: they are what they were, and are told."), "good")
    return answer


# Moderators


@routes.post("/c/<slug>/people/<handle>/appoint")
@signed_in
@writing_limit
def appoint_member(slug: str, handle: str) -> Answer:
    def work(community: Community, member: Member) -> None:
        appoint(actor=viewer(), community=community, person_id=member.person.id, now=now())

    answer = _about(slug, handle, work)
    flash(_("They moderate here from now on, and are told."), "good")
    return answer


@routes.post("/c/<slug>/people/<handle>/dismiss")
@signed_in
@writing_limit
def dismiss_moderator(slug: str, handle: str) -> Answer:
    def work(community: Community, member: Member) -> None:
        dismiss(actor=viewer(), community=community, person_id=member.person.id, now=now())

    answer = _about(slug, handle, work)
    flash(_("A practitioner from now on, and no longer a moderator. They are told."), "good")
    return answer


def _about(
    slug: str, handle: str, change: Callable[[Community, Member], None], *, leads_to: str = "member"
) -> Response:
    """Carry out what is about one member, and lead back to them, or to everybody when they are gone."""

    def work() -> str:
        community = get_community(viewer(), slug)
        change(community, get_member(community.id, handle))
        if leads_to == "people":
            return url_for(".list_people", slug=slug)
        return url_for(".show_member", slug=slug, handle=handle)

    return carry_out(work)
