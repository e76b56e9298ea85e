"""Who may do what in a community, as tables one can read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cop.accounts.viewer import VISITOR, Place, Viewer
from cop.communities.permissions import (
    can_add_topic,
    can_appoint,
    can_ask,
    can_dismiss,
    can_found,
    can_invite,
    can_join,
    can_leave,
    can_moderate,
    can_redeem,
    can_remove,
    can_vouch,
    can_write,
    suffices,
)
from tests.conftest import NOW

HERE = 7
PEOPLE = {
    "visitor": VISITOR,
    "outsider": Viewer(id=1),
    "newcomer": Viewer(id=2, places={HERE: Place("newcomer", 0.0)}),
    "practitioner": Viewer(id=3, places={HERE: Place("practitioner", 1.0)}),
    "moderator": Viewer(id=4, places={HERE: Place("moderator", 1.0)}),
    "silenced": Viewer(id=5, places={HERE: Place("practitioner", 1.0, NOW + timedelta(hours=1))}),
    "no longer silenced": Viewer(id=6, places={HERE: Place("practitioner", 1.0, NOW - timedelta(hours=1))}),
    "removed": Viewer(id=7, removed_from=frozenset({HERE})),
    "administrator": Viewer(id=10, is_administrator=True),
    "moderator elsewhere": Viewer(id=8, places={9: Place("moderator", 1.0)}),
}


NEW, PRACTISING, MODERATING = Place("newcomer", 0.0), Place("practitioner", 1.0), Place("moderator", 1.0)


@pytest.mark.parametrize(
    ("who", "joins", "asks", "writes", "vouches", "moderates", "leaves"),
    [
        ("visitor", False, False, False, False, False, False),
        ("outsider", True, True, False, False, False, False),
        ("removed", False, True, False, False, False, False),
        ("newcomer", False, False, True, False, False, True),
        ("practitioner", False, False, True, True, False, True),
        ("moderator", False, False, True, True, True, True),
        ("silenced", False, False, False, False, False, True),
        ("no longer silenced", False, False, True, True, False, True),
        ("moderator elsewhere", True, True, False, False, False, False),
        ("administrator", True, True, False, False, False, False),
    ],
)
def test_who_may_do_what_here(
    who: str, joins: bool, asks: bool, writes: bool, vouches: bool, moderates: bool, leaves: bool
) -> None:
    viewer = PEOPLE[who]

    rulings = (
        can_join(viewer, HERE),
        can_ask(viewer, HERE, visibility="members"),
        can_write(viewer, HERE, NOW),
        can_vouch(viewer, HERE, for_id=99, for_place=NEW, has_vouched=False, now=NOW),
        can_moderate(viewer, HERE),
        can_leave(viewer, HERE, moderators=2),
    )

    assert [bool(ruling) for ruling in rulings] == [joins, asks, writes, vouches, moderates, leaves]
    assert all(ruling.reason.endswith(".") for ruling in rulings if not ruling)


@pytest.mark.parametrize(
    ("who", "place", "removes", "appoints", "dismisses"),
    [
        ("moderator", NEW, True, True, False),
        ("moderator", PRACTISING, True, True, False),
        ("moderator", MODERATING, False, False, True),
        ("moderator", None, False, False, False),
        ("practitioner", NEW, False, False, False),
        ("practitioner", MODERATING, False, False, False),
        ("moderator elsewhere", NEW, False, False, False),
        ("administrator", NEW, False, False, False),
        ("visitor", NEW, False, False, False),
    ],
)
def test_what_may_be_done_about_a_member(
    who: str, place: Place | None, removes: bool, appoints: bool, dismisses: bool
) -> None:
    viewer = PEOPLE[who]

    rulings = (
        can_remove(viewer, HERE, person_id=99, place=place),
        can_appoint(viewer, HERE, place=place),
        can_dismiss(viewer, HERE, place=place, moderators=2),
    )

    assert [bool(ruling) for ruling in rulings] == [removes, appoints, dismisses]
    assert all(ruling.reason.endswith(".") for ruling in rulings if not ruling)


def test_the_last_moderator_neither_leaves_nor_is_dismissed() -> None:
    moderator = PEOPLE["moderator"]

    assert not can_leave(moderator, HERE, moderators=1)
    assert not can_dismiss(moderator, HERE, place=MODERATING, moderators=1)


@pytest.mark.parametrize(
    ("who", "given", "allowed"),
    [
        ("practitioner", 4, True),
        ("practitioner", 5, False),
        ("moderator", 24, True),
        ("moderator", 25, False),
    ],
)
def test_words_are_few(who: str, given: int, allowed: bool) -> None:
    ruling = can_vouch(PEOPLE[who], HERE, for_id=99, for_place=NEW, has_vouched=False, now=NOW, given=given)

    assert bool(ruling) == allowed


@pytest.mark.parametrize(
    ("roles", "enough"),
    [
        ([], False),
        (["practitioner"], False),
        (["practitioner", "practitioner"], True),
        (["moderator"], True),
    ],
)
def test_one_moderator_or_two_practitioners_suffice(roles: list[str], enough: bool) -> None:
    assert suffices(roles) == enough


@pytest.mark.parametrize(
    ("for_id", "for_place", "has_vouched"), [(4, MODERATING, False), (99, None, False), (99, NEW, True)]
)
def test_a_moderator_cannot_vouch_for_these(for_id: int, for_place: Place | None, has_vouched: bool) -> None:
    ruling = can_vouch(PEOPLE["moderator"], HERE, for_id=for_id, for_place=for_place, has_vouched=has_vouched, now=NOW)

    assert not ruling
    assert ruling.reason


@pytest.mark.parametrize(
    ("who", "anyone_may", "allowed"),
    [
        ("visitor", True, False),
        ("outsider", True, True),
        ("outsider", False, False),
        ("administrator", False, True),
    ],
)
def test_who_may_found(who: str, anyone_may: bool, allowed: bool) -> None:
    assert bool(can_found(PEOPLE[who], anyone_may=anyone_may)) == allowed


@pytest.mark.parametrize(
    ("who", "is_by_mail", "allowed"),
    [
        ("visitor", False, False),
        ("outsider", False, True),
        ("removed", False, False),
        ("removed", True, True),
        ("newcomer", True, False),
    ],
)
def test_whom_an_invitation_lets_in(who: str, is_by_mail: bool, allowed: bool) -> None:
    assert bool(can_redeem(PEOPLE[who], HERE, is_by_mail=is_by_mail)) == allowed


def test_limits_of_invitations_and_topics_are_told_to_moderators_only() -> None:
    full = can_invite(PEOPLE["moderator"], HERE, open_invitations=50)
    foreign = can_invite(PEOPLE["outsider"], HERE, open_invitations=50)

    assert not full
    assert not foreign
    assert "50" in full.reason
    assert foreign.reason == can_moderate(PEOPLE["outsider"], HERE).reason
    assert not can_add_topic(PEOPLE["moderator"], HERE, topics=40)
