"""What waits for its turn and is overtaken: questions and answers, words taken back, and what one says of oneself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cop.accounts import names
from cop.accounts.models import Person
from cop.accounts.operations import Practice, Preferences, prefer, say_practice
from cop.communities.members.operations import take_back_removal
from cop.communities.models import PRACTITIONER, Community
from cop.communities.operations import admit
from cop.communities.queries import find_place, load_person_as_viewer
from cop.communities.requests.operations import ask_to_join, withdraw_request
from cop.communities.vouches.operations import withdraw_vouch
from cop.discussions.models import Reply, Thread
from cop.discussions.probes.models import WaitingProbe
from cop.discussions.probes.operations import (
    add_case,
    ask_probe,
    decline_probe,
    reopen_probe,
    stop_wondering,
    withdraw_waiting,
    wonder_too,
)
from cop.discussions.probes.texts import ProbeDraft, render_probe
from cop.discussions.probes.turns import MOST_OPEN_EACH
from cop.discussions.replies import ReplyDraft, render_reply
from cop.endorsements.insights.operations import say_it_helped
from cop.platform.database import reading, transaction
from cop.platform.errors import NotAllowed
from tests.cast import Cast, add_member, add_person, add_reply, add_story, silence
from tests.probing import add_probe, answer, decline, wonder
from tests.security.test_meanwhile import bedside, close, remove, suspend, waits_for
from tests.security.test_requests import stored
from tests.web.reading import read

Acts = tuple[Callable[[Session], object], ...]


def refuses_and_keeps(acts: Acts) -> None:
    before = stored()
    for act in acts:
        with pytest.raises(NotAllowed), transaction() as s:
            act(s)
    assert stored() == before


@pytest.mark.parametrize("what", ["removed", "silenced", "suspended"])
def test_A41_whoever_is_put_out_meanwhile_asks_and_settles_nothing(
    app: Flask, cast: Cast, now: datetime, what: str
) -> None:
    own, other = (add_story(teller, cast.bedside, now) for teller in (cast.tomasz, cast.maren))
    put, declined = (add_probe(cast.maren, own, now) for _ in range(2))
    wondered = add_probe(cast.caro, other, now)
    assert put
    assert declined
    assert wondered
    decline(cast.tomasz, declined, now)
    helpful = answer(cast.maren, add_reply(cast.caro, other, now), now)
    asked, text = render_probe(ProbeDraft("cue", "Which ear?")), render_reply(ReplyDraft("With us it was the tubing."))
    tomasz = cast.viewer("tomasz")
    if what == "removed":
        remove(cast, cast.tomasz, now)
    elif what == "silenced":
        silence(cast.tomasz, cast.bedside, now + timedelta(days=1))
    else:
        suspend(cast.tomasz, now)

    def to(change: Callable[..., object], thread: int, probe: int, **more: Any) -> Callable[[Session], object]:
        return lambda s: change(
            actor=tomasz, thread=s.get_one(Thread, thread), asked=s.get_one(Reply, probe), now=now, **more
        )

    refuses_and_keeps((
        lambda s: ask_probe(actor=tomasz, thread=s.get_one(Thread, other), asked=asked, now=now),
        to(decline_probe, own, put),
        to(reopen_probe, own, declined),
        to(wonder_too, other, wondered),
        to(add_case, other, wondered, text=text),
        lambda s: say_it_helped(
            actor=tomasz, thread=s.get_one(Thread, other), said=s.get_one(Reply, helpful), now=now
        ),
    ))  # fmt: skip


def test_A41_whoever_is_suspended_meanwhile_takes_nothing_back(app: Flask, cast: Cast, now: datetime) -> None:
    story = add_story(cast.maren, cast.bedside, now)
    wondered = add_probe(cast.caro, story, now)
    assert wondered
    wonder(cast.joanne, wondered, now)
    for _ in range(MOST_OPEN_EACH + 1):
        add_probe(cast.joanne, story, now)
    with transaction() as s:
        night_shift = s.get_one(Community, cast.night_shift)
        ask_to_join(actor=load_person_as_viewer(cast.joanne), community=night_shift, line="I do this work.", now=now)
        waiting = s.scalars(select(WaitingProbe.id)).one()
    joanne = cast.viewer("joanne")
    suspend(cast.joanne, now)
    common: dict[str, Any] = {"actor": joanne, "now": now}

    refuses_and_keeps((
        lambda s: stop_wondering(**common, thread=s.get_one(Thread, story), asked=s.get_one(Reply, wondered)),
        lambda s: withdraw_waiting(
            **common, thread=s.get_one(Thread, story), waiting=s.get_one(WaitingProbe, waiting)
        ),
        lambda s: withdraw_vouch(**common, community=bedside(cast), person_id=cast.tomasz),
        lambda s: withdraw_request(**common, community_id=cast.night_shift),
    ))  # fmt: skip


@pytest.mark.parametrize("end", [close, suspend])
def test_G19_nothing_is_written_into_an_account_that_was_closed_meanwhile(
    app: Flask, cast: Cast, now: datetime, end: Callable[[int, datetime], None]
) -> None:
    caro = cast.viewer("caro")
    end(cast.caro, now)

    refuses_and_keeps((
        lambda s: say_practice(actor=caro, name="Caro Mbeki", practice=Practice("newly qualified"), now=now),
        lambda s: prefer(actor=caro, preferences=Preferences(time_zone="Africa/Lagos")),
    ))  # fmt: skip


def test_a_removal_taken_back_does_not_bring_back_words_that_were_withdrawn(
    app: Flask, cast: Cast, now: datetime
) -> None:
    removal = remove(cast, cast.tomasz, now)
    with transaction():
        joanne = load_person_as_viewer(cast.joanne)
        withdraw_vouch(actor=joanne, community=bedside(cast), person_id=cast.tomasz, now=now)

    with transaction():
        joanne = load_person_as_viewer(cast.joanne)
        take_back_removal(actor=joanne, community=bedside(cast), removal_id=removal, now=now)

    place = cast.viewer("tomasz").place_in(cast.bedside)
    assert place
    assert (place.role, place.voice) == ("newcomer", 0.0)


def test_a_removal_taken_back_brings_back_a_practitioner(app: Flask, cast: Cast, now: datetime) -> None:
    removal = remove(cast, cast.tomasz, now)

    with transaction():
        joanne = load_person_as_viewer(cast.joanne)
        take_back_removal(actor=joanne, community=bedside(cast), removal_id=removal, now=now)

    place = cast.viewer("tomasz").place_in(cast.bedside)
    assert place
    assert (place.role, place.voice) == (PRACTITIONER, 1.0)


def test_a_removal_is_not_taken_back_beside_somebody_of_the_same_name(app: Flask, cast: Cast, now: datetime) -> None:
    removal = remove(cast, cast.tomasz, now)
    with transaction() as s:
        bones = names.skeleton("Tomasz Wieczorek")
        s.execute(update(Person).where(Person.id == cast.otto).values(name="Tomasz Wieczorek", name_skeleton=bones))
    add_member(cast.otto, cast.bedside, now)

    with pytest.raises(NotAllowed, match="Tomasz Wieczorek already"), transaction():
        joanne = load_person_as_viewer(cast.joanne)
        take_back_removal(actor=joanne, community=bedside(cast), removal_id=removal, now=now)

    with reading():
        assert find_place(cast.bedside, cast.tomasz) is None


def test_of_two_of_one_name_who_come_in_at_once_one_is_in(
    app: Flask, cast: Cast, client_of: Callable[[int], FlaskClient], now: datetime
) -> None:
    namesake = add_person("0tto Lindgren", now)
    browser = client_of(namesake)
    guard = read(browser, "/c/").forms()["/signout"]

    status = waits_for(
        app,
        lambda s: admit(community_id=cast.bedside, person_id=cast.otto, now=now),
        lambda: browser.post("/c/bedside-icu/join", data=guard),
    )

    assert status == 403
    with reading():
        assert find_place(cast.bedside, namesake) is None


def test_nobody_takes_the_name_of_somebody_who_comes_in_at_the_same_moment(
    app: Flask, cast: Cast, client_of: Callable[[int], FlaskClient], now: datetime
) -> None:
    caro = client_of(cast.caro)
    guard = read(caro, "/c/").forms()["/signout"]

    status = waits_for(
        app,
        lambda s: admit(community_id=cast.bedside, person_id=cast.otto, now=now),
        lambda: caro.post("/settings/profile", data=guard | {"name": "0tto Lindgren"}),
    )

    assert status == 422
    assert cast.viewer("caro").name == "Caro Mbeki"
