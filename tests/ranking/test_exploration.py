"""Exploration: every fifth slot of Living is for what is young and few practitioners have read."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from cop.accounts.events import AccountClosed
from cop.cli.queries import list_misread
from cop.communities.members.operations import leave_community
from cop.communities.models import Community, Membership
from cop.communities.queries import load_person_as_viewer
from cop.discussions.marks.operations import FEW_READERS, forget_marks_of, recount_readers, store_marks
from cop.discussions.marks.queries import Mark
from cop.discussions.models import Thread
from cop.platform.database import reading, session, transaction
from cop.platform.errors import NotVisible
from cop.ranking.exploration.queries import list_living_page
from cop.ranking.exploration.slots import EVERY, mix, place_explored
from cop.ranking.models import ThreadOrder
from tests.cast import Cast, add_member, add_person
from tests.ranking.stage import add_thread

DAY = timedelta(days=1)
LIVING = st.lists(st.integers(1, 500), unique=True, max_size=120)


@given(living=LIVING, data=st.data())
def test_a_front_shows_each_thread_once_and_nothing_new_lower_than_it_stood_anyway(living, data) -> None:
    new = data.draw(st.lists(st.sampled_from(living), unique=True)) if living else []
    slots = data.draw(st.integers(1, 150))

    front = place_explored(living, new, slots=slots)
    shown = [one for one, _is_new in front]

    assert len(set(shown)) == len(shown) == min(slots, len(living))
    assert all((place + 1) % EVERY == 0 for place, (_one, is_new) in enumerate(front) if is_new)
    slots_above = 0
    for place, (one, is_new) in enumerate(front):
        assert not is_new or place <= living.index(one) + slots_above
        slots_above += is_new
    own = [one for one, is_new in front if not is_new]
    assert own == [one for one in living if one in set(own)]


@given(own=LIVING, data=st.data())
def test_a_page_holds_everything_it_is_made_of_in_its_order(own, data) -> None:
    new = [-one for one in data.draw(LIVING)]

    page = mix(own, new)

    assert [one for one in page if one > 0] == own
    assert [one for one in page if one < 0] == new


def furnish(cast: Cast, now: datetime, number: int, *, age: timedelta = 30 * DAY) -> list[int]:
    """Threads from the most alive down, each read by one practitioner fewer than it takes to be known."""
    threads = [add_thread(cast.bedside, now - age) for _ in range(number)]
    with transaction() as s:
        for place, thread_id in enumerate(threads):
            s.execute(update(ThreadOrder).where(ThreadOrder.thread_id == thread_id).values(r=1000.0 - place))
            s.execute(update(Thread).where(Thread.id == thread_id).values(readers=FEW_READERS))
    return threads


def set_readers(thread_id: int, number: int) -> None:
    with transaction() as s:
        s.execute(update(Thread).where(Thread.id == thread_id).values(readers=number))


def read(person_id: int, thread_id: int, now: datetime) -> None:
    with transaction():
        store_marks(marks=[Mark(person_id, thread_id, now, None)])


def readers_of(thread_id: int) -> int:
    with reading():
        return session().get_one(Thread, thread_id).readers


def pages(cast: Cast, now: datetime, *, limit: int) -> list[tuple[int, ...]]:
    """All pages of Living from the first, walked down, and found the same walked up again."""
    found, after, before = [], None, None
    while True:
        with reading():
            page = list_living_page(cast.bedside, now=now, after=after, limit=limit).page
        found.append(page.items)
        before = page.earlier
        if page.later is None:
            break
        after = page.later
    for items in reversed(found[:-1]):
        with reading():
            page = list_living_page(cast.bedside, now=now, before=before, limit=limit).page
        assert page.items == items
        before = page.earlier
    assert before is None
    return found


def test_the_fifth_slots_are_for_the_least_read_and_the_newest_of_those(cast: Cast, now: datetime) -> None:
    threads = furnish(cast, now, 14)
    for place, number in ((8, 3), (11, 0), (12, 3), (13, 0)):
        set_readers(threads[place], number)
    with transaction() as s:  # of two that nobody has read, the later told; and one that is too old to be new
        s.execute(update(ThreadOrder).where(ThreadOrder.thread_id == threads[11]).values(told_at=now - 91 * DAY))

    with reading():
        living = list_living_page(cast.bedside, now=now, limit=15)

    t = threads
    expected = (t[0], t[1], t[2], t[3], t[13], t[4], t[5], t[6], t[7], max(t[8], t[12]))
    assert living.page.items[:10] == expected
    assert living.explored == {t[13], max(t[8], t[12])} | ({t[8], t[12]} & set(living.page.items[14:15]))
    assert sorted(living.page.items) == sorted(threads)


@pytest.mark.parametrize("number", [3, 11, 26, 61])
def test_pages_with_slots_hold_everything_once_both_ways(cast: Cast, now: datetime, number: int) -> None:
    threads = furnish(cast, now, number)
    for place, thread_id in enumerate(threads):
        if place % 3 == 2:
            set_readers(thread_id, place % FEW_READERS)

    found = pages(cast, now, limit=5)

    assert sorted(one for page in found for one in page) == sorted(threads)
    assert all(len(page) == 5 for page in found[:-1])
    with reading(), pytest.raises(NotVisible):
        list_living_page(cast.bedside, now=now, after="WzEuMCwyLDBd")


def test_whoever_practises_is_counted_once_as_a_reader_and_nobody_else(cast: Cast, now: datetime) -> None:
    thread = add_thread(cast.bedside, now, teller_id=cast.maren, voice=1.0)

    for person in (cast.maren, cast.caro, cast.otto, cast.tomasz, cast.tomasz, cast.joanne):
        read(person, thread, now)
    first = readers_of(thread)
    with transaction() as s:  # a newcomer is promoted, and reads on
        s.execute(update(Membership).where(Membership.person_id == cast.caro).values(role="practitioner"))
    before = readers_of(thread)
    read(cast.caro, thread, now)

    assert (first, before, readers_of(thread)) == (2, 2, 3)
    with transaction() as s:
        leave_community(actor=load_person_as_viewer(cast.caro), community=s.get_one(Community, cast.bedside), now=now)
    assert readers_of(thread) == 3
    set_readers(thread, 7)
    with reading():
        assert [(one.thread_id, one.stored, one.counted) for one in list_misread(9)] == [(thread, 7, 3)]
    with transaction():
        recount_readers(thread_id=thread)
    assert readers_of(thread) == 3


def test_whoever_leaves_the_site_has_read_nothing(cast: Cast, now: datetime) -> None:
    ann = add_person("Ann Gone", now)
    add_member(ann, cast.bedside, now, vouched_by=cast.joanne)
    thread = add_thread(cast.bedside, now)
    for person in (ann, cast.tomasz):
        read(person, thread, now)
    with transaction():
        forget_marks_of(AccountClosed(person_id=ann, at=now))

    assert readers_of(thread) == 1


def test_what_was_withdrawn_or_stands_elsewhere_takes_no_slot(cast: Cast, now: datetime) -> None:
    threads = furnish(cast, now, 9)
    for thread_id in (threads[7], threads[8]):
        set_readers(thread_id, 0)
    with transaction() as s:
        s.execute(update(ThreadOrder).where(ThreadOrder.thread_id == threads[8]).values(is_withdrawn=True))

    with reading():
        living = list_living_page(cast.bedside, now=now)

    assert living.page.items == (*threads[:4], threads[7], *threads[4:7])
    assert living.explored == {threads[7]}
    assert not {cast.night_thread, cast.secret_thread, cast.noise_thread} & set(living.page.items)
