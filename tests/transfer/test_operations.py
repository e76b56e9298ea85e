"""Taking stories in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from cop.discussions.models import Thread
from cop.discussions.stories import StoryDraft
from cop.platform.database import reading, session, transaction
from cop.platform.errors import Unsound
from cop.ranking.models import ThreadOrder
from cop.transfer.operations import Destination, find_known, make_ready, take_in
from cop.transfer.stories import ForeignStory
from tests.cast import Cast

LONG_AGO = datetime(2017, 2, 9, 12, tzinfo=UTC)
STORY = ForeignStory(
    number=1,
    external_id="pump-1",
    draft=StoryDraft("DNS", {"situation": "It was."}),
    told_at=LONG_AGO,
    attribution="The Waterworks",
    source_url="",
)
HERE = Destination("bedside-icu")


def bring(destination: Destination, *stories: ForeignStory, now: datetime) -> int:
    ready = make_ready(stories, now=now)
    with transaction():
        return take_in(destination, ready, now=now)


def test_an_old_story_rests_and_is_nobodys(cast: Cast, now: datetime) -> None:
    assert bring(HERE, STORY, now=now) == 1

    with reading():
        thread = session().scalars(select(Thread).where(Thread.external_id == "pump-1")).one()
        order = session().get_one(ThreadOrder, thread.id)
    assert thread.teller_id is None
    assert order.told_at == LONG_AGO
    assert order.rest_at < now.timestamp() - timedelta(days=365).total_seconds()


def test_a_story_that_came_meanwhile_is_not_taken_in_twice(cast: Cast, now: datetime) -> None:
    """Two imports of one file at once: both find nothing there, one of them comes second."""
    ready = make_ready([STORY, replace(STORY, external_id="pump-2")], now=now)
    bring(HERE, STORY, now=now)

    with transaction():
        taken = take_in(HERE, ready, now=now)

    assert taken == 1


def test_what_is_known_is_known_in_its_community_only(cast: Cast, now: datetime) -> None:
    bring(HERE, STORY, now=now)

    with reading():
        assert find_known(HERE, [STORY]) == {"pump-1"}
        assert find_known(Destination("organ-builders"), [STORY]) == set()
        assert find_known(Destination("not-there"), [STORY]) == set()


def test_a_short_name_that_cannot_be_founds_nothing(cast: Cast, now: datetime) -> None:
    with pytest.raises(Unsound):
        bring(Destination("Not A Slug"), STORY, now=now)
