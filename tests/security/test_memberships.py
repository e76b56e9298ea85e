"""The tests of security.md, group A, that concern who is in a community; each is named by its id."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cop.accounts.models import Person
from cop.communities.members.operations import remove_person
from cop.communities.models import Community, Invitation, JoinRequest, Membership, Removal, Vouch
from cop.communities.operations import admit, appoint_moderator
from cop.communities.queries import find_place, find_visible_id, load_person_as_viewer
from cop.platform.database import reading, session, transaction
from cop.platform.ids import spell
from tests.cast import Cast, add_story
from tests.web.reading import read, send

Clients = Callable[[int], FlaskClient]
BEDSIDE, NIGHT, INNER = "/c/bedside-icu/", "/c/night-shift-pzqlmn/", "/c/inner-room-wvxyqj/"
ABOUT_PEOPLE = ("vouch", "vouch/withdraw", "remove", "appoint", "dismiss")
FIELDS = {"line": "Seen.", "reason": "Because.", "sentence": "No.", "email": "x@example.org", "name": "Mine"}


def everything(cast: Cast) -> dict[str, list[tuple[object, ...]]]:
    """Every row that says who is in which community, and how."""
    tables = (Membership, Vouch, Removal, JoinRequest, Invitation, Community, Person)
    with reading() as s:
        return {
            table.__tablename__: sorted(tuple(row) for row in s.execute(select(*table.__table__.c)).all())
            if table is not Person
            else sorted(tuple(row) for row in s.execute(select(Person.id, Person.name)).all())
            for table in tables
        }


def acts_on(slug: str) -> Iterator[str]:
    """Every address that changes who is in a community or what it is, with ids that may be of another one."""
    for act in ABOUT_PEOPLE:
        yield f"/c/{slug}/people/piet-van-dam/{act}"
        yield f"/c/{slug}/people/maren-oduya/{act}"
    with reading() as s:
        for request_id in s.scalars(select(JoinRequest.id)):
            yield f"/c/{slug}/requests/{spell(request_id)}/approve"
            yield f"/c/{slug}/requests/{spell(request_id)}/refuse"
        for removal_id in s.scalars(select(Removal.id)):
            yield f"/c/{slug}/removals/{spell(removal_id)}/take-back"
        for invitation_id in s.scalars(select(Invitation.id)):
            yield f"/c/{slug}/invitations/{spell(invitation_id)}/revoke"
    yield from (f"/c/{slug}/{act}" for act in ("settings", "topics", "invitations/link", "invitations/mail", "leave"))
    yield from (f"/c/{slug}/topics/handover/{act}" for act in ("rename", "retire"))


def open_everything(cast: Cast, client_of: Clients, now: datetime) -> None:
    """A request, a removal and an invitation in the private communities, so that there are ids to try."""
    send(client_of(cast.otto), f"{NIGHT}ask", line="Let me in.")
    piet = client_of(cast.piet)
    send(piet, f"{NIGHT}invitations/link")
    send(piet, f"{NIGHT}topics", name="Handover")
    with transaction():
        admit(community_id=cast.night_shift, person_id=cast.tomasz, now=now)
    with transaction():
        night = session().get_one(Community, cast.night_shift)
        actor = load_person_as_viewer(cast.piet)
        remove_person(actor=actor, community=night, person_id=cast.tomasz, reason="Because.", now=now)


@pytest.mark.parametrize("who", ["nobody", "otto", "caro", "maren", "joanne", "bea"])
def test_a02_nobody_outside_changes_anything_of_a_private_community(
    app: Flask, cast: Cast, client_of: Clients, now: datetime, who: str
) -> None:
    open_everything(cast, client_of, now)
    browser = app.test_client() if who == "nobody" else client_of(getattr(cast, who))
    before = everything(cast)

    answers = {
        address: send(browser, address, **FIELDS).status
        for slug in ("night-shift-pzqlmn", "inner-room-wvxyqj")
        for address in acts_on(slug)
    }

    assert set(answers.values()) == {401 if who == "nobody" else 404}
    assert everything(cast) == before


@pytest.mark.parametrize("who", ["caro", "maren"])
def test_a27_members_do_nothing_that_only_moderators_do(
    cast: Cast, client_of: Clients, now: datetime, who: str
) -> None:
    browser = client_of(getattr(cast, who))
    mine = {"caro": "caro-mbeki", "maren": "maren-oduya"}[who]
    before = everything(cast)

    answers = [
        send(browser, f"{BEDSIDE}{act}", **FIELDS).status
        for act in (
            *(f"people/{handle}/{act}" for handle in (mine, "joanne-pell") for act in ("remove", "appoint", "dismiss")),
            "settings",
            "topics",
            "invitations/link",
            "invitations/mail",
        )
    ]

    assert set(answers) <= {403, 422}
    assert everything(cast) == before


def test_a27_a_moderator_does_not_touch_another_moderator_in_passing(
    cast: Cast, client_of: Clients, now: datetime
) -> None:
    with transaction():
        appoint_moderator(community_id=cast.bedside, person_id=cast.maren, now=now)

    assert send(client_of(cast.joanne), f"{BEDSIDE}people/maren-oduya/remove", reason="Because.").status == 403


def test_a31_ids_of_another_community_are_none_here(cast: Cast, client_of: Clients, now: datetime) -> None:
    open_everything(cast, client_of, now)
    before = everything(cast)
    by_id = re.compile(r"/(requests|removals|invitations)/\w+/\w")
    foreign = [address for address in acts_on("bedside-icu") if by_id.search(address)]
    strangers = [f"{BEDSIDE}people/piet-van-dam/{act}" for act in ABOUT_PEOPLE]

    answers = {address: send(client_of(cast.joanne), address, **FIELDS).status for address in (*foreign, *strangers)}

    assert foreign
    assert set(answers.values()) == {404}
    assert everything(cast) == before


def test_a22_every_page_refuses_whoever_was_removed_at_once(cast: Cast, client_of: Clients, now: datetime) -> None:
    with transaction():
        admit(community_id=cast.night_shift, person_id=cast.otto, now=now)
    browsers = [client_of(cast.otto) for _ in range(3)]
    thread = f"/t/{spell(cast.night_thread)}"
    inside = [thread, f"{NIGHT}people", f"{NIGHT}about", f"{NIGHT}new/story", f"{NIGHT}people/piet-van-dam"]
    assert {browser.get(address).status_code for browser in browsers for address in inside} <= {200, 302}

    send(client_of(cast.piet), f"{NIGHT}people/otto-lindgren/remove", reason="Because.")

    assert {browser.get(address).status_code for browser in browsers for address in inside} == {404}
    assert "Told by night" not in read(browsers[0], f"/search?q={cast.canaries['members']}").text
    assert "Told by night" not in read(browsers[0], "/").text + read(browsers[0], NIGHT).text
    assert send(browsers[1], f"{thread}/replies", body="Still here?").status == 404


def test_a23_leaving_being_dismissed_and_closing_take_effect_at_once(
    cast: Cast, client_of: Clients, client: FlaskClient, now: datetime
) -> None:
    story = add_story(cast.maren, cast.bedside, now, title="Seen from outside")
    with transaction():
        appoint_moderator(community_id=cast.bedside, person_id=cast.maren, now=now)
        appoint_moderator(community_id=cast.organs, person_id=cast.otto, now=now)
    maren = client_of(cast.maren)
    assert maren.get(f"{BEDSIDE}settings").status_code == 200

    send(client_of(cast.joanne), f"{BEDSIDE}people/maren-oduya/dismiss")
    with transaction() as s:
        s.get_one(Community, cast.bedside).visibility = "members"

    assert maren.get(f"{BEDSIDE}settings").status_code == 403
    assert client.get(f"/t/{spell(story)}").status_code == 404
    assert "Seen from outside" not in read(client, "/search?q=outside").text
    send(maren, f"{BEDSIDE}leave")
    assert maren.get(f"/t/{spell(story)}").status_code == 404


def test_a29_what_a_form_does_not_ask_for_is_not_taken(cast: Cast, client_of: Clients, now: datetime) -> None:
    extra = {
        "role": "moderator", "voice": "1", "person_id": str(cast.otto), "community_id": str(cast.inner_room),
        "is_administrator": "1", "practitioner_since": "2000-01-01", "appointed_at": "2000-01-01", "silenced_until": "",
        "slug": "stolen", "outcome": "approved", "settled_at": "2000-01-01",
    }  # fmt: skip
    otto = client_of(cast.otto)

    send(otto, f"{BEDSIDE}join", **extra)
    send(otto, f"{NIGHT}ask", line="Let me in.", **extra)

    with reading():
        place, night = find_place(cast.bedside, cast.otto), find_place(cast.night_shift, cast.otto)
        inner = find_place(cast.inner_room, cast.otto)
    assert place is not None
    assert (place.role, place.voice) == ("newcomer", 0.0)
    assert night is None
    assert inner is None


@pytest.mark.parametrize("handle", ["%00", "0", "9" * 40, "joanne-pell%20", "Joanne-Pell", "ｊoanne", "-1"])
def test_a30_ids_that_are_none_lead_nowhere(cast: Cast, client_of: Clients, handle: str) -> None:
    joanne = client_of(cast.joanne)
    acts = [f"people/{handle}/{act}" for act in ABOUT_PEOPLE]
    acts += [f"requests/{handle}/approve", f"removals/{handle}/take-back", f"invitations/{handle}/revoke"]
    acts += [f"topics/{handle}/retire"]

    assert {send(joanne, f"{BEDSIDE}{act}", **FIELDS).status for act in acts} == {404}
    assert joanne.get(f"{BEDSIDE}people/{handle}").status_code == 404
    assert joanne.get(f"{BEDSIDE}?topic={handle}").status_code == 404
    assert joanne.get(f"/invitations/{handle}").status_code == 404


def test_a32_an_invitation_gives_no_role_by_a_parameter(cast: Cast, client_of: Clients) -> None:
    piet, otto = client_of(cast.piet), client_of(cast.otto)
    answer = send(piet, f"{INNER}invitations/link", role="moderator")
    link = re.findall(r"http://localhost(/invitations/[\w-]+)", read(piet, answer.response.location).text)[0]

    send(otto, link, role="moderator", voice="1")

    place = cast.viewer("otto").place_in(cast.inner_room)
    assert place is not None
    assert (place.role, place.voice) == ("newcomer", 0.0)


def test_a33_whoever_has_only_asked_does_nothing_inside(cast: Cast, client_of: Clients) -> None:
    otto = client_of(cast.otto)
    send(otto, f"{NIGHT}ask", line="Let me in.")
    thread = f"/t/{spell(cast.night_thread)}"

    answers = {
        send(otto, address, body="Hello.", line="Seen.", verdict="seen").status
        for address in (f"{thread}/replies", f"{thread}/verdict", f"{NIGHT}new/story", f"{NIGHT}topics")
    }

    assert answers <= {404, 405}


def test_a34_topics_of_another_community_do_not_cling_to_a_thread(
    cast: Cast, client_of: Clients, now: datetime
) -> None:
    send(client_of(cast.piet), f"{NIGHT}topics", name=f"Rota {cast.canaries['members']}")
    maren = client_of(cast.maren)

    told = send(
        maren, f"{BEDSIDE}new/story", title="Of elsewhere", situation="word " * 70, anyway="1",
        topic=f"rota-{cast.canaries['members']}",
    )  # fmt: skip

    assert told.status == 303
    assert cast.canaries["members"] not in read(maren, told.response.location).html


def test_a35_what_is_counted_of_a_members_community_is_shown_to_members_only(
    cast: Cast, client: FlaskClient, client_of: Clients
) -> None:
    assert not re.search(r"\d+ (member|practitioner)", read(client, NIGHT).text)
    assert re.search(r"1 member", read(client_of(cast.piet), NIGHT).text)


def test_a38_an_administrator_has_no_silent_way_in(app: Flask, cast: Cast) -> None:
    administrator = replace(cast.viewer("otto"), is_administrator=True)

    with reading():
        assert find_visible_id(administrator, "inner-room-wvxyqj") is None
        assert find_visible_id(administrator, "night-shift-pzqlmn") is None


def test_a10_a_secret_community_leaves_no_trace_in_what_others_see(
    cast: Cast, client_of: Clients, now: datetime
) -> None:
    with transaction():
        admit(community_id=cast.inner_room, person_id=cast.maren, now=now)
    joanne = client_of(cast.joanne)

    shown = "".join(read(joanne, a).html for a in ("/c/", "/people/maren-oduya", f"{BEDSIDE}people/maren-oduya", "/"))

    assert "wvxyqj" not in shown.lower()
