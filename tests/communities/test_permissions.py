"""Who may do what in a community, as tables one can read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cop.accounts.viewer import VISITOR, Place, Viewer
from cop.communities.permissions import can_join, can_vouch, can_write
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
    "moderator elsewhere": Viewer(id=8, places={9: Place("moderator", 1.0)}),
}


@pytest.mark.parametrize(
    ("who", "joins", "writes", "vouches"),
    [
        ("visitor", False, False, False),
        ("outsider", True, False, False),
        ("newcomer", False, True, False),
        ("practitioner", False, True, False),
        ("moderator", False, True, True),
        ("silenced", False, False, False),
        ("no longer silenced", False, True, False),
        ("moderator elsewhere", True, False, False),
    ],
)
def test_who_may_join_write_and_vouch(who: str, joins: bool, writes: bool, vouches: bool) -> None:
    viewer = PEOPLE[who]
    newcomer = Place("newcomer", 0.0)

    rulings = (
        can_join(viewer, HERE),
        can_write(viewer, HERE, NOW),
        can_vouch(viewer, HERE, for_id=99, for_place=newcomer, has_vouched=False),
    )

    assert [bool(ruling) for ruling in rulings] == [joins, writes, vouches]
    assert all(ruling.reason.endswith(".") for ruling in rulings if not ruling)


@pytest.mark.parametrize(
    ("for_id", "for_place", "has_vouched"),
    [
        (4, Place("moderator", 1.0), False),
        (99, None, False),
        (99, Place("newcomer", 0.0), True),
        (99, Place("practitioner", 1.0), False),
    ],
)
def test_a_moderator_cannot_vouch_for_these(for_id: int, for_place: Place | None, has_vouched: bool) -> None:
    ruling = can_vouch(PEOPLE["moderator"], HERE, for_id=for_id, for_place=for_place, has_vouched=has_vouched)

    assert not ruling
    assert ruling.reason
