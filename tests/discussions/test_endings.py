"""How a thread ends: it leaves Living and Endorsed, stays to be read, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from cop.discussions.endings.queries import find_ending
from cop.platform.database import reading
from cop.platform.errors import NotAllowed, Unsound
from cop.ranking.queries import list_living_across, list_thread_ids, order_of
from cop.ranking.verification import check_orders
from tests.cast import Cast, add_story
from tests.tending import agree, reopen, retire, supersede


@pytest.fixture
def stories(app: Flask, cast: Cast, now: datetime) -> tuple[int, int]:
    told = now - timedelta(days=3)
    return add_story(cast.maren, cast.bedside, told, title="Cold knees"), add_story(cast.tomasz, cast.bedside, told)


def lists(cast: Cast, now: datetime, **asked: str) -> dict[str, set[int]]:
    with reading():
        found = {
            sort: set(list_thread_ids(cast.bedside, sort=sort, now=now, **asked).items)  # type: ignore[arg-type]
            for sort in ("living", "endorsed", "new")
        }
        found["front"] = set(list_living_across([cast.bedside], now=now, limit=20))
    return found


def test_what_is_retired_leaves_living_and_endorsed_and_comes_back(
    cast: Cast, now: datetime, stories: tuple[int, int]
) -> None:
    story, other = stories
    with pytest.raises(NotAllowed):
        retire(cast.maren, story, now)
    with pytest.raises(Unsound):
        retire(cast.joanne, story, now, reason=" ")

    retire(cast.joanne, story, now)

    found = lists(cast, now)
    assert found["living"] == found["endorsed"] == found["front"] == {other}
    assert found["new"] == {story, other}
    assert lists(cast, now, state="retired")["living"] == {story}
    with reading():
        assert order_of([story])[story].state(now) == "retired"
    assert list(check_orders()) == []
    reopen(cast.joanne, story, now)
    assert lists(cast, now)["living"] == {story, other}
    assert list(check_orders()) == []


def test_a_tellers_successor_holds_once_a_practitioner_agrees(
    cast: Cast, now: datetime, stories: tuple[int, int]
) -> None:
    story, other = stories
    assert supersede(cast.maren, story, other, now) is False
    assert lists(cast, now)["living"] == {story, other}
    for nobody in (cast.caro, cast.maren, cast.bea):
        with pytest.raises(NotAllowed):
            agree(nobody, story, now)

    agree(cast.tomasz, story, now)

    assert lists(cast, now)["living"] == {other}
    with reading():
        ending = find_ending(story)
    assert ending is not None
    assert (ending.kind, ending.by_name, ending.seconded_by) == ("superseded", "Maren Oduya", "Tomasz Wieczorek")
    reopen(cast.tomasz, story, now)
    assert lists(cast, now)["living"] == {story, other}
    with reading():
        ending = find_ending(story)
    assert ending is not None
    assert ending.is_proposed
    assert list(check_orders()) == []


def test_only_what_stands_in_the_same_community_takes_a_place(
    cast: Cast, now: datetime, stories: tuple[int, int], deliver: Callable[[], int]
) -> None:
    story, other = stories
    third = add_story(cast.maren, cast.bedside, now, title="A third")
    retire(cast.joanne, third, now)
    for unsuitable in (story, cast.noise_thread, cast.secret_thread, third, 1):
        with pytest.raises(Unsound):
            supersede(cast.joanne, story, unsuitable, now)

    assert supersede(cast.joanne, story, other, now) is True

    with pytest.raises(Unsound):
        supersede(cast.joanne, other, story, now)  # or they would lead round in a circle
    with pytest.raises(NotAllowed):
        retire(cast.joanne, story, now)
