"""Vouching: whose word makes a practitioner, how many words anybody has, and taking one back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from cop.communities.models import Community
from cop.communities.operations import admit
from cop.communities.queries import find_place, load_person_as_viewer
from cop.communities.vouches.operations import vouch_for, withdraw_vouch
from cop.platform.database import reading, session, transaction
from cop.platform.errors import NotAllowed
from cop.ranking.queries import order_of
from tests.cast import Cast, add_person, add_story, add_verdict

SEEN = "I have seen the work."


def vouch(cast: Cast, by: int, whom: int, now: datetime, line: str = SEEN) -> None:
    with transaction():
        community = session().get_one(Community, cast.bedside)
        vouch_for(actor=load_person_as_viewer(by), community=community, person_id=whom, line=line, now=now)


def take_back(cast: Cast, by: int, whom: int, now: datetime) -> None:
    with transaction():
        community = session().get_one(Community, cast.bedside)
        withdraw_vouch(actor=load_person_as_viewer(by), community=community, person_id=whom, now=now)


def newcomers(cast: Cast, now: datetime, number: int) -> list[int]:
    people = [add_person(f"Number{n:02} Newcomer", now) for n in range(number)]
    for person in people:
        with transaction():
            admit(community_id=cast.bedside, person_id=person, now=now)
    return people


def role_of(cast: Cast, person_id: int) -> str | None:
    with reading():
        place = find_place(cast.bedside, person_id)
    return place.role if place else None


def test_one_practitioner_is_not_enough_and_two_are(app: Flask, cast: Cast, now: datetime) -> None:
    vouch(cast, cast.maren, cast.caro, now)
    after_one = role_of(cast, cast.caro)

    vouch(cast, cast.tomasz, cast.caro, now)

    assert (after_one, role_of(cast, cast.caro)) == ("newcomer", "practitioner")


def test_a_newcomer_vouches_for_nobody(app: Flask, cast: Cast, now: datetime) -> None:
    (new,) = newcomers(cast, now, 1)

    with pytest.raises(NotAllowed, match="practitioners and moderators"):
        vouch(cast, cast.caro, new, now)


def test_nobody_vouches_twice_for_the_same_person(app: Flask, cast: Cast, now: datetime) -> None:
    vouch(cast, cast.maren, cast.caro, now)

    with pytest.raises(NotAllowed, match="already"):
        vouch(cast, cast.maren, cast.caro, now)


def test_a_practitioner_has_five_words_in_ninety_days(app: Flask, cast: Cast, now: datetime) -> None:
    """The golden vectors `vouching-001` and `vouching-002` of the brief, played through the operations."""
    people = newcomers(cast, now, 8)
    for day, person in enumerate(people[:5]):
        vouch(cast, cast.maren, person, now + timedelta(days=day))

    with pytest.raises(NotAllowed, match="5 times"):
        vouch(cast, cast.maren, people[5], now + timedelta(days=89, hours=22))
    vouch(cast, cast.maren, people[6], now + timedelta(days=90))
    with pytest.raises(NotAllowed, match="5 times"):
        vouch(cast, cast.maren, people[7], now + timedelta(days=90, hours=12))


def test_a_word_taken_back_is_spent(app: Flask, cast: Cast, now: datetime) -> None:
    people = newcomers(cast, now, 6)
    for person in people[:5]:
        vouch(cast, cast.maren, person, now)
    take_back(cast, cast.maren, people[0], now)

    with pytest.raises(NotAllowed, match="5 times"):
        vouch(cast, cast.maren, people[5], now)


def test_a_moderator_has_twenty_five(app: Flask, cast: Cast, now: datetime) -> None:
    people = newcomers(cast, now, 26)
    for person in people[:25]:
        vouch(cast, cast.joanne, person, now)

    with pytest.raises(NotAllowed, match="25 times"):
        vouch(cast, cast.joanne, people[25], now)


def test_a_word_may_be_given_to_somebody_who_practises_already(app: Flask, cast: Cast, now: datetime) -> None:
    vouch(cast, cast.tomasz, cast.maren, now)

    assert role_of(cast, cast.maren) == "practitioner"


def test_when_what_remains_does_not_suffice_they_are_a_newcomer_again(app: Flask, cast: Cast, now: datetime) -> None:
    vouch(cast, cast.maren, cast.caro, now)
    vouch(cast, cast.tomasz, cast.caro, now)
    thread = add_story(cast.maren, cast.bedside, now)
    with reading():
        untouched = order_of([thread])[thread].q
    add_verdict(cast.caro, thread, "held", now)
    with reading():
        assert order_of([thread])[thread].q > untouched

    take_back(cast, cast.maren, cast.caro, now)

    with reading():
        assert order_of([thread])[thread].q == untouched  # R11: what was said in the last ninety days weighs nothing
    assert role_of(cast, cast.caro) == "newcomer"
    assert cast.viewer("caro").voice_in(cast.bedside) == 0.0


def test_when_what_remains_suffices_nothing_changes(app: Flask, cast: Cast, now: datetime) -> None:
    for voucher in (cast.joanne, cast.maren):
        vouch(cast, voucher, cast.caro, now)

    take_back(cast, cast.maren, cast.caro, now)

    assert role_of(cast, cast.caro) == "practitioner"


def test_the_fall_of_whoever_vouched_unmakes_nobody(app: Flask, cast: Cast, now: datetime) -> None:
    vouch(cast, cast.maren, cast.caro, now)
    vouch(cast, cast.tomasz, cast.caro, now)

    take_back(cast, cast.joanne, cast.maren, now)

    assert (role_of(cast, cast.maren), role_of(cast, cast.caro)) == ("newcomer", "practitioner")


def test_a_moderator_is_unmade_by_no_word(app: Flask, cast: Cast, now: datetime) -> None:
    vouch(cast, cast.maren, cast.joanne, now)

    take_back(cast, cast.maren, cast.joanne, now)

    assert role_of(cast, cast.joanne) == "moderator"


def test_only_whoever_gave_a_word_takes_it_back(app: Flask, cast: Cast, now: datetime) -> None:
    vouch(cast, cast.maren, cast.caro, now)

    with pytest.raises(NotAllowed, match="No word of yours"):
        take_back(cast, cast.joanne, cast.caro, now)


def test_the_person_is_told_in_words(
    app: Flask, cast: Cast, now: datetime, deliver: Callable[[], int], letters: Callable[[], list[str]]
) -> None:
    vouch(cast, cast.maren, cast.caro, now, "Sat with a family all night.")
    deliver()
    vouch(cast, cast.tomasz, cast.caro, now)
    deliver()
    take_back(cast, cast.tomasz, cast.caro, now)
    deliver()

    told = "".join(one for one in letters() if "To: caro@" in one and "Bedside ICU" in one)
    assert "Sat with a family all night." in told
    assert "One more practitioner’s word" in told
    assert "You are a practitioner there" in told
    assert "You are a newcomer there from now on" in told


def test_no_mail_tells_of_a_word_that_was_taken_back_before_it_left(
    app: Flask, cast: Cast, now: datetime, deliver: Callable[[], int], letters: Callable[[], list[str]]
) -> None:
    vouch(cast, cast.maren, cast.caro, now, "Said too soon.")
    take_back(cast, cast.maren, cast.caro, now)
    deliver()

    assert not [one for one in letters() if "Said too soon." in one]
