"""What people do in the forum, and what it does to the order of threads."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from cop.communities.models import Community
from cop.communities.queries import load_person_as_viewer
from cop.communities.vouches.operations import vouch_for
from cop.discussions.events import ThreadRevised
from cop.discussions.models import Thread
from cop.discussions.operations import import_story
from cop.discussions.stories import StoryDraft, render_story
from cop.endorsements.operations import withdraw_verdict
from cop.platform.database import session, transaction
from cop.platform.events import publish
from cop.ranking.acts import DAY
from cop.ranking.liveliness import POOL
from cop.ranking.verification import check_orders
from tests.cast import SITUATION, Cast, add_member, add_reply, add_story, add_verdict
from tests.ranking.stage import acts_of, keys_of, seats_of

HOUR = timedelta(hours=1)


@pytest.fixture
def story(cast: Cast, now: datetime) -> int:
    """Maren's, told a hundred days ago."""
    return add_story(cast.maren, cast.bedside, now - timedelta(days=100))


def vouch(cast: Cast, person_id: int, now: datetime) -> None:
    with transaction():
        vouch_for(
            actor=load_person_as_viewer(cast.joanne),
            community=session().get_one(Community, cast.bedside),
            person_id=person_id,
            line="I have seen her work.",
            now=now,
        )


def test_a_told_story_stands_in_the_order_with_its_teller_on_a_seat(cast: Cast, story: int, now: datetime) -> None:
    keys = keys_of(story)

    assert list(seats_of(story)) == [cast.maren]
    assert keys.practised_at == keys.told_at == int((now - timedelta(days=100)).timestamp())


def test_an_imported_story_stands_in_the_order_at_its_own_date_and_on_the_pool(cast: Cast, now: datetime) -> None:
    text = render_story(StoryDraft(title="From elsewhere", fields={"situation": SITUATION}), now=now)
    with transaction():
        community = session().get_one(Community, cast.bedside)
        thread = import_story(
            community=community,
            story=text,
            told_at=now - timedelta(days=900),
            external_id="e-1",
            attribution="A hospital",
            source_url="",
            now=now,
        )
        thread_id = thread.id

    assert list(seats_of(thread_id)) == [POOL]
    assert keys_of(thread_id).told_at == int((now - timedelta(days=900)).timestamp())


def test_a_reply_enlivens_and_says_nothing_of_whether_it_holds(cast: Cast, story: int, now: datetime) -> None:
    before = keys_of(story)

    add_reply(cast.tomasz, story, now)

    after = keys_of(story)
    assert after.k > before.k
    assert (after.q, after.e) == (before.q, before.e)


def test_a_field_report_is_one_act_though_it_is_a_verdict_and_a_reply(cast: Cast, story: int, now: datetime) -> None:
    add_verdict(cast.tomasz, story, "held", now)

    assert [kind for _, kind, _, _ in acts_of(story)] == ["created", "held"]
    assert keys_of(story).p_all == 3


def test_a_newcomers_verdict_enlivens_by_the_pool_and_weighs_nothing(cast: Cast, story: int, now: datetime) -> None:
    before = keys_of(story)

    add_verdict(cast.caro, story, "seen", now)

    after = keys_of(story)
    assert set(seats_of(story)) == {cast.maren, POOL}
    assert (after.q, after.e, after.p_all) == (before.q, before.e, 0)


def test_a_changed_verdict_counts_once_in_what_holds(cast: Cast, story: int, now: datetime) -> None:
    add_verdict(cast.tomasz, story, "held", now - HOUR)

    add_verdict(cast.tomasz, story, "seen", now)

    assert keys_of(story).p_all == 1


def test_a_withdrawn_verdict_was_never_given(cast: Cast, story: int, now: datetime) -> None:
    before = keys_of(story)
    add_verdict(cast.tomasz, story, "seen", now - HOUR)

    with transaction():
        thread = session().get_one(Thread, story)
        withdraw_verdict(actor=load_person_as_viewer(cast.tomasz), thread=thread, now=now)

    after = keys_of(story)
    assert (after.k, after.q, after.r, after.e) == (before.k, before.q, before.r, before.e)


def test_being_vouched_for_gives_weight_to_the_verdicts_of_ninety_days(cast: Cast, now: datetime) -> None:
    old_story = add_story(cast.maren, cast.bedside, now - timedelta(days=100))
    new_story = add_story(cast.maren, cast.bedside, now - timedelta(days=100))
    add_verdict(cast.caro, old_story, "seen", now - timedelta(days=91))
    add_verdict(cast.caro, new_story, "seen", now - timedelta(days=90))
    add_reply(cast.caro, new_story, now - timedelta(days=1))

    vouch(cast, cast.caro, now)

    assert keys_of(old_story).p_all == 0
    assert keys_of(new_story).p_all == 1
    assert set(seats_of(new_story)) == {cast.maren, cast.caro, POOL}  # her reply stays in the pool
    assert list(check_orders()) == []


def test_being_vouched_for_in_one_community_says_nothing_in_another(cast: Cast, now: datetime) -> None:
    add_member(cast.caro, cast.organs, now)
    add_verdict(cast.caro, cast.noise_thread, "seen", now)

    vouch(cast, cast.caro, now)

    assert keys_of(cast.noise_thread).p_all == 0
    assert [kind for _, kind, _, _ in acts_of(cast.noise_thread)] == ["created", "reply", "seen"]


def test_being_vouched_for_changes_nothing_where_one_has_said_nothing(cast: Cast, story: int, now: datetime) -> None:
    before = acts_of(story)

    vouch(cast, cast.caro, now)

    assert acts_of(story) == before


def test_another_shelf_life_moves_the_next_check_in(cast: Cast, story: int, now: datetime) -> None:
    before = keys_of(story)

    with transaction() as s:
        s.get_one(Thread, story).shelf_life = "weeks"
        s.flush()
        publish(ThreadRevised(thread_id=story, community_id=cast.bedside, at=now))

    assert before.check_due == before.told_at + 180 * DAY
    assert keys_of(story).check_due == before.told_at + 45 * DAY
    assert list(check_orders()) == []


def test_a_revision_that_leaves_the_shelf_life_touches_no_order(
    cast: Cast, story: int, now: datetime, statements: list[str]
) -> None:
    with transaction():
        statements.clear()
        publish(ThreadRevised(thread_id=story, community_id=cast.bedside, at=now))

        assert not [statement for statement in statements if "UPDATE thread_order" in statement]
