"""Founding, joining, vouching."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from cop.communities.heads.queries import read_head
from cop.communities.members.queries import list_members
from cop.communities.models import Community
from cop.communities.operations import appoint_moderator, found_community, join_community
from cop.communities.queries import find_place, get_community, load_person_as_viewer
from cop.communities.vouches.operations import vouch_for
from cop.platform.database import reading, session, transaction
from cop.platform.errors import Conflict, Unsound
from tests.cast import Cast, add_person


def test_the_founder_is_moderator_and_practitioner(app: Flask, cast: Cast) -> None:
    with reading():
        place = find_place(cast.bedside, cast.joanne)

    assert place is not None
    assert (place.role, place.voice) == ("moderator", 1.0)


@pytest.mark.parametrize("slug", ["x", "Bedside", "bedside icu", "-bedside", "bedside/icu"])
def test_a_slug_that_cannot_stand_in_an_address_is_refused(app: Flask, now: datetime, slug: str) -> None:
    with pytest.raises(Unsound), transaction():
        found_community(name="Any", slug=slug, practice="Any.", now=now)


def test_a_slug_that_is_taken_is_refused(app: Flask, cast: Cast, now: datetime) -> None:
    with pytest.raises(Conflict, match="bedside-icu"), transaction():
        found_community(name="Another", slug="bedside-icu", practice="Any.", now=now)


def test_joining_twice_is_joining_once(app: Flask, cast: Cast, now: datetime) -> None:
    for _ in range(2):
        with transaction():
            community = session().get_one(Community, cast.bedside)
            join_community(actor=load_person_as_viewer(cast.otto), community=community, now=now)

    with reading():
        newcomers = [member.person.name for member in list_members(cast.bedside, role="newcomer")]
    assert newcomers == ["Caro Mbeki", "Otto Lindgren"]


def test_a_moderators_word_makes_a_newcomer_a_practitioner_and_stands_beside_them(
    app: Flask, cast: Cast, now: datetime
) -> None:
    line = "Caro sat with a family all night and knew when to be quiet."
    with transaction():
        community = session().get_one(Community, cast.bedside)
        joanne = load_person_as_viewer(cast.joanne)
        vouch_for(actor=joanne, community=community, person_id=cast.caro, line=line, now=now)

    with reading():
        members = {member.person.id: member for member in list_members(cast.bedside, role="practitioner")}
        place = find_place(cast.bedside, cast.caro)
    assert (members[cast.caro].vouched_by, members[cast.caro].line) == ("Joanne Pell", line)
    assert place is not None
    assert place.voice == 1.0


@pytest.mark.parametrize("line", ["", "x" * 281])
def test_a_vouch_names_what_was_seen_in_one_line(app: Flask, cast: Cast, now: datetime, line: str) -> None:
    with pytest.raises(Unsound), transaction():
        community = session().get_one(Community, cast.bedside)
        joanne = load_person_as_viewer(cast.joanne)
        vouch_for(actor=joanne, community=community, person_id=cast.caro, line=line, now=now)


def test_the_head_counts_this_community_only(app: Flask, cast: Cast) -> None:
    viewer = cast.viewer("nobody")
    with reading():
        head = read_head(get_community(viewer, "bedside-icu"))

    assert (head.members, head.practitioners) == (4, 3)
    assert [moderator.name for moderator in head.moderators] == ["Joanne Pell"]


def test_appointing_somebody_from_outside_lets_them_in(app: Flask, cast: Cast, now: datetime) -> None:
    later = now + timedelta(days=1)
    with transaction():
        appoint_moderator(community_id=cast.bedside, person_id=cast.otto, now=later)

    with reading():
        place = find_place(cast.bedside, cast.otto)
    assert place is not None
    assert place.role == "moderator"


def test_people_with_the_same_name_get_addresses_of_their_own(app: Flask, now: datetime) -> None:
    from cop.accounts.operations import Practice, sign_up

    first = add_person("Ann Lee", now)
    with transaction():
        second = sign_up(name="Ann Lee", email="other@example.org", password_hash="x", practice=Practice(), now=now)

    with reading():
        handles = [load_person_as_viewer(person).handle for person in (first, second)]
    assert handles == ["ann-lee", "ann-lee-2"]
