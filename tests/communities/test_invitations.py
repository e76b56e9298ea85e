"""Asking to be let in, and invitations: one person each, for a while, as long as whoever gave it moderates."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from cop.communities.invitations.operations import (
    invite_by_link,
    invite_by_mail,
    redeem_invitation,
    revoke_invitation,
)
from cop.communities.members.operations import dismiss
from cop.communities.models import Community, Invitation
from cop.communities.operations import appoint_moderator
from cop.communities.queries import find_place, load_person_as_viewer
from cop.platform.database import reading, session, transaction
from cop.platform.errors import NotAllowed, NotVisible, Unsound
from cop.platform.outbox import OutboxRow
from cop.platform.tokens import hash_of
from tests.cast import Cast, add_person
from tests.communities.test_memberships import at_once


def inner_room(cast: Cast) -> Community:
    return session().get_one(Community, cast.inner_room)


def link(cast: Cast, now: datetime) -> str:
    with transaction():
        return invite_by_link(actor=load_person_as_viewer(cast.piet), community=inner_room(cast), now=now)


def come_in(cast: Cast, person_id: int, token: str, now: datetime) -> None:
    with transaction():
        redeem_invitation(actor=load_person_as_viewer(person_id), token=token, now=now)


def is_in(cast: Cast, person_id: int) -> bool:
    with reading():
        return find_place(cast.inner_room, person_id) is not None


def test_a_link_lets_one_person_in_as_a_newcomer(app: Flask, cast: Cast, now: datetime) -> None:
    token = link(cast, now)

    come_in(cast, cast.otto, token, now)

    with reading():
        place = find_place(cast.inner_room, cast.otto)
    assert place is not None
    assert place.role == "newcomer"
    with pytest.raises(NotVisible):
        come_in(cast, cast.caro, token, now)


def test_two_who_use_one_link_at_once_are_one(app: Flask, cast: Cast, now: datetime) -> None:
    token = link(cast, now)
    otto, caro = cast.viewer("otto"), cast.viewer("caro")

    refused = at_once(
        app,
        lambda: redeem_invitation(actor=otto, token=token, now=now) and None,
        lambda: redeem_invitation(actor=caro, token=token, now=now) and None,
    )

    assert is_in(cast, cast.otto) != is_in(cast, cast.caro)
    assert len(refused) == 1


def test_an_invitation_runs_out_after_fourteen_days(app: Flask, cast: Cast, now: datetime) -> None:
    token = link(cast, now)

    with pytest.raises(NotVisible):
        come_in(cast, cast.otto, token, now + timedelta(days=14))
    come_in(cast, cast.otto, token, now + timedelta(days=13, hours=23))


def test_a_revoked_invitation_lets_nobody_in(app: Flask, cast: Cast, now: datetime) -> None:
    token = link(cast, now)
    with transaction():
        invitation = session().scalar(select(Invitation.id))
        revoke_invitation(
            actor=load_person_as_viewer(cast.piet), community=inner_room(cast), invitation_id=invitation, now=now
        )

    with pytest.raises(NotVisible):
        come_in(cast, cast.otto, token, now)


def test_an_invitation_falls_with_the_role_of_whoever_gave_it(app: Flask, cast: Cast, now: datetime) -> None:
    token = link(cast, now)
    with transaction():
        appoint_moderator(community_id=cast.inner_room, person_id=cast.bea, now=now)
    with transaction():
        piet = load_person_as_viewer(cast.piet)
        dismiss(actor=piet, community=inner_room(cast), person_id=cast.piet, now=now)

    with pytest.raises(NotVisible):
        come_in(cast, cast.otto, token, now)


def test_an_invitation_by_mail_is_for_that_address_alone(
    app: Flask, cast: Cast, now: datetime, deliver: Callable[[], int], letters: Callable[[], list[str]]
) -> None:
    with transaction():
        piet = load_person_as_viewer(cast.piet)
        invite_by_mail(actor=piet, community=inner_room(cast), email="otto@example.org", now=now)
    deliver()
    (letter,) = [one for one in letters() if "invites you" in one]
    found = re.search(r"/invitations/(\S+)", letter)
    assert found

    with pytest.raises(NotAllowed, match="another address"):
        come_in(cast, cast.caro, found[1], now)
    come_in(cast, cast.otto, found[1], now)

    assert is_in(cast, cast.otto)
    assert not is_in(cast, cast.caro)


def test_no_token_is_kept_anywhere(app: Flask, cast: Cast, now: datetime, letters: Callable[[], list[str]]) -> None:
    token = link(cast, now)
    with transaction():
        piet = load_person_as_viewer(cast.piet)
        invite_by_mail(actor=piet, community=inner_room(cast), email="new@example.org", now=now)

    with reading() as s:
        hashes = list(s.scalars(select(Invitation.token_hash).where(Invitation.email == "")))
        payloads = list(s.scalars(select(OutboxRow.payload)))
    assert hashes == [hash_of(token)]
    assert not [payload for payload in payloads if token in payload]


def test_one_address_has_one_open_invitation(app: Flask, cast: Cast, now: datetime) -> None:
    for refused in (False, True):
        with transaction():
            piet = load_person_as_viewer(cast.piet)
            if not refused:
                invite_by_mail(actor=piet, community=inner_room(cast), email="otto@example.org", now=now)
                continue
            with pytest.raises(Unsound, match="open invitation"):
                invite_by_mail(actor=piet, community=inner_room(cast), email="otto@example.org", now=now)


def test_fifty_invitations_may_be_open(app: Flask, cast: Cast, now: datetime) -> None:
    for _ in range(50):
        link(cast, now)

    with pytest.raises(NotAllowed, match="50 open invitations"):
        link(cast, now)
    assert link(cast, now + timedelta(days=15))


def test_an_address_without_an_account_comes_in_once_it_has_one(
    app: Flask, cast: Cast, now: datetime, deliver: Callable[[], int], letters: Callable[[], list[str]]
) -> None:
    with transaction():
        piet = load_person_as_viewer(cast.piet)
        invite_by_mail(actor=piet, community=inner_room(cast), email="nadia@example.org", now=now)
    deliver()
    token = re.findall(r"/invitations/(\S+)", "".join(letters()))[0]

    nadia = add_person("Nadia Petrov", now)
    come_in(cast, nadia, token, now)

    assert is_in(cast, nadia)
