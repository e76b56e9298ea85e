"""What happens between the look and the deed: accounts that close, passwords that change, moderators who are out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from cop.accounts import passwords
from cop.accounts.models import Person
from cop.accounts.operations import leave_site
from cop.accounts.permissions import Ties
from cop.communities.care.queries import list_moderated_alone
from cop.communities.invitations.operations import invite_by_link, invite_by_mail, redeem_invitation, renew_token
from cop.communities.invitations.queries import get_offer
from cop.communities.members.operations import leave_community, remove_person, take_back_removal
from cop.communities.models import Community, Invitation, JoinRequest, Removal
from cop.communities.operations import admit, appoint_moderator
from cop.communities.queries import count_moderators, find_place, get_line, load_person_as_viewer
from cop.communities.requests.operations import ask_to_join
from cop.platform.database import reading, session, transaction
from cop.platform.errors import Conflict, NotAllowed, NotVisible
from cop.web import accounts as signing_in
from cop.web.templating import initials
from tests.cast import PASSWORD, Cast
from tests.web.reading import send
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
