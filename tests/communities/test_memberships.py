"""Leaving, removing, appointing, dismissing; and that somebody always moderates, whatever two do at once."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from datetime import datetime
from threading import Barrier, Thread

import pytest
from flask import Flask

from cop.accounts.operations import Practice, sign_up
from cop.accounts.viewer import Viewer
from cop.communities.members.operations import (
    appoint,
    dismiss,
    leave_community,
    remove_person,
    take_back_removal,
)
from cop.communities.members.queries import find_removal
from cop.communities.models import Community
from cop.communities.operations import admit, appoint_moderator, join_community
from cop.communities.queries import count_moderators, find_place, load_person_as_viewer
from cop.platform.database import db, reading, session, transaction
from cop.platform.errors import Conflict, NotAllowed, Problem, Unsound
from cop.ranking.queries import order_of
from cop.ranking.verification import check_orders
from tests.cast import Cast, add_reply, add_story, add_verdict


def bedside(cast: Cast) -> Community:
    return session().get_one(Community, cast.bedside)


def load(cast: Cast, name: str) -> Viewer:
    """Somebody as they are now, read inside the test's own transaction."""
    return load_person_as_viewer(getattr(cast, name))


def remove(cast: Cast, by: str, whom: int, now: datetime, reason: str = "Names of patients, twice.") -> int:
    actor = cast.viewer(by)
    with transaction():
        remove_person(actor=actor, community=bedside(cast), person_id=whom, reason=reason, now=now)
    with reading():
        removal = find_removal(cast.bedside, whom)
    assert removal is not None
    return removal.id


def role_of(cast: Cast, person_id: int) -> str | None:
    with reading():
        place = find_place(cast.bedside, person_id)
    return place.role if place else None


def test_whoever_leaves_is_out_and_what_they_said_counts_on(app: Flask, cast: Cast, now: datetime) -> None:
    thread = add_story(cast.maren, cast.bedside, now)
    add_verdict(cast.tomasz, thread, "held", now)
    with reading():
        before = order_of([thread])[thread].q

    with transaction():
        leave_community(actor=load(cast, "tomasz"), community=bedside(cast), now=now)

    with reading():
        assert order_of([thread])[thread].q == before
    assert role_of(cast, cast.tomasz) is None


def test_the_words_for_whoever_comes_back_still_stand(app: Flask, cast: Cast, now: datetime) -> None:
    with transaction():
        leave_community(actor=load(cast, "tomasz"), community=bedside(cast), now=now)

    tomasz = cast.viewer("tomasz")
    with transaction():
        join_community(actor=tomasz, community=bedside(cast), now=now)

    assert role_of(cast, cast.tomasz) == "practitioner"


def test_the_last_moderator_cannot_leave(app: Flask, cast: Cast, now: datetime) -> None:
    with pytest.raises(NotAllowed, match="last moderator"), transaction():
        leave_community(actor=load(cast, "joanne"), community=bedside(cast), now=now)


def test_what_a_removed_person_did_counts_no_more_and_counts_again_when_it_is_taken_back(
    app: Flask, cast: Cast, now: datetime, deliver: Callable[[], int]
) -> None:
    threads = [add_story(cast.maren, cast.bedside, now, title=f"Night {n}") for n in range(45)]
    for thread in threads:
        add_verdict(cast.tomasz, thread, "held", now)
    add_reply(cast.tomasz, threads[0], now)
    with reading():
        before = order_of(threads)

    removal = remove(cast, "joanne", cast.tomasz, now)
    deliver()
    with reading():
        out = order_of(threads)
    with transaction():
        take_back_removal(actor=load(cast, "joanne"), community=bedside(cast), removal_id=removal, now=now)
    deliver()

    with reading():
        after = order_of(threads)
    assert all(out[thread].q < before[thread].q for thread in threads)
    assert all(after[thread].q == pytest.approx(before[thread].q) for thread in threads)
    assert role_of(cast, cast.tomasz) == "practitioner"
    assert list(check_orders()) == []


def test_a_removal_taken_back_before_the_worker_came_changes_nothing(
    app: Flask, cast: Cast, now: datetime, deliver: Callable[[], int]
) -> None:
    thread = add_story(cast.maren, cast.bedside, now)
    add_verdict(cast.tomasz, thread, "held", now)
    with reading():
        before = order_of([thread])[thread]

    removal = remove(cast, "joanne", cast.tomasz, now)
    with transaction():
        take_back_removal(actor=load(cast, "joanne"), community=bedside(cast), removal_id=removal, now=now)
    deliver()

    with reading():
        assert order_of([thread])[thread] == before


def test_a_removal_is_taken_back_once(app: Flask, cast: Cast, now: datetime) -> None:
    removal = remove(cast, "joanne", cast.caro, now)
    with transaction():
        take_back_removal(actor=load(cast, "joanne"), community=bedside(cast), removal_id=removal, now=now)

    with pytest.raises(Conflict), transaction():
        take_back_removal(actor=load(cast, "joanne"), community=bedside(cast), removal_id=removal, now=now)


def test_a_removed_person_does_not_come_back_at_one_click(app: Flask, cast: Cast, now: datetime) -> None:
    stale = cast.viewer("caro")
    remove(cast, "joanne", cast.caro, now)

    for actor in (cast.viewer("caro"), stale):
        with pytest.raises(NotAllowed, match="removed"), transaction():
            join_community(actor=actor, community=bedside(cast), now=now)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_removal_has_a_reason(app: Flask, cast: Cast, now: datetime, reason: str) -> None:
    with pytest.raises(Unsound), transaction():
        remove_person(actor=load(cast, "joanne"), community=bedside(cast), person_id=cast.caro, reason=reason, now=now)


def test_a_moderator_is_dismissed_before_being_removed(app: Flask, cast: Cast, now: datetime) -> None:
    with transaction():
        appoint(actor=load(cast, "joanne"), community=bedside(cast), person_id=cast.maren, now=now)

    with pytest.raises(NotAllowed, match="Dismiss them"), transaction():
        remove_person(actor=load(cast, "joanne"), community=bedside(cast), person_id=cast.maren, reason="x", now=now)


def test_whoever_is_appointed_is_a_practitioner_and_stays_one(app: Flask, cast: Cast, now: datetime) -> None:
    with transaction():
        appoint(actor=load(cast, "joanne"), community=bedside(cast), person_id=cast.caro, now=now)
    assert cast.viewer("caro").voice_in(cast.bedside) == 1.0

    with transaction():
        dismiss(actor=load(cast, "joanne"), community=bedside(cast), person_id=cast.caro, now=now)

    assert role_of(cast, cast.caro) == "practitioner"


def test_nobody_comes_in_under_the_name_of_a_member(app: Flask, cast: Cast, now: datetime) -> None:
    with transaction():
        twin = sign_up(name="maren ODUYA", email="twin@example.org", password_hash="x", practice=Practice(), now=now)

    with pytest.raises(NotAllowed, match="goes by a name like yours"), transaction():
        admit(community_id=cast.bedside, person_id=twin, now=now)


def at_once(app: Flask, *acts: Callable[[], None]) -> list[str]:
    """Run acts in threads that begin together, each in a transaction; the reasons of those that were refused."""
    barrier, refused = Barrier(len(acts)), []

    def run(act: Callable[[], None]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with transaction():
                    act()
            except Problem as problem:
                refused.append(problem.reason)
            finally:
                db.session.remove()

    threads = [Thread(target=Context().run, args=(run, act)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return refused


@pytest.mark.parametrize("round_", range(4))
def test_two_moderators_who_dismiss_each_other_leave_one(app: Flask, cast: Cast, now: datetime, round_: int) -> None:
    with transaction():
        appoint_moderator(community_id=cast.bedside, person_id=cast.maren, now=now)
    joanne, maren = cast.viewer("joanne"), cast.viewer("maren")

    refused = at_once(
        app,
        lambda: dismiss(actor=joanne, community=bedside(cast), person_id=cast.maren, now=now),
        lambda: dismiss(actor=maren, community=bedside(cast), person_id=cast.joanne, now=now),
    )

    with reading():
        assert count_moderators(cast.bedside) == 1
    assert len(refused) == 1


@pytest.mark.parametrize("round_", range(4))
def test_the_last_but_one_moderator_leaving_while_the_other_is_dismissed_leaves_one(
    app: Flask, cast: Cast, now: datetime, round_: int
) -> None:
    with transaction():
        appoint_moderator(community_id=cast.bedside, person_id=cast.maren, now=now)
    joanne, maren = cast.viewer("joanne"), cast.viewer("maren")

    at_once(
        app,
        lambda: leave_community(actor=joanne, community=bedside(cast), now=now),
        lambda: leave_community(actor=maren, community=bedside(cast), now=now),
        lambda: dismiss(actor=joanne, community=bedside(cast), person_id=cast.maren, now=now),
    )

    with reading():
        assert count_moderators(cast.bedside) == 1


def test_a_removed_person_is_told_why_by_mail(
    app: Flask, cast: Cast, now: datetime, deliver: Callable[[], int], letters: Callable[[], list[str]]
) -> None:
    remove(cast, "joanne", cast.caro, now)
    deliver()

    (letter,) = [letter for letter in letters() if "no longer in Bedside ICU" in letter]
    assert "To: caro@example.org" in letter
    assert "Names of patients, twice." in letter
