"""What happens between the look and the deed: accounts that close, passwords that change, moderators who are out."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cop.accounts import passwords
from cop.accounts.administration import appoint_administrator, remove_administrator, suspend_person
from cop.accounts.models import Person
from cop.accounts.operations import leave_site
from cop.accounts.permissions import Ties
from cop.accounts.queries import count_administrators, get_account
from cop.communities.care.queries import list_moderated_alone
from cop.communities.invitations.operations import invite_by_link, invite_by_mail, redeem_invitation, renew_token
from cop.communities.invitations.queries import get_offer
from cop.communities.members.operations import leave_community, remove_person, take_back_removal
from cop.communities.models import Community, Invitation, JoinRequest, Removal
from cop.communities.operations import admit, appoint_moderator, join_community
from cop.communities.queries import count_moderators, find_place, get_line, load_person_as_viewer
from cop.communities.requests.operations import ask_to_join
from cop.communities.vouches.operations import withdraw_vouch
from cop.discussions.models import Reply, Thread
from cop.discussions.operations import (
    ask_question,
    publish_answer,
    publish_reply,
    revise_reply,
    revise_story,
    tell_story,
)
from cop.discussions.procedures.operations import add_procedure, mark_reviewed, revise_procedure
from cop.discussions.replies import ReplyDraft, render_reply
from cop.discussions.stories import StoryDraft, render_story
from cop.endorsements.models import Verdict
from cop.endorsements.operations import give_verdict, say_not_now
from cop.platform.database import reading, session, transaction
from cop.platform.errors import Conflict, NotAllowed, NotVisible
from cop.platform.ids import spell
from cop.web import accounts as signing_in
from cop.web.templating import initials
from tests.cast import PASSWORD, SITUATION, Cast, add_member, add_reply, add_story, silence
from tests.security.stage import document, point_to
from tests.security.test_requests import stored
from tests.web.reading import Reader, read, send
from tests.web.signing import is_signed_in, sign_in

Clients = Callable[[int], FlaskClient]
ANOTHER = "nine quiet grey seals"


def bedside(cast: Cast) -> Community:
    return session().get_one(Community, cast.bedside)


def suspend(person_id: int, now: datetime) -> None:
    with transaction() as s:
        s.execute(update(Person).where(Person.id == person_id).values(suspended_at=now, suspended_for="A test of it."))


def close(person_id: int, now: datetime) -> None:
    with transaction():
        leave_site(actor=load_person_as_viewer(person_id), ties=Ties(), now=now)


def remove(cast: Cast, whom: int, now: datetime) -> int:
    with transaction():
        joanne = load_person_as_viewer(cast.joanne)
        remove_person(actor=joanne, community=bedside(cast), person_id=whom, reason="A test of it.", now=now)
    with reading() as s:
        return s.scalar(select(Removal.id).where(Removal.person_id == whom)) or 0


# Accounts that are closed or suspended


@pytest.mark.parametrize("end", [close, suspend])
def test_nobody_is_let_in_whose_account_is_closed_or_suspended(
    app: Flask, cast: Cast, now: datetime, end: Callable[[int, datetime], None]
) -> None:
    removal = remove(cast, cast.caro, now)
    for person in (cast.otto, cast.caro):
        end(person, now)

    for come_in in (
        lambda: admit(community_id=cast.bedside, person_id=cast.otto, now=now),
        lambda: take_back_removal(
            actor=load_person_as_viewer(cast.joanne), community=bedside(cast), removal_id=removal, now=now
        ),
    ):
        with pytest.raises(Conflict), transaction():
            come_in()

    with reading():
        assert [find_place(cast.bedside, person) for person in (cast.otto, cast.caro)] == [None, None]


def test_whoever_closes_their_account_asks_for_nothing_any_more_and_has_nothing_to_come_back_to(
    app: Flask, cast: Cast, now: datetime
) -> None:
    remove(cast, cast.caro, now)
    for person, community in ((cast.caro, cast.bedside), (cast.otto, cast.night_shift)):
        with transaction():
            line = get_line(load_person_as_viewer(cast.joanne if community == cast.bedside else cast.piet), community)
            ask_to_join(actor=load_person_as_viewer(person), community=line, line="Let me in.", now=now)

    close(cast.caro, now + timedelta(hours=1))

    with reading() as s:
        requests = {row[0]: row[1] for row in s.execute(select(JoinRequest.person_id, JoinRequest.outcome))}
        ended = s.scalar(select(Removal.ended_at).where(Removal.person_id == cast.caro))
    assert requests == {cast.caro: "withdrawn", cast.otto: None}
    assert ended == now + timedelta(hours=1)


# Passwords that change, and accounts that end, after the password was found right


@pytest.mark.parametrize("way", ["sign in", "address", "password", "leave"])
@pytest.mark.parametrize(
    "meanwhile", [{"password_hash": "!"}, {"suspended_at": datetime.fromisoformat("2026-06-14T20:00+00:00")}]
)
def test_a_password_that_was_right_a_moment_ago_opens_nothing(
    cast: Cast,
    app: Flask,
    client_of: Clients,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
    meanwhile: dict[str, object],
) -> None:
    goes_with = passwords.goes_with
    browser, new = client_of(cast.maren), app.test_client()

    def find_right_and_be_overtaken(password: str, stored: str | None) -> bool:
        right = goes_with(password, stored)
        with transaction() as s:
            s.execute(update(Person).where(Person.id == cast.maren).values(**meanwhile))
        return right

    for module in (passwords, signing_in):
        monkeypatch.setattr(module, "goes_with", find_right_and_be_overtaken)
    if way == "sign in":
        status = sign_in(new).status_code
    elif way == "address":
        status = send(browser, "/settings/account/address", email="maren@new.example", password=PASSWORD).status
    elif way == "password":
        status = send(browser, "/settings/account/password", password=PASSWORD, new_password=ANOTHER).status
    else:
        status = send(browser, "/settings/deactivate", password=PASSWORD, sure="Maren Oduya").status

    with reading() as s:
        stands = s.execute(select(Person.password_hash, Person.deactivated_at).where(Person.id == cast.maren)).one()
    assert status == 409
    assert not is_signed_in(new)
    assert not goes_with(ANOTHER, stands.password_hash)
    assert stands.deactivated_at is None


# Invitations


def test_an_invitation_from_before_a_removal_does_not_lead_back_in(app: Flask, cast: Cast, now: datetime) -> None:
    def invitation(at: datetime) -> str:
        with transaction():
            joanne = load_person_as_viewer(cast.joanne)
            invite_by_mail(actor=joanne, community=bedside(cast), email="caro@example.org", now=at)
        with transaction() as s:
            latest = s.scalar(select(func.max(Invitation.id)).where(Invitation.made_at == at)) or 0
            return renew_token(invitation_id=latest, now=at) or ""

    older = invitation(now - timedelta(days=1))
    remove(cast, cast.caro, now)

    with pytest.raises(NotAllowed, match="removed you since"), transaction():
        redeem_invitation(actor=load_person_as_viewer(cast.caro), token=older, now=now)
    with transaction() as s:
        s.execute(update(Invitation).values(revoked_at=now))
    newer = invitation(now + timedelta(hours=1))
    with transaction():
        redeem_invitation(actor=load_person_as_viewer(cast.caro), token=newer, now=now + timedelta(hours=1))
    with reading():
        assert find_place(cast.bedside, cast.caro)


# Moderators who are suspended


def test_a_suspended_moderator_counts_as_none_and_lets_nobody_in(app: Flask, cast: Cast, now: datetime) -> None:
    with transaction():
        appoint_moderator(community_id=cast.bedside, person_id=cast.maren, now=now)
    with transaction():
        token = invite_by_link(actor=load_person_as_viewer(cast.maren), community=bedside(cast), now=now)
    with reading():
        before = count_moderators(cast.bedside), list_moderated_alone(cast.joanne)

    suspend(cast.maren, now)

    with reading():
        assert before == (2, [])
        assert (count_moderators(cast.bedside), list_moderated_alone(cast.joanne)) == (1, ["Bedside ICU"])
        with pytest.raises(NotVisible):
            get_offer(token, now=now)
    with pytest.raises(NotAllowed, match="last moderator"), transaction():
        leave_community(actor=load_person_as_viewer(cast.joanne), community=bedside(cast), now=now)


def test_somebody_without_a_name_has_a_sign() -> None:
    assert [initials(name) for name in ("", "Maren Oduya", "( )")] == ["·", "MO", "("]


# Roles that change while a request waits


@pytest.mark.parametrize("what", ["removed", "silenced", "suspended"])
def test_A41_whoever_is_put_out_while_their_request_waits_says_and_changes_nothing(
    app: Flask, cast: Cast, now: datetime, what: str
) -> None:
    own, other = (add_story(teller, cast.bedside, now) for teller in (cast.tomasz, cast.maren))
    procedure = point_to(cast.tomasz, cast.bedside, own, now)
    said = add_reply(cast.tomasz, other, now)
    answerable = add_reply(cast.maren, own, now)
    story, text = render_story(StoryDraft("Late", {"situation": SITUATION}), now=now), render_reply(ReplyDraft("Late."))
    tomasz = cast.viewer("tomasz")
    if what == "removed":
        remove(cast, cast.tomasz, now)
    elif what == "silenced":
        silence(cast.tomasz, cast.bedside, now + timedelta(days=1))
    else:
        suspend(cast.tomasz, now)
    common: dict[str, Any] = {"actor": tomasz, "now": now}

    acts: tuple[Callable[[Session], object], ...] = (
        lambda s: tell_story(**common, community=bedside(cast), story=story),
        lambda s: ask_question(**common, community=bedside(cast), question=story),
        lambda s: revise_story(**common, thread=s.get_one(Thread, own), story=story, seen_revision=0),
        lambda s: publish_reply(**common, thread=s.get_one(Thread, other), text=text),
        lambda s: publish_answer(
            **common, thread=s.get_one(Thread, own), answered=s.get_one(Reply, answerable), text=text
        ),
        lambda s: revise_reply(
            **common, reply=s.get_one(Reply, said), community_id=cast.bedside, text=text, seen_revision=0
        ),
        lambda s: give_verdict(**common, thread=s.get_one(Thread, other), kind="seen", text=None),
        lambda s: say_not_now(**common, thread=s.get_one(Thread, other)),
        lambda s: mark_reviewed(**common, thread=s.get_one(Thread, procedure)),
        lambda s: add_procedure(
            **common, community=bedside(cast), text=document(now), owner_id=cast.tomasz, grounds=[own]
        ),
        lambda s: revise_procedure(
            **common,
            thread=s.get_one(Thread, procedure),
            text=document(now),
            owner_id=cast.tomasz,
            grounds=[own],
            seen_revision=0,
        ),
    )
    before = stored()
    for act in acts:
        with pytest.raises(NotAllowed), transaction() as s:
            act(s)

    assert stored() == before


def test_A41_a_demoted_practitioner_speaks_with_the_voice_they_have_now(app: Flask, cast: Cast, now: datetime) -> None:
    thread = add_story(cast.maren, cast.bedside, now)
    tomasz = cast.viewer("tomasz")
    with transaction():
        joanne = load_person_as_viewer(cast.joanne)
        withdraw_vouch(actor=joanne, community=bedside(cast), person_id=cast.tomasz, now=now)

    with transaction() as s:
        give_verdict(actor=tomasz, thread=s.get_one(Thread, thread), kind="seen", text=None, now=now)

    with reading() as s:
        assert s.scalar(select(Verdict.voice)) == 0.0


def test_A41_what_waited_for_a_removal_is_refused_and_given_back(cast: Cast, client_of: Clients, now: datetime) -> None:
    """The removal is not committed when the two requests begin, so both have read that they are in."""
    add_member(cast.otto, cast.night_shift, now)
    add_member(cast.otto, cast.bedside, now)
    browsers = client_of(cast.otto), client_of(cast.otto)
    guards = [read(browser, "/c/").forms()["/signout"] for browser in browsers]
    story = {"title": "Told too late", "situation": SITUATION, "anyway": "1"}

    with ThreadPoolExecutor(2) as others:
        with transaction() as s:
            for by, place in ((cast.piet, cast.night_shift), (cast.joanne, cast.bedside)):
                by_now, community = load_person_as_viewer(by), s.get_one(Community, place)
                remove_person(actor=by_now, community=community, person_id=cast.otto, reason="A test of it.", now=now)
            reply = others.submit(
                browsers[0].post, f"/t/{spell(cast.night_thread)}/replies", data=guards[0] | {"body": "Too late."}
            )
            told = others.submit(browsers[1].post, "/c/bedside-icu/new/story", data=guards[1] | story)
            time.sleep(0.7)
            assert not reply.done()
            assert not told.done()
        pages = Reader(reply.result(15)), Reader(told.result(15))

    assert [page.status for page in pages] == [404, 403]
    assert "Told too late" in pages[1].html
    assert "Join the community to take part." in pages[1].text
    assert "Told by night" not in pages[0].text


def test_to_leave_and_come_back_does_not_end_a_silence(app: Flask, cast: Cast, now: datetime) -> None:
    until = now + timedelta(days=2)

    def silenced_until() -> datetime | None:
        place = cast.viewer("caro").place_in(cast.bedside)
        return place.silenced_until if place else None

    def go_and_come_back(at: datetime) -> None:
        with transaction():
            leave_community(actor=load_person_as_viewer(cast.caro), community=bedside(cast), now=at)
        with transaction():
            join_community(actor=load_person_as_viewer(cast.caro), community=bedside(cast), now=at)

    silence(cast.caro, cast.bedside, until)
    go_and_come_back(now)
    after_one = silenced_until()
    go_and_come_back(now)
    after_two = silenced_until()
    remove(cast, cast.caro, now)
    with transaction():
        admit(community_id=cast.bedside, person_id=cast.caro, now=now)
    after_removal = silenced_until()
    go_and_come_back(until + timedelta(hours=1))

    assert (after_one, after_two, after_removal, silenced_until()) == (until, until, until, None)


# Two at once


def waits_for(app: Flask, change: Callable[[Session], object], send_it: Callable[[], Any]) -> int:
    """The status of what is sent while a transaction is open that will have changed something."""
    with ThreadPoolExecutor(1) as other:
        with transaction() as s:
            change(s)
            s.flush()
            sent = other.submit(send_it)
            time.sleep(0.7)
            assert not sent.done()
        return int(sent.result(15).status_code)


def test_an_account_that_closes_while_the_other_moderator_leaves_stays(
    app: Flask, cast: Cast, client_of: Clients, now: datetime
) -> None:
    with transaction():
        appoint_moderator(community_id=cast.bedside, person_id=cast.maren, now=now)
    joanne = client_of(cast.joanne)
    data = read(joanne, "/c/").forms()["/signout"] | {"password": PASSWORD, "sure": "Joanne Pell"}

    status = waits_for(
        app,
        lambda s: leave_community(actor=load_person_as_viewer(cast.maren), community=bedside(cast), now=now),
        lambda: joanne.post("/settings/deactivate", data=data),
    )

    assert status == 403
    with reading():
        assert count_moderators(cast.bedside) == 1


@pytest.mark.parametrize("deed", ["suspend", "restore", "site", "leave"])
def test_of_two_administrators_who_act_against_each_other_at_once_one_remains(
    app: Flask, cast: Cast, client_of: Clients, now: datetime, deed: str
) -> None:
    with transaction():
        appoint_moderator(community_id=cast.inner_room, person_id=cast.bea, now=now)
        for person in (cast.otto, cast.caro):
            appoint_administrator(person_id=person, now=now)
    otto = client_of(cast.otto)
    form = read(otto, "/admin/").forms()["/admin/"]
    token = {"csrf_token": form["csrf_token"]}
    path, fields = {
        "suspend": ("/admin/people/caro-mbeki/suspend", {"reason": "Rivalry."}),
        "restore": ("/admin/people/caro-mbeki/restore", {}),
        "site": ("/admin/", form | {"name": "Mine", "signup": "open", "found": "anyone"}),
        "leave": ("/settings/deactivate", {"password": PASSWORD, "sure": "Otto Lindgren"}),
    }[deed]
    hit = cast.caro if deed == "leave" else cast.otto

    def hit_them(s: Session) -> None:
        caro, otto_now = (load_person_as_viewer(person) for person in (cast.caro, cast.otto))
        by, whom = (otto_now, "caro-mbeki") if deed == "leave" else (caro, "otto-lindgren")
        suspend_person(actor=by, account=get_account(whom), reason="Rivalry.", now=now)

    status = waits_for(app, hit_them, lambda: otto.post(path, data=token | fields))

    with reading() as s:
        out = list(s.scalars(select(Person.id).where(Person.suspended_at.is_not(None))))
        assert out == [hit]
        assert count_administrators() == 1
    assert status in (401, 403)


def test_the_site_keeps_an_administrator_when_one_is_taken_away_by_command(
    app: Flask, cast: Cast, now: datetime
) -> None:
    with transaction():
        for person in (cast.otto, cast.caro):
            appoint_administrator(person_id=person, now=now)
    suspend(cast.caro, now)

    with pytest.raises(Conflict, match="only administrator"), transaction():
        remove_administrator(person_id=cast.otto, now=now)
